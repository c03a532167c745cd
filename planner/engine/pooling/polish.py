"""Whole units filled to the brim: per pool, a unit more or fewer, and who leaves or joins.

Prices know no whole numbers. Here one pool after the other is tried in other sizes, and what the whole assignment
then truly costs decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planner.engine.pooling.slot_prices import Placed
from planner.engine.pooling.trade import Trade

if TYPE_CHECKING:
    from planner.engine.pooling.problem import Problem

STEPS: Final = (0, -1, 1, -2, 2)
PASSES: Final = 6


def polished(problem: Problem, found: Placed) -> Placed:
    """As good as what it started from, or better: passes over all open pools until one changes nothing."""
    for _ in range(PASSES):
        before = found
        for pool in found.bill.opened:
            found = _best_size(problem, found, int(pool))
        if found is before:
            break
    return found


def _best_size(problem: Problem, found: Placed, pool: int) -> Placed:
    """The pool with the number of units that costs least, all else as it is."""
    trade = Trade.with_everybody(problem, found, pool)
    load = found.bill.load[pool]
    best = found
    for step in STEPS:
        units = found.bill.units[pool] + step
        serving = units * problem.holds[pool] - problem.spare[pool]
        if serving <= 0 or units > problem.most[pool]:
            continue
        assignment = trade.resized(found.assignment, load, serving)
        tried = Placed.at(problem, assignment, found.prices)
        best = tried if tried.better_than(best) else best
    return best
