"""How many units each pool gets: a search over sizes, each judged by a routing in shares.

A routing does not only say what its own sizes cost. Its prices say what a replica more or fewer would be worth, here and
nearby. The search remembers that of every routing and routes only the sizes that all of them leave hope for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.engine.pooling.bill import ROUNDING
from planner.engine.pooling.routing import WHOLE, routed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planner.engine.pooling.problem import Bools, Floats, Ints, Problem

WORTH_A_STEP: Final = 0.0002  # share of the cost below which a step is not made
DEAREST: Final = 3.0  # a replica too few costs this multiple of a unit: more than having it would
LOOKS: Final = 3  # routings of one size, each with better guesses, while somebody has no room
PARTS: Final = (0.25, 0.5, 1.0)  # of what an open pool could hand to a closed one
OPENED: Final = 8  # hand-overs to closed pools that are routed
FOLLOWED: Final = 3  # of these, how many are followed until the other pools fit


@dataclass(frozen=True, slots=True)
class Sized:
    """Units [P] with what they cost a month when segments are routed in shares.

    `worth` [P]: USD a month another replica would save, about; infinity for a closed pool, which nobody priced.
    `spared` and `needed` [P, P]: replicas an open pool could do without if another did all it may, and what that takes.
    """

    units: Ints
    usd_month: float
    short: bool  # whether somebody has no room, which `usd_month` charges for
    prices: Floats  # [P, T]
    worth: Floats
    spared: Floats
    needed: Floats

    @classmethod
    def at(cls, problem: Problem, units: Ints, prices: Floats, limit: int) -> Sized:
        """Too little room raises nothing: it costs more than room would."""
        places = np.flatnonzero(units)
        serving = problem.serving(units)[places].astype(float)
        dearest = DEAREST * problem.unit[places]
        guess = prices[places]
        for _ in range(LOOKS):
            found = routed(problem, places, serving, guess, limit, overflow_usd=dearest)
            guess = (guess + found.prices) / 2
            if found.overflow < WHOLE:
                break
        worth = np.full(len(units), np.inf)
        worth[places] = found.prices.sum(axis=1)
        prices = prices.copy()
        prices[places] = guess
        usd = found.usd_month + float(standing_usd(problem, units))
        handed = _handed(problem, places, found.assignment)
        return cls(units, usd, found.overflow >= WHOLE, prices, worth, *handed)

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


def standing_usd(problem: Problem, units: Ints) -> Floats:
    """What so many units [..., P] cost a month with their fixed cost and staff, whoever uses them."""
    opened = units > 0
    staffed = np.zeros((*units.shape[:-1], len(problem.steps)), dtype=bool)
    for pool, step in enumerate(problem.step):
        staffed[..., step] |= opened[..., pool]
    return units @ problem.unit + opened @ problem.fixed + staffed @ problem.steps


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
        table = self._serving_all(_steps(self.problem, current.units))
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
        return [self._routed(units, prices) for _, units, prices in changes if self.left > 0]

    def _hand_overs(self, current: Sized) -> Iterator[tuple[float, Ints, Floats]]:
        """What stands, the units and a guess of prices, with a part of an open pool's work done by a closed one."""
        for other in _cheapest_closed(self.problem, current.units):
            for pool in np.flatnonzero(current.units):
                sizes = self._serving_all(_handed_over(self.problem, current, int(pool), other))
                if len(sizes):
                    usd = standing_usd(self.problem, sizes)
                    prices = current.prices.copy()
                    prices[other] = prices[pool] * current.spared[pool, other] / current.needed[pool, other]
                    yield float(usd.min()), sizes[usd.argmin()], prices

    def _serving_all(self, table: Ints) -> Ints:
        """The sizes [N, P] with which everybody without an offer may use one of the open pools."""
        return table[((table > 0).astype(np.int64) @ self.bound.T > 0).all(axis=1)]

    def _routed(self, units: Ints, prices: Floats) -> Sized:
        for each in self.seen:
            if (each.units == units).all():
                return each
        self.left -= 1
        found = Sized.at(self.problem, units, prices, self.limit)
        self.seen.append(found)
        return found


def expected(problem: Problem, units: Ints, seen: Sequence[Sized]) -> Floats:
    """[N] about what sizes [N, P] cost by the routings seen; minus infinity where none priced their pools.

    What routing costs is convex in the sizes, so the largest of all first-order answers is the best.
    """
    serving = problem.serving(units)
    best = np.full(len(units), -np.inf)
    for each in seen:
        more = serving - problem.serving(each.units)
        saved = np.where(more == 0, 0.0, more * np.where(more == 0, 0.0, each.worth))
        tokens = each.usd_month - float(standing_usd(problem, each.units))
        best = np.maximum(best, tokens - saved.sum(axis=1))
    return best + standing_usd(problem, units)


def _steps(problem: Problem, units: Ints) -> Ints:
    """[N, P] a unit more or fewer in one open pool or in two; without its last one that serves, a pool is closed."""
    opened = np.flatnonzero(units)
    one = np.eye(len(units), dtype=np.int64)[opened]
    single = [*one, *-one]
    double = [first + second for first, second in combinations(single, 2)]
    table = units + np.array(single + double, dtype=np.int64).reshape(-1, len(units))
    table = _closed_where_idle(problem, table)
    table = np.unique(table[(table <= problem.most).all(axis=1)], axis=0)
    return table[(table != units).any(axis=1)]


def _closed_where_idle(problem: Problem, table: Ints) -> Ints:
    return np.where(problem.serving(table) > 0, table, 0)


def _handed_over(problem: Problem, current: Sized, pool: int, other: int) -> Ints:
    """[N, P] sizes with parts of an open pool's work done by a closed one: what fills the units bought for them."""
    needed = current.needed[pool, other]
    if not needed:
        return np.empty((0, len(current.units)), dtype=np.int64)
    parts = np.array(PARTS)
    serving = np.ceil(parts * needed).astype(np.int64)[:, None]
    units = problem.units_for(serving)
    free = (problem.serving(units) - serving)[:, other]
    filled = np.minimum(1.0, parts + free / max(needed, ROUNDING))
    table = np.repeat(current.units[None, :], len(parts), axis=0)
    table[:, pool] -= (filled * current.spared[pool, other] / problem.holds[pool]).astype(np.int64)
    table = _closed_where_idle(problem, table)
    table[:, other] = units[:, other]
    return table[table[:, other] <= problem.most[other]]


def _cheapest_closed(problem: Problem, units: Ints) -> list[int]:
    """Of each kind of pool the closed one that is cheapest to open."""
    cheapest: dict[int, tuple[float, int]] = {}
    for pool in np.flatnonzero((units == 0) & (problem.most >= problem.first)):
        opened = units.copy()
        opened[pool] = problem.first[pool]
        usd = float(standing_usd(problem, opened))
        kind = int(problem.kind[pool])
        if kind not in cheapest or usd < cheapest[kind][0]:
            cheapest[kind] = (usd, int(pool))
    return [pool for _, pool in cheapest.values()]
