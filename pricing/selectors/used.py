"""Prices that were used: since when and until when they held, and how much dearer long requests are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pricing.models import Quote
from pricing.models.book import IN_FORCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Used:
    """Some quotes together: of which components, and since when and until when all of them held. `long_times` is how many times dearer a request from `long_from` tokens on is at most;
    None where the feed gives no such price.
    """

    components: frozenset[str]
    since: date
    until: date | None
    long_times: Decimal | None
    long_from: int


def used_prices(bundles: Iterable[tuple[int, ...]]) -> dict[tuple[int, ...], Used]:
    """Each bundle of quote ids that is in the book: two queries, however many there are."""
    wanted = {bundle for bundle in bundles if bundle}
    known = Quote.objects.in_bulk({pk for bundle in wanted for pk in bundle})
    tiers = _tiers({quote.offer_id for quote in known.values()})
    return {
        bundle: _together([known[pk] for pk in bundle], tiers)
        for bundle in wanted
        if known.keys() >= set(bundle)
    }


def _tiers(offers: set[int]) -> Mapping[tuple[int, int, str, str], list[Quote]]:
    """Prices for long requests by offer, feed, entry and component."""
    rows = Quote.objects.filter(
        offer__in=offers,
        tier_from_tokens__gt=0,
        batch=False,
        service_tier="",
        hours_utc="",
        state__in=IN_FORCE,
    )
    found: dict[tuple[int, int, str, str], list[Quote]] = defaultdict(list)
    for quote in rows:
        found[_entry(quote)].append(quote)
    return found


def _entry(quote: Quote) -> tuple[int, int, str, str]:
    return quote.offer_id, quote.feed_id, quote.source_key, quote.component


def _together(quotes: list[Quote], tiers: Mapping[tuple[int, int, str, str], list[Quote]]) -> Used:
    long = [
        (tier.amount / quote.amount, tier.tier_from_tokens)
        for quote in quotes
        if quote.amount
        for tier in tiers.get(_entry(quote), ())
    ]
    return Used(
        components=frozenset(quote.component for quote in quotes),
        since=max(quote.valid_from for quote in quotes),
        until=min((quote.valid_to for quote in quotes if quote.valid_to), default=None),
        long_times=max((times for times, _ in long), default=None),
        long_from=min((tokens for _, tokens in long), default=0),
    )
