"""Of the ways to serve the cheapest, for each part and month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.engine.costing.machines import need, owned_terms, rented_terms, units_of
from planner.engine.costing.serving import Pace, gpu_kilowatts, pace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from planner.engine.costing.machines import Need
    from planner.engine.costing.serving import Serving
    from planner.engine.costing.terms import Terms
    from planner.engine.costing.work import Work

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Of the ways to serve each part the cheapest: dollars a month without people (NaN: none), and its place."""

    usd: Floats
    place: NDArray[np.intp]
    pace: Pace


def choose(variant: str, ways: Sequence[Serving], work: Work, under: Terms) -> Chosen:
    """The cheapest way for each part, and in each month where the work has months (its last axis)."""
    a = under.figures
    first = (..., 0) if np.ndim(work.requests_month) > 1 else ...
    lengths = (  # one token at least: a request that reads or writes nothing still takes a step
        np.maximum(1.0, work.input_tokens * work.longer)[first],
        np.maximum(1.0, work.output_tokens * work.longer)[first],
    )
    cached = np.broadcast_to(np.asarray(work.cached_share, dtype=float), np.shape(work.requests_month))[first]
    paced = pace(ways, lengths, cached, a["itl_target_ms"], under.measured)
    best = np.full(np.shape(work.requests_month), np.inf)
    place = np.zeros(best.shape, dtype=np.intp)
    for number, way in enumerate(ways):
        seconds = paced.request_s[number]
        usable = np.where(np.isfinite(seconds), seconds, np.inf)
        needed = need(work, usable[:, None] if best.ndim > 1 else usable, a)
        usd = _total(variant, way, needed, a)
        cheaper = usd < best
        best = np.where(cheaper, usd, best)
        place = np.where(cheaper, number, place)
    return Chosen(np.where(np.isinf(best), np.nan, best), place, paced)


def _total(variant: str, way: Serving, needed: Need, a: Mapping[str, Any]) -> Floats:
    """The sum of `machine_terms`, without taking it apart."""
    if variant == "5b":
        one = owned_terms(way.unit_gpus, way.usd, way.unit_gpus, gpu_kilowatts(way.gpu, a["node_kw"]), a)
        pool = float(one.pop("pool"))
        return np.asarray(
            units_of(needed.replicas * way.gpus, way.unit_gpus) * float(sum(one.values())) + pool
        )
    rent = needed.replicas * (way.usd * a["hours_per_month"])
    fixed = a["pool_fixed_4"] if variant == "4" else a["pool_fixed_5a"]
    if variant == "5a":
        rent = rent * (1 - a["gpu_commit_share"] * a["commit_discount_1y"]) * (1 + a["cloud_adder"])
    return np.asarray(rent + fixed)


def machine_terms(variant: str, way: Serving, needed: Need, a: Mapping[str, Any]) -> dict[str, Any]:
    """The terms of replicas of one kind, people aside."""
    if variant == "5b":
        kilowatts = gpu_kilowatts(way.gpu, a["node_kw"])
        return owned_terms(needed.replicas * way.gpus, way.usd, way.unit_gpus, kilowatts, a)
    return rented_terms(variant, needed, way.usd, a)
