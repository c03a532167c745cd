"""Two feeds disagree about an offer: an operator says which one is right, and why."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from pricing import signals
from pricing.models import Choice, Conflict, Offer
from pricing.selectors.current import compared, prices_on
from pricing.services import reasons
from pricing.services.conflicts import refresh_conflicts

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AbstractBaseUser

    from pricing.selectors.current import FeedPrice


@transaction.atomic
def choose_feed(conflict_id: int, feed: str, *, reason: str, by: AbstractBaseUser, as_of: datetime) -> Choice:
    """The feed named is used for the conflict's offer until a quote of either changes; a plan is asked for.

    Raises ValidationError without a reason, for a conflict that is over, and for a feed that is not part of it.
    """
    conflict = Conflict.objects.select_related("used__feed", "other__feed").get(pk=conflict_id)
    offer = Offer.objects.select_for_update(of=("self",)).get(pk=conflict.offer_id)
    why = reasons.given(reason)
    feeds = {quote.feed.name: quote.feed for quote in (conflict.used, conflict.other)}
    prices = _said(conflict, offer, as_of)
    if feed not in feeds:
        raise ValidationError({"feed": "Choose one of the two feeds."})
    if not prices[feed].says_enough:
        raise ValidationError(
            {"feed": f"{feeds[feed]} gives no price for input and output: nothing can be planned on it."}
        )
    over = next(name for name in feeds if name != feed)
    choice = Choice.objects.create(
        offer=offer,
        feed=feeds[feed],
        over=feeds[over],
        compared=compared(prices[feed], prices[over]),
        reason=why,
        chosen_by_id=by.pk,
        chosen_at=as_of,
    )
    between = {"used__feed__name__in": list(feeds), "other__feed__name__in": list(feeds)}
    Conflict.objects.filter(offer=offer, closed_at=None, **between).update(choice=choice)
    refresh_conflicts(as_of)
    transaction.on_commit(lambda: signals.prices_changed.send(sender=Choice, run_id=None))
    return choice


def _said(conflict: Conflict, offer: Offer, as_of: datetime) -> dict[str, FeedPrice]:
    """What each feed says of the offer today; raises ValidationError where the conflict is over."""
    said = prices_on(as_of.astimezone(UTC).date(), [offer.pk]).get(offer.pk, [])
    prices = {price.feed.name: price for price in said}
    open_still = Conflict.objects.filter(pk=conflict.pk, closed_at=None).exists()
    if not open_still or not {conflict.used.feed.name, conflict.other.feed.name} <= prices.keys():
        raise ValidationError("These prices have changed meanwhile: look at the conflicts again.")
    return prices
