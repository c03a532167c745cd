"""How many replicas each pool gets: a search over sizes, each judged by a routing in shares.

A routing does not only say what its own sizes cost. Its prices say what a replica more or fewer would be worth, here and
nearby. The search remembers that of every routing and routes only the sizes that all of them leave hope for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.engine.pooling.routing import WHOLE, routed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planner.engine.pooling.problem import Bools, Floats, Ints, Problem

WORTH_A_STEP: Final = 0.0002  # share of the cost below which a step is not made
DEAREST: Final = 3.0  # a replica too few costs this multiple of one: more than having it would
LOOKS: Final = 3  # routings of one size, each with better guesses, while somebody has no room
PARTS: Final = (0.25, 0.5, 1.0)  # of what an open pool could hand to a closed one
OPENED: Final = 8  # hand-overs to closed pools that are routed
FOLLOWED: Final = 3  # of these, how many are followed until the other pools fit


@dataclass(frozen=True, slots=True)
class Sized:
    """Replicas [P] with what they cost a month when segments are routed in shares.

    `worth` [P]: USD a month another replica would save, about; infinity for a closed pool, which nobody priced.
    `spared` and `needed` [P, P]: replicas an open pool could do without if another did all it may, and what that takes.
    """

    replicas: Ints
    usd_month: float
    short: bool  # whether somebody has no room, which `usd_month` charges for
    prices: Floats  # [P, T]
    worth: Floats
    spared: Floats
    needed: Floats

    @classmethod
    def at(cls, problem: Problem, replicas: Ints, prices: Floats, limit: int) -> Sized:
        """Too little room raises nothing: it costs more than room would."""
        places = np.flatnonzero(replicas)
        serving = (replicas - problem.spare)[places].astype(float)
        dearest = DEAREST * problem.replica[places]
        guess = prices[places]
        for _ in range(LOOKS):
            found = routed(problem, places, serving, guess, limit, overflow_usd=dearest)
            guess = (guess + found.prices) / 2
            if found.overflow < WHOLE:
                break
        worth = np.full(len(replicas), np.inf)
        worth[places] = found.prices.sum(axis=1)
        prices = prices.copy()
        prices[places] = guess
        usd = found.usd_month + float(standing_usd(problem, replicas))
        handed = _handed(problem, places, found.assignment)
        return cls(replicas, usd, found.overflow >= WHOLE, prices, worth, *handed)

    def better_than(self, other: Sized, by: float = 0.0) -> bool:
        """Whether it has room for all where the other has not, or as much for less by more than this share of the cost."""
        if self.short != other.short:
            return other.short
        return self.usd_month < other.usd_month * (1 - by)


def _handed(problem: Problem, places: Ints, assignment: Ints) -> tuple[Floats, Floats]:
    """[P, P] twice: the peak of what each other pool may take over from an open one, here and there."""
    spared, needed = np.zeros((2, len(problem.pools), len(problem.pools)))
    for pool in places:
        members = np.flatnonzero(assignment == pool)
        may = problem.barred[members] == 0
        day = problem.requests_s[members].T
        spared[pool] = (day @ (problem.work[members, pool][:, None] * may)).max(axis=0, initial=0.0)
        needed[pool] = (day @ (problem.work[members] * may)).max(axis=0, initial=0.0)
    return spared, needed


def standing_usd(problem: Problem, replicas: Ints) -> Floats:
    """What so many replicas [..., P] cost a month with their fixed cost and staff, whoever uses them."""
    opened = replicas > 0
    staffed = np.zeros((*replicas.shape[:-1], len(problem.steps)), dtype=bool)
    for pool, step in enumerate(problem.step):
        staffed[..., step] |= opened[..., pool]
    return replicas @ problem.replica + opened @ problem.fixed + staffed @ problem.steps


def cheapest_first(each: Sized) -> tuple[bool, float]:
    """Sizes with room for all come first, the cheapest before others."""
    return each.short, each.usd_month


@dataclass
class Search:
    """A search that remembers every routing; `left` is how many more it may make."""

    problem: Problem
    limit: int
    left: int
    seen: list[Sized] = field(default_factory=list)

    @cached_property
    def bound(self) -> Bools:
        """[B, P] the different sets of pools that segments without an offer may use."""
        return np.unique(self.problem.barred[~self.problem.has_offer] == 0, axis=0)

    def from_start(self, start: Sized) -> Sized:
        """The best size found: steps between open pools, then work handed to closed ones, until nothing pays."""
        self.seen.append(start)
        best = self._descended(start)
        while self.left > 0:
            tried = sorted(self._with_another_pool(best), key=lambda each: each.usd_month)[:FOLLOWED]
            followed = min(map(self._descended, tried), key=cheapest_first, default=best)
            if not followed.better_than(best, WORTH_A_STEP):
                break
            best = followed
        return best

    def _descended(self, current: Sized) -> Sized:
        """The most hopeful size a step or two away is routed, until none has hope."""
        table = self._serving_all(_steps(self.problem, current.replicas))
        while self.left > 0 and len(table):
            hope = expected(self.problem, table, self.seen)
            place = int(hope.argmin())
            if hope[place] >= current.usd_month * (1 - WORTH_A_STEP):
                break
            found = self._routed(table[place], current.prices)
            if found.better_than(current):
                return self._descended(found)
            table = np.delete(table, place, axis=0)
        return current

    def _with_another_pool(self, current: Sized) -> list[Sized]:
        """A part of what an open pool does handed to a closed one: for each two the part after which least stands."""
        changes = sorted(self._hand_overs(current), key=lambda each: each[0])[:OPENED]
        return [self._routed(replicas, prices) for _, replicas, prices in changes if self.left > 0]

    def _hand_overs(self, current: Sized) -> Iterator[tuple[float, Ints, Floats]]:
        """What stands, the replicas and a guess of prices, with a part of an open pool's work done by a closed one."""
        for other in _cheapest_closed(self.problem, current.replicas):
            for pool in np.flatnonzero(current.replicas):
                sizes = self._serving_all(_handed_over(self.problem, current, int(pool), other))
                if len(sizes):
                    usd = standing_usd(self.problem, sizes)
                    prices = current.prices.copy()
                    prices[other] = prices[pool] * current.spared[pool, other] / current.needed[pool, other]
                    yield float(usd.min()), sizes[usd.argmin()], prices

    def _serving_all(self, table: Ints) -> Ints:
        """The sizes [N, P] with which everybody without an offer may use one of the open pools."""
        return table[((table > 0).astype(np.int64) @ self.bound.T > 0).all(axis=1)]

    def _routed(self, replicas: Ints, prices: Floats) -> Sized:
        for each in self.seen:
            if (each.replicas == replicas).all():
                return each
        self.left -= 1
        found = Sized.at(self.problem, replicas, prices, self.limit)
        self.seen.append(found)
        return found


