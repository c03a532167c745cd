"""genai-prices: dated, tiered token prices of some fifty providers, bundled in the package and refreshable.

In a list of prices the last active one counts; so a dated price ends the one before it. Tiers are cliffs:
past the bound the whole request costs the tier's amount. Both as in the package's own documentation.
"""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from genai_prices.data_snapshot import get_snapshot
from genai_prices.update_prices import DEFAULT_UPDATE_URL

from pricing.feeds import names
from pricing.feeds.base import FeedError, ModelFacts, OfferKey, QuoteRow, Reading, Refusal, load_json, price

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ADDRESS = DEFAULT_UPDATE_URL
COMPONENTS = {
    "input_mtok": "input",
    "cache_read_mtok": "cached_input",
    "cache_write_mtok": "cache_write",
    "cache_write_1h_mtok": "cache_write_1h",
    "output_mtok": "output",
    "output_reasoning_mtok": "reasoning",
}


def shipped() -> Reading:
    """The prices inside the installed package."""
    providers = [_as_document(provider) for provider in get_snapshot().providers]
    return _read(providers, f"genai-prices {version('genai-prices')}")


def parse(document: bytes) -> Reading:
    """The prices in the project's published data file."""
    providers = load_json(document)
    if not isinstance(providers, list) or not all(
        isinstance(row, dict) and "models" in row for row in providers
    ):
        raise FeedError(
            "This is not the genai-prices data file: a list of providers with models.", permanent=True
        )
    return _read(providers, "genai-prices, live data")


def _read(providers: Sequence[Mapping[str, Any]], source: str) -> Reading:
    rows: list[QuoteRow] = []
    models: dict[str, ModelFacts] = {}
    refused: list[Refusal] = []
    for provider in providers:
        for model in provider["models"]:
            key = f"{provider.get('id')}/{model.get('id')}"
            try:
                rows += _rows(key, str(provider["id"]), model)
            except (KeyError, TypeError, ValueError) as error:
                refused.append(Refusal(key, f"not readable: {error}"))
                continue
            slug = names.model_slug(model["id"])
            models.setdefault(slug, ModelFacts(slug, model.get("context_window")))
    if not rows:
        raise FeedError("The file holds no price that can be read.", permanent=True)
    return Reading(tuple(rows), source, tuple(models.values()), tuple(refused))


def _rows(key: str, provider: str, model: Mapping[str, Any]) -> list[QuoteRow]:
    raw_id = str(model["id"])
    offer = OfferKey(names.provider_slug(provider), names.model_slug(raw_id), names.region_in(raw_id))
    rows: list[QuoteRow] = []
    for prices, limits in _dated(model["prices"]):
        rows += _amounts(offer, key, prices, limits)
    for variant in model.get("price_variants") or ():
        ways = _variant_limits(variant)
        if ways is not None:
            rows += _amounts(offer, key, variant["prices"], ways)
    return rows


def _dated(prices: Any) -> Iterator[tuple[Mapping[str, Any], dict[str, Any]]]:
    """Each price with when it holds: from its date to the next dated price, or within hours of the day."""
    entries = prices if isinstance(prices, list) else [{"prices": prices}]
    dated = [entry for entry in entries if not _hours(entry)]
    for at, entry in enumerate(dated):
        following = dated[at + 1] if at + 1 < len(dated) else {}
        yield entry["prices"], {"valid_from": _start(entry), "valid_to": _start(following)}
    for entry in entries:
        if _hours(entry):
            yield entry["prices"], {"hours_utc": _hours(entry)}


def _variant_limits(variant: Mapping[str, Any]) -> dict[str, Any] | None:
    """How a variant is asked for; None for kinds the book does not keep (routes, speeds)."""
    when = dict(variant["when"])
    limits: dict[str, Any] = {"valid_from": _start(variant)}
    if hours := _hours(variant):
        limits["hours_utc"] = hours
    if when == {"processing": "batch"}:
        return limits | {"batch": True}
    tier = when.get("service_tier")
    return limits | {"service_tier": tier} if set(when) == {"service_tier"} and tier != "default" else None


def _amounts(
    offer: OfferKey, key: str, prices: Mapping[str, Any], limits: Mapping[str, Any]
) -> Iterator[QuoteRow]:
    for name, component in COMPONENTS.items():
        for tier, value in _tiers(prices.get(name)):
            yield QuoteRow(
                offer,
                component,
                price(value),
                key,
                tier_from_tokens=tier,
                raw={"id": key, "key": name, "value": str(value), "unit": "USD per 1,000,000 tokens"},
                **limits,
            )


def _tiers(value: Any) -> Iterator[tuple[int, Decimal]]:
    if isinstance(value, dict):
        yield 0, value["base"]
        for tier in value["tiers"]:
            yield int(tier["start"]), tier["price"]
    elif value is not None:
        yield 0, value


def _start(entry: Mapping[str, Any]) -> date | None:
    start = (entry.get("constraint") or {}).get("start_date")
    return date.fromisoformat(start) if start else None


def _hours(entry: Mapping[str, Any]) -> str:
    limits = entry.get("constraint") or {}
    return f"{limits['start_time']}-{limits['end_time']}" if "start_time" in limits else ""


def _as_document(thing: Any) -> Any:
    """The package's objects in the shape of its data file, so that one reader serves both."""
    if isinstance(thing, list):
        return [_as_document(item) for item in thing]
    if isinstance(thing, date | time):
        return thing.isoformat()
    if thing is None or isinstance(thing, str | int | Decimal | dict):
        return thing
    kept = {
        "id",
        "models",
        "prices",
        "price_variants",
        "context_window",
        "constraint",
        "when",
        "base",
        "tiers",
    }
    kept |= {"start", "price", "start_date", "start_time", "end_time", *COMPONENTS}
    return {key: _as_document(value) for key, value in vars(thing).items() if key in kept}
