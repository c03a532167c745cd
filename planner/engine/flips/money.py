"""Where the order of the costs may change while one input moves: steps of machines, switches of offers, crossings.

Between two such points every cost is a straight line in the input, so that the answer is the same throughout.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.engine.columns.costs import READS, costs
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
SCALED: Final = (
    "tokens_month", "output_tokens_month", "reasoning_multiplier", "peak_to_avg", "open_token_multiplier",
)  # fmt: skip
MIXED: Final = ("input_tokens_month", "output_tokens_month", "reasoning_multiplier")


def breakpoints(program: Program, table: Table, name: str, high: float) -> set[float]:
    """The values of NAME between 0 and HIGH at which the order of the costs may change."""
    if name not in READS or name == "complexity":
        return set()
    tier = _tier(program, table)
    bends = {0.0, high}
    if name in SCALED:
        bends |= {step for step in _steps(program, table, tier, name) if step < high}
    if name in MIXED:
        bends |= {switch for switch in _switches(program, table, tier, name) if 0 < switch < high}
    return bends | _meetings(program, table, name, np.array(sorted(bends)))


def _tier(program: Program, table: Table) -> Tier:
    names = list(table.shapes["complexity"].codes)
    return program.basis.policy.tiers[names[int(table.column("complexity")[0])]]


def _steps(program: Program, table: Table, tier: Tier, name: str) -> Iterable[float]:
    """Where one more machine is needed: what they give out is in proportion to the input."""
    per_unit = _output_peak(program, table, name)
    if not per_unit > 0:
        return
    terms = program.basis.terms
    for arrangement in ARRANGEMENT.values():
        speed = tier.shapes[arrangement].tokens_per_second
        capacity = speed * terms.planned_use * terms.hours * SECONDS_PER_HOUR
        yield from (count * capacity / per_unit for count in range(1, STEPS + 1))


def _output_peak(program: Program, table: Table, name: str) -> float:
    """Tokens put out at the peak for each unit of the input."""

    def value(read: str, instead: float) -> float:
        found = 1.0 if read == name else float(table.numbers(read)[0])
        return instead if math.isnan(found) or found == 0 else found

    split = table.knows("input_tokens_month")[0] and table.knows("output_tokens_month")[0]
    if split or name == "output_tokens_month":
        out = value("output_tokens_month", 0.0)
    else:
        read = value("tokens_month", 0.0) / (program.basis.terms.in_out_ratio + 1)
        out = read * value("reasoning_multiplier", 1.0)
    return out * value("peak_to_avg", 1.0) * value("open_token_multiplier", 1.0)


def _switches(program: Program, table: Table, tier: Tier, name: str) -> Iterable[float]:
    """Where another offer becomes the cheapest for the mix of input and output."""
    input_moves = name == "input_tokens_month"
    other = {
        "input_tokens_month": float(table.column("output_tokens_month")[0]),
        "output_tokens_month": float(table.column("input_tokens_month")[0]),
        "reasoning_multiplier": program.basis.terms.in_out_ratio,  # input for one token of output that is read
    }[name]
    for models, opened in ((tier.closed, False), (tier.open, True)):
        offers = priced_tokens(program.basis.prices, models, open_weights=opened)
        steep = np.array([each.input - each.output for each in offers])
        flat = np.array([each.output for each in offers])
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = (flat[None, :] - flat[:, None]) / (steep[:, None] - steep[None, :])
        for share in np.unique(shares[(shares > 0) & (shares < 1)]):
            yield float(share * other / (1 - share) if input_moves else other * (1 - share) / share)


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
    many = table.first_row(READS, values.size).exchanged({name: values})
    return costs(many, program.basis.prices, program.basis.terms)
