"""Under whose law each provider is, by its name in offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pricing.feeds import names
from pricing.models import Provider

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planner.engine.facts import PriceSnapshot


def jurisdictions(prices: PriceSnapshot) -> dict[str, str]:
    """The country of every provider of a snapshot that anybody has looked up: the price book's word, else the table
    that ships. One that nobody knows is not in it.
    """
    kept = dict(Provider.objects.exclude(jurisdiction="").values_list("slug", "jurisdiction"))
    found = {name: kept.get(name) or names.jurisdiction(name) for name in _providers(prices)}
    return {name: country for name, country in found.items() if country}


def _providers(prices: PriceSnapshot) -> Iterable[str]:
    tokens, machines = prices.token_offers, prices.gpu_offers
    return sorted({offer.provider for offer in tokens} | {offer.provider for offer in machines})
