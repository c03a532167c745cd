"""A placement on machines held against one paid by the token: from which volume on it costs less, if from any."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.engine.costing.breakeven import BreakEven, Pool, break_even, sustained_mtok_month
from planner.engine.costing.cheapest import machine_terms, paced, replica_usd_month
from planner.engine.costing.machines import FIXED, ROUNDING, Need, follow, need, server_need, server_usd_month
from planner.engine.costing.many import columns_of
from planner.engine.costing.people import people_usd
from planner.engine.costing.serving import servings
from planner.engine.costing.terms import ARRANGEMENT, runs_without_gpus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from planner.engine.costing.machines import Day
    from planner.engine.costing.serving import Serving
    from planner.engine.costing.terms import Terms
    from planner.engine.costing.variants import FullCost
    from planner.engine.costing.work import Work
    from planner.engine.policy import Tier

    Floats = NDArray[np.float64]

MILLION: Final = 1_000_000
FOLLOWED: Final = 400  # replicas whose every step is looked at where they follow the hours of a day
JUST_ABOVE: Final = 1 + 1e-6  # a step further than what a replica carries


@dataclass(frozen=True, slots=True)
class Against:
    """The break-even of a placement, and the way to serve that reaches it: None is servers without GPUs."""

    reading: BreakEven
    way: Serving | None


@dataclass(frozen=True, slots=True)
class Fleets:
    """The ways a placement may be served, each as a pool; `pools` has a column of each field, one number a way.

    People and the fixed cost of a pool stand beside the machines; spare replicas cost as much as the others.
    """

    ways: tuple[Serving | None, ...]
    pools: Pool

    @classmethod
    def of(cls, variant: str, tier: Tier, work: Work, under: Terms) -> Fleets | None:
        """None where nothing serves the work."""
        a = under.figures
        found = servings(under.prices, tier.open, ARRANGEMENT[variant], under.precisions)
        seconds = paced(found, columns_of([work]), under).request_s[:, 0] if found else np.zeros(0)
        ways: list[Serving | None] = []
        replicas: list[tuple[float, float, float]] = []
        for way, request_s in zip(found, seconds, strict=True):
            if np.isfinite(request_s):
                ways.append(way)
                together = way.unit_gpus / way.gpus if variant == "5b" else 1.0
                replicas.append(
                    (
                        replica_usd_month(variant, way, a),
                        _carried_mtok(need(work, request_s, a), work),
                        together,
                    )
                )
        if variant == "5a" and runs_without_gpus(tier):
            ways.append(None)
            replicas.append((server_usd_month(a), _carried_mtok(server_need(work, a), work), 1.0))
        if not ways:
            return None
        usd, mtok, together = np.array(replicas, dtype=float).T
        people = people_usd(variant, a, under.share_of(variant), hire=under.hire)
        beside = np.full(len(ways), float(people) + a[FIXED[variant]])
        return cls(tuple(ways), Pool(usd, mtok, beside, np.full(len(ways), a["n_plus"]), together))

    def one(self, place: int) -> Pool:
        """One way's pool, in plain numbers."""
        pools = self.pools
        return Pool(
            float(pools.replica_usd_month[place]),
            float(pools.replica_mtok_month[place]),
            float(pools.fixed_usd_month[place]),
            float(pools.spare[place]),
            float(pools.together[place]),
        )

    def worth(self, work: Work, multiples: Floats) -> tuple[int, ...]:
        """The places of those ways that are cheapest at some of these multiples of the volume."""
        pools = self.pools
        load = multiples[:, None] * work.tokens_month / (pools.replica_mtok_month * MILLION)
        replicas = np.maximum(1.0, np.ceil(load)) + pools.spare
        machines = np.ceil(replicas / pools.together - ROUNDING) * pools.together
        return tuple(int(place) for place in np.unique(np.argmin(machines * pools.replica_usd_month, axis=1)))

    def paid_in_the_long_run(self, day: Day | None) -> Floats:
        """The share of the time for which busy replicas are paid at ever larger volumes: servers without GPUs follow
        no day.
        """
        share = 1.0 if day is None else 1 / max(day.profile)
        return np.array([1.0 if way is None else share for way in self.ways])

    def paid_share(self, place: int, work: Work, day: Day | None, a: Mapping[str, Any]) -> float:
        """The share of the time for which busy replicas are paid at today's volume."""
        if day is None or self.ways[place] is None:
            return 1.0
        load = work.tokens_month / (float(self.pools.replica_mtok_month[place]) * MILLION)
        busy = np.maximum(1.0, np.ceil(load - ROUNDING))
        stopped = follow(Need(0.0, load, busy, np.float64(a["n_plus"])), day, a).stopped_hours
        return 1 - float(stopped / (busy * a["hours_per_month"]))


