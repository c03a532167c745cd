"""`manage.py policy diff A B`: what differs between two policies, by row id."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from planner.engine.policy.diff import diff
from planner.management.policy.naming import policy_named
from planner.selectors.policy_words import words_of
from planner.selectors.words import count_of

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator

    from planner.engine.policy.diff import Change

SIGNS = {"added": "+", "removed": "-", "changed": "~"}


def add_arguments(parser: ArgumentParser) -> None:
    for name in ("old", "new"):
        parser.add_argument(
            name, help="shipped, active, draft:N, a version, the beginning of a hash, or a folder"
        )
    parser.add_argument("--json", action="store_true", help="as data")


def lines(options: dict[str, Any]) -> Iterator[str]:
    old, new = policy_named(options["old"]), policy_named(options["new"])
    changes = diff(old.document, new.document)
    if options["json"]:
        yield json.dumps([asdict(change) for change in changes], indent=1, default=str)
        return
    rows = [change for change in changes if not change.is_order]
    yield f"{old.label} and {new.label}: {count_of(len(rows), 'difference') if rows else 'no difference'}."
    for change in changes:
        yield from _lines(change)


def _lines(change: Change) -> Iterator[str]:
    yield f"{SIGNS[change.kind]} {change.table}.toml {change.row}: {change.label}"
    if change.kind == "changed":
        for column in change.columns:
            yield f"    {column.name}: {words_of(column.old)} -> {words_of(column.new)}"
