"""The kinds of pools worth opening for a portfolio: which replica of which model, and who may use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.engine.costing.cheapest import machine_terms
from planner.engine.costing.machines import FIXED, Need
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

KEPT: Final = 2  # of one model in one class by each order: cheapest a request, to begin with, with everybody
MOST_UNITS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Way:
    """A kind of pool: the placement it is, how a replica is had, and the replica-seconds of each part's request."""

    variant: str
    serving: Serving
    seconds: Floats


def ways_for(parts: Sequence[Placed], world: World, requests_s: Floats) -> list[Way]:
    """For each class and model the few replicas worth opening a pool for; `requests_s` [parts, hours] hold retries."""
    under = world.terms
    found: list[Way] = []
    for variant, arrangement in ARRANGEMENT.items():
        tiers = {each.answer.tier.name: each.answer.tier for each in parts if variant in each.answer.feasible}
        models = tuple(dict.fromkeys(model for tier in tiers.values() for model in tier.open))
        for model in models:
            ways = servings(world.prices, (model,), arrangement, under.precisions)
            seconds = _seconds(parts, variant, model, ways, under)
            found += _kept(variant, ways, seconds, requests_s, world.assumed)
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


def _kept(
    variant: str, ways: Sequence[Serving], seconds: Floats, requests_s: Floats, a: Mapping[str, float]
) -> list[Way]:
    """The ways that serve most requests for the money, and those that cost least to begin with. Whole machines are
    bought in steps, so neither may be the cheapest in between: of those also what costs least with everybody.
    """
    if not len(ways):
        return []
    finite = np.isfinite(seconds)
    mean = np.where(finite, seconds, 0).sum(axis=1) / np.maximum(finite.sum(axis=1), 1)
    usable = np.atleast_1d(finite.any(axis=1))
    replica = np.array([_machines_usd(variant, way, 1, a) / _unit_replicas(variant, way) for way in ways])
    orders = [replica * mean, _pool_usd(variant, ways, np.ones(len(ways)), a)]
    if variant == "5b":
        everybody = np.where(finite, seconds, 0) @ requests_s
        orders.append(_pool_usd(variant, ways, everybody.max(axis=1) / a["rho_max"], a))
    best = [np.argsort(np.where(usable, each, np.inf), kind="stable")[:KEPT] for each in orders]
    places = [int(place) for place in dict.fromkeys(np.concatenate(best)) if usable[place]]
    return [Way(variant, ways[place], seconds[place]) for place in places]


def _unit_replicas(variant: str, way: Serving) -> int:
    """Replicas had at once: a machine that is bought holds as many as its GPUs allow, what is rented is one."""
    return max(1, way.unit_gpus // way.gpus) if variant == "5b" else 1


def _pool_usd(variant: str, ways: Sequence[Serving], loads: Floats, a: Mapping[str, float]) -> Floats:
    """What the replicas for a load of each way and the spare ones are billed a month."""
    replicas = np.maximum(1, np.ceil(loads)) + round(a["n_plus"])
    return np.array([_machines_usd(variant, *each, a) for each in zip(ways, replicas, strict=True)])


def _machines_usd(variant: str, way: Serving, replicas: float, a: Mapping[str, float]) -> float:
    """What so many replicas are billed a month, in whole machines where those are bought; the pool's cost aside."""
    terms = machine_terms(variant, way, Need(1.0, 1.0, np.float64(replicas), np.float64(0)), a)
    return float(sum(terms.values()) - terms["pool"])


def pool_of(way: Way, a: Mapping[str, float]) -> Pool:
    """The pool as the sharing of machines sees it: what opening it and each machine or replica are billed a month."""
    serving = way.serving
    name = f"{serving.offer.provider} {serving.gpus} x {serving.gpu}, {serving.model} in {serving.precision}"
    return Pool(
        name,
        way.variant,
        _machines_usd(way.variant, serving, 1, a),
        float(a[FIXED[way.variant]]),
        spare=round(a["n_plus"]),
        max_units=MOST_UNITS,
        unit_replicas=_unit_replicas(way.variant, serving),
    )
