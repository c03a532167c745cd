"""The answer of a page: prices, moves and polish find pools, routings in shares their sizes and who shares them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from planner.engine.pooling.moves import moved
from planner.engine.pooling.polish import polished
from planner.engine.pooling.rounding import whole
from planner.engine.pooling.sizing import Search, Sized, cheapest_first
from planner.engine.pooling.slot_prices import even_prices, settle

if TYPE_CHECKING:
    from planner.engine.pooling.problem import Ints, Problem
    from planner.engine.pooling.slot_prices import Placed

ROUNDS: Final = 12  # of prices
GLANCED: Final = (400, 1_000)  # contested segments while sizes are searched: an eighth of all, between these
ROUTINGS: Final = 80  # sizes looked at with the fewest, fewer where each takes longer
ROUTED: Final = 1_200  # contested segments in a routing that is made whole
MADE_WHOLE: Final = 6  # sizes made whole with the fewest


def shared_out(problem: Problem) -> Placed:
    """A good assignment, the same for the same problem; segments that nothing serves are NOWHERE."""
    every, one_by_one = np.arange(len(problem.pools)), np.flatnonzero(problem.holds == 1)
    found = _moved_and_polished(problem, every)
    if len(one_by_one) < len(every):  # prices take machines for full, and few are among so many replicas
        without = _moved_and_polished(problem, one_by_one)
        found = without if without.better_than(found) else found
    if not found.bill.units.any():
        return found
    for size in _best_sizes(problem, found):
        if size.usd_month >= found.bill.usd_month and not found.bill.nowhere:
            break
        tried = polished(problem, whole(problem, size.units, size.prices, ROUTED))
        found = tried if tried.better_than(found) else found
    return found


def _moved_and_polished(problem: Problem, opened: Ints) -> Placed:
    """What prices, moves and polish find, with these pools open to begin with."""
    return polished(problem, moved(problem, settle(problem, opened, even_prices(problem), ROUNDS)))


def _best_sizes(problem: Problem, found: Placed) -> list[Sized]:
    """Sizes that cost least in shares, searched from those of an assignment."""
    opened = np.flatnonzero(found.bill.units)
    prices = settle(problem, opened, even_prices(problem), ROUNDS).prices
    limit = int(np.clip(len(problem.names) / 8, *GLANCED))
    start = Sized.at(problem, found.bill.units, prices, limit)
    search = Search(problem, limit, ROUTINGS * GLANCED[0] // limit)
    search.from_start(start)
    return sorted(search.seen, key=cheapest_first)[: MADE_WHOLE * GLANCED[0] // limit]
