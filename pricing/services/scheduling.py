"""When feeds are pulled without anybody asking, and from where."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings

from planner import jobs
from pricing.feeds import FEEDS
from pricing.models import FeedRun, FeedSource
from pricing.services.pulling import feed_row, newer_was_read

if TYPE_CHECKING:
    from pricing.services.pulling import Send

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def due_feed_runs(as_of: datetime, send: Send) -> list[FeedRun]:
    """Each feed of the schedule has its run of the current slot."""
    if not settings.FEED_EVERY_HOURS:
        return []
    every = timedelta(hours=settings.FEED_EVERY_HOURS)
    slot = EPOCH + (as_of - EPOCH) // every * every
    asked = []
    for name in FEEDS:
        key = f"feed:{name}:{slot:%Y-%m-%dT%H:%M}"
        source = scheduled_source(name)
        if source is None or FeedRun.objects.filter(key=key).exists():
            continue
        run, created = jobs.ask(FeedRun, key, send, feed=feed_row(name), source=source, as_of=as_of)
        asked += [run] if created else []
    return asked


def source_for(name: str, *, has_file: bool, online: bool) -> str:
    """What a command reads: the file given, else the address where one is wanted or set, else what ships."""
    if has_file:
        return FeedSource.FILE
    usual = settings.PRICE_FEED_URLS.get(name) or (settings.PRICES_REFRESH_ONLINE and FEEDS[name].address)
    return FeedSource.ADDRESS if online or usual else FeedSource.SHIPPED


def next_slot(as_of: datetime) -> datetime | None:
    """When the schedule pulls next; None when it is switched off."""
    if not settings.FEED_EVERY_HOURS:
        return None
    every = timedelta(hours=settings.FEED_EVERY_HOURS)
    return EPOCH + ((as_of - EPOCH) // every + 1) * every


def scheduled_source(name: str) -> str | None:
    """What the schedule reads; None for feeds that have nothing new to say.

    Once something newer than the shipped data was read, the schedule never goes back to it. An address that the
    settings name is asked; a feed's own one only where PRICES_REFRESH_ONLINE lets it.
    """
    if settings.PRICE_FEED_URLS.get(name):
        return FeedSource.ADDRESS
    if not FEEDS[name].address:
        return None
    if settings.PRICES_REFRESH_ONLINE:
        return FeedSource.ADDRESS
    return None if FEEDS[name].shipped is None or newer_was_read(name) else FeedSource.SHIPPED
