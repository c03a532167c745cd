"""How far a cost may lie from its best estimate: every figure with a range moved at once, the same way for all placements."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from planner.engine.costing.cheapest import PURCHASE, machine_terms
from planner.engine.costing.machines import need, server_need, server_terms
from planner.engine.costing.people import people_usd
from planner.engine.costing.ranges import between
from planner.engine.costing.tokens import TokenPrice, seat_terms, token_terms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from planner.engine.costing.terms import Terms
    from planner.engine.costing.variants import FullCost
    from planner.engine.costing.work import Work
    from planner.engine.policy import Assumptions

    Floats = NDArray[np.float64]

FUTURES: Final = 512
SEED: Final = 1
SHARES: Final = (0.1, 0.9)
MOVED: Final = (
    "retry_overhead", "rho_max", "fte_class23", "fte_class4", "fte_class5a", "fte_class5b", "fte_cost",
    "cloud_adder", "pool_fixed_4", "pool_fixed_5a", "pool_fixed_5b", "residual_36m", "node_load_factor", "pue",
    "elec_price", "colo_per_kw", "maint_pct", "cpu_32c_8b_tok_s", "cpu_server_usd_month", "cached_price_ratio",
    "cache_write_ratio", "seat_admin", "uplift_enterprise", "financing_rate", "commit_discount_1y",
)  # fmt: skip
STANDING_IN: Final = {"peak_to_mean_workload": "peak", "cache_hit_share": "cached_share"}


class Spread(NamedTuple):
    """Dollars a month that one and nine in ten of the possible values do not pass."""

    low: float
    high: float


def spreads(
    costs: Mapping[str, FullCost], work: Work | None, seats: float | None, under: Terms
) -> dict[str, Spread]:
    """The range of every known cost; the machines and offers stay those chosen for the best estimate.

    Each figure lies between its low and high end with its own value as the median; throughput is lognormal. A figure
    that was asked for otherwise ("what if") is taken at its word.
    """
    figures = moved_figures(under.figures)
    varied = _varied(work, figures, under.figures) if work else None
    found = {}
    for variant, cost in costs.items():
        usd = None if cost.unknown else _amounts(cost, varied, seats, figures, under)
        if usd is not None:
            low, high = np.quantile(usd, SHARES)
            found[variant] = Spread(float(low), float(high))
    return found


def _amounts(
    cost: FullCost, work: Work | None, seats: float | None, a: Mapping[str, Any], under: Terms
) -> Floats | None:
    """The cost in every draw."""
    if cost.variant == "1":
        return None if seats is None else np.asarray(sum(seat_terms(seats, a).values()))
    if work is None:
        return None
    people = people_usd(cost.variant, a, under.share_of(cost.variant), hire=under.hire)
    if cost.price is not None:
        terms = token_terms(cost.variant, work, TokenPrice.of(cost.price, a), a)
    elif cost.serving is not None and cost.request_s is not None:
        needed = need(work, cost.request_s / a["throughput"], a)
        terms = machine_terms(cost.variant, cost.serving, needed, a, under.day(cost.variant))
    else:
        terms = server_terms(server_need(work, a), a)
    return np.asarray(sum(terms.values()) + people)


def moved_figures(figures: Assumptions) -> dict[str, Any]:
    """All figures, those with a range as columns of draws; `throughput` is the factor on what a replica serves,
    and machines are bought somewhere between the ends of their offer.
    """
    moved: dict[str, Any] = {name: each.value for name, each in figures.figures.items()}
    draws = _draws(len(MOVED) + len(STANDING_IN) + 2)
    for place, name in enumerate((*MOVED, *STANDING_IN)):
        each = figures.figures.get(name)
        if each and not each.changed and each.low is not None and each.high is not None:
            moved[name] = between(draws[place], each.low, each.value, each.high)
    moved["throughput"] = np.exp(figures["throughput_sd_corrected"] * _normal(draws[-2]))
    moved[PURCHASE] = draws[-1]
    return moved


def _varied(work: Work, moved: Mapping[str, Any], figures: Assumptions) -> Work:
    """Facts stay as they are; what stands in for one that nobody supplied moves with its figure."""
    changes = {
        name: moved[figure]
        for figure, name in STANDING_IN.items()
        if figure in work.stand_in and not figures.figures[figure].changed
    }
    return replace(work, **changes)


@lru_cache(maxsize=4)
def _draws(number: int) -> Floats:
    """Latin hypercube: every figure meets every part of its range once, in an order of its own."""
    generator = np.random.Generator(np.random.PCG64(SEED))
    even = (np.arange(FUTURES) + 0.5) / FUTURES
    return np.stack([generator.permutation(even) for _ in range(number)])


def _normal(share: Floats) -> Floats:
    from scipy.special import ndtri  # noqa: PLC0415  scipy is loaded only where it is asked for

    return np.asarray(ndtri(share))
