"""Decides the workloads of a file without touching the database: facts in, decisions out, both JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from planner.engine import FactError, PolicyError, decide_workload, load_policy, parse_workloads, record
from planner.management.day import day
from pricing.feeds import reference

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Callable
    from datetime import date

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
        parser.add_argument("--as-of", type=day, metavar="DATE", help="default: the snapshot's own day")
        parser.add_argument("--policy", type=Path, metavar="DIR", help="default: the policy that ships")

    def handle(self, *args: object, **options: Any) -> None:
        policy, prices = _policy(options["policy"]), _snapshot(options["snapshot"])
        try:
            answer = _decide(_document(options["file"]), policy, prices, options["as_of"] or prices.as_of)
        except FactError as error:
            raise CommandError(f"{error.name}: {error.message}", returncode=WRONG_INPUT) from error
        self.stdout.write(json.dumps(answer, indent=1, ensure_ascii=False))


def _policy(directory: Path | None) -> Policy:
    try:
        return load_policy(directory)
    except PolicyError as error:
        raise CommandError(str(error), returncode=WRONG_INPUT) from error


def _snapshot(name: str) -> PriceSnapshot:
    if name not in SNAPSHOTS:
        raise CommandError(f"No snapshot {name!r}. Known: {', '.join(SNAPSHOTS)}.", returncode=WRONG_INPUT)
    return SNAPSHOTS[name]()


def _document(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=WRONG_INPUT) from error
    except ValueError as error:
        raise CommandError(f"{path} is not JSON: {error}.", returncode=WRONG_INPUT) from error
    except RecursionError:
        raise CommandError(f"{path} is nested too deeply to be read.", returncode=WRONG_INPUT) from None


def _decide(document: object, policy: Policy, prices: PriceSnapshot, as_of: date) -> dict[str, Any]:
    workloads = parse_workloads(document, policy)
    records = [record(decide_workload(policy, workload, prices, as_of)) for workload in workloads]
    return {
        "policy": policy.sha,
        "snapshot": prices.name,
        "snapshot_sha": prices.sha,
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
