"""The facts of many segments as columns: one array an input, unknown kept apart from every value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.engine.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from planner.engine.facts import Facts
    from planner.engine.policy import Input, Policy

UNKNOWN = -1
FLAGS = 2


@dataclass(frozen=True, slots=True)
class Given:
    """One segment as it enters: its facts (checked), whether its classification is approved, what is proposed, and
    the must-rows that a standing waiver lifts.
    """

    facts: Facts
    approved: bool
    pending: Facts | None = None
    waived: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shape:
    """How an input's values are written into an array."""

    declared: Input
    codes: Mapping[Any, int]

    @classmethod
    def of(cls, declared: Input) -> Shape:
        values = (False, True) if declared.type == Kind.BOOL else declared.values
        return cls(declared, {value: code for code, value in enumerate(values)})

    @property
    def is_number(self) -> bool:
        return self.declared.type in (Kind.INT, Kind.NUMBER)

    @property
    def dtype(self) -> Any:
        if self.is_number:
            return np.float64
        return np.int64 if self.declared.type == Kind.SET else np.int16

    def encoded(self, value: Any) -> float | int:
        """A number as it is, a flag or a word by its code, a set by the sum of its bits."""
        if self.is_number:
            return float("nan") if value is None else float(value)
        if self.declared.type == Kind.SET:
            return sum(1 << self.codes[member] for member in value or ())
        return UNKNOWN if value is None else self.codes[value]


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of `size` readings. `base` is what was supplied or assumed, `supplied` where somebody supplied it;
    `derived` is filled by the derivations. Nothing is copied when one column is exchanged.
    """

    policy: Policy
    size: int
    shapes: Mapping[str, Shape]
    base: dict[str, NDArray[Any]]
    supplied: dict[str, NDArray[np.bool_]]
    approved: NDArray[np.bool_]
    derived: dict[str, NDArray[Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, policy: Policy, readings: Sequence[tuple[Facts, bool]]) -> Table:
        """One row for each reading: its facts, and whether its classification is approved."""
        shapes = {name: Shape.of(declared) for name, declared in policy.inputs.items()}
        size = len(readings)
        base = {
            name: np.full(size, shape.encoded(shape.declared.assumed), shape.dtype)
            for name, shape in shapes.items()
        }
        supplied: dict[str, NDArray[np.bool_]] = {}
        for row, (facts, _) in enumerate(readings):
            for name, fact in facts.items():
                base[name][row] = shapes[name].encoded(fact.value)
                if name not in supplied:
                    supplied[name] = np.zeros(size, dtype=bool)
                supplied[name][row] = True
        approved = np.fromiter((approved for _, approved in readings), dtype=bool, count=size)
        return cls(policy, size, shapes, base, supplied, approved)

    def column(self, name: str) -> NDArray[Any]:
        found = self.derived.get(name)
        return self.base[name] if found is None else found

    def numbers(self, name: str) -> NDArray[Any]:
        """A column of numbers; nobody knows any where an older policy does not ask for them."""
        return self.column(name) if name in self.shapes else np.full(self.size, np.nan)

    def is_number(self, name: str) -> bool:
        return self.shapes[name].is_number

    def code(self, name: str, value: Any) -> int:
        return self.shapes[name].codes[value]

    def codes(self, name: str) -> int:
        return len(self.shapes[name].codes)

    def knows(self, name: str) -> NDArray[np.bool_]:
        """Where somebody supplied the input."""
        found = self.supplied.get(name)
        return np.zeros(self.size, dtype=bool) if found is None else found

    def spread(self, times: int) -> Table:
        """Every row so many times, each row's copies together; to be changed with `put` before anything is derived."""
        return Table(
            self.policy,
            self.size * times,
            self.shapes,
            {name: np.repeat(column, times) for name, column in self.base.items()},
            {name: np.repeat(column, times) for name, column in self.supplied.items()},
            np.repeat(self.approved, times),
        )

    def put(self, name: str, row: int, code: float) -> None:
        """One value is supplied in one row."""
        self.base[name][row] = code
        if name not in self.supplied:
            self.supplied[name] = np.zeros(self.size, dtype=bool)
        self.supplied[name][row] = True

    def head(self, size: int) -> Table:
        """The first rows, with what was derived for them; to be filled further without touching this one."""
        return Table(
            self.policy,
            size,
            self.shapes,
            {name: column[:size] for name, column in self.base.items()},
            {name: column[:size] for name, column in self.supplied.items()},
            self.approved[:size],
            {name: column[:size] for name, column in self.derived.items()},
        )

    def first_row(self, names: Iterable[str], times: int) -> Table:
        """The first row so many times, of these inputs only, and of these only what the policy asks for."""
        asked = [name for name in names if name in self.shapes]
        return Table(
            self.policy,
            times,
            self.shapes,
            {name: np.repeat(self.column(name)[:1], times) for name in asked},
            {name: np.repeat(self.supplied[name][:1], times) for name in asked if name in self.supplied},
            np.repeat(self.approved[:1], times),
        )

    def exchanged(self, columns: Mapping[str, NDArray[Any]], rows: NDArray[np.bool_] | None = None) -> Table:
        """The same table with other columns, supplied everywhere (or in ROWS); what was derived is kept to start from."""
        where = np.ones(self.size, dtype=bool) if rows is None else rows
        base, supplied = dict(self.base), dict(self.supplied)
        for name, column in columns.items():
            base[name] = column if rows is None else np.where(rows, column, self.base[name])
            supplied[name] = where | self.knows(name)
        derived = {name: column for name, column in self.derived.items() if name not in columns}
        return Table(self.policy, self.size, self.shapes, base, supplied, self.approved, derived)

    def full(self, name: str, value: Any) -> NDArray[Any]:
        """A column with the same value in every row."""
        shape = self.shapes[name]
        return np.full(self.size, shape.encoded(value), shape.dtype)


def readings(given: Iterable[Given]) -> tuple[list[tuple[Facts, bool]], list[int]]:
    """Every segment's reading, then those of proposals nobody has approved, with the segment each belongs to."""
    segments = list(given)
    first = [(each.facts, each.approved) for each in segments]
    waiting = [place for place, each in enumerate(segments) if each.pending]
    second = [
        ({**segments[place].facts, **(segments[place].pending or {})}, segments[place].approved)
        for place in waiting
    ]
    return first + second, waiting
