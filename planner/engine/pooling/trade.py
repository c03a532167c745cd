"""Leaving one pool and joining it: who saves least per unit of what overflows, most per unit of what is scarce."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.engine.pooling.bill import ROUNDING
from planner.engine.pooling.problem import NOWHERE, OFFER

if TYPE_CHECKING:
    from planner.engine.pooling.problem import Floats, Ints, Problem
    from planner.engine.pooling.slot_prices import Placed

NOTHING: Final = 1e-12  # replicas
HELPINGS: Final = 8  # times what is left of a pool is filled with the next best that still fits


@dataclass(frozen=True, slots=True)
class Trade:
    """What leaving one pool costs its members, and what joining it saves the others."""

    problem: Problem
    pool: int
    elsewhere: Ints  # [I] where a member would go
    leaving: Floats  # [I] USD a month, infinity for who has nowhere to go
    joining: Floats  # [I] USD a month, 0 for who may not join

    @classmethod
    def with_offers(cls, problem: Problem, assignment: Ints, pool: int) -> Trade:
        """Between the pool and the offers alone."""
        elsewhere = np.where(problem.has_offer, OFFER, NOWHERE)
        joining = np.where(assignment == OFFER, problem.offer, 0.0)
        return cls._open_to(problem, assignment, pool, elsewhere, problem.offer, joining)

    @classmethod
    def with_everybody(cls, problem: Problem, found: Placed, pool: int) -> Trade:
        """Between the pool, the offers, and the other open pools at their prices."""
        others = found.bill.opened
        others = others[others != pool]
        segments = np.arange(len(problem.names))
        elsewhere, leaving = np.where(problem.has_offer, OFFER, NOWHERE), problem.offer
        joining = np.where(found.assignment == OFFER, problem.offer, 0.0)
        if len(others):
            asked = problem.priced(others, found.prices[others])
            place = asked.argmin(axis=1)
            least = asked[segments, place]
            elsewhere = np.where(least < leaving, others[place], elsewhere)
            leaving = np.minimum(leaving, least)
            for column, other in enumerate(others):
                joining = np.where(found.assignment == other, asked[:, column], joining)
        return cls._open_to(problem, found.assignment, pool, elsewhere, leaving, joining)

    @classmethod
    def _open_to(
        cls, problem: Problem, assignment: Ints, pool: int, elsewhere: Ints, leaving: Floats, joining: Floats
    ) -> Trade:
        joining = np.where(assignment == NOWHERE, np.inf, joining)
        joining = np.where(problem.barred[:, pool] > 0, 0.0, joining)
        return cls(problem, pool, elsewhere, leaving, joining)

    def resized(self, assignment: Ints, load: Floats, serving: int) -> Ints:
        """The assignment with the pool, its load [T] as given, cut or filled to so many serving replicas."""
        assignment = assignment.copy()
        free = serving - load
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
        if not len(order):
            return free
        gone = np.cumsum(loads[order], axis=0)
        enough = (free + gone >= -ROUNDING).all(axis=1)
        number = int(enough.argmax()) + 1 if enough.any() else len(order)
        leavers = members[order[:number]]
        assignment[leavers] = self.elsewhere[leavers]
        return free + gone[number - 1]

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
            assignment[waiting[order[:number]]] = self.pool
            free = free - taken[number - 1]
            waiting = np.delete(waiting, order[: number + 1])


def _ratio(value: Floats, amount: Floats) -> Floats:
    """Value per unit; infinity where there is value and next to no amount."""
    return np.divide(value, amount, out=np.full(len(value), np.inf), where=amount > NOTHING)
