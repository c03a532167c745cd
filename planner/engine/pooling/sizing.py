"""How many replicas each pool gets: a search over sizes, each judged by a routing in shares.

A routing does not only say what its own sizes cost. By its prices, another replica could save so much at most and
one fewer costs so much at least, here and at every other size of the same pools. The search remembers that of every
routing, and routes only where all of them leave hope.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.engine.pooling.routing import WHOLE, routed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planner.engine.pooling.problem import Floats, Ints, Problem

WORTH_A_STEP: Final = 0.0002  # share of the cost below which a step is not made
DEAREST: Final = (
    3.0  # no replica is worth more than this multiple of its cost when the next routing is guessed
)
LOOKS: Final = 3  # routings of one size, each with better guesses, while somebody has no room
FOLLOWED: Final = 3  # openings that are followed until the other pools have shrunk


@dataclass(frozen=True, slots=True)
class Sized:
    """Replicas [P] with what they cost a month when segments are routed in shares.

    `worth` [P]: USD a month another replica could save at most; infinity for a closed pool, which nobody priced.
    """

    replicas: Ints
    usd_month: float
    proven_usd_month: float  # for tokens alone, from below
    prices: Floats  # [P, T]
    worth: Floats

    @classmethod
    def at(cls, problem: Problem, replicas: Ints, prices: Floats, limit: int) -> Sized:
        """Too little room raises nothing: it costs more than any room would."""
        places = np.flatnonzero(replicas)
        serving = (replicas - problem.spare)[places].astype(float)
        dearest = DEAREST * problem.replica[places][:, None]
        guess = prices[places]
        for _ in range(LOOKS):
            found = routed(problem, places, serving, guess, limit)
            guess = (guess + np.minimum(found.prices, dearest)) / 2
            if found.overflow < WHOLE:
                break
        worth = np.full(len(replicas), np.inf)
        worth[places] = found.prices.sum(axis=1)
        usd = found.usd_month + float(standing_usd(problem, replicas))
        return cls(replicas, usd, found.at_least_usd_month, _with(prices, places, guess), worth)


def _with(prices: Floats, places: Ints, guess: Floats) -> Floats:
    prices = prices.copy()
    prices[places] = guess
    return prices


def standing_usd(problem: Problem, replicas: Ints) -> Floats:
    """What so many replicas [..., P] cost a month with their fixed cost and staff, whoever uses them."""
    opened = replicas > 0
    staffed = np.zeros((*replicas.shape[:-1], len(problem.steps)), dtype=bool)
    for pool, step in enumerate(problem.step):
        staffed[..., step] |= opened[..., pool]
    return replicas @ problem.replica + opened @ problem.fixed + staffed @ problem.steps


@dataclass
class Search:
    """A descent that remembers every routing; `left` is how many more it may make."""

    problem: Problem
    limit: int
    left: int
    seen: list[Sized]

    def from_start(self, start: Sized) -> Sized:
        """The best size found: steps between open pools, then another pool opened, until nothing pays."""
        self.seen.append(start)
        current = self._descended(start)
        while self.left > 0:
            opened = self._opened(current)
            if opened is None:
                break
            current = opened
        return current

    def _descended(self, current: Sized) -> Sized:
        """The first step that pays, again and again: single pools first, then replicas moved between two."""
        for steps in (_single_steps, _moves_between):
            better = self._first_better(current, steps(self.problem, current.replicas))
            if better is not None:
                return self._descended(better)
        return current

    def _first_better(self, current: Sized, steps: list[Ints]) -> Sized | None:
        enough = current.usd_month * (1 - WORTH_A_STEP)
        if not steps:
            return None
        table = np.array(steps)
        hope = at_least(self.problem, table, [current])
        for place in np.argsort(hope, kind="stable"):
            # a size seen before was left on purpose: going back would end every opening where it began
            known = any((each.replicas == table[place]).all() for each in self.seen)
            if known or at_least(self.problem, table[place : place + 1], self.seen)[0] >= enough:
                continue
            tried = self._routed(table[place], current)
            if tried is None or tried.usd_month < enough:
                return tried
        return None

    def _opened(self, current: Sized) -> Sized | None:
        """One more pool, if it pays at once or after the others have shrunk."""
        tried = [self._routed(opened, current) for opened in _openings(self.problem, current.replicas)]
        found = sorted((each for each in tried if each is not None), key=self._hope)
        followed = [self._descended(each) for each in found[:FOLLOWED]]
        best = min(followed, key=lambda each: each.usd_month, default=current)
        return best if best.usd_month < current.usd_month * (1 - WORTH_A_STEP) else None

    def _hope(self, each: Sized) -> float:
        """What it could cost once pools that are worth less than their replicas have lost some."""
        opened = each.replicas > 0
        spared = np.maximum(0.0, self.problem.replica[opened] - each.worth[opened])
        return each.usd_month - float(spared.sum())

    def _routed(self, replicas: Ints, near: Sized) -> Sized | None:
        for each in self.seen:
            if (each.replicas == replicas).all():
                return each
        if self.left <= 0:
            return None
        self.left -= 1
        found = Sized.at(self.problem, replicas, near.prices, self.limit)
        self.seen.append(found)
        return found


def at_least(problem: Problem, replicas: Ints, seen: Sequence[Sized]) -> Floats:
    """[N] what sizes [N, P] cost at least by the routings seen; minus infinity where none priced their pools."""
    serving = np.where(replicas > 0, replicas - problem.spare, 0)
    best = np.full(len(replicas), -np.inf)
    for each in seen:
        was = np.where(each.replicas > 0, each.replicas - problem.spare, 0)
        more = serving - was
        saved = np.where(more == 0, 0.0, more * np.where(more == 0, 0.0, each.worth))
        best = np.maximum(best, each.proven_usd_month - saved.sum(axis=1))
    return best + standing_usd(problem, replicas)


def _single_steps(problem: Problem, replicas: Ints) -> list[Ints]:
    """One pool with a replica more or fewer; without its last one that serves, it is closed."""
    one = np.eye(len(replicas), dtype=np.int64)
    opened = np.flatnonzero(replicas)
    more = [replicas + one[pool] for pool in opened if replicas[pool] < problem.most[pool]]
    return more + [_without(problem, replicas, int(pool)) for pool in opened]


def _moves_between(problem: Problem, replicas: Ints) -> list[Ints]:
    """A replica fewer in one pool and one more in another."""
    one = np.eye(len(replicas), dtype=np.int64)
    opened = np.flatnonzero(replicas)
    return [
        _without(problem, replicas, int(pool)) + one[other]
        for pool in opened
        for other in opened
        if pool != other and replicas[other] < problem.most[other]
    ]


def _without(problem: Problem, replicas: Ints, pool: int) -> Ints:
    fewer = replicas.copy()
    fewer[pool] = fewer[pool] - 1 if fewer[pool] > problem.spare[pool] + 1 else 0
    return fewer


def _openings(problem: Problem, replicas: Ints) -> Iterator[Ints]:
    """One more pool with its smallest number of replicas, or one exchanged for another that serves alike."""
    cheapest: dict[int, tuple[float, Ints]] = {}
    for pool in np.flatnonzero((replicas == 0) & (problem.most > problem.spare)):
        opened = replicas.copy()
        opened[pool] = 1 + problem.spare[pool]
        usd = float(standing_usd(problem, opened))
        kind = int(problem.kind[pool])
        if kind not in cheapest or usd < cheapest[kind][0]:
            cheapest[kind] = (usd, opened)
    yield from (opened for _, opened in cheapest.values())
