"""Feeds that disagree about the same thing on the same day: kept side by side, never merged."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from pricing.models import Conflict
from pricing.selectors.current import prices_on

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pricing.models import Quote
    from pricing.selectors.current import FeedPrice


def refresh_conflicts(as_of: datetime) -> int:
    """Open conflicts are those of today's book; earlier ones are closed. Returns how many are open."""
    pairs = {
        (used.pk, other.pk): used.offer_id
        for prices in prices_on(as_of.astimezone(UTC).date()).values()
        for used, other in _disagreements(prices)
    }
    standing = {(row.used_id, row.other_id): row.pk for row in Conflict.objects.filter(closed_at=None)}
    over = [pk for pair, pk in standing.items() if pair not in pairs]
    Conflict.objects.filter(pk__in=over).update(closed_at=as_of)
    Conflict.objects.bulk_create(
        Conflict(offer_id=offer_id, used_id=used, other_id=other, found_at=as_of)
        for (used, other), offer_id in pairs.items()
        if (used, other) not in standing
    )
    return len(pairs)


def _disagreements(prices: list[FeedPrice]) -> Iterator[tuple[Quote, Quote]]:
    """The quote in use with each of another feed that says something else for the same component.

    Nothing is open where an operator's own price is used, or between feeds of which one was chosen.
    """
    used, *others = prices
    over = _outdone(used, others)
    for other in others if used.own is None else ():
        if other.feed.pk in over:
            continue
        for component, quote in used.quotes.items():
            rival = other.quotes.get(component)
            if rival and (rival.amount, rival.currency) != (quote.amount, quote.currency):
                yield quote, rival


def _outdone(used: FeedPrice, others: list[FeedPrice]) -> set[int]:
    """The feeds that the one in use was chosen over, and those that these were chosen over before."""
    by_feed = {price.feed.pk: price for price in others}
    found: set[int] = set()
    left = [used]
    while left:
        news = {choice.over_id for choice in left.pop().choices} - found
        found |= news
        left += [by_feed[feed] for feed in news if feed in by_feed]
    return found
