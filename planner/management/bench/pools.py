"""What `manage.py bench economics` measures of pooling: how long sharing out takes, and how far above a proven bound."""

from __future__ import annotations

from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.engine.pooling.bound import lower_bound
from planner.engine.pooling.exact import solved
from planner.engine.pooling.heuristic import shared_out
from planner.management.bench.clock import timed
from planner.management.bench.futures import Figure
from planner.management.bench.shared import portfolio

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.engine.pooling.problem import Problem

SEED: Final = 1
SIZES: Final = {100: None, 1_000: 3_000.0, 10_000: 15_000.0}
OUTRIGHT: Final = 100
OUTRIGHT_SECONDS: Final = 60.0
WITHIN: Final = 0.02
PROVEN: Final = 0.95  # of that, where proving more would take long


def figures(times: int) -> Iterator[Figure]:
    """Sharing out portfolios of three sizes; the largest is run once."""
    for segments, reach_ms in SIZES.items():
        problem = served(segments)
        runs = times if segments < max(SIZES) else 1
        yield Figure(
            f"sharing out {segments:,} segments", timed(partial(shared_out, problem), runs), reach_ms
        )


def bounds() -> Iterator[str]:
    """How far each is above a bound that no assignment goes below, and how long proving it took."""
    for segments in SIZES:
        problem = served(segments)
        found = shared_out(problem).bill
        began = perf_counter()
        bound = lower_bound(problem, found.units, found.usd_month, close=PROVEN * WITHIN)
        above, took = bound.gap(found.usd_month), perf_counter() - began
        missed = "" if above <= WITHIN else "  missed"
        yield (
            f"{segments:,} segments: ${found.usd_month:,.0f} a month, {above:.2%} above ${bound.usd_month:,.0f} "
            f"(to reach {WITHIN:.0%}; proven in {took:.0f} s){missed}"
        )
    problem = served(OUTRIGHT)
    began = perf_counter()
    exact = solved(problem, shared_out(problem).assignment, OUTRIGHT_SECONDS)
    yield f"{OUTRIGHT} segments outright: {exact.sentence} {perf_counter() - began:.1f} s."


def served(segments: int) -> Problem:
    """Those of the test portfolio that something can serve."""
    problem = portfolio(segments, SEED)
    return problem.only(np.flatnonzero(problem.placeable))
