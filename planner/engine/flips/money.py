"""Where the order of the costs may change while one input moves: steps of machines, switches of offers, crossings.

Between two such points every cost is a straight line in the input, so that the answer is the same throughout.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.engine.columns.costs import READS, Demands, costs
from planner.engine.economics import priced_tokens
from planner.engine.economics.costs import ARRANGEMENT, SECONDS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from planner.engine.columns import Program, Table
    from planner.engine.policy import Tier

    Floats = NDArray[np.float64]

STEPS: Final = 400  # machines of one kind followed one by one
EDGE: Final = 1e-9  # how far inside an interval its ends are asked
VOLUMES: Final = ("tokens_month", "input_tokens_month", "output_tokens_month")
TOKENS: Final = frozenset({*VOLUMES, "reasoning_multiplier", "peak_to_avg", "open_token_multiplier"})


def breakpoints(program: Program, table: Table, name: str, high: float) -> set[float]:
    """The values of NAME between 0 and HIGH at which the order of the costs may change."""
    if name not in READS or name == "complexity":
        return set()
    bends = {0.0, high}
    if name in TOKENS:
        bends |= {total for total in _totals(table, name) if 0 < total < high}
        for low, above in pairwise(sorted(bends)):
            bends |= set(_bends(program, table, name, low, above))
    return bends | _meetings(program, table, name, np.array(sorted(bends)))


def _totals(table: Table, name: str) -> Iterable[float]:
    """Where a part of the tokens is the whole of them: beyond, another mix is reckoned with."""
    return (float(table.column(other)[0]) for other in VOLUMES if name in VOLUMES and other != name)


def _bends(program: Program, table: Table, name: str, low: float, high: float) -> Iterable[float]:
    """Steps and switches of an interval in which input and output are straight lines in the value of NAME."""
    inside = (high - low) * EDGE
    ends = np.array([low + inside, high - inside])
    terms, tier = program.basis.terms, _tier(program, table)
    demand = Demands.of(_exchanged(table, name, ends), terms, np.arange(ends.size))
    yield from _steps(program, tier, ends, demand)
    yield from _switches(program, tier, ends, demand)


def _tier(program: Program, table: Table) -> Tier:
    names = list(table.shapes["complexity"].codes)
    return program.basis.policy.tiers[names[int(table.column("complexity")[0])]]


def _steps(program: Program, tier: Tier, ends: Floats, demand: Demands) -> Iterable[float]:
    """Where one more machine is needed."""
    terms, counts = program.basis.terms, np.arange(1, STEPS + 1)
    peak = demand.tokens_out * demand.longer * demand.peak
    for arrangement in ARRANGEMENT.values():
        speed = tier.shapes[arrangement].tokens_per_second
        capacity = speed * terms.planned_use * terms.hours * SECONDS_PER_HOUR
        yield from _roots(ends, peak[0] - counts * capacity, peak[1] - counts * capacity)


def _switches(program: Program, tier: Tier, ends: Floats, demand: Demands) -> Iterable[float]:
    """Where another offer becomes the cheapest for the mix of input and output."""
    for models, opened in ((tier.closed, False), (tier.open, True)):
        offers = priced_tokens(program.basis.prices, models, open_weights=opened)
        steep = np.array([each.input - each.output for each in offers])
        flat = np.array([each.output for each in offers])
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = (flat[None, :] - flat[:, None]) / (steep[:, None] - steep[None, :])
        share = np.unique(shares[(shares > 0) & (shares < 1)])[:, None]
        beyond = demand.tokens_in * (1 - share) - demand.tokens_out * share
        yield from _roots(ends, beyond[:, 0], beyond[:, 1])


def _roots(ends: Floats, begin: Floats, end: Floats) -> Iterable[float]:
    """Where straight lines are 0 between the ends; a level one is nowhere."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = ends[0] + (ends[1] - ends[0]) * begin / (begin - end)
    return [float(at) for at in found[(found > ends[0]) & (found < ends[1])]]


def _meetings(program: Program, table: Table, name: str, bends: Floats) -> set[float]:
    """Inside each interval: where one line meets another, or the other with the tolerance on top."""
    low, width = bends[:-1], np.diff(bends)
    ends = np.concatenate((low + width * EDGE, low + width * (1 - EDGE)))
    left, right = np.split(_costs_at(program, table, name, ends), 2, axis=1)  # (placements, intervals) each
    found: set[float] = set()
    for factor in (1.0, 1 + program.tolerance):
        begin = left[:, None, :] - left[None, :, :] * factor
        end = right[:, None, :] - right[None, :, :] * factor
        with np.errstate(invalid="ignore", divide="ignore"):
            crosses = begin * end < 0
            at = low + width * np.where(crosses, begin / (begin - end), 0)
        found |= {float(each) for each in np.unique(np.broadcast_to(at, crosses.shape)[crosses])}
    return found


def _costs_at(program: Program, table: Table, name: str, values: Floats) -> Floats:
    return costs(_exchanged(table, name, values), program.basis.prices, program.basis.terms)


def _exchanged(table: Table, name: str, values: Floats) -> Table:
    return table.first_row(READS, values.size).exchanged({name: values})
