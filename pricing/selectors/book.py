"""The price book page by page, and one offer with all that was ever said about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Prefetch, Q, Subquery

from pricing.feeds.names import NO_CURRENCY
from pricing.models import Conflict, Offer, Provider, Quote, QuoteState, Withdrawal
from pricing.models.book import WAITING
from pricing.models.catalogue import OfferKind
from pricing.selectors.current import FeedPrice, in_force, prices_on

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from django.db.models import QuerySet

    from pricing.feeds.base import OfferKey
    from pricing.models import OwnPrice

A_PAGE = 50
A_DAY = timedelta(days=1)
UNKNOWN = "unknown"
WEIGHTS = {"open": True, "closed": False, UNKNOWN: None}


@dataclass(frozen=True, slots=True)
class Row:
    """An offer with the price in use; no price is a price that nobody knows."""

    offer: Offer
    price: FeedPrice | None
    feeds: int


def book(filters: Mapping[str, Any], page: str | None, day: date) -> Page[Any]:
    """A page of offers that match, each with its price on DAY."""
    offers = _matching(filters, day).select_related("provider", "model").order_by("provider__name", "slug")
    found: Page[Any] = Paginator(offers, A_PAGE).get_page(page)
    prices = prices_on(day, [offer.pk for offer in found.object_list])
    found.object_list = [_row(offer, prices.get(offer.pk, [])) for offer in found.object_list]
    return found


def _row(offer: Offer, prices: list[FeedPrice]) -> Row:
    return Row(offer, prices[0] if prices else None, len(prices))


def _matching(filters: Mapping[str, Any], day: date) -> QuerySet[Offer]:
    quotes = Quote.objects.filter(offer=OuterRef("pk"))
    announced = Withdrawal.objects.filter(offer=OuterRef("pk"), taken_back_at=None)
    offers = Offer.objects.annotate(
        in_conflict=Exists(Conflict.objects.filter(offer=OuterRef("pk"), closed_at=None)),
        waits=Exists(quotes.filter(state__in=WAITING)),
        ends=Exists(announced),
        ends_on=Subquery(announced.exclude(ends_on=None).order_by("ends_on").values("ends_on")[:1]),
    ).filter(kind=filters["kind"])
    for word in filters.get("q", "").split():
        offers = offers.filter(
            Q(provider__name__icontains=word) | Q(model__name__icontains=word) | Q(slug__icontains=word)
        )
    if provider := filters.get("provider"):
        offers = offers.filter(provider__slug=provider)
    if jurisdiction := filters.get("jurisdiction"):
        offers = offers.filter(provider__jurisdiction="" if jurisdiction == UNKNOWN else jurisdiction)
    if weights := filters.get("weights"):
        offers = offers.filter(kind=OfferKind.TOKEN, model__open_weights=WEIGHTS[weights])
    if filters.get("currency") or filters.get("feed"):
        offers = offers.filter(Exists(_said(filters, day)))
    marks: dict[str, dict[str, Any]] = {
        "conflict": {"in_conflict": True},
        "held": {"pk__in": _with_state(QuoteState.HELD)},
        "unknown": {"pk__in": _with_state(QuoteState.UNKNOWN)},
        "own": {"pk__in": in_force(day).exclude(own_price=None).values("offer")},
    }
    return offers.filter(**marks.get(filters.get("mark", ""), {}))


def _said(filters: Mapping[str, Any], day: date) -> QuerySet[Quote]:
    quotes = in_force(day).filter(offer=OuterRef("pk"))
    if currency := filters.get("currency"):
        quotes = quotes.filter(currency=currency)
    if feed := filters.get("feed"):
        quotes = quotes.filter(feed__name=feed)
    return quotes


def _with_state(state: str) -> QuerySet[Quote, int]:
    return Quote.objects.filter(state=state).values_list("offer_id", flat=True)


def choices() -> dict[str, list[tuple[str, str]]]:
    """What there is to choose from: providers, their jurisdictions, and currencies somebody quotes in. Two queries."""
    providers = list(Provider.objects.order_by("name").values_list("slug", "name", "jurisdiction"))
    laws = {law for _, _, law in providers}
    currencies = Quote.objects.order_by("currency").values_list("currency", flat=True).distinct()
    return {
        "provider": [(slug, name) for slug, name, _ in providers],
        "jurisdiction": [
            (law or UNKNOWN, law or "Unknown") for law in sorted(laws, key=lambda law: (not law, law))
        ],
        "currency": [(each, "Not said" if each == NO_CURRENCY else each) for each in currencies],
    }


def quotes_of(offer: Offer) -> QuerySet[Quote]:
    """All that was ever said about the offer: by feed and component, the newest first."""
    quotes = offer.quotes.select_related("feed", "decided_by", "own_price__entered_by")
    return quotes.order_by(
        "feed__priority", "component", "tier_from_tokens", "service_tier", "batch", "-valid_from", "-pk"
    )


@dataclass(frozen=True, slots=True)
class Own:
    """An own price with its amounts. `stands`: it may still be ended. `last_day`: until when it holds or held."""

    price: OwnPrice
    stands: bool
    quotes: list[Quote]

    @property
    def never_held(self) -> bool:
        """Whether it was ended on the day it would have begun, or before."""
        return any(quote.state == QuoteState.WITHDRAWN for quote in self.quotes)

    @property
    def last_day(self) -> date | None:
        """None: until somebody ends it."""
        ends = [quote.valid_to for quote in self.quotes if quote.valid_to]
        return min(ends) - A_DAY if ends else None


def own_prices_of(offer: Offer, day: date) -> list[Own]:
    """Every own price of the offer as it stands on DAY, the newest first."""
    amounts = Prefetch("quotes", Quote.objects.order_by("pk"))
    found = offer.own_prices.select_related("entered_by", "ended_by").prefetch_related(amounts)
    return [Own(own, own.stands_on(day), list(own.quotes.all())) for own in found]


def offer_named(key: OfferKey) -> Offer | None:
    """The offer traffic under these names goes to: of that region, or, where none is named, the only one there is."""
    offers = list(Offer.objects.filter(provider__slug=key.provider, model__slug=key.model))
    of_region = [offer for offer in offers if offer.region == key.region]
    return next(iter(of_region or (offers if len(offers) == 1 and not key.region else ())), None)


def rivals(quote: Quote, day: date) -> list[Quote]:
    """What other feeds say about the same component of the offer on DAY."""
    said = prices_on(day, [quote.offer_id]).get(quote.offer_id, [])
    others = [price.quotes.get(quote.component) for price in said if price.feed.pk != quote.feed_id]
    return [other for other in others if other is not None]
