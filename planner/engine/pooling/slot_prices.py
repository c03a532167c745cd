"""A price for each hour of each pool: segments go where they are cheapest, and prices follow the load.

A dual ascent on the capacity rows: what a replica costs a month is charged to the hours that make it necessary.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.engine.pooling.bill import bill_of
from planner.engine.pooling.problem import NOWHERE, OFFER
from planner.engine.pooling.room import within_limits

if TYPE_CHECKING:
    from planner.engine.pooling.bill import Bill
    from planner.engine.pooling.problem import Floats, Ints, Problem

SHARPNESS: Final = 8.0  # how much of the price the busiest hours carry
LIGHTLY_USED: Final = 0.5  # share of the serving replicas below which a pool is offered cheaper
CHEAPER: Final = 0.6


@dataclass(frozen=True, slots=True)
class Placed:
    """An assignment, its true bill, and the prices [P, T] that led to it."""

    assignment: Ints
    bill: Bill
    prices: Floats

    @classmethod
    def at(cls, problem: Problem, assignment: Ints, prices: Floats) -> Placed:
        """The assignment with its bill; where a pool would need more units than it can have, without who is too many."""
        bill = bill_of(problem, assignment)
        if (bill.units > problem.most).any():
            assignment = within_limits(problem, assignment, prices)
            bill = bill_of(problem, assignment)
        return cls(assignment, bill, prices)

    def better_than(self, other: Placed, by: float = 0.0) -> bool:
        """Whether more segments are served, or as many for less by more than this share of the cost."""
        if self.bill.nowhere != other.bill.nowhere:
            return self.bill.nowhere < other.bill.nowhere
        return self.bill.usd_month < other.bill.usd_month * (1 - by)


def even_prices(problem: Problem) -> Floats:
    """[P, T] what a replica costs a month, the same in every hour."""
    hours = problem.requests_s.shape[1]
    return np.repeat(problem.replica[:, None] / hours, hours, axis=1)


def settle(problem: Problem, opened: Ints, prices: Floats, rounds: int) -> Placed:
    """The best assignment met in so many rounds, with only these pools open."""
    best: Placed | None = None
    for _ in range(rounds):
        assignment = cheapest(problem, opened, prices)
        found = Placed.at(problem, assignment, prices)
        if best is None or found.better_than(best):
            best = found
        prices = _followed(problem, found, opened)
    assert best is not None  # noqa: S101  at least one round
    return best


def cheapest(problem: Problem, opened: Ints, prices: Floats) -> Ints:
    """Each segment's cheapest placement at these prices: its offer where nothing open costs less."""
    if not len(opened):
        return np.where(problem.has_offer, OFFER, NOWHERE).astype(np.int64)
    asked = problem.priced(opened, prices[opened])
    place = asked.argmin(axis=1)
    least = asked[np.arange(len(place)), place]
    found = np.where(least < problem.offer, opened[place], OFFER)
    return np.where(np.isinf(np.minimum(least, problem.offer)), NOWHERE, found)


def _followed(problem: Problem, found: Placed, opened: Ints) -> Floats:
    """Half the old price, half the cost of a replica laid on the hours that bind."""
    load = found.bill.load[opened]
    peak = load.max(axis=1, initial=0.0)
    weight = np.exp(SHARPNESS * (load / np.where(peak > 0, peak, 1.0)[:, None] - 1))
    weight /= weight.sum(axis=1, keepdims=True)
    serving = np.maximum(1, problem.serving(found.bill.units)[opened])
    eased = np.where(peak / serving < LIGHTLY_USED, CHEAPER, 1.0)
    prices = found.prices.copy()
    prices[opened] = prices[opened] / 2 + weight * (problem.replica[opened] * eased / 2)[:, None]
    return prices
