"""models.dev: token prices of some 150 hosts, whose weights are open, and which models are deprecated. No dates.

Amounts are US dollars per million tokens; past a tier's size the whole request costs the tier's amount. An entry that
costs 0 for everything, or nothing at all, is one whose price nobody knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pricing.feeds import names
from pricing.feeds.base import (
    FeedError,
    ModelFacts,
    OfferEnd,
    OfferKey,
    QuoteRow,
    Reading,
    Refusal,
    load_json,
    price,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ADDRESS = "https://models.dev/api.json"
COMPONENTS = {
    "input": "input",
    "output": "output",
    "reasoning": "reasoning",
    "cache_read": "cached_input",
    "cache_write": "cache_write",
}
LONG = ("context_over_200k", 200_000)  # how tiers were written before there were any


def parse(document: bytes) -> Reading:
    """The published api.json: providers by id, each with its models."""
    providers = load_json(document)
    if not isinstance(providers, dict) or not all(
        isinstance(row, dict) and isinstance(row.get("models"), dict) for row in providers.values()
    ):
        raise FeedError("This is not models.dev's api.json: providers with models.", permanent=True)
    rows: list[QuoteRow] = []
    models: dict[str, ModelFacts] = {}
    ends: list[OfferEnd] = []
    refused: list[Refusal] = []
    for provider, entry in providers.items():
        for raw_id, model in entry["models"].items():
            key = f"{provider}/{raw_id}"
            try:
                offer = _offer(provider, raw_id)
                found = list(_rows(offer, key, model.get("cost") or {}))
                facts = _facts(offer.model, model)
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                refused.append(Refusal(key, f"not readable: {error}"))
                continue
            rows += found
            models.setdefault(offer.model, facts)
            if model.get("status") == "deprecated" and found:
                ends.append(OfferEnd(offer))
    if not rows:
        raise FeedError("The file holds no price that can be read.", permanent=True)
    return Reading(tuple(rows), "models.dev api.json", tuple(models.values()), tuple(refused), tuple(ends))


def _offer(provider: str, raw_id: str) -> OfferKey:
    return OfferKey(names.provider_slug(provider), names.model_slug(raw_id), names.region_in(raw_id))


def _rows(offer: OfferKey, key: str, cost: Mapping[str, Any]) -> Iterator[QuoteRow]:
    yield from _amounts(offer, key, cost, 0)
    tiers = cost.get("tiers") or ()
    for tier in tiers:
        yield from _amounts(offer, key, tier, int(tier["tier"]["size"]))
    name, size = LONG
    if not tiers and cost.get(name):
        yield from _amounts(offer, key, cost[name], size)


def _amounts(offer: OfferKey, key: str, cost: Mapping[str, Any], tier: int) -> Iterator[QuoteRow]:
    for name, component in COMPONENTS.items():
        if cost.get(name) is None:
            continue
        raw = {"id": key, "key": name, "value": str(cost[name]), "unit": "USD per 1,000,000 tokens"}
        yield QuoteRow(offer, component, price(cost[name]), key, tier_from_tokens=tier, raw=raw)


def _facts(slug: str, model: Mapping[str, Any]) -> ModelFacts:
    context = (model.get("limit") or {}).get("context")
    weights = model.get("open_weights")
    return ModelFacts(
        slug,
        context if isinstance(context, int) and context > 0 else None,
        open_weights=weights if isinstance(weights, bool) else None,
    )
