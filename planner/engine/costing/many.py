"""The full cost of every placement for many parts and months at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.engine.costing.cheapest import choose
from planner.engine.costing.machines import server_need, server_terms
from planner.engine.costing.people import people_usd
from planner.engine.costing.serving import servings
from planner.engine.costing.terms import ARRANGEMENT, TOKENS, runs_without_gpus
from planner.engine.costing.tokens import cheapest_offer, token_terms
from planner.engine.economics import priced_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.engine.costing.terms import Terms
    from planner.engine.costing.work import Work
    from planner.engine.policy import Tier

    Floats = NDArray[np.float64]


def columns_of(works: Sequence[Work]) -> Work:
    """Many pieces of work as one, every field an array of one number for each."""
    columns: dict[str, Any] = {
        name: np.array([getattr(work, name) for work in works], dtype=float) for name in works[0].arrays()
    }
    return replace(works[0], **columns)


def many_costs(tier: Tier, work: Work, under: Terms) -> dict[str, Floats]:
    """Dollars a month of every placement priced by volume, for parts (rows) and, where the work has them, months
    (last axis). NaN where nobody can tell. People are in it by their shares, as for one part.
    """
    costs = {}
    shape = np.shape(work.requests_month)
    for variant in TOKENS:
        costs[variant] = _token_columns(variant, tier, work, under)
    for variant, arrangement in ARRANGEMENT.items():
        ways = servings(under.prices, tier.open, arrangement, under.precisions)
        usd = choose(variant, ways, work, under).usd
        if variant == "5a" and runs_without_gpus(tier):
            servers = np.asarray(sum(server_terms(server_need(work, under.figures), under.figures).values()))
            usd = np.fmin(usd, servers)
        costs[variant] = np.broadcast_to(usd, shape) + people_usd(
            variant, under.figures, under.share_of(variant), hire=under.hire
        )
    return costs


def _token_columns(variant: str, tier: Tier, work: Work, under: Terms) -> Floats:
    """Each part at the offer that costs it least."""
    opened = variant.startswith("3")
    offers = priced_tokens(under.prices, tier.open if opened else tier.closed, open_weights=opened)
    people = people_usd(variant, under.figures, under.share_of(variant))
    if not offers:
        return np.full(np.shape(work.requests_month), np.nan)
    _, price = cheapest_offer(offers, work, under.figures)
    return np.asarray(sum(token_terms(variant, work, price, under.figures).values()) + people)
