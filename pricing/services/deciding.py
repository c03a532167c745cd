"""An operator settles what the feeds cannot: held moves, zero prices, and a feed that is wrong."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Literal

from django.core.exceptions import ValidationError
from django.db import transaction

from pricing import signals
from pricing.models import Quote, QuoteState
from pricing.services import reasons
from pricing.services.conflicts import refresh_conflicts
from pricing.services.ingest import end

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AbstractBaseUser

Action = Literal["accept", "refuse"]


@transaction.atomic
def decide_quote(
    quote_id: int, action: Action, *, reason: str, by: AbstractBaseUser, as_of: datetime
) -> Quote:
    """The quote is in the book, or refused for good, with a reason and a name; a plan is asked for."""
    quote = Quote.objects.select_for_update().get(pk=quote_id)
    why = reasons.given(reason)
    _check(quote, action)
    if action == "accept":
        _end_what_it_replaces(quote, as_of)
    quote.state = QuoteState.USED if action == "accept" else QuoteState.REFUSED
    quote.decided_by_id, quote.decided_at, quote.decision_reason = by.pk, as_of, why
    quote.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])
    refresh_conflicts(as_of)
    transaction.on_commit(lambda: signals.prices_changed.send(sender=Quote, run_id=quote.run_id))
    return quote


def _check(quote: Quote, action: Action) -> None:
    possible = {
        "accept": (QuoteState.HELD, QuoteState.UNKNOWN, QuoteState.REFUSED),
        "refuse": (QuoteState.HELD, QuoteState.UNKNOWN, QuoteState.USED),
    }[action]
    if quote.own_price_id:
        raise ValidationError("This is a price of your own: end it on the page of its offer.")
    if quote.state not in possible:
        raise ValidationError(f"This price is already “{quote.get_state_display()}”: look at the page again.")


def _end_what_it_replaces(quote: Quote, as_of: datetime) -> None:
    """On the accepted quote's first day the old price ends; had it begun that same day, it never held."""
    used = Quote.objects.filter(feed=quote.feed_id, line=quote.line, state=QuoteState.USED)
    day = min(quote.valid_from, as_of.astimezone(UTC).date())
    for old in used.filter(dated=False) | used.filter(valid_from=quote.valid_from):
        end(old, day)
        old.save(update_fields=["state", "valid_to"])
