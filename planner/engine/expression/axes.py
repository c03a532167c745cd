"""An input cut into cells: inside one cell no condition of the policy can tell two values apart.

A region of an input is a whole number whose bits are its cells, so that its algebra is `&`, `|` and `^`. Numbers are
cut at the thresholds used, with the threshold itself as a cell; a set has one cell for each combination of the
values that conditions ask for; unknown (None) is a cell of its own, the last one, where the policy leaves room for it.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Protocol

from planner.engine.expression.scalar import compiled
from planner.engine.expression.terms import ExpressionError
from planner.engine.expression.tree import Atom, Comparison, Member, Overlap
from planner.engine.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST_GROUPS: Final = 16  # a set with more would have over 65,536 cells
NUMBERS: Final = (Kind.INT, Kind.NUMBER)


class InputRange(Protocol):
    """What must be known of an input to cut it: its values, its limits, and whether it may be unknown."""

    @property
    def type(self) -> str: ...
    @property
    def values(self) -> tuple[str, ...]: ...
    @property
    def minimum(self) -> float | None: ...
    @property
    def maximum(self) -> float | None: ...
    @property
    def may_be_unknown(self) -> bool: ...


Edge = tuple[float | None, float | None]
Bound = tuple[float, bool] | None  # a threshold and whether it belongs to the interval


@dataclass(frozen=True)
class Axis:
    """The cells of one input, each with a value that stands for it."""

    name: str
    points: tuple[Any, ...]

    @cached_property
    def full(self) -> int:
        """All cells."""
        return (1 << len(self.points)) - 1

    @cached_property
    def unknown(self) -> int:
        """The cell of the unknown value; none where the input is always known."""
        return 1 << len(self.points) - 1 if self.points[-1:] == (None,) else 0

    def mask(self, atom: Atom) -> int:
        """The cells in which a test of this input holds."""
        test, name = compiled(atom), self.name
        held = ["1" if test({name: point}, {}) else "0" for point in self.points]
        return int("".join(reversed(held)) or "0", 2)

    def point(self, mask: int) -> Any:
        """A value from the first of these cells."""
        return self.points[(mask & -mask).bit_length() - 1]

    def bit(self, value: Any) -> int:
        """The cell of a value; none for a value the input cannot take."""
        return 1 << self.points.index(value) if value in self.points else 0


@dataclass(frozen=True)
class Line(Axis):
    """A number, cut at the thresholds used; `edges` are the two thresholds around each cell."""

    cuts: tuple[float, ...]
    edges: tuple[Edge, ...]

    def bit(self, value: Any) -> int:
        if value is None:
            return self.unknown
        place = bisect_left(self.cuts, value)
        at_cut = place < len(self.cuts) and self.cuts[place] == value
        edges = (
            (self.cuts[place], self.cuts[place])
            if at_cut
            else ((None, *self.cuts)[place], (*self.cuts, None)[place])
        )
        return 1 << self.edges.index(edges) if edges in self.edges else 0

    def intervals(self, mask: int) -> Iterator[tuple[Bound, Bound]]:
        """The runs of neighbouring cells, each from a lower to an upper bound; None is without end."""
        cells = mask & ~self.unknown
        while cells:
            start = (cells & -cells).bit_length() - 1
            length = (~(cells >> start) & (cells >> start) + 1).bit_length() - 1
            yield self._bound(start, 0), self._bound(start + length - 1, 1)
            cells &= -1 << (start + length)

    def _bound(self, cell: int, side: int) -> Bound:
        edge = self.edges[cell][side]
        at_end = cell == (0, len(self.edges) - 1)[side]
        return None if edge is None or at_end else (edge, self.edges[cell][0] == self.edges[cell][1])


@dataclass(frozen=True)
class Subsets:
    """A set: one cell for each combination of its values, those that no condition tells apart taken together."""

    name: str
    groups: tuple[tuple[str, ...], ...]
    unknown: int = 0  # an unknown set is read as an empty one

    @cached_property
    def full(self) -> int:
        return (1 << (1 << len(self.groups))) - 1

    @cached_property
    def having(self) -> tuple[int, ...]:
        """For each group, the cells in which the set holds one of its values."""
        return tuple(
            self.full // ((1 << (2 << place)) - 1) * (((1 << (1 << place)) - 1) << (1 << place))
            for place in range(len(self.groups))
        )

    def mask(self, atom: Atom) -> int:
        assert isinstance(atom, Overlap)  # noqa: S101 - the parser lets nothing else ask a set
        cells = 0
        for group, having in zip(self.groups, self.having, strict=True):
            if group[0] in atom.members:
                cells |= having
        return cells

    def point(self, mask: int) -> frozenset[str]:
        cell = (mask & -mask).bit_length() - 1
        return frozenset(group[0] for place, group in enumerate(self.groups) if cell >> place & 1)

    def bit(self, value: Any) -> int:
        held = value or frozenset()
        return 1 << sum(1 << place for place, group in enumerate(self.groups) if not held.isdisjoint(group))


AnyAxis = Axis | Subsets


def axis_of(name: str, declared: InputRange, asked: Iterable[Atom]) -> AnyAxis:
    """The input cut finely enough for these tests of it."""
    if declared.type == Kind.SET:
        return _subsets(name, declared.values, [atom for atom in asked if isinstance(atom, Overlap)])
    unknown = (None,) if declared.may_be_unknown else ()
    if declared.type == Kind.BOOL:
        return Axis(name, (False, True, *unknown))
    if declared.type not in NUMBERS:
        return Axis(name, (*declared.values, *unknown))
    return _line(name, declared, sorted(set(_thresholds(asked))), unknown)


def _thresholds(asked: Iterable[Atom]) -> Iterator[float]:
    for atom in asked:
        if isinstance(atom, Comparison):
            yield atom.value  # type: ignore[misc]  # a number: the parser compares like with like
        elif isinstance(atom, Member):
            yield from atom.members


def _line(name: str, declared: InputRange, cuts: Sequence[float], unknown: tuple[None, ...]) -> Line:
    ends = [None, *cuts, None]
    edges: list[Edge] = [(None, cuts[0]) if cuts else (None, None)]
    for low, high in pairwise(ends[1:]):
        edges += [(low, low), (low, high)]
    found = [(edge, _inside(edge, declared)) for edge in edges]
    possible = [(edge, point) for edge, point in found if point is not None]
    points = tuple(point for _, point in possible)
    return Line(name, (*points, *unknown), tuple(cuts), tuple(edge for edge, _ in possible))


def _inside(edge: Edge, declared: InputRange) -> float | None:
    """A value the input can take between two thresholds, or at one; None where there is none."""
    low, high = edge
    whole = declared.type == Kind.INT
    least = -math.inf if declared.minimum is None else declared.minimum
    most = math.inf if declared.maximum is None else declared.maximum
    if low is not None and low == high:
        return low if least <= low <= most and not (whole and low != int(low)) else None
    value = _between(-math.inf if low is None else low, math.inf if high is None else high, least, most)
    if whole and value is not None:
        value = next(
            (each for each in (math.floor(value), math.ceil(value)) if _fits(each, edge, declared)), None
        )
    return value


def _fits(value: float, edge: Edge, declared: InputRange) -> bool:
    low, high = edge
    above = (low is None or value > low) and (declared.minimum is None or value >= declared.minimum)
    below = (high is None or value < high) and (declared.maximum is None or value <= declared.maximum)
    return above and below


def _between(low: float, high: float, least: float, most: float) -> float | None:
    """A value above `low` and below `high`, from `least` to `most`."""
    if max(low, least) > min(high, most) or low >= most or least >= high:
        return None
    start, end = max(low, least), min(high, most)
    if start == end:
        return start
    if math.isinf(start) and math.isinf(end):
        return 0
    if math.isinf(start):
        return end - max(1, abs(end))
    if math.isinf(end):
        return start + max(1, abs(start))
    middle = start + (end - start) / 2
    return middle if low < middle < high else None


def _subsets(name: str, values: Sequence[str], asked: Sequence[Overlap]) -> Subsets:
    groups: dict[tuple[bool, ...], list[str]] = {}
    for value in values:
        groups.setdefault(tuple(value in atom.members for atom in asked), []).append(value)
    told_apart = tuple(tuple(group) for signature, group in groups.items() if any(signature))
    if len(told_apart) > MOST_GROUPS:
        raise ExpressionError(
            f"conditions tell {len(told_apart)} groups of the values of {name} apart; more than {MOST_GROUPS} cannot be analysed"
        )
    return Subsets(name, told_apart)
