"""`manage.py bench economics|engine|throughput`: measures what the product promises, on this machine, and prints it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from django.core.management.base import BaseCommand

if TYPE_CHECKING:
    from argparse import ArgumentParser

SUBJECTS: Final[dict[str, str]] = {
    "economics": "full costs, break-evens, chance and pools",
    "engine": "decisions, flips and golden cases, and zen-engine beside them",
    "throughput": "predicted against measured tokens a second, the refit, and how long a prediction takes",
}


class Command(BaseCommand):
    help = "Measures what the product promises, on this machine."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        subjects = parser.add_subparsers(dest="subject", required=True, metavar="SUBJECT")
        for name, words in SUBJECTS.items():
            _subject(name).add_arguments(subjects.add_parser(name, help=words, description=words))

    def handle(self, *args: object, **options: Any) -> None:
        for line in _subject(options["subject"]).lines(options):
            self.stdout.write(line)
            self.stdout.flush()


def _subject(name: str) -> Any:
    return import_module(f"planner.management.bench.{name}")
