"""Prices of one day as the engine reads them, and as the document a snapshot keeps.

The document's hash leaves out when a price was last looked at: looking again changes no decision.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from planner.engine.facts import GpuOffer, PriceSnapshot, TokenOffer
from pricing.feeds import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pricing.feeds.base import OfferKey

    OfferT = TypeVar("OfferT", TokenOffer, GpuOffer)

AMOUNTS = {
    "input_usd_per_mtok",
    "output_usd_per_mtok",
    "cached_input_usd_per_mtok",
    "amount_per_hour",
    "capex_low",
    "capex_high",
}
DAYS = {"valid_from", "checked_at"}
CAN_BE_TAKEN_AWAY = {"spot"}  # no month can be planned on a machine that may be gone in a minute


@dataclass(frozen=True, slots=True)
class Priced:
    """An offer with the amounts in use on a day."""

    key: OfferKey
    open_weights: bool | None
    amounts: Mapping[str, Decimal]
    currency: str
    source: str
    valid_from: date
    checked_at: date

    @property
    def is_complete(self) -> bool:
        """Whether a month could be priced with it, at a host of which we know who and under whose law it is.

        No placement is judged by the price of a host whose country nobody has looked up: the data would go there.
        """
        if names.is_router(self.key.provider):
            return False
        host_known = names.jurisdiction(self.key.provider) != ""
        if self.key.kind == "token":
            return host_known and self.open_weights is not None and {"input", "output"} <= set(self.amounts)
        if self.key.arrangement == "owned":
            return {"capex_low", "capex_high"} <= set(self.amounts)
        return host_known and self.key.terms not in CAN_BE_TAKEN_AWAY and "gpu_hour" in self.amounts


def price_snapshot(
    name: str, as_of: date, offers: Iterable[Priced], fx: Mapping[str, Decimal]
) -> PriceSnapshot:
    """The offers that can be priced, in a fixed order; an incomplete one is left out, never guessed."""
    complete = sorted((offer for offer in offers if offer.is_complete), key=lambda offer: offer.key.slug)
    prices = PriceSnapshot(
        name,
        as_of,
        tuple(_token_offer(offer) for offer in complete if offer.key.kind == "token"),
        tuple(_gpu_offer(offer) for offer in complete if offer.key.kind == "gpu"),
        dict(fx),
    )
    return replace(prices, sha=digest(to_document(prices)))


def _token_offer(offer: Priced) -> TokenOffer:
    return TokenOffer(
        id=offer.key.slug,
        provider=offer.key.provider,
        model=offer.key.model,
        open_weights=bool(offer.open_weights),
        input_usd_per_mtok=offer.amounts["input"],
        output_usd_per_mtok=offer.amounts["output"],
        cached_input_usd_per_mtok=offer.amounts.get("cached_input"),
        currency=offer.currency,
        source=offer.source,
        valid_from=offer.valid_from,
        checked_at=offer.checked_at,
    )


def _gpu_offer(offer: Priced) -> GpuOffer:
    return GpuOffer(
        id=offer.key.slug,
        provider=offer.key.provider,
        gpu=offer.key.gpu,
        gpu_count=offer.key.gpu_count,
        arrangement=offer.key.arrangement,
        amount_per_hour=offer.amounts.get("gpu_hour"),
        capex_low=offer.amounts.get("capex_low"),
        capex_high=offer.amounts.get("capex_high"),
        currency=offer.currency,
        source=offer.source,
        valid_from=offer.valid_from,
        checked_at=offer.checked_at,
    )


def to_document(snapshot: PriceSnapshot) -> dict[str, Any]:
    """The snapshot as JSON: amounts are texts, so that no digit is lost."""
    return {
        "token_offers": [_plain(asdict(offer)) for offer in snapshot.token_offers],
        "gpu_offers": [_plain(asdict(offer)) for offer in snapshot.gpu_offers],
        "fx": {currency: _text(rate) for currency, rate in sorted(snapshot.fx.items())},
    }


def from_document(name: str, as_of: date, document: Mapping[str, Any]) -> PriceSnapshot:
    return PriceSnapshot(
        name,
        as_of,
        tuple(_offer(TokenOffer, row) for row in document["token_offers"]),
        tuple(_offer(GpuOffer, row) for row in document["gpu_offers"]),
        {currency: Decimal(rate) for currency, rate in document["fx"].items()},
        digest(document),
    )


def digest(document: Mapping[str, Any]) -> str:
    """sha256 of the prices, blind to when they were last looked at."""
    kept = {
        kind: [{key: value for key, value in row.items() if key != "checked_at"} for row in document[kind]]
        for kind in ("token_offers", "gpu_offers")
    }
    rates = {"rates": document["rates"]} if "rates" in document else {}
    material = json.dumps(kept | {"fx": document["fx"]} | rates, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(material.encode()).hexdigest()


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        key: _text(value)
        if isinstance(value, Decimal)
        else value.isoformat()
        if isinstance(value, date)
        else value
        for key, value in row.items()
    }


def _text(amount: Decimal) -> str:
    """0.05 and 0.0500000000 are the same price, so they are the same text."""
    return f"{amount.normalize():f}"


def _offer(kind: type[OfferT], row: Mapping[str, Any]) -> OfferT:
    values: dict[str, Any] = {}
    for field in fields(kind):
        value = row[field.name]
        if value is not None and field.name in AMOUNTS:
            value = Decimal(value)
        elif value is not None and field.name in DAYS:
            value = date.fromisoformat(value)
        values[field.name] = value
    return kind(**values)
