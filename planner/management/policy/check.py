"""`manage.py policy check`: everything wrong or doubtful in a policy, errors first; an error ends with status 1."""

from __future__ import annotations

import json
import re
from itertools import groupby
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone

from planner.engine import PolicyError, load_policy
from planner.engine.analysis import Fault, Finding, Severity, findings, refusal
from planner.engine.cases import case_values
from planner.engine.policy.load import SHIPPED
from planner.management.day import day
from pricing.feeds.reference import reference_snapshot

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from planner.engine import Policy

CASES: Final = ("cases.json", "threshold_cases.json")
PROGRAMS: Final = ("planner", "workloads", "pricing")
NAMED: Final = (Fault.UNREAD, Fault.UNEXERCISED)
WIDTH: Final = 110
NAME: Final = re.compile(r"[\"']([a-z][a-z0-9_]*)[\"']")


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--policy", type=Path, metavar="DIR", help="default: the policy that ships")
    parser.add_argument("--as-of", type=day, metavar="DATE", help="default: today")
    parser.add_argument("--strict", action="store_true", help="a warning ends with status 1 too")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def lines(options: Mapping[str, Any]) -> Iterator[str]:
    """What is found, line by line; CommandError at the end if it must not be put in force."""
    found = _findings(options["policy"] or SHIPPED, options["as_of"] or timezone.localdate())
    yield from [_json(found)] if options["json"] else _told(found)
    grave = [finding for finding in found if _grave(finding, options["strict"])]
    if grave:
        raise CommandError(f"{_counted(len(grave), 'finding')} to mend.", returncode=1)


def _findings(directory: Path, as_of: date) -> tuple[Finding, ...]:
    try:
        policy = load_policy(directory)
    except PolicyError as error:
        return (refusal(error),)
    return findings(policy, as_of, _cases(policy, directory, as_of), names_in_programs())


def _cases(policy: Policy, directory: Path, as_of: date) -> list[Mapping[str, Any]]:
    """What the cases beside the policy say of every input; the shipped ones where it has none of its own."""
    own = [directory / name for name in CASES if (directory / name).exists()]
    files = own or [SHIPPED / name for name in CASES if (SHIPPED / name).exists()]
    return [values for path in files for values in _values(policy, path, as_of)]


def _values(policy: Policy, path: Path, as_of: date) -> list[Mapping[str, Any]]:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        return list(case_values(policy, document, reference_snapshot(), as_of))
    except (OSError, ValueError) as error:  # a FactError is a ValueError that names the fact
        raise CommandError(f"{path.name} cannot be used as cases: {error}", returncode=2) from error


def names_in_programs() -> set[str]:
    """Every name a program of this installation writes between quotes, and so may read a figure or a fact by."""
    files = (
        path
        for package in PROGRAMS
        for path in (settings.BASE_DIR / package).rglob("*.py")
        if "migrations" not in path.parts
    )
    return {name for path in files for name in NAME.findall(path.read_text(encoding="utf-8"))}


def _grave(finding: Finding, strict: bool) -> bool:
    return finding.severity is Severity.ERROR or (strict and finding.severity is Severity.WARNING)


def _told(found: Sequence[Finding]) -> Iterator[str]:
    counts = [
        _counted(sum(each.severity is severity for each in found), severity.value) for severity in Severity
    ]
    yield f"{', '.join(counts)}."
    for (severity, fault), group in groupby(found, key=lambda each: (each.severity, each.fault)):
        members = list(group)
        yield ""
        yield f"{severity.value.capitalize()}: {fault.value} ({len(members)})"
        yield from _named(members) if fault in NAMED else _sentences(members)


def _sentences(found: Sequence[Finding]) -> Iterator[str]:
    for finding in found:
        rows = ", ".join(finding.rows) or "-"
        yield f"  {finding.file}, row {rows}, column {finding.column}: {finding.sentence}"
        if finding.add:
            yield f"    add: {json.dumps(finding.add, ensure_ascii=False)}"


def _named(found: Sequence[Finding]) -> Iterator[str]:
    """Where one sentence fits all, the names are enough."""
    for file, members in groupby(found, key=lambda each: each.file):
        names = ", ".join(name for each in members for name in each.rows)
        yield from wrap(f"{file}: {names}", WIDTH, initial_indent="  ", subsequent_indent="    ")


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _json(found: Sequence[Finding]) -> str:
    return json.dumps([finding.document() for finding in found], indent=1, ensure_ascii=False)
