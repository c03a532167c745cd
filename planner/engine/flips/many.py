"""Flips of a whole portfolio: every input exchanged in all segments at once.

Conditions are exact, one value a cell. Amounts that money hangs on are asked at steps of each segment's own amount,
for where its costs cross differs from segment to segment; `search.flips` finds that place to the token.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.engine.columns.costs import READS
from planner.engine.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from planner.engine.columns import Portfolio, Table
    from planner.engine.columns.table import Shape

STEPS_A_DECADE: Final = 6


@dataclass(frozen=True, slots=True)
class Swing:
    """One change of one input, and the segments whose now or target it would change."""

    name: str
    change: str
    segments: NDArray[np.bool_]


def swings(portfolio: Portfolio) -> Iterator[Swing]:
    """Every change that moves at least one segment, in the order of the inputs."""
    base, table = portfolio.base, portfolio.base.table
    for name in _asked(portfolio):
        for change, column in _changes(portfolio, table.shapes[name], table):
            state = portfolio.exchanged({name: column})
            moved = (state.now != base.now) | (state.target != base.target)
            if moved.any():
                yield Swing(name, change, moved)


def _asked(portfolio: Portfolio) -> list[str]:
    inputs = portfolio.program.basis.policy.inputs
    reads = portfolio.program.reads
    return [name for name, declared in inputs.items() if name in reads and declared.supplied_by != "derived"]


def _changes(portfolio: Portfolio, shape: Shape, table: Table) -> Iterator[tuple[str, NDArray[Any]]]:
    name = shape.declared.name
    if shape.declared.type == Kind.SET:
        for member, bit in shape.codes.items():
            yield f"{member} in or out", np.bitwise_xor(table.column(name), 1 << bit)
    elif shape.is_number:
        yield from _numbers(portfolio, name, table)
    else:
        for value in shape.codes:
            yield f"{value}", table.full(name, value)


def _numbers(portfolio: Portfolio, name: str, table: Table) -> Iterator[tuple[str, NDArray[Any]]]:
    cuts = sorted(portfolio.program.cuts.get(name, ()))
    for cut in cuts:
        yield f"{cut:g}", table.full(name, cut)
    for low, high in pairwise([0.0, *cuts, 2 * cuts[-1]] if cuts else []):
        yield f"between {low:g} and {high:g}", table.full(name, (low + high) / 2)
    if name in READS:
        reach = math.log10(float(portfolio.program.basis.figures["flip_reach"]))
        for power in np.linspace(-reach, reach, round(2 * reach * STEPS_A_DECADE) + 1):
            yield f"times {10**power:.3g}", table.column(name) * 10**power
