"""Segments routed through given pools of given size, in shares: a linear program over whoever could go two ways.

Most segments have one placement that is cheapest at any sensible prices; they stay there. The others, the contested
ones, are routed exactly. The prices that come out are what an hour of each pool is worth, which makes them
the next guess of who is contested.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from planner.engine.pooling.problem import NOWHERE, OFFER

if TYPE_CHECKING:
    from planner.engine.pooling.problem import Bools, Floats, Ints, Problem

CONTESTED: Final = 3.0  # a second choice above this multiple of the first is none
WHOLE: Final = 1e-6  # a share that far from one is one
THOUSAND: Final = 1000.0  # the program is solved in thousands: its figures stay near 1


@dataclass(frozen=True, slots=True)
class Routing:
    """The least cost in shares, overflow charged; `prices` [Q, T] of an hour of each pool; whole placements."""

    usd_month: float
    at_least_usd_month: float  # the same from below, whoever was contested: what the prices prove
    overflow: float  # replicas short of what the segments need that can go nowhere else
    prices: Floats
    assignment: Ints  # every segment where its largest share is
    split: Ints  # [S] the segments in more than one place
    shares: Floats  # [S, Q + 1] their shares, the offer last


def routed(
    problem: Problem,
    places: Ints,
    serving: Floats,
    prices: Floats,
    limit: int,
    pinned: Ints | None = None,
    overflow_usd: Floats | None = None,
) -> Routing:
    """Routes through these pools [Q] with so many serving replicas [Q]; `prices` [Q, T] say who is contested.

    At most `limit` segments are contested. `pinned` [I] keeps segments in a column of these pools (Q: the offer;
    -1: free). What does not fit into a pool overflows, at `overflow_usd` [Q] a replica or, without, at a price above
    that of any pool; whoever no pool may serve is charged that in any case.
    """
    nowhere_usd = missing_usd(problem)
    overflow_usd = np.full(len(places), nowhere_usd) if overflow_usd is None else overflow_usd
    asked = np.column_stack([problem.priced(places, prices), problem.offer])
    if pinned is not None:
        kept = np.flatnonzero(pinned >= 0)
        held = asked[kept, pinned[kept]]
        asked[kept] = np.inf
        asked[kept, pinned[kept]] = held
    choice = asked.argmin(axis=1)
    contested = _contested(asked, limit)
    settled = np.ones(len(choice), dtype=bool)
    settled[contested] = False
    least = asked[np.arange(len(choice)), choice]
    settled &= np.isfinite(least)
    whole = _whole(problem, places, choice, least)
    tokens = float(problem.offer[settled & (choice == len(places))].sum())
    tokens += nowhere_usd * float(np.isinf(least).sum())
    if not len(places):
        return Routing(tokens, tokens, 0.0, prices, whole, contested, np.ones((len(contested), 1)))
    free = serving[:, None] - _loads(problem, places, choice, settled)
    program = _Program.of(problem, places, contested)
    usd, shares, worth, over = program.solved(problem, free, overflow_usd)
    table = program.table(shares)
    whole[contested] = np.append(places, OFFER)[table.argmax(axis=1)]
    split = table.max(axis=1, initial=0.0) < 1 - WHOLE
    proven = proven_usd(problem, places, worth, nowhere_usd) - float(worth.sum(axis=1) @ serving)
    return Routing(usd + tokens, proven, float(over.sum()), worth, whole, contested[split], table[split])


def proven_usd(problem: Problem, places: Ints, prices: Floats, nowhere_usd: float) -> float:
    """What tokens and pool hours at these prices [Q, T] cost together at least, if no other pools are open.

    Weak duality: less the worth of the replicas, it bounds every routing through them from below.
    """
    least = problem.priced(places, prices).min(axis=1, initial=np.inf)
    return float(np.minimum(np.minimum(least, problem.offer), nowhere_usd).sum())


def _contested(asked: Floats, limit: int) -> Ints:
    """The segments with the most at stake between their first choice and their second, in their own order."""
    if asked.shape[1] == 1:
        return np.empty(0, dtype=np.int64)
    first, second = np.partition(asked, 1, axis=1)[:, :2].T
    open_to_two = np.isfinite(second)
    stake = np.zeros(len(asked))
    stake[open_to_two] = CONTESTED * first[open_to_two] - second[open_to_two]
    order = np.argsort(-stake, kind="stable")[:limit]
    return np.sort(order[stake[order] > 0])


def _whole(problem: Problem, places: Ints, choice: Ints, least: Floats) -> Ints:
    found = np.append(places, OFFER)[choice]
    return np.where(np.isfinite(least), found, NOWHERE)


def _loads(problem: Problem, places: Ints, choice: Ints, settled: Bools) -> Floats:
    shares = np.zeros((len(choice), len(places)))
    inside = np.flatnonzero(settled & (choice < len(places)))
    shares[inside, choice[inside]] = problem.work[inside, places[choice[inside]]]
    return shares.T @ problem.requests_s


@dataclass(frozen=True, slots=True)
class _Program:
    """Columns: the offers of the contested segments, their pools, and the overflow of each pool."""

    contested: Ints
    with_offer: Ints  # which of the contested have an offer
    inside: Ints  # which of the contested each pool column is of
    place: Ints  # which of the places
    places: Ints

    @classmethod
    def of(cls, problem: Problem, places: Ints, contested: Ints) -> _Program:
        with_offer = np.flatnonzero(problem.has_offer[contested])
        inside, place = np.nonzero(problem.barred[np.ix_(contested, places)] == 0)
        return cls(contested, with_offer, inside, place, places)

    def solved(
        self, problem: Problem, free: Floats, overflow_usd: Floats
    ) -> tuple[float, Floats, Floats, Floats]:
        """USD a month, shares by column, prices [Q, T] and overflow [Q]."""
        pools = len(free)
        columns = len(self.with_offer) + len(self.inside)
        cost = np.zeros(columns + pools)
        cost[: len(self.with_offer)] = problem.offer[self.contested[self.with_offer]]
        cost[columns:] = overflow_usd
        room, binding = self._room(problem, free)
        found = linprog(
            cost / THOUSAND,
            A_eq=self._once(columns + pools),
            b_eq=np.ones(len(self.contested)),
            A_ub=room,
            b_ub=free[binding],
            bounds=(0, None),
            method="highs-ds",
            options={"presolve": False},  # it costs more than it saves on programs this small
        )
        prices = np.zeros(free.shape)
        prices[binding] = np.maximum(0.0, -found.ineqlin.marginals * THOUSAND)
        return found.fun * THOUSAND, found.x[:columns], prices, found.x[columns:]

    def _once(self, columns: int) -> sparse.csr_matrix:
        """Every contested segment is routed once."""
        rows = np.concatenate([self.with_offer, self.inside])
        shape = (len(self.contested), columns)
        return sparse.csr_matrix((np.ones(len(rows)), (rows, np.arange(len(rows)))), shape)

    def _room(self, problem: Problem, free: Floats) -> tuple[sparse.csr_matrix, Bools]:
        """The load of every pool and hour stays within what is free there, or overflows; and which [Q, T] can bind.

        Hours that would hold everybody contested are left out.
        """
        segments = self.contested[self.inside]
        loads = problem.requests_s[segments] * problem.work[segments, self.places[self.place]][:, None]
        everybody = np.zeros(free.shape)
        np.add.at(everybody, self.place, loads)
        binding = everybody > free
        row = np.full(free.shape, -1)
        row[binding] = np.arange(binding.sum())
        rows = row[self.place]
        columns = np.repeat(len(self.with_offer) + np.arange(len(self.inside)), free.shape[1])
        kept = (rows.ravel() >= 0) & (loads.ravel() > 0)
        pool = np.nonzero(binding)[0]
        first = len(self.with_offer) + len(self.inside)
        values = np.concatenate([loads.ravel()[kept], -np.ones(len(pool))])
        places = (
            np.concatenate([rows.ravel()[kept], np.arange(len(pool))]),
            np.concatenate([columns[kept], first + pool]),
        )
        return sparse.csr_matrix((values, places), (len(pool), first + len(free))), binding

    def table(self, shares: Floats) -> Floats:
        """[contested, Q + 1] the share of each contested segment in each pool and, last, with its offer."""
        table = np.zeros((len(self.contested), len(self.places) + 1))
        table[self.with_offer, -1] = shares[: len(self.with_offer)]
        table[self.inside, self.place] = shares[len(self.with_offer) :]
        return table


def missing_usd(problem: Problem) -> float:
    """A price of a missing replica that no way of having one costs."""
    dearest = problem.unit * problem.first + problem.fixed
    return 20 * float(dearest.max(initial=1.0) + problem.steps.max(initial=0.0))
