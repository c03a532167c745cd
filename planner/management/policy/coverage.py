"""`manage.py policy coverage`: every statement of the guides with its row or its reason, every row with its source."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError

from planner.engine import PolicyError, load_policy
from planner.engine.policy.coverage import coverage

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator

    from planner.engine.policy import Policy, Reference, Row
    from planner.engine.policy.coverage import Entry

WRONG_INPUT = 2


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--policy", type=Path, metavar="DIR", help="default: the policy that ships")


def lines(options: dict[str, Any]) -> Iterator[str]:
    """The account, line by line; ends in an error that lists what is lost, doubled or names what is not there."""
    account = coverage(_policy(options["policy"]))
    yield account.headline
    yield f"{account.restatements - len(account.uncited)} of {account.restatements} restatements cited"
    yield ""
    for entry in account.entries:
        yield from _entry(entry)
    yield ""
    yield f"{len(account.others)} rows more: named after a restatement, or of our own"
    for row in account.others:
        yield _row(row.id, row)
    if account.faults:
        raise CommandError("\n".join(account.faults))


def _policy(directory: Path | None) -> Policy:
    try:
        return load_policy(directory)
    except PolicyError as error:
        raise CommandError(str(error), returncode=WRONG_INPUT) from error


def _entry(entry: Entry) -> Iterator[str]:
    name = entry.statement.id
    for row in entry.rows:
        yield _row(name, row)
    if entry.reason:
        yield f"{name:<9} no row: {entry.reason.reason} ({', '.join(entry.reason.shown_at)})"
    if entry.lost:
        yield f"{name:<9} LOST {_source(entry.statement.source)}"


def _row(name: str, row: Row) -> str:
    return f"{name:<9} {row.table} {row.id} {_source(row.source)}"


def _source(source: Reference) -> str:
    return f'[{source.document}, line {source.line}: "{source.quote}"]'
