"""Prices of one's own: entered by an operator, used whatever feeds say, ended with a reason, never overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from pricing import signals
from pricing.feeds.base import MTOK
from pricing.models import Feed, Offer, OwnPrice, Quote, QuoteState
from pricing.models.book import COMPONENTS
from pricing.selectors.current import key_of
from pricing.services import reasons
from pricing.services.catalogue import offers_for
from pricing.services.conflicts import refresh_conflicts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime
    from decimal import Decimal

    from django.contrib.auth.models import AbstractBaseUser

    from pricing.feeds.base import OfferKey

OWN = "own"
A_DAY = timedelta(days=1)
TOKENS_NEEDED = ("input", "output")
TOKENS_POSSIBLE = tuple(part for part in COMPONENTS if part != "gpu_hour" and not part.startswith("capex"))
PER = {"gpu_hour": "1 hour", "capex_low": "1 machine", "capex_high": "1 machine"}


@dataclass(frozen=True, slots=True)
class Price:
    """Amounts by component from a day to the end of another (None: until somebody ends it). `is_free`: an amount of
    0 is meant.
    """

    amounts: Mapping[str, Decimal]
    currency: str
    valid_from: date
    until: date | None = None
    is_free: bool = False


@transaction.atomic
def enter_own_price(
    offer_id: int, price: Price, *, reason: str, source: str, by: AbstractBaseUser, as_of: datetime
) -> OwnPrice:
    """The offer costs PRICE; a plan is asked for.

    One own price holds on a day: another that would overlap ends where this one begins. Raises ValidationError
    without a reason, without the components a month is priced with, for an end before the beginning, and for an
    amount of 0 that nobody says is free.
    """
    offer = Offer.objects.select_for_update(of=("self",)).select_related("model").get(pk=offer_id)
    why = reasons.given(reason)
    _check(offer, price)
    for old in _overlapping(offer, price):
        _end(old, price.valid_from, f"Replaced by another own price: {why}", by, as_of)
    own = OwnPrice.objects.create(
        offer=offer,
        valid_from=price.valid_from,
        until=price.until,
        reason=why,
        source=source,
        entered_by_id=by.pk,
        entered_at=as_of,
    )
    Quote.objects.bulk_create(_quotes(own, price))
    _tell(as_of)
    return own


@transaction.atomic
def price_new_offer(
    key: OfferKey, price: Price, *, reason: str, source: str, by: AbstractBaseUser, as_of: datetime
) -> OwnPrice:
    """What KEY names is in the book, whether or not a feed lists it, and costs PRICE: see `enter_own_price`.

    Of a provider or model nobody has described, jurisdiction and weights stay unknown. Raises ValidationError where
    the names read like another offer's.
    """
    pk = offers_for([key])[key]
    if key_of(Offer.objects.select_related("provider", "model").get(pk=pk)) != key:
        raise ValidationError("These names read like another offer in the book: look for it there.")
    return enter_own_price(pk, price, reason=reason, source=source, by=by, as_of=as_of)


@transaction.atomic
def end_own_price(own_id: int, *, reason: str, by: AbstractBaseUser, as_of: datetime) -> OwnPrice:
    """From today on feeds say the price again; until yesterday the own one stays what it was. A plan is asked for."""
    own = OwnPrice.objects.select_for_update(of=("self",)).get(pk=own_id)
    why = reasons.given(reason)
    today = as_of.astimezone(UTC).date()
    if own.ended_at is not None or (own.until and own.until < today):
        raise ValidationError("This price is over already: look at the offer again.")
    _end(own, today, why, by, as_of)
    _tell(as_of)
    return own


def needed(offer: Offer) -> tuple[str, ...]:
    """The components without which no month can be priced."""
    if offer.model_id:
        return TOKENS_NEEDED
    return ("capex_low", "capex_high") if offer.arrangement == "owned" else ("gpu_hour",)


def possible(offer: Offer) -> tuple[str, ...]:
    """Every component an own price of the offer may have."""
    return TOKENS_POSSIBLE if offer.model_id else needed(offer)


def _check(offer: Offer, price: Price) -> None:
    missing = [COMPONENTS[part] for part in needed(offer) if part not in price.amounts]
    if missing:
        raise ValidationError(f"Without a price for {' and '.join(missing)} nothing can be planned with it.")
    if not set(price.amounts) <= set(possible(offer)):
        raise ValidationError("This offer is not sold by these units.")
    if any(amount < 0 for amount in price.amounts.values()):
        raise ValidationError("A price is 0 or more.")
    if price.until is not None and price.until < price.valid_from:
        raise ValidationError({"until": "The last day is before the first."})
    zero = [COMPONENTS[part] for part, amount in price.amounts.items() if not amount]
    if zero and not price.is_free:
        raise ValidationError(
            {
                "is_free": f"The price of {' and '.join(zero)} is 0: say that it is free of charge, or correct it."
            }
        )


def _overlapping(offer: Offer, price: Price) -> Iterable[OwnPrice]:
    later = Q(until=None) | Q(until__gte=price.valid_from)
    found = OwnPrice.objects.filter(later, offer=offer, ended_at=None)
    return found if price.until is None else found.filter(valid_from__lte=price.until)


def _quotes(own: OwnPrice, price: Price) -> list[Quote]:
    feed, _ = Feed.objects.get_or_create(name=OWN, defaults={"title": "Own price", "priority": 0})
    return [
        Quote(
            offer=own.offer,
            feed=feed,
            own_price=own,
            source_key=f"own:{own.pk}",
            line=f"own:{own.pk}|{component}",
            component=component,
            amount=amount,
            currency=price.currency,
            per=PER.get(component, MTOK),
            valid_from=own.valid_from,
            valid_to=own.until + A_DAY if own.until else None,
            dated=True,
            raw={"source": own.source},
            state=QuoteState.USED,
            checked_at=own.entered_at,
        )
        for component, amount in price.amounts.items()
    ]


def _end(own: OwnPrice, day: date, reason: str, by: AbstractBaseUser, as_of: datetime) -> None:
    """It held until DAY; one that would have begun then never held."""
    OwnPrice.objects.filter(pk=own.pk).update(ended_by_id=by.pk, ended_at=as_of, end_reason=reason)
    if own.valid_from < day:
        own.quotes.update(state=QuoteState.PAST, valid_to=day)
    else:
        own.quotes.update(state=QuoteState.WITHDRAWN)
    own.refresh_from_db()


def _tell(as_of: datetime) -> None:
    refresh_conflicts(as_of)
    transaction.on_commit(lambda: signals.prices_changed.send(sender=OwnPrice, run_id=None))
