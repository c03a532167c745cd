"""What differs between two policies, told line by line: what was, and what is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.engine.policy.cells import VALUE_FROM
from planner.selectors.cells import cell_words, cited, column_label
from planner.selectors.policy_words import value_words
from planner.selectors.words import day_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planner.engine import Policy
    from planner.engine.policy.diff import Change, Column


@dataclass(frozen=True)
class Line:
    """One cell before and after as text; `column` is its name for undoing. An empty text: nothing there."""

    column: str
    label: str
    old: str
    new: str
    source: str = ""


@dataclass(frozen=True)
class Told:
    """A changed row with its lines."""

    change: Change
    lines: list[Line]


def told(changes: Iterable[Change], base: Policy) -> list[Told]:
    """The changes of a policy; an added figure stands against the one it takes over from."""
    return [Told(change, [_line(change, column, base) for column in change.columns]) for change in changes]


def _line(change: Change, column: Column, base: Policy) -> Line:
    if column.name.startswith(VALUE_FROM):
        return _value(change, column, base)
    return Line(column.name, column_label(column.name), cell_words(column.old), cell_words(column.new))


def _value(change: Change, column: Column, base: Policy) -> Line:
    """A dated value; where it is new, what holds until then is what it replaces."""
    since = column.name.removeprefix(VALUE_FROM)
    parameter = base.parameters.get(change.row)
    unit = parameter.unit if parameter else ""
    old = _figure(column.old, unit)
    if column.old is None and parameter:
        before = [value for value in parameter.values if value.since.isoformat() < since]
        old = value_words(before[-1].value, unit) if before else ""
    source = cited(column.new["reference"]) if column.new else ""
    return Line(column.name, f"Value from {day_of(since)}", old, _figure(column.new, unit), source)


def _figure(cells: Any, unit: str) -> str:
    return value_words(cells["value"], unit) if cells else ""
