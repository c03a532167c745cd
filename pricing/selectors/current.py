"""The price in use: an operator's own, else the feed an operator chose, else the one that counts first and says enough."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Q

from pricing.feeds.base import OfferKey
from pricing.feeds.frozen import Priced
from pricing.models import Choice, Quote
from pricing.models.book import IN_FORCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from django.db.models import QuerySet

    from pricing.models import Feed, Offer, OwnPrice


@dataclass(frozen=True, slots=True)
class FeedPrice:
    """What one feed says about an offer: one quote per component."""

    offer: Offer
    feed: Feed
    quotes: Mapping[str, Quote]
    choices: tuple[Choice, ...] = ()  # that stand in favour of this feed, the newest first

    @property
    def own(self) -> OwnPrice | None:
        """The operator's own price this is, if it is one."""
        return next(iter(self.quotes.values())).own_price

    @property
    def choice(self) -> Choice | None:
        """Why this feed is used although it does not count first, or because nobody should wonder."""
        return self.choices[0] if self.choices else None

    @property
    def source(self) -> str:
        """Where the price comes from and who said that it counts: what a snapshot and a decision cite."""
        if self.own:
            return f"own price, entered by {self.own.entered_by} on {_day(self.own.entered_at)}: {self.own.reason}"
        first = next(iter(self.quotes.values()))
        told = f"guide {first.raw['document']}, January 2026" if "document" in first.raw else self.feed.title
        if self.choice:
            return f"{told}, chosen by {self.choice.chosen_by} on {_day(self.choice.chosen_at)}: {self.choice.reason}"
        return told

    @property
    def priced(self) -> Priced:
        """The same as the engine's snapshot wants it."""
        return Priced(
            key_of(self.offer),
            open_weights=self.offer.model.open_weights if self.offer.model else None,
            amounts={component: quote.amount for component, quote in self.quotes.items()},
            currency=self.currency,
            source=self.source,
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
    def rank(self) -> tuple[bool, bool, int, int]:
        """Lowest first: own prices, prices that say enough, the feed chosen last, the feed that counts first."""
        chosen = -self.choice.pk if self.choice else 0
        return self.own is None, not self.says_enough, chosen, self.feed.priority

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
    """Per offer what each feed says on DAY, the one in use first. Two queries, whatever the number.

    A feed with two entries for one offer counts with its dearer one, so that nobody plans on the cheaper by accident.
    """
    quotes = plain(in_force(day)).select_related(
        "feed", "offer__provider", "offer__model", "own_price__entered_by"
    )
    chosen = Choice.objects.select_related("feed", "over", "chosen_by")
    if offers is not None:
        ids = list(offers)
        quotes, chosen = quotes.filter(offer__in=ids), chosen.filter(offer__in=ids)
    choices: dict[int, list[Choice]] = defaultdict(list)
    for choice in chosen:
        choices[choice.offer_id].append(choice)
    return {
        offer_id: sorted(with_choices(said, choices[offer_id], day), key=lambda price: price.rank)
        for offer_id, said in dearest_by_feed(quotes.order_by("pk")).items()
    }


def holds_on(quote: Quote, day: date) -> bool:
    """The same as `in_force`, of a quote at hand."""
    ends = quote.valid_to is None or quote.valid_to > day
    return quote.state in IN_FORCE and quote.valid_from <= day and ends


def dearest_by_feed(quotes: Iterable[Quote]) -> dict[int, list[FeedPrice]]:
    """Per offer one price of each feed: of several entries the dearest that says enough."""
    entries: dict[tuple[int, int, str], dict[str, Quote]] = defaultdict(dict)
    for quote in quotes:
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
    return found


def compared(one: FeedPrice, other: FeedPrice) -> list[int]:
    """The ids of all quotes of two prices: as soon as one of them changes, it is another list."""
    return sorted(quote.pk for price in (one, other) for quote in price.quotes.values())


def with_choices(said: list[FeedPrice], choices: Iterable[Choice], day: date) -> list[FeedPrice]:
    """Each price with the choices for its feed that stand on DAY: nothing they compared has changed, none is newer."""
    by_feed = {price.feed.pk: price for price in said}
    standing: dict[int, list[Choice]] = defaultdict(list)
    settled: set[frozenset[int]] = set()
    for choice in choices:
        pair = frozenset((choice.feed_id, choice.over_id))
        if pair in settled or choice.chosen_at.astimezone(UTC).date() > day or not pair <= by_feed.keys():
            continue
        if choice.compared == compared(by_feed[choice.feed_id], by_feed[choice.over_id]):
            settled.add(pair)
            standing[choice.feed_id].append(choice)
    return [replace(price, choices=tuple(standing[price.feed.pk])) for price in said] if standing else said


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%-d %b %Y}"
