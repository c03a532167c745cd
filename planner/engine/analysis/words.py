"""Boxes in words, as people read them: "data tags include Health data (PHI) and tokens a month at least 100M"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planner.engine.amounts import in_words
from planner.engine.expression.axes import Axis, Line, Subsets
from planner.engine.expression.writing import shape_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from planner.engine.expression.axes import AnyAxis, Bound
    from planner.engine.expression.boxes import Box, Region, Space
    from planner.engine.policy import Input

SHOWN: Final = 3  # boxes of a region told in full
YES_NO: Final = {True: "yes", False: "no", None: "not known"}


def region_in_words(inputs: Mapping[str, Input], space: Space, region: Region) -> str:
    """Where it is, box by box; the first few of many."""
    told = "; or ".join(box_in_words(inputs, space, box) for box in region[:SHOWN])
    more = len(region) - SHOWN
    return f"{told}; and {more} more" if more > 0 else told


def box_in_words(inputs: Mapping[str, Input], space: Space, box: Box) -> str:
    """What every input in the box is, joined by "and"; "always" where nothing is asked."""
    return (
        listed((_phrase(inputs[name], space.axes[name], mask) for name, mask in box.items()), "and")
        or "always"
    )


def listed(words: Iterable[str], last: str) -> str:
    """The words with commas, and LAST before the last of them."""
    *firsts, final = list(words) or [""]
    return f"{', '.join(firsts)} {last} {final}" if firsts else final


def _phrase(declared: Input, axis: AnyAxis, mask: int) -> str:
    name = _lowered(declared.label)
    if isinstance(axis, Subsets):
        return f"{name} {_set(declared, axis, mask)}"
    if isinstance(axis, Line):
        return f"{name} {_number(declared, axis, mask)}"
    return f"{name} {_one_of(declared, axis, mask)}"


def _lowered(label: str) -> str:
    return label[0].lower() + label[1:] if label[1:2].islower() or label[1:2] == " " else label


def _one_of(declared: Input, axis: Axis, mask: int) -> str:
    chosen = [point for cell, point in enumerate(axis.points) if mask >> cell & 1]
    others = [point for cell, point in enumerate(axis.points) if not mask >> cell & 1]
    if len(others) < len(chosen) and None not in others:
        return f"is not {_values(declared, others)}"
    return f"is {_values(declared, chosen)}"


def _values(declared: Input, points: Sequence[str | bool | None]) -> str:
    return listed(
        (
            YES_NO[point] if point is None or isinstance(point, bool) else _label(declared, point)
            for point in points
        ),
        "or",
    )


def _label(declared: Input, value: str) -> str:
    return declared.labels.get(value, value)


def _number(declared: Input, axis: Line, mask: int) -> str:
    runs = [_interval(declared, low, high) for low, high in axis.intervals(mask)]
    return listed([*runs, *(["not known"] if mask & axis.unknown else [])], "or")


def _interval(declared: Input, low: Bound, high: Bound) -> str:
    if low is None and high is None:
        return "known"
    if low is not None and low == high:
        return f"exactly {_amount(declared, low[0])}"
    bounds = []
    if low is not None:
        bounds.append(f"{'at least' if low[1] else 'over'} {_amount(declared, low[0])}")
    if high is not None:
        bounds.append(f"{'at most' if high[1] else 'under'} {_amount(declared, high[0])}")
    return " but ".join(bounds)


def _amount(declared: Input, value: float) -> str:
    """The value with its unit, unless the input's name already says it."""
    return in_words(value, declared.unit).removesuffix(f" {declared.label.lower()}")


def _set(declared: Input, axis: Subsets, mask: int) -> str:
    shape = shape_of(axis, mask)
    if shape is None:
        example = in_words(axis.point(mask), labels=declared.labels)
        return f"are one of {mask.bit_count()} combinations, such as {example}"
    required, some, forbidden = shape
    parts = [f"include {_members(declared, axis, [place], 'or')}" for place in required]
    parts += [f"include {_members(declared, axis, some, 'or')}"] if some else []
    parts += [f"do not include {_members(declared, axis, forbidden, 'or')}"] if forbidden else []
    return listed(parts, "and")


def _members(declared: Input, axis: Subsets, places: Sequence[int], last: str) -> str:
    return listed([_label(declared, member) for place in places for member in axis.groups[place]], last)
