"""Many sets of values at once: a condition over numpy columns, each test evaluated once for all rows that share it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from planner.engine.expression.tree import (
    All,
    Comparison,
    Either,
    Flag,
    Member,
    Negation,
    Node,
    Overlap,
    Truth,
)

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]

TRUE: Final = 1  # of a true-or-false column; 0 is false, UNKNOWN not known
UNKNOWN: Final = -1  # of true-or-false columns and of those with a list of values
ORDERED: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "==": np.equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


class Columns(Protocol):
    """What a condition is asked of: one array an input, and the code of each value a list may take."""

    @property
    def size(self) -> int: ...
    def column(self, name: str) -> NDArray[Any]:
        """Numbers as float64 with NaN for unknown; flags and lists as codes; sets as bit masks."""
        ...

    def is_number(self, name: str) -> bool: ...
    def code(self, name: str, value: Any) -> int:
        """The code of a value: its place in the list, its bit in the set, 0 or 1 of a flag."""
        ...

    def codes(self, name: str) -> int:
        """How many codes there are."""
        ...


def holds(node: Node, table: Columns, memo: MutableMapping[Node, Bools]) -> Bools:
    """Where the condition is true. Parameters must be settled; MEMO keeps every part for the next condition."""
    found = memo.get(node)
    if found is None:
        found = memo[node] = _evaluated(node, table, memo)
    return found


def _evaluated(node: Node, table: Columns, memo: MutableMapping[Node, Bools]) -> Bools:  # noqa: PLR0911 - one a kind
    match node:
        case Truth(value):
            return np.full(table.size, value)
        case Flag(name):
            return np.equal(table.column(name), TRUE)
        case Comparison():
            return _comparison(node, table)
        case Member(name, members):
            return _member(name, members, table)
        case Overlap(name, members):
            mask = sum(1 << table.code(name, member) for member in members)
            return np.not_equal(np.bitwise_and(table.column(name), mask), 0)
        case Negation(part):
            return np.logical_not(holds(part, table, memo))
        case All(parts):
            return np.logical_and.reduce([holds(part, table, memo) for part in parts])
        case Either(parts):
            return np.logical_or.reduce([holds(part, table, memo) for part in parts])
        case _:
            raise TypeError(f"{node!r} reads a parameter: settle it first")


def _comparison(node: Comparison, table: Columns) -> Bools:
    """NaN compares as false by itself; only `!=` has to be told about the unknown."""
    column, value = table.column(node.name), node.value
    if table.is_number(node.name) and isinstance(value, (int, float)):
        if node.operator == "!=":
            return np.not_equal(column, value) & ~np.isnan(column)
        return np.asarray(ORDERED[node.operator](column, value), dtype=bool)
    code = table.code(node.name, node.value)
    if node.operator == "!=":
        return np.not_equal(column, code) & np.not_equal(column, UNKNOWN)
    return np.equal(column, code)


def _member(name: str, members: frozenset[Any], table: Columns) -> Bools:
    if table.is_number(name):
        return np.isin(table.column(name), [float(member) for member in members])
    chosen = np.zeros(table.codes(name) + 1, dtype=bool)  # the last place is that of the code UNKNOWN, -1
    chosen[[table.code(name, member) for member in members]] = True
    return chosen[table.column(name)]
