"""`manage.py policy coverage|check|diff|impact`: work on the policy from a terminal; each report has a module of its own."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from django.core.management.base import BaseCommand

if TYPE_CHECKING:
    from argparse import ArgumentParser

# name -> what --help says; the module planner.management.policy.NAME has add_arguments(parser) and lines(options)
REPORTS: Final[dict[str, str]] = {
    "coverage": "every statement of the guides with its row or the reason why it has none",
    "check": "finds what is wrong or doubtful in a policy",
    "diff": "what differs between two policies, by row id",
    "impact": "what moves, and what it costs, when one policy follows another",
}


class Command(BaseCommand):
    help = "Checks, compares and explains policies."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        reports = parser.add_subparsers(dest="report", required=True, metavar="REPORT")
        for name, words in REPORTS.items():
            _report(name).add_arguments(reports.add_parser(name, help=words, description=words))

    def handle(self, *args: object, **options: Any) -> None:
        for line in _report(options["report"]).lines(options):
            self.stdout.write(line)


def _report(name: str) -> Any:
    return import_module(f"planner.management.policy.{name}")
