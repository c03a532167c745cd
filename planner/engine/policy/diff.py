"""What differs between two policies, row by row and column by column; and the same changes made to a third."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from planner.engine.policy.cells import columns_of, entries, order_of, put, take, with_entry, without_entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from planner.engine.policy.cells import Documents

ADDED: Final = "added"
REMOVED: Final = "removed"
CHANGED: Final = "changed"
ORDER: Final = "(order)"
HEAD: Final = ("policy", "policy")  # where a version's own name stands
NAME_OF_VERSION: Final = "version"
FIRST: Final = ("inputs", "parameters")  # what rows read comes before them


@dataclass(frozen=True, slots=True)
class Column:
    """One cell before and after; None where there is none."""

    name: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Change:
    """A row, parameter or input that was added, removed or changed, with the cells that differ."""

    table: str
    row: str
    kind: str
    label: str
    columns: tuple[Column, ...]

    @property
    def is_order(self) -> bool:
        return self.row == ORDER


@dataclass(frozen=True, slots=True)
class Conflict:
    """A change that was not made again: the other policy has said something else there."""

    table: str
    row: str
    column: str
    wanted: Any
    found: Any


def diff(old: Documents, new: Documents) -> tuple[Change, ...]:
    """Every difference that means something; the name of the version is none."""
    names = [*old, *(name for name in new if name not in old)]
    return tuple(change for name in names for change in _table(name, old.get(name, {}), new.get(name, {})))


def _table(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[Change]:
    if old == new:
        return
    before, after = entries(old), entries(new)
    for row in [*before, *(row for row in after if row not in before)]:
        was, becomes = before.get(row), after.get(row)
        kind = ADDED if was is None else REMOVED if becomes is None else CHANGED
        columns = _columns(name, row, columns_of(was or {}), columns_of(becomes or {}))
        if columns:
            yield Change(name, row, kind, _label(row, becomes or was or {}), columns)
    kept_before = [row for row in order_of(old) if row in after]
    kept_after = [row for row in order_of(new) if row in before]
    if kept_before and kept_after and kept_before != kept_after:
        column = Column("rows", kept_before, kept_after)
        yield Change(name, ORDER, CHANGED, "Order of the rows", (column,))


def _columns(table: str, row: str, was: Mapping[str, Any], becomes: Mapping[str, Any]) -> tuple[Column, ...]:
    names = [*was, *(name for name in becomes if name not in was)]
    return tuple(
        Column(name, was.get(name), becomes.get(name))
        for name in names
        if was.get(name) != becomes.get(name) and not ((table, row) == HEAD and name == NAME_OF_VERSION)
    )


def _label(row: str, cells: Mapping[str, Any]) -> str:
    return str(cells.get("label") or row)


def replay(changes: Iterable[Change], onto: Documents) -> tuple[Documents, tuple[Conflict, ...]]:
    """The other policy with the same changes; what it has said differently stays and is named."""
    documents: Documents = copy.deepcopy(dict(onto))
    conflicts: list[Conflict] = []
    for change in in_order_of_need(changes):
        documents, met = replay_one(change, documents)
        conflicts += met
    return documents, tuple(conflicts)


def in_order_of_need(changes: Iterable[Change]) -> list[Change]:
    """What is read comes before what reads it, and what goes comes last."""
    made = [change for change in changes if not change.is_order]
    return sorted(made, key=lambda each: (each.kind == REMOVED, each.table not in FIRST))


def replay_one(change: Change, documents: Documents) -> tuple[Documents, list[Conflict]]:
    """The documents with one change made, or as they were with what stands against it."""
    found = entries(documents.get(change.table, {})).get(change.row)
    match change.kind:
        case "added":
            return _replay_added(change, documents, found)
        case "removed":
            return _replay_removed(change, documents, found)
    if found is None:
        return documents, [Conflict(change.table, change.row, "", _new(change), None)]
    conflicts, row, now = [], copy.deepcopy(dict(found)), columns_of(found)
    for column in change.columns:
        stands = now.get(column.name)
        if stands == column.old:
            _set(row, column)
        elif stands != column.new:
            conflicts.append(Conflict(change.table, change.row, column.name, column.new, stands))
    return with_entry(documents, change.table, change.row, row), conflicts


def _replay_added(
    change: Change, documents: Documents, found: Mapping[str, Any] | None
) -> tuple[Documents, list[Conflict]]:
    row: dict[str, Any] = {}
    for column in change.columns:
        _set(row, column)
    if found is None:
        return with_entry(documents, change.table, change.row, row), []
    clash = columns_of(found) != columns_of(row)
    return documents, [Conflict(change.table, change.row, "", row, dict(found))] if clash else []


def _replay_removed(
    change: Change, documents: Documents, found: Mapping[str, Any] | None
) -> tuple[Documents, list[Conflict]]:
    if found is None:
        return documents, []
    if columns_of(found) != {column.name: column.old for column in change.columns}:
        return documents, [Conflict(change.table, change.row, "", None, dict(found))]
    return without_entry(documents, change.table, change.row), []


def _set(row: dict[str, Any], column: Column) -> None:
    if column.new is None:
        take(row, column.name)
    else:
        put(row, column.name, column.new)


def _new(change: Change) -> dict[str, Any]:
    return {column.name: column.new for column in change.columns}
