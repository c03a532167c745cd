"""Prices of one's own: entered by an operator, used whatever feeds say, ended with a reason, never overwritten."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from pricing import signals
from pricing.feeds.base import MTOK
from pricing.models import Feed, Offer, OwnPrice, Quote, QuoteState
from pricing.models.book import COMPONENTS
from pricing.services import reasons
from pricing.services.conflicts import refresh_conflicts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime
    from decimal import Decimal

    from django.contrib.auth.models import AbstractBaseUser

OWN = "own"
A_DAY = timedelta(days=1)
PER = {"gpu_hour": "1 hour", "capex_low": "1 machine", "capex_high": "1 machine"}


@transaction.atomic
def enter_own_price(
    offer_id: int,
    *,
    amounts: Mapping[str, Decimal],
    currency: str,
    valid_from: date,
    until: date | None,
    reason: str,
    source: str,
    by: AbstractBaseUser,
    as_of: datetime,
    is_free: bool = False,
) -> OwnPrice:
    """The offer costs AMOUNTS (by component) from VALID_FROM to the end of UNTIL; a plan is asked for.

    One own price holds on a day: another that would overlap ends where this one begins. Raises ValidationError
    without a reason, without the components a month is priced with, for an end before the beginning, and for an
    amount of 0 that nobody says is free.
    """
    offer = Offer.objects.select_for_update(of=("self",)).select_related("model").get(pk=offer_id)
    why = reasons.given(reason)
    _check(offer, amounts, valid_from, until)
    _check_zero(amounts, is_free=is_free)
    for old in _overlapping(offer, valid_from, until):
        _end(old, valid_from, f"Replaced by another own price: {why}", by, as_of)
    own = OwnPrice.objects.create(
        offer=offer,
        valid_from=valid_from,
        until=until,
        reason=why,
        source=source,
        entered_by_id=by.pk,
        entered_at=as_of,
    )
    Quote.objects.bulk_create(_quotes(own, amounts, currency))
    _tell(as_of)
    return own


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
        return "input", "output"
    return ("capex_low", "capex_high") if offer.arrangement == "owned" else ("gpu_hour",)


def possible(offer: Offer) -> tuple[str, ...]:
    """Every component an own price of the offer may have."""
    if offer.model_id:
        return tuple(part for part in COMPONENTS if part != "gpu_hour" and not part.startswith("capex"))
    return needed(offer)


def _check(offer: Offer, amounts: Mapping[str, Decimal], valid_from: date, until: date | None) -> None:
    missing = [COMPONENTS[part] for part in needed(offer) if part not in amounts]
    if missing:
        raise ValidationError(f"Without a price for {' and '.join(missing)} nothing can be planned with it.")
    if not set(amounts) <= set(possible(offer)):
        raise ValidationError("This offer is not sold by these units.")
    if any(amount < 0 for amount in amounts.values()):
        raise ValidationError("A price is 0 or more.")
    if until is not None and until < valid_from:
        raise ValidationError({"until": "The last day is before the first."})


def _check_zero(amounts: Mapping[str, Decimal], *, is_free: bool) -> None:
    """A 0 is a price only where somebody says so: elsewhere it stands for what nobody knows."""
    zero = [COMPONENTS[part] for part, amount in amounts.items() if not amount]
    if zero and not is_free:
        raise ValidationError(
            {
                "is_free": f"The price of {' and '.join(zero)} is 0: say that it is free of charge, or correct it."
            }
        )


def _overlapping(offer: Offer, valid_from: date, until: date | None) -> Iterable[OwnPrice]:
    later = Q(until=None) | Q(until__gte=valid_from)
    found = OwnPrice.objects.filter(later, offer=offer, ended_at=None)
    return found if until is None else found.filter(valid_from__lte=until)


def _quotes(own: OwnPrice, amounts: Mapping[str, Decimal], currency: str) -> list[Quote]:
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
            currency=currency,
            per=PER.get(component, MTOK),
            valid_from=own.valid_from,
            valid_to=own.until + A_DAY if own.until else None,
            dated=True,
            raw={"source": own.source},
            state=QuoteState.USED,
            checked_at=own.entered_at,
        )
        for component, amount in amounts.items()
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
