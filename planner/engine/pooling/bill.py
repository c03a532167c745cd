"""What an assignment costs: always worked out from the assignment itself, never taken from a solver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.engine.pooling.problem import NOWHERE, OFFER

if TYPE_CHECKING:
    from planner.engine.pooling.problem import Bools, Floats, Ints, Problem

ROUNDING: Final = 1e-6  # replicas: sums of shares in floats differ by less, and no load does


class BarredError(ValueError):
    """An assignment that uses a placement its segment may not use, or more units than a pool can have."""


@dataclass(frozen=True, slots=True)
class Bill:
    """USD a month of an assignment, by what it is for; `units` [P] hold the spare replicas too, 0 for a closed pool."""

    tokens_usd_month: float
    units_usd_month: float
    fixed_usd_month: float
    staff_usd_month: float
    units: Ints
    load: Floats  # [P, T] replicas kept busy at the planned use
    nowhere: int  # segments without a placement: they cost nothing here and are no saving

    @property
    def opened(self) -> Ints:
        """The places of the pools that somebody uses."""
        return np.flatnonzero(self.units)

    @property
    def usd_month(self) -> float:
        return self.tokens_usd_month + self.units_usd_month + self.fixed_usd_month + self.staff_usd_month


def cost_of(problem: Problem, assignment: Ints) -> Bill:
    """The bill of an assignment: one of OFFER, NOWHERE or a pool's place for each segment.

    Raises BarredError for a placement outside the segment's own, and for a pool past its most units.
    """
    _check(problem, assignment)
    bill = bill_of(problem, assignment)
    for place in np.flatnonzero(bill.units > problem.most):
        pool = problem.pools[place]
        raise BarredError(f"{pool.name} would need {bill.units[place]} units and has {pool.max_units}")
    return bill


def bill_of(problem: Problem, assignment: Ints) -> Bill:
    """The bill of an assignment known to use placements of each segment's own; room is not looked at."""
    load = loads_of(problem, assignment)
    pooled = assignment >= 0
    used = np.zeros(len(problem.pools), dtype=bool)
    used[assignment[pooled]] = True
    units = units_for(problem, load.max(axis=1, initial=0.0), used)
    per_token = assignment == OFFER
    steps = np.zeros(len(problem.steps), dtype=bool)
    steps[problem.step[used]] = True
    return Bill(
        tokens_usd_month=float(problem.offer[per_token].sum()),
        units_usd_month=float(units @ problem.unit),
        fixed_usd_month=float(problem.fixed[used].sum()),
        staff_usd_month=float(problem.steps[steps].sum() + problem.token_staff * per_token.any()),
        units=units,
        load=load,
        nowhere=int((assignment == NOWHERE).sum()),
    )


def loads_of(problem: Problem, assignment: Ints) -> Floats:
    """[P, T] replicas kept busy in each pool, hour by hour."""
    shares = np.zeros(problem.work.shape)
    inside = np.flatnonzero(assignment >= 0)
    shares[inside, assignment[inside]] = problem.work[inside, assignment[inside]]
    return shares.T @ problem.requests_s


def units_for(problem: Problem, peak: Floats, used: Bools) -> Ints:
    """[..., P] units that hold whole replicas for a peak load, at least one, and the spare ones; none where not used."""
    serving = np.maximum(1, np.ceil(peak - ROUNDING)).astype(np.int64)
    return np.where(used, problem.units_for(serving), 0)


def _check(problem: Problem, assignment: Ints) -> None:
    if assignment.shape != (len(problem.names),) or (assignment >= len(problem.pools)).any():
        raise ValueError("an assignment names one placement for each segment")
    inside = np.flatnonzero(assignment >= 0)
    wrong = inside[problem.barred[inside, assignment[inside]] > 0]
    wrong = np.union1d(wrong, np.flatnonzero((assignment == OFFER) & ~problem.has_offer))
    for place in wrong:
        raise BarredError(f"{problem.names[place]} may not be placed there")