def _carried_mtok(needed: Need, work: Work) -> float:
    """Millions of tokens a month a replica carries that is sized for the peak."""
    return float(work.tokens_month / needed.load / MILLION)


def token_usd_mtok(cost: FullCost, work: Work) -> float | None:
    """What a million tokens cost at the workload's own mix, caching, retries and discounts in it, people not."""
    usd = cost.usd_month
    if usd is None or cost.price is None:
        return None
    return float((usd - cost.terms["people"]) / work.tokens_month * MILLION)


def against(variant: str, tier: Tier, other: FullCost, work: Work, under: Terms) -> Against | None:
    """The lowest break-even of all ways to serve, against tokens; where none ever pays, of the way nearest to it.

    The machines are not those of today: at the volume in question others are cheapest. The people behind the tokens
    are saved by moving only if nobody else uses them, so they stay out of it. None where either is not known.
    """
    fleets, usd_mtok = Fleets.of(variant, tier, work, under), token_usd_mtok(other, work)
    if fleets is None or usd_mtok is None:
        return None
    day = under.day(variant)
    paid = fleets.paid_in_the_long_run(day)
    paying = fleets.pools.paying(paid)
    nearest = paying.replica_usd_month / paying.replica_mtok_month
    place = int(np.lexsort((nearest, sustained_mtok_month(usd_mtok, paying)))[0])
    pool, way = fleets.one(place), fleets.ways[place]
    full = pool.replica_mtok_month * work.peak / under.figures["rho_max"]
    reading = break_even(usd_mtok, pool.paying(float(paid[place])), full)
    assert reading is not None  # noqa: S101  both sides are known
    if day is not None and way is not None and math.isfinite(reading.sustained_mtok_month):
        exact = _followed_mtok(variant, way, usd_mtok, pool, day, under)
        reading = reading if exact is None else reading.at(exact)
    return Against(reading, way)


def _followed_mtok(
    variant: str, way: Serving, usd_mtok: float, pool: Pool, day: Day, under: Terms
) -> float | None:
    """The volume from which replicas that follow the hours of a day cost less at every larger one.

    The bill steps up wherever some hour takes one more replica, and stays until the next step. None beyond the
    replicas looked at.
    """
    a = under.figures
    shape = np.asarray(day.profile, dtype=float)
    each = np.arange(FOLLOWED)[:, None] * shape.max() / shape[shape > 0]
    loads = np.unique(each[each < FOLLOWED])
    busy = np.maximum(1.0, np.ceil(loads * JUST_ABOVE + (loads == 0)))
    needed = Need(
        np.zeros_like(busy), np.maximum(loads * JUST_ABOVE, 1e-9), busy, np.full_like(busy, a["n_plus"])
    )
    terms = machine_terms(variant, way, needed, a, day)
    usd = np.asarray(sum(terms.values())) - terms["pool"] + pool.fixed_usd_month
    volumes = loads * pool.replica_mtok_month
    dearer = np.flatnonzero(usd > usd_mtok * volumes)
    last = int(dearer[-1])
    if last + 1 == len(loads):
        return None
    return float(min(usd[last] / usd_mtok, volumes[last + 1]))
