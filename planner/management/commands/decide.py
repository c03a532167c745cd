"""Decides the workloads of a file without touching the database: facts in, decisions out, both JSON."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from planner.engine import FactError, decide_workload, load_policy, parse_workloads, record
from pricing.feeds import reference

if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.engine import Policy, PriceSnapshot

SNAPSHOTS: dict[str, Callable[[], PriceSnapshot]] = {reference.NAME: reference.reference_snapshot}
SHOWN = (
    "name",
    "status",
    "now",
    "target",
    "allowed",
    "excluded",
    "relaxations",
    "costs",
    "headline",
    "sentence",
)
WRONG_INPUT = 2


class Command(BaseCommand):
    help = "Decides the workloads of a JSON file against the shipped policy and a named snapshot of prices."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, metavar="FILE", help="workloads with their facts, or golden cases"
        )
        parser.add_argument("--snapshot", default=reference.NAME, help=f"one of: {', '.join(SNAPSHOTS)}")
        parser.add_argument("--as-of", type=_day, metavar="DATE", help="default: the snapshot's own day")

    def handle(self, *args: object, **options: Any) -> None:
        policy, prices = load_policy(), _snapshot(options["snapshot"])
        try:
            answer = _decide(_document(options["file"]), policy, prices, options["as_of"] or prices.as_of)
        except FactError as error:
            raise CommandError(f"{error.name}: {error.message}", returncode=WRONG_INPUT) from error
        self.stdout.write(json.dumps(answer, indent=1, ensure_ascii=False))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a date; write it like 2026-01-31") from None


def _snapshot(name: str) -> PriceSnapshot:
    if name not in SNAPSHOTS:
        raise CommandError(f"No snapshot {name!r}. Known: {', '.join(SNAPSHOTS)}.", returncode=WRONG_INPUT)
    return SNAPSHOTS[name]()


def _document(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=WRONG_INPUT) from error
    except ValueError as error:
        raise CommandError(f"{path} is not JSON: {error}.", returncode=WRONG_INPUT) from error


def _decide(document: object, policy: Policy, prices: PriceSnapshot, as_of: date) -> dict[str, Any]:
    workloads = parse_workloads(document, policy)
    records = [record(decide_workload(policy, workload, prices, as_of)) for workload in workloads]
    return {
        "policy": policy.sha,
        "snapshot": prices.name,
        "as_of": as_of.isoformat(),
        "workloads": [_workload(content) for content in records],
    }


def _workload(content: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": content["name"],
        "headline": content["headline"],
        "sentence": content["sentence"],
        "segments": [_segment(segment) for segment in content["segments"]],
    }


def _segment(segment: dict[str, Any]) -> dict[str, Any]:
    """The answer, and of the gates those that still stand before the placements in question."""
    gates = [gate["id"] for gate in segment["gates"] if gate["open"]]
    return {name: segment[name] for name in SHOWN if name in segment} | {"gates": gates}
