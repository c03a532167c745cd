"""Whole replicas filled to the brim: per pool and number of replicas, who leaves and who joins.

Prices know no whole numbers. Here one pool after the other is given a replica more or fewer: who saves least per
unit of the hours that overflow leaves, who saves most per unit of the scarcest hour joins, and what the whole
assignment then truly costs decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.engine.pooling.bill import ROUNDING, bill_of
from planner.engine.pooling.moves import used_pools
from planner.engine.pooling.problem import NOWHERE, OFFER
from planner.engine.pooling.slot_prices import Placed, priced

if TYPE_CHECKING:
    from planner.engine.pooling.problem import Floats, Ints, Problem

STEPS: Final = (0, -1, 1, -2, 2)
PASSES: Final = 6
HELPINGS: Final = 8  # times what is left of a pool is filled with the next best that still fits


def polished(problem: Problem, found: Placed) -> Placed:
    """As good as what it started from, or better: passes over all open pools until one changes nothing."""
    for _ in range(PASSES):
        before = found
        for pool in used_pools(found):
            found = _best_size(problem, found, int(pool))
        if found is before:
            break
    return found


def _best_size(problem: Problem, found: Placed, pool: int) -> Placed:
    """The pool with the number of replicas that costs least, all else as it is."""
    table = _Table.of(problem, found, pool)
    serving = found.bill.replicas[pool] - problem.spare[pool]
    best = found
    for step in STEPS:
        room = serving + step
        if not 0 < room <= problem.most[pool] - problem.spare[pool]:
            continue
        assignment = table.resized(found, int(room))
        tried = Placed(assignment, bill_of(problem, assignment), found.prices)
        best = tried if tried.better_than(best) else best
    return best


@dataclass(frozen=True, slots=True)
class _Table:
    """What leaving and joining one pool is worth to each segment."""

    problem: Problem
    pool: int
    elsewhere: Ints  # [I] where a member would go
    leaving: Floats  # [I] USD a month that leaving costs a member
    joining: Floats  # [I] USD a month that joining saves somebody outside, by the prices of where he is

    @classmethod
    def of(cls, problem: Problem, found: Placed, pool: int) -> _Table:
        others = used_pools(found)
        others = others[others != pool]
        segments = np.arange(len(problem.names))
        asked = priced(problem, others, found.prices)
        elsewhere = np.where(problem.has_offer, OFFER, NOWHERE)
        leaving = problem.offer.copy()
        if len(others):
            place = asked.argmin(axis=1)
            least = asked[segments, place]
            elsewhere = np.where(least < leaving, others[place], elsewhere)
            leaving = np.minimum(leaving, least)
        joining = np.where(found.assignment == OFFER, problem.offer, 0.0)
        for column, other in enumerate(others):
            joining = np.where(found.assignment == other, asked[:, column], joining)
        joining = np.where(found.assignment == NOWHERE, np.inf, joining)
        joining = np.where(problem.barred[:, pool] > 0, 0.0, joining)
        return cls(problem, pool, elsewhere, leaving, joining)

    def resized(self, found: Placed, room: int) -> Ints:
        """The assignment with the pool cut or filled to so many serving replicas."""
        assignment = found.assignment.copy()
        free = room - found.bill.load[self.pool]
        if (free < -ROUNDING).any():
            free = self._cut(assignment, free)
        self._filled(assignment, free)
        return assignment

    def _cut(self, assignment: Ints, free: Floats) -> Floats:
        """Sends away who saves least per unit of the overflowing hours, until nothing overflows."""
        members = np.flatnonzero((assignment == self.pool) & np.isfinite(self.leaving))
        loads = self.problem.loads(members, self.pool)
        over = loads[:, free < -ROUNDING].sum(axis=1)
        order = np.argsort(_ratio(self.leaving[members], over), kind="stable")
        order = order[over[order] > 0]
        gone = np.cumsum(loads[order], axis=0)
        enough = (free + gone >= -ROUNDING).all(axis=1)
        number = int(enough.argmax()) + 1 if enough.any() else len(order)
        leavers = members[order[:number]]
        assignment[leavers] = self.elsewhere[leavers]
        return free + (gone[number - 1] if number else 0.0)

    def _filled(self, assignment: Ints, free: Floats) -> None:
        """Takes in who saves most per unit of the scarcest hour, as long as somebody fits."""
        waiting = np.flatnonzero((assignment != self.pool) & (self.joining > 0))
        for _ in range(HELPINGS):
            loads = self.problem.loads(waiting, self.pool)
            fits = (loads <= free + ROUNDING).all(axis=1)
            waiting, loads = waiting[fits], loads[fits]
            if not len(waiting):
                return
            scarce = (loads / np.maximum(free, ROUNDING)).max(axis=1)
            order = np.argsort(-_ratio(self.joining[waiting], scarce), kind="stable")
            taken = np.cumsum(loads[order], axis=0)
            whole = (taken <= free + ROUNDING).all(axis=1)
            number = len(order) if whole.all() else int(whole.argmin())
            joiners = order[:number]
            assignment[waiting[joiners]] = self.pool
            free = free - taken[number - 1]
            waiting = np.delete(waiting, order[: number + 1])


def _ratio(value: Floats, amount: Floats) -> Floats:
    """Value per unit; infinity where there is value and no amount."""
    return np.divide(value, amount, out=np.full(len(value), np.inf), where=amount > 0)
