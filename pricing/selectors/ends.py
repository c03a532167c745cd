"""Which offers their providers end, as feeds say: what a workload that runs on them has to know in time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from django.db.models import Max, Q

from planner.engine import load_policy
from pricing.feeds import FEEDS, names
from pricing.models import Offer, Quote, Withdrawal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from django.db.models import QuerySet

    Pair = tuple[str, str]  # provider and model, as a source names them


@dataclass(frozen=True, slots=True)
class Notice:
    """Whether the provider has announced the end of an offer: who says so, in words, and since when."""

    announced: bool
    by: str
    said_on: date


def notices(traffic: Iterable[Pair], as_of: datetime) -> dict[Pair, Notice]:
    """What is known at AS_OF of the end of what each pair runs on; absent where no feed can tell. Three queries.

    No end is known only of an offer that a feed which tells ends still lists, and confirmed lately.
    """
    pairs = {pair: _ours(pair) for pair in traffic if all(pair)}
    offers = _offers(set(pairs.values()))
    ids = [offer.pk for found in offers.values() for offer in found]
    ended = {row.offer_id: row for row in standing(as_of).filter(offer__in=ids).order_by("-ends_on", "-pk")}
    listed = _listed(ids, as_of)
    found = {}
    for pair, ours in pairs.items():
        notice = _notice(offers.get(ours, []), ended, listed)
        if notice:
            found[pair] = notice
    return found


def standing(as_of: datetime) -> QuerySet[Withdrawal]:
    """Announced ends that nobody has taken back by AS_OF."""
    rows = Withdrawal.objects.filter(Q(taken_back_at=None) | Q(taken_back_at__gt=as_of), said_at__lte=as_of)
    return rows.select_related("feed", "offer__provider", "offer__model")


def _ours(pair: Pair) -> Pair:
    provider, model = pair
    return names.provider_slug(provider), names.model_slug(model)


def _offers(wanted: set[Pair]) -> dict[Pair, list[Offer]]:
    rows = Offer.objects.filter(
        provider__slug__in={provider for provider, _ in wanted},
        model__slug__in={model for _, model in wanted},
    ).select_related("provider", "model")
    offers: dict[Pair, list[Offer]] = defaultdict(list)
    for offer in rows:
        if offer.model:
            offers[offer.provider.slug, offer.model.slug].append(offer)
    return offers


def _listed(ids: list[int], as_of: datetime) -> dict[int, tuple[str, datetime]]:
    """Per offer the feed that tells ends and listed it last, if that is not too long ago."""
    days = float(load_policy().parameter("feed_stale_days", as_of.astimezone(UTC).date()).value)
    tells = [feed.name for feed in FEEDS.values() if feed.tells_ends]
    rows = (
        Quote.objects.filter(offer__in=ids, feed__name__in=tells, missing_since=None)
        .order_by()
        .values_list("offer_id", "feed__title")
        .annotate(last=Max("checked_at"))
    )
    return {
        offer_id: (title, last)
        for offer_id, title, last in sorted(rows, key=lambda row: row[2])
        if as_of - timedelta(days=days) <= last
    }


def _notice(
    offers: list[Offer], ended: dict[int, Withdrawal], listed: dict[int, tuple[str, datetime]]
) -> Notice | None:
    for offer in offers:
        if row := ended.get(offer.pk):
            return Notice(True, str(row), row.said_at.astimezone(UTC).date())
    for offer in offers:
        if offer.pk in listed:
            title, last = listed[offer.pk]
            return Notice(False, f"{title}: {offer} is listed without an end", last.astimezone(UTC).date())
    return None
