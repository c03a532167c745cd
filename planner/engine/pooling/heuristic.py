"""The answer of a page: prices, moves and polish find pools, routings in shares their sizes and who shares them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from planner.engine.pooling.moves import moved
from planner.engine.pooling.polish import polished
from planner.engine.pooling.rounding import whole
from planner.engine.pooling.sizing import Search, Sized
from planner.engine.pooling.slot_prices import even_prices, settle

if TYPE_CHECKING:
    from planner.engine.pooling.problem import Problem
    from planner.engine.pooling.slot_prices import Placed

ROUNDS: Final = 12  # of prices
GLANCED: Final = 400  # contested segments while sizes are searched
ROUTINGS: Final = 90  # sizes looked at
ROUTED: Final = 1300  # contested segments in a routing that is made whole
MADE_WHOLE: Final = 5  # sizes made whole at most
SEARCHED: Final = (
    4_000  # segments up to which sizes are searched: beyond, it takes a minute and saves a fifth of a percent
)


def shared_out(problem: Problem) -> Placed:
    """A good assignment, the same for the same problem; segments that nothing serves are NOWHERE."""
    every = np.arange(len(problem.pools))
    found = polished(problem, moved(problem, settle(problem, every, even_prices(problem), ROUNDS)))
    if not found.bill.replicas.any() or len(problem.names) > SEARCHED:
        return found
    opened = np.flatnonzero(found.bill.replicas)
    prices = settle(problem, opened, even_prices(problem), ROUNDS).prices
    limit = max(GLANCED, len(problem.names) // 14)
    start = Sized.at(problem, found.bill.replicas, prices, limit)
    search = Search(problem, limit, ROUTINGS, [])
    search.from_start(start)
    for size in sorted(search.seen, key=lambda each: each.usd_month)[:MADE_WHOLE]:
        if size.usd_month >= found.bill.usd_month and not found.bill.nowhere:
            break
        tried = polished(problem, whole(problem, size.replicas, size.prices, ROUTED))
        found = tried if tried.better_than(found) else found
    return found
