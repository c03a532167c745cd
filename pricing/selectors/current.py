"""The price in use: per offer the feed with the lowest priority number that says enough."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Q

from pricing.feeds.base import OfferKey
from pricing.feeds.frozen import Priced
from pricing.models import Quote
from pricing.models.book import IN_FORCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from django.db.models import QuerySet

    from pricing.models import Feed, Offer


@dataclass(frozen=True, slots=True)
class FeedPrice:
    """What one feed says about an offer: one quote per component."""

    offer: Offer
    feed: Feed
    quotes: Mapping[str, Quote]

    @property
    def priced(self) -> Priced:
        """The same as the engine's snapshot wants it."""
        first = next(iter(self.quotes.values()))
        return Priced(
            key_of(self.offer),
            open_weights=self.offer.model.open_weights if self.offer.model else None,
            amounts={component: quote.amount for component, quote in self.quotes.items()},
            currency=self.currency,
            source=f"guide {first.raw['document']}, January 2026"
            if "document" in first.raw
            else self.feed.title,
            valid_from=max(quote.valid_from for quote in self.quotes.values()),
            checked_at=self.checked_at.astimezone(UTC).date(),
        )

    @property
    def currency(self) -> str:
        return next(iter(self.quotes.values())).currency

    @property
    def checked_at(self) -> datetime:
        """When the least recently seen of its quotes was confirmed."""
        return min(quote.checked_at for quote in self.quotes.values())

    @property
    def missing_since(self) -> datetime | None:
        """Since when the feed no longer lists some of it; None while it does."""
        return min(
            (quote.missing_since for quote in self.quotes.values() if quote.missing_since), default=None
        )

    @property
    def says_enough(self) -> bool:
        return {"input", "output"} <= self.quotes.keys() or not self.offer.model_id

    @property
    def weight(self) -> tuple[bool, Decimal]:
        return self.says_enough, sum((quote.amount for quote in self.quotes.values()), Decimal(0))


def key_of(offer: Offer) -> OfferKey:
    return OfferKey(
        offer.provider.slug,
        offer.model.slug if offer.model else "",
        offer.region,
        offer.gpu,
        offer.gpu_count,
        offer.arrangement,
        offer.terms,
    )


def in_force(day: date) -> QuerySet[Quote]:
    """Quotes that hold on DAY."""
    return Quote.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=day), state__in=IN_FORCE, valid_from__lte=day
    )


def plain(quotes: QuerySet[Quote]) -> QuerySet[Quote]:
    """Without conditions: no tier, no batch, any hour."""
    return quotes.filter(tier_from_tokens=0, service_tier="", batch=False, hours_utc="")


def prices_on(day: date, offers: Iterable[int] | None = None) -> dict[int, list[FeedPrice]]:
    """Per offer what each feed says on DAY, the one in use first. Two queries at most, whatever the number.

    A feed with two entries for one offer counts with its dearer one, so that nobody plans on the cheaper by accident.
    """
    quotes = plain(in_force(day)).select_related("feed", "offer__provider", "offer__model")
    if offers is not None:
        quotes = quotes.filter(offer__in=list(offers))
    entries: dict[tuple[int, int, str], dict[str, Quote]] = defaultdict(dict)
    for quote in quotes.order_by("pk"):
        entries[quote.offer_id, quote.feed_id, quote.source_key][quote.component] = quote
    dearest: dict[tuple[int, int], FeedPrice] = {}
    for (offer_id, feed_id, _), components in entries.items():
        first = next(iter(components.values()))
        price = FeedPrice(first.offer, first.feed, components)
        known = dearest.get((offer_id, feed_id))
        if known is None or price.weight > known.weight:
            dearest[offer_id, feed_id] = price
    found: dict[int, list[FeedPrice]] = defaultdict(list)
    for (offer_id, _), price in dearest.items():
        found[offer_id].append(price)
    for prices in found.values():
        prices.sort(key=lambda price: (not price.says_enough, price.feed.priority))
    return dict(found)