def expected(problem: Problem, replicas: Ints, seen: Sequence[Sized]) -> Floats:
    """[N] about what sizes [N, P] cost by the routings seen; minus infinity where none priced their pools.

    What routing costs is convex in the sizes, so the largest of all first-order answers is the best.
    """
    serving = np.where(replicas > 0, replicas - problem.spare, 0)
    best = np.full(len(replicas), -np.inf)
    for each in seen:
        was = np.where(each.replicas > 0, each.replicas - problem.spare, 0)
        more = serving - was
        saved = np.where(more == 0, 0.0, more * np.where(more == 0, 0.0, each.worth))
        tokens = each.usd_month - float(standing_usd(problem, each.replicas))
        best = np.maximum(best, tokens - saved.sum(axis=1))
    return best + standing_usd(problem, replicas)


def _steps(problem: Problem, replicas: Ints) -> Ints:
    """[N, P] a replica more or fewer in one open pool or in two; without its last one that serves, a pool is closed."""
    opened = np.flatnonzero(replicas)
    one = np.eye(len(replicas), dtype=np.int64)[opened]
    single = [*one, *-one]
    double = [first + second for first, second in combinations(single, 2)]
    table = replicas + np.array(single + double, dtype=np.int64).reshape(-1, len(replicas))
    table = np.where((table <= problem.spare) & (replicas > 0), 0, table)
    table = np.unique(table[(table <= problem.most).all(axis=1)], axis=0)
    return table[(table != replicas).any(axis=1)]


def _handed_over(problem: Problem, current: Sized, pool: int, other: int) -> Ints:
    """[N, P] sizes with parts of an open pool's work done by a closed one, which may have so many replicas."""
    if not current.needed[pool, other]:
        return np.empty((0, len(current.replicas)), dtype=np.int64)
    parts = np.array(PARTS)
    table = np.repeat(current.replicas[None, :], len(parts), axis=0)
    table[:, pool] -= (parts * current.spared[pool, other]).astype(np.int64)
    table[:, pool] = np.where(table[:, pool] > problem.spare[pool], table[:, pool], 0)
    table[:, other] = np.ceil(parts * current.needed[pool, other]) + problem.spare[other]
    return table[table[:, other] <= problem.most[other]]


def _cheapest_closed(problem: Problem, replicas: Ints) -> list[int]:
    """Of each kind of pool the closed one that is cheapest to open."""
    cheapest: dict[int, tuple[float, int]] = {}
    for pool in np.flatnonzero((replicas == 0) & (problem.most > problem.spare)):
        opened = replicas.copy()
        opened[pool] = 1 + problem.spare[pool]
        usd = float(standing_usd(problem, opened))
        kind = int(problem.kind[pool])
        if kind not in cheapest or usd < cheapest[kind][0]:
            cheapest[kind] = (usd, int(pool))
    return [pool for _, pool in cheapest.values()]
