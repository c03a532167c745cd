"""Two feeds disagree about an offer: an operator says which one is right, and why."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from pricing import signals
from pricing.models import Choice, Conflict, Offer
from pricing.selectors.current import compared, prices_on
from pricing.selectors.feeds import is_about
from pricing.services import reasons
from pricing.services.conflicts import refresh_conflicts

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AbstractBaseUser
    from django.db.models import QuerySet

    from pricing.selectors.current import FeedPrice


@transaction.atomic
def choose_feed(
    conflict_id: int,
    feed: str,
    *,
    reason: str,
    by: AbstractBaseUser,
    as_of: datetime,
    instead_of: int | None = None,
) -> Choice:
    """The feed named is used for the conflict's offer until a quote of either changes; a plan is asked for.

    INSTEAD_OF is the choice that settled it so far (None: nobody chose); it stays in the history. Raises
    ValidationError without a reason, for a conflict that is over or that somebody else settled meanwhile, and for a
    feed that is not part of it.
    """
    conflict = Conflict.objects.select_related("used__feed", "other__feed", "choice").get(pk=conflict_id)
    offer = Offer.objects.select_for_update(of=("self",)).get(pk=conflict.offer_id)
    why = reasons.given(reason)
    feeds = {quote.feed.name: quote.feed for quote in (conflict.used, conflict.other)}
    settled = _settled(conflict, instead_of)
    prices = _said(conflict, settled, as_of)
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
    settled.update(choice=choice)
    refresh_conflicts(as_of)
    transaction.on_commit(lambda: signals.prices_changed.send(sender=Choice, run_id=None))
    return choice


def _settled(conflict: Conflict, instead_of: int | None) -> QuerySet[Conflict]:
    """What the choice settles: every open conflict of the two feeds about the offer, or all that the choice before
    it settled.
    """
    if instead_of is not None:
        return Conflict.objects.filter(offer=conflict.offer_id, choice=instead_of)
    feeds = [conflict.used.feed_id, conflict.other.feed_id]
    between = {"used__feed__in": feeds, "other__feed__in": feeds}
    return Conflict.objects.filter(offer=conflict.offer_id, choice=None, closed_at=None, **between)


def _said(conflict: Conflict, settled: QuerySet[Conflict], as_of: datetime) -> dict[str, FeedPrice]:
    """What each feed says of the offer today; raises ValidationError where it is no longer what was disagreed on."""
    said = prices_on(as_of.astimezone(UTC).date(), [conflict.offer_id]).get(conflict.offer_id, [])
    prices = {price.feed.name: price for price in said}
    if not settled.filter(pk=conflict.pk).exists() or not is_about(conflict, said):
        raise ValidationError("These prices have changed meanwhile: look at the conflicts again.")
    return prices
