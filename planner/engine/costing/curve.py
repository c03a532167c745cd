"""What placements cost at other volumes: the lines of a break-even chart, on the offers and machines that are cheapest there."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.engine.costing.cheapest import choose, machine_terms
from planner.engine.costing.machines import need, server_need, server_terms
from planner.engine.costing.people import people_usd
from planner.engine.costing.serving import servings
from planner.engine.costing.terms import ARRANGEMENT, runs_without_gpus
from planner.engine.costing.tokens import TokenPrice, token_terms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from planner.engine.costing.terms import Terms
    from planner.engine.costing.variants import FullCost
    from planner.engine.costing.work import Work
    from planner.engine.policy import Tier

    Floats = NDArray[np.float64]

POINTS: Final = 121
DECADES_BELOW: Final = 1.5
DECADES_ABOVE: Final = 2.0
BEYOND: Final = 3.0  # times the break-even, so that the lines are seen to cross


def factors(work: Work, break_evens: Iterable[float]) -> Floats:
    """Multiples of today's volume, evenly spaced as powers: from well below today to beyond the last break-even."""
    reached = [tokens / work.tokens_month for tokens in break_evens if math.isfinite(tokens)]
    top = max([10**DECADES_ABOVE, *(BEYOND * each for each in reached)])
    return np.geomspace(10**-DECADES_BELOW, top, POINTS)


def token_curve(cost: FullCost, work: Work, under: Terms, multiples: Floats) -> Floats | None:
    """Dollars a month for tokens at each multiple of the volume, without the people behind them; None without a price.

    The mix stays, so the offer does.
    """
    if cost.usd_month is None or cost.price is None:
        return None
    price = TokenPrice.of(cost.price, under.figures)
    return np.asarray(sum(token_terms(cost.variant, work.grown(multiples), price, under.figures).values()))


def machine_curve(variant: str, tier: Tier, work: Work, under: Terms, multiples: Floats) -> Floats | None:
    """Dollars a month on machines at each multiple of the volume, people included, each on the machines that are
    cheapest there; None where nothing serves the work.
    """
    a = under.figures
    grown = replace(work.grown(multiples), cached_share=np.full(len(multiples), work.cached_share))
    ways = servings(under.prices, tier.open, ARRANGEMENT[variant], under.precisions)
    chosen = choose(variant, ways, grown, under)
    usd = np.full(len(multiples), np.nan)
    for place in np.unique(chosen.place[~np.isnan(chosen.usd)]):
        here = (chosen.place == place) & ~np.isnan(chosen.usd)
        needed = need(work.grown(multiples[here]), chosen.pace.request_s[place, here], a)
        usd[here] = sum(machine_terms(variant, ways[place], needed, a, under.day(variant)).values())
    if variant == "5a" and runs_without_gpus(tier):
        usd = np.fmin(usd, np.asarray(sum(server_terms(server_need(grown, a), a).values())))
    if np.isnan(usd).all():
        return None
    return usd + float(people_usd(variant, a, under.share_of(variant), hire=under.hire))
