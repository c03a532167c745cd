"""LiteLLM's model price file: USD per token, no dates, no history, but dates of deprecation."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from pricing.feeds import names
from pricing.feeds.base import (
    TOKENS_PER_MTOK,
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

EXCERPT = names.DATA / "litellm-excerpt-2026-11.json"
MODES = {"chat", "responses", "completion", "embedding"}
COMPONENTS = {
    "input_cost_per_token": "input",
    "output_cost_per_token": "output",
    "cache_read_input_token_cost": "cached_input",
    "cache_creation_input_token_cost": "cache_write",
    "output_cost_per_reasoning_token": "reasoning",
}
PRICE_KEY = re.compile(rf"^({'|'.join(COMPONENTS)})(?:_above_(\d+)k_tokens)?(?:_(batches|flex|priority))?$")


def shipped() -> Reading:
    """The excerpt that ships with the product."""
    return _read(load_json(EXCERPT.read_bytes()), "LiteLLM price file, excerpt of November 2026")


def parse(document: bytes) -> Reading:
    """The whole price file, as LiteLLM publishes it."""
    return _read(load_json(document), "LiteLLM price file")


def _read(entries: Any, source: str) -> Reading:
    if not isinstance(entries, dict):
        raise FeedError(
            "This is not LiteLLM's price file: one JSON object with a key per model.", permanent=True
        )
    rows: list[QuoteRow] = []
    models: dict[str, ModelFacts] = {}
    ends: list[OfferEnd] = []
    refused: list[Refusal] = []
    for key, entry in entries.items():
        if key == "sample_spec":
            continue
        try:
            if not isinstance(entry, dict) or "litellm_provider" not in entry:
                raise ValueError("no litellm_provider")  # noqa: TRY301  one place turns trouble into refusals
            if entry.get("mode") not in MODES:
                continue  # pictures, speech and the like are not priced per text token
            found, facts = list(_rows(key, entry)), _facts(key, entry)
            rows += found
            models[facts.model] = facts
            if facts.deprecation_date and found:
                ends.append(OfferEnd(found[0].offer, facts.deprecation_date))
        except (KeyError, TypeError, ValueError) as error:
            refused.append(Refusal(key, f"not readable: {error}"))
    if not rows:
        raise FeedError(
            "The file holds no price that can be read: is it LiteLLM's price file?", permanent=True
        )
    return Reading(tuple(rows), source, tuple(models.values()), tuple(refused), tuple(ends))


def _rows(key: str, entry: Mapping[str, Any]) -> Iterator[QuoteRow]:
    offer = OfferKey(
        names.provider_slug(entry["litellm_provider"]), names.model_slug(key), names.region_in(key)
    )
    for name, value in entry.items():
        match = PRICE_KEY.match(name)
        if match is None or value is None:
            continue
        component, tier, way = match.groups()
        yield QuoteRow(
            offer,
            COMPONENTS[component],
            (price(value) * TOKENS_PER_MTOK).normalize(),
            key,
            tier_from_tokens=int(tier or 0) * 1_000,
            batch=way == "batches",
            service_tier=way if way in {"flex", "priority"} else "",
            raw={"id": key, "key": name, "value": str(value), "unit": "USD per token"},
        )


def _facts(key: str, entry: Mapping[str, Any]) -> ModelFacts:
    ends = entry.get("deprecation_date")
    context = entry.get("max_input_tokens")
    return ModelFacts(
        names.model_slug(key),
        context if isinstance(context, int) else None,
        date.fromisoformat(ends) if ends else None,
    )
