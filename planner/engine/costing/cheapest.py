"""Of the ways to serve the cheapest, for each part and month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.engine.costing.machines import FIXED, need, owned_terms, rented_terms, units_of
from planner.engine.costing.ranges import between
from planner.engine.costing.serving import Pace, gpu_kilowatts, pace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from planner.engine.costing.machines import Day, Need
    from planner.engine.costing.serving import Serving
    from planner.engine.costing.terms import Terms
    from planner.engine.costing.work import Work

    Floats = NDArray[np.float64]


PURCHASE: Final = (
    "purchase_share"  # where between the ends of an offer a machine is bought; only in drawn figures
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Of the ways to serve each part the cheapest: dollars a month without people (NaN: none), and its place."""

    usd: Floats
    place: NDArray[np.intp]
    pace: Pace


def paced(ways: Sequence[Serving], work: Work, under: Terms) -> Pace:
    """How long a request of each part keeps a replica of each way; a part's requests are of one length in all months."""
    first = (..., 0) if np.ndim(work.requests_month) > 1 else ...
    lengths = (  # one token at least: a request that reads or writes nothing still takes a step
        np.maximum(1.0, work.input_tokens * work.longer)[first],
        np.maximum(1.0, work.output_tokens * work.longer)[first],
    )
    cached = np.broadcast_to(np.asarray(work.cached_share, dtype=float), np.shape(work.requests_month))[first]
    return pace(ways, lengths, cached, under.figures["itl_target_ms"], under.measured)


def choose(variant: str, ways: Sequence[Serving], work: Work, under: Terms) -> Chosen:
    """The cheapest way for each part, and in each month where the work has months (its last axis)."""
    a, day = under.figures, under.day(variant)
    found = paced(ways, work, under)
    best = np.full(np.shape(work.requests_month), np.inf)
    place = np.zeros(best.shape, dtype=np.intp)
    for number, way in enumerate(ways):
        seconds = found.request_s[number][:, None] if best.ndim > 1 else found.request_s[number]
        serves = np.isfinite(seconds)
        if not serves.any():
            continue
        usd = _total(variant, way, need(work, np.where(serves, seconds, 0.0), a), a, day)
        cheaper = (usd < best) & serves
        best = np.where(cheaper, usd, best)
        place = np.where(cheaper, number, place)
    return Chosen(np.where(np.isinf(best), np.nan, best), place, found)


def _total(variant: str, way: Serving, needed: Need, a: Mapping[str, Any], day: Day | None) -> Floats:
    """The sum of `machine_terms`, without taking it apart where every hour is the same."""
    if day is not None:
        return np.asarray(sum(machine_terms(variant, way, needed, a, day).values()))
    if variant == "5b":
        usd = units_of(needed.replicas * way.gpus, way.unit_gpus) * _machine_usd_month(way, a)
    else:
        usd = needed.replicas * replica_usd_month(variant, way, a)
    return np.asarray(usd + a[FIXED[variant]])


def replica_usd_month(variant: str, way: Serving, a: Mapping[str, Any]) -> float:
    """What one replica costs a month that runs all of it; of machines that are bought, its share of one."""
    if variant == "5b":
        return _machine_usd_month(way, a) * way.gpus / way.unit_gpus
    rent = float(way.usd * a["hours_per_month"])
    if variant == "5a":
        rent *= (1 - a["gpu_commit_share"] * a["commit_discount_1y"]) * (1 + a["cloud_adder"])
    return rent


def written_off_usd_month(way: Serving, a: Mapping[str, Any]) -> float:
    """What one replica of machines that were bought loses in worth a month while they are written off."""
    one = owned_terms(way.unit_gpus, way.usd, way.unit_gpus, gpu_kilowatts(way.gpu, a["node_kw"]), a)
    return float(one["capital"]) * way.gpus / way.unit_gpus


def _machine_usd_month(way: Serving, a: Mapping[str, Any]) -> float:
    """What one machine that was bought costs a month."""
    one = owned_terms(way.unit_gpus, way.usd, way.unit_gpus, gpu_kilowatts(way.gpu, a["node_kw"]), a)
    return float(sum(usd for key, usd in one.items() if key != "pool"))


def machine_terms(
    variant: str, way: Serving, needed: Need, a: Mapping[str, Any], day: Day | None = None
) -> dict[str, Any]:
    """The terms of replicas of one kind, people aside. Rented ones follow the day, if there is one to follow."""
    if variant == "5b":
        kilowatts = gpu_kilowatts(way.gpu, a["node_kw"])
        return owned_terms(needed.replicas * way.gpus, _bought_at_usd(way, a), way.unit_gpus, kilowatts, a)
    return rented_terms(variant, needed, way.usd, a, day)


def _bought_at_usd(way: Serving, a: Mapping[str, Any]) -> Any:
    """The price of one machine: that of the offer, or somewhere between its ends where figures are drawn."""
    share, low, high = a.get(PURCHASE), way.offer.capex_low, way.offer.capex_high
    if share is None or low is None or high is None:
        return way.usd
    usd_each = way.usd / float(low + high) * 2
    return between(share, float(low) * usd_each, way.usd, float(high) * usd_each)
