"""Shares made whole: the largest segments first, then every pool fitted to its replicas.

A routing in shares splits few segments, at most about one for each hour that binds. The largest of them go where
their largest share is, the rest is routed again around them, and so on; what still overflows leaves for its offer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.engine.pooling.bill import ROUNDING
from planner.engine.pooling.problem import NOWHERE, OFFER
from planner.engine.pooling.room import fitted
from planner.engine.pooling.routing import WHOLE, routed
from planner.engine.pooling.slot_prices import Placed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.engine.pooling.problem import Floats, Ints, Problem
    from planner.engine.pooling.routing import Routing

ROUTINGS: Final = 8
LOOKS: Final = 3
CHOICES: Final = 2
SMALLER: Final = 0.4  # how much smaller the segments that may still be split are in each routing
ATTEMPTS: Final = 3
MARGIN: Final = 0.01  # replicas kept free beyond what overflowed
EVEN: Final = 0.3  # how much of the cost of a replica is laid on all hours alike, so that none looks free
DEAREST: Final = 3.0  # no replica is worth more than this multiple of its cost when the next round is guessed


def whole(problem: Problem, units: Ints, prices: Floats, limit: int) -> Placed:
    """The best assignment found with pools of so many units [P], more only where somebody has no way out.

    Where making shares whole overflowed a pool, it is tried again with that much kept free there.
    """
    places = np.flatnonzero(units)
    serving = problem.serving(units)
    kept_free = np.zeros(len(units))
    best: Placed | None = None
    for _ in range(ATTEMPTS):
        room = np.maximum(serving - kept_free, 0.0)
        over = np.zeros(len(units))
        dive = _Dive.into(problem, places, room[places], prices[places], limit)
        for each in dive.routings():
            even = spread(problem, places, each.prices)
            tried = Placed.at(problem, fitted(problem, each.assignment, even, serving), even)
            over = (tried.bill.load.max(axis=1, initial=0.0) - serving).clip(0.0)
            best = tried if best is None or tried.better_than(best) else best
        if not (over > ROUNDING).any():
            break
        kept_free += np.where(over > ROUNDING, over + MARGIN, 0.0)
    assert best is not None  # noqa: S101  at least one attempt with one routing
    return best


@dataclass
class _Dive:
    """Routings with more and more segments pinned [I] to a column of the open pools; -1 is free."""

    problem: Problem
    places: Ints
    serving: Floats  # [Q]
    prices: Floats  # [Q, T]
    limit: int
    pinned: Ints

    @classmethod
    def into(cls, problem: Problem, places: Ints, serving: Floats, prices: Floats, limit: int) -> _Dive:
        free = np.full(len(problem.names), -1, dtype=np.int64)
        return cls(problem, places, serving, prices, limit, free)

    def routings(self) -> Iterator[Routing]:
        """One routing after the other, each with smaller segments kept whole where they are."""
        found = self._first()
        peak = self.problem.requests_s.max(axis=1, initial=0.0)
        peak = peak * self.problem.work[:, self.places].max(axis=1, initial=0.0)
        size = np.inf
        for _ in range(ROUTINGS):
            yield found
            if not len(found.split):
                return
            smaller = min(size, peak[found.split].max()) * SMALLER
            kept = self._with_whole(found, np.flatnonzero((self.pinned < 0) & (peak > smaller)))
            if kept.overflow < WHOLE:
                size, found = smaller, kept
            else:
                found = self._with_one_whole(found, peak)

    def _first(self) -> Routing:
        """A routing whose prices say well enough who is contested: nobody is left without room, if that can be."""
        for _ in range(LOOKS):
            found = self._routed()
            if found.overflow < WHOLE:
                break
        return found

    def _routed(self) -> Routing:
        found = routed(self.problem, self.places, self.serving, self.prices, self.limit, self.pinned)
        dearest = DEAREST * self.problem.replica[self.places][:, None]
        self.prices = (self.prices + np.minimum(found.prices, dearest)) / 2
        return found

    def _with_whole(self, found: Routing, segments: Ints) -> Routing:
        """Everybody of these where most of him is; if somebody then has no room, nobody stays pinned."""
        before = self.pinned.copy()
        segments = segments[found.assignment[segments] != NOWHERE]
        column = np.searchsorted(self.places, found.assignment[segments])
        self.pinned[segments] = np.where(found.assignment[segments] == OFFER, len(self.places), column)
        kept = self._routed()
        if kept.overflow >= WHOLE:
            self.pinned = before
        return kept

    def _with_one_whole(self, found: Routing, peak: Floats) -> Routing:
        """The split segment with the most load to move in the better of the two places with most of it."""
        moved = peak[found.split] * (1 - found.shares.max(axis=1))
        largest = int(moved.argmax())
        tried = []
        for choice in np.argsort(-found.shares[largest], kind="stable")[:CHOICES]:
            self.pinned[found.split[largest]] = choice
            tried.append((self._routed(), choice))
        best, choice = min(tried, key=lambda each: each[0].usd_month)
        self.pinned[found.split[largest]] = choice
        return best


def spread(problem: Problem, places: Ints, prices: Floats) -> Floats:
    """[P, T] the prices [Q, T] of some pools, partly laid on all hours alike; other pools at their cost."""
    hours = prices.shape[1]
    even = np.repeat(problem.replica[:, None] / hours, hours, axis=1)
    even[places] = (1 - EVEN) * prices + EVEN * even[places]
    return even
