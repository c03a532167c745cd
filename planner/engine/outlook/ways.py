"""The kinds of pools worth opening for a portfolio: which replica of which model, and who may use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.engine.costing.cheapest import machine_terms
from planner.engine.costing.machines import Need
from planner.engine.costing.serving import Serving, pace, servings
from planner.engine.costing.terms import ARRANGEMENT
from planner.engine.pooling.problem import Pool

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from planner.engine.costing import Terms
    from planner.engine.outlook.placed import Placed
    from planner.engine.scenarios import World

    Floats = NDArray[np.float64]

KEPT: Final = 2  # of one model in one class: those cheapest a request, and those cheapest to begin with
MOST_REPLICAS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Way:
    """A kind of pool: the placement it is, how a replica is had, and the replica-seconds of each part's request."""

    variant: str
    serving: Serving
    seconds: Floats


def ways_for(parts: Sequence[Placed], world: World) -> list[Way]:
    """For each class and model the few replicas worth opening a pool for."""
    under = world.terms
    found: list[Way] = []
    for variant, arrangement in ARRANGEMENT.items():
        tiers = {each.answer.tier.name: each.answer.tier for each in parts if variant in each.answer.feasible}
        models = tuple(dict.fromkeys(model for tier in tiers.values() for model in tier.open))
        for model in models:
            ways = servings(world.prices, (model,), arrangement, under.precisions)
            found += _kept(variant, ways, _seconds(parts, variant, model, ways, under), world.assumed)
    return found


def _seconds(
    parts: Sequence[Placed], variant: str, model: str, ways: Sequence[Serving], under: Terms
) -> Floats:
    """Replica-seconds of each part's request (columns) on each way (rows); infinite where it may not or cannot."""
    works = [each.answer.work for each in parts]
    lengths_in = np.array([1.0 if work is None else work.input_tokens * work.longer for work in works])
    lengths_out = np.array([1.0 if work is None else work.output_tokens * work.longer for work in works])
    cached = np.array([0.0 if work is None else work.cached_share for work in works])
    with np.errstate(divide="ignore", invalid="ignore"):
        paced = pace(ways, (lengths_in, lengths_out), cached, under.figures["itl_target_ms"], under.measured)
    may = [variant in each.answer.feasible and model in each.answer.tier.open for each in parts]
    return np.where(np.array(may) & np.isfinite(paced.request_s), paced.request_s, np.inf)


def _kept(variant: str, ways: Sequence[Serving], seconds: Floats, a: Mapping[str, float]) -> list[Way]:
    """The ways that serve most requests for the money, and those that cost least to begin with."""
    usd = np.array([_replica_usd(variant, way, a) for way in ways])
    if not len(ways):
        return []
    finite = np.isfinite(seconds)
    mean = np.where(finite, seconds, 0).sum(axis=1) / np.maximum(finite.sum(axis=1), 1)
    usable = np.atleast_1d(finite.any(axis=1))
    served, first = (
        np.argsort(np.where(usable, each, np.inf), kind="stable")[:KEPT] for each in (usd * mean, usd)
    )
    places = [int(place) for place in dict.fromkeys([*served, *first]) if usable[place]]
    return [Way(variant, ways[place], seconds[place]) for place in places]


def _replica_usd(variant: str, way: Serving, a: Mapping[str, float]) -> float:
    """One replica a month, of machines that are bought its share of one."""
    one = Need(1.0, 1.0, np.float64(way.unit_gpus / way.gpus if variant == "5b" else 1.0), np.float64(0))
    terms = machine_terms(variant, way, one, a)
    usd = float(sum(terms.values()) - terms["pool"])
    return usd / float(one.replicas)


def pool_of(way: Way, a: Mapping[str, float]) -> Pool:
    """The pool as the sharing of machines sees it: what a replica and opening it cost a month."""
    one = machine_terms(way.variant, way.serving, Need(1.0, 1.0, np.float64(1.0), np.float64(0)), a)
    serving = way.serving
    name = f"{serving.offer.provider} {serving.gpus} x {serving.gpu}, {serving.model} in {serving.precision}"
    spare = round(a["n_plus"])
    usd = _replica_usd(way.variant, serving, a)
    return Pool(name, way.variant, usd, float(one["pool"]), spare, MOST_REPLICAS)
