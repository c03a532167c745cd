"""Boxes written as conditions again: what the analysis found, in words that can go straight into a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planner.engine.expression.axes import Axis, Line, Subsets

if TYPE_CHECKING:
    from planner.engine.expression.axes import AnyAxis, Bound
    from planner.engine.expression.boxes import Box, Region, Space

TEN_THOUSAND: Final = 10_000


def written(space: Space, region: Region) -> str:
    """A condition that holds in this region and nowhere else."""
    boxes = [written_box(space, box) for box in region]
    return " or ".join(boxes) if boxes else "False"


def written_box(space: Space, box: Box) -> str:
    """A condition that holds in this box and nowhere else."""
    tests = [_test(space.axes[name], mask) for name, mask in box.items()]
    return (
        " and ".join(f"({test})" if " or " in test and len(tests) > 1 else test for test in tests) or "True"
    )


def _test(axis: AnyAxis, mask: int) -> str:
    if isinstance(axis, Subsets):
        return _subset(axis, mask, 0)
    if mask & axis.unknown:  # only `not` lets an unknown value pass
        return _not(axis, axis.full & ~mask)
    return _line(axis, mask) if isinstance(axis, Line) else _listed(axis, mask)


def _not(axis: Axis, others: int) -> str:
    if not isinstance(axis, Line):
        return _listed(axis, others, negated=True)
    test = _line(axis, others)
    return f"not ({test})" if " or " in test or " and " in test else f"not {test}"


def _listed(axis: Axis, mask: int, negated: bool = False) -> str:
    chosen = [point for cell, point in enumerate(axis.points) if mask >> cell & 1]
    if chosen == [True]:
        return f"not {axis.name}" if negated else axis.name
    if chosen == [False] and not axis.unknown:
        return f"not {axis.name}"
    if len(chosen) == 1:
        equal = f"{axis.name} == {chosen[0]!r}"
        return f"not {equal}" if negated else equal
    return f"{axis.name} {'not in' if negated else 'in'} ({', '.join(map(repr, chosen))})"


def _line(axis: Line, mask: int) -> str:
    return " or ".join(_interval(axis, low, high) for low, high in axis.intervals(mask))


def _interval(axis: Line, low: Bound, high: Bound) -> str:
    name = axis.name
    if low is None and high is None:  # any number at all, but not the unknown one
        return f"{name} < {number(axis.cuts[0])} or {name} >= {number(axis.cuts[0])}"
    if low == high and low is not None:
        return f"{name} == {number(low[0])}"
    below = "" if high is None else f"<{'=' * high[1]} {number(high[0])}"
    if low is None:
        return f"{name} {below}"
    above = f"{number(low[0])} <{'=' * low[1]} {name}"
    return f"{above} {below}" if below else f"{name} >{'=' * low[1]} {number(low[0])}"


def _subset(axis: Subsets, mask: int, place: int) -> str:
    """Value by value, those that make no difference left out; the common shapes come out short."""
    short = _required_and_forbidden(axis, mask)
    if short:
        return short
    having = axis.having[place]
    span = 1 << place
    with_it, without_it = (mask & having) >> span, mask & (axis.full ^ having)
    with_it |= with_it << span
    without_it |= without_it << span
    if with_it == without_it:
        return _subset(axis, mask, place + 1)
    parts = [
        _joined(test, _rest(axis, cells, place + 1))
        for test, cells in ((has(axis, [place]), with_it), (f"not {has(axis, [place])}", without_it))
        if cells
    ]
    return " or ".join(parts)


def _rest(axis: Subsets, mask: int, place: int) -> str:
    return "" if mask == axis.full else _subset(axis, mask, place)


def _joined(test: str, rest: str) -> str:
    if not rest:
        return test
    return f"{test} and ({rest})" if " or " in rest else f"{test} and {rest}"


def _required_and_forbidden(axis: Subsets, mask: int) -> str:
    """The condition as values that must be in, at least one of some, and values that must not be; or nothing."""
    shape = shape_of(axis, mask)
    if shape is None:
        return ""
    required, some, forbidden = shape
    tests = [has(axis, [place]) for place in required]
    tests += [has(axis, some)] if some else []
    tests += [f"not {has(axis, forbidden)}"] if forbidden else []
    return " and ".join(tests)


def shape_of(axis: Subsets, mask: int) -> tuple[list[int], list[int], list[int]] | None:
    """The groups that must be in, those of which one must be, and those that must not; None for other regions."""
    places = range(len(axis.groups))
    required = [place for place in places if not mask & ~axis.having[place]]
    forbidden = [place for place in places if not mask & axis.having[place]]
    base = sum(1 << place for place in required)
    some = [
        place
        for place in places
        if place not in required and place not in forbidden and mask >> (base | 1 << place) & 1
    ]
    cells = axis.full
    for place in required:
        cells &= axis.having[place]
    for place in forbidden:
        cells &= ~axis.having[place]
    if cells == mask:
        return required, [], forbidden
    cells &= _any(axis, some)
    return (required, some, forbidden) if cells == mask else None


def _any(axis: Subsets, places: list[int]) -> int:
    cells = 0
    for place in places:
        cells |= axis.having[place]
    return cells


def has(axis: Subsets, places: list[int]) -> str:
    members = [member for place in places for member in axis.groups[place]]
    if len(members) == 1:
        return f"{members[0]!r} in {axis.name}"
    return f"any_of({axis.name}, {', '.join(map(repr, members))})"


def number(value: float) -> str:
    """A literal people can read: thousands apart, no trailing zeros."""
    whole = int(value) if float(value).is_integer() else value
    return f"{whole:_}" if isinstance(whole, int) and abs(whole) >= TEN_THOUSAND else repr(whole)
