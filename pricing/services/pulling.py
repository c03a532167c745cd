"""Pulling a feed: asked for by a slot of the schedule, a button or a command; read; written in one transaction."""

from __future__ import annotations

import hashlib
from datetime import UTC
from decimal import Decimal
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q

from planner import jobs
from planner.engine import load_policy
from pricing import signals
from pricing.feeds import FEEDS, FeedError, names
from pricing.feeds.fetch import fetch
from pricing.models import Feed, FeedRun, FeedSource, Quote
from pricing.models.book import IN_FORCE
from pricing.selectors.snapshots import rates_on
from pricing.services.ingest import ingest
from pricing.services.judging import Rules, verdict_on

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from django.contrib.auth.models import AbstractBaseUser

    from pricing.feeds.base import Feed as KnownFeed
    from pricing.feeds.base import Reading
    from pricing.services.judging import Verdict

    Send = Callable[[int], object]


class Upload(NamedTuple):
    """A file somebody gave."""

    name: str
    document: bytes


class Read(NamedTuple):
    """What a run read."""

    reading: Reading
    note: str = ""
    document: bytes = b""


OPEN = (jobs.RunState.QUEUED, jobs.RunState.RUNNING)
SAID = {"ended": "over before we looked"}
OLD_PRICES_STAY = "The prices we have stay as they are."


def address_of(name: str) -> str:
    """Where the feed is on the network: where the settings say, else its own address; empty where it has none."""
    return settings.PRICE_FEED_URLS.get(name) or FEEDS[name].address


def feed_row(name: str) -> Feed:
    feed = FEEDS[name]
    return Feed.objects.get_or_create(name=name, defaults={"title": feed.title, "priority": feed.priority})[0]


def ask_pull(
    name: str,
    *,
    as_of: datetime,
    send: Send,
    source: str,
    upload: Upload | None = None,
    whose: str = "",
    asked_by: AbstractBaseUser | None = None,
) -> FeedRun:
    """A run of the feed is on its way; while the same pull waits or runs, asking again gives that one."""
    feed = feed_row(name)
    sha = hashlib.sha256(upload.document).hexdigest() if upload else ""
    key = f"feed:{name}:{source}:{as_of.isoformat()}:{whose}:{sha}"
    open_runs = FeedRun.objects.filter(feed=feed, source=source, whose=whose, state__in=OPEN)
    same = open_runs.filter(key__endswith=f":{sha}")
    if waiting := same.first():
        return waiting
    fields: dict[str, object] = {
        "feed": feed,
        "source": source,
        "as_of": as_of,
        "asked_by": asked_by,
        "whose": whose,
    }
    if upload:
        fields |= {"file": ContentFile(upload.document, sha[:16]), "file_name": upload.name}
    return jobs.ask(FeedRun, key, send, **fields)[0]


def pull_here(
    name: str, *, as_of: datetime, source: str, upload: Upload | None = None, whose: str = ""
) -> FeedRun:
    """The feed is pulled in this process, for commands and the sample; the finished run."""
    run = ask_pull(name, as_of=as_of, send=_nobody, source=source, upload=upload, whose=whose)
    run_pull(run.pk)
    run.refresh_from_db()
    return run


def _nobody(pk: int) -> None:
    """Whoever asked works on the run itself."""


def newer_was_read(name: str) -> bool:
    """Whether something else than the shipped data was read with success."""
    done = FeedRun.objects.filter(feed__name=name, state=jobs.RunState.DONE)
    return done.exclude(source=FeedSource.SHIPPED).exists()


def run_pull(run_id: int) -> None:
    """The run is done and the book says what the feed says, or it failed with a sentence and nothing changed."""
    run = FeedRun.claim(run_id)
    if run is None:
        return
    try:
        with run.beating():
            read = _read(run)
            _keep(run, read)
    except FeedError as error:
        run.fail(f"{error.message} {OLD_PRICES_STAY}")
    except jobs.SupersededError:
        return  # another attempt took over; ours was rolled back


@transaction.atomic
def _keep(run: FeedRun, read: Read) -> None:
    """The reading is in the book; one that cannot be right as a whole is refused, unless an operator took it."""
    Feed.objects.select_for_update().get(
        pk=run.feed_id
    )  # one run at a time judges and writes a feed's prices
    day = run.as_of.astimezone(UTC).date()
    taken = run.takes_id is not None
    verdict = None if taken else verdict_on(read.reading, run.feed, rates_on(day), day, Rules.on(day))
    if verdict:
        _refuse(run, read, verdict)
        return
    parameter = load_policy().parameter("price_hold_move", day)
    hold_above = Decimal("Infinity") if taken else Decimal(str(parameter.value))
    counts = ingest(run, read.reading, hold_above=hold_above)
    run.fence(
        counts=counts,
        version=read.reading.version,
        source=run.source,
        refused=[{"key": refusal.key, "reason": refusal.reason} for refusal in read.reading.refused],
        progress_done=counts.get("seen", 0),
        progress_total=counts.get("seen", 0),
    )
    run.finish(f"{read.note} {_said(counts)}".strip())
    if any(counts.get(kind) for kind in ("new", "changed", "withdrawn", "ends")) or _a_date_passed(run, day):
        transaction.on_commit(lambda: signals.prices_changed.send(sender=FeedRun, run_id=run.pk))


def _a_date_passed(run: FeedRun, day: date) -> bool:
    """Whether a price with a date of its own began or ended since prices were last read: other prices hold today."""
    before = FeedRun.objects.filter(state=jobs.RunState.DONE, as_of__lt=run.as_of).exclude(pk=run.pk)
    last = before.order_by("-as_of").values_list("as_of", flat=True).first()
    if last is None:
        return False
    since = last.astimezone(UTC).date()
    begun = Q(dated=True, valid_from__gt=since, valid_from__lte=day)
    ended = Q(valid_to__gt=since, valid_to__lte=day)
    return Quote.objects.filter(begun | ended, state__in=IN_FORCE).exists()


def _refuse(run: FeedRun, read: Read, verdict: Verdict) -> None:
    """What was read is kept with the run, so that an operator can take exactly that."""
    if read.document and not run.file:
        name = hashlib.sha256(read.document).hexdigest()[:16]
        run.file.save(name, ContentFile(read.document), save=False)
    run.fence(verdict=verdict.document(), version=read.reading.version, source=run.source, file=run.file.name)
    run.fail(f"{read.note} {verdict.sentence} {OLD_PRICES_STAY}".strip())


def _said(counts: dict[str, int]) -> str:
    kinds = ("new", "changed", "unchanged", "ended", "held", "unknown", "refused", "withdrawn", "gone")
    parts = [f"{counts[kind]:,} {SAID.get(kind, kind)}" for kind in kinds if counts.get(kind)]
    return f"{counts.get('seen', 0):,} prices read: {', '.join(parts) or 'nothing'}."


def _read(run: FeedRun) -> Read:
    """The reading, with a note where it is not what was asked for; a document that was fetched comes along."""
    feed = FEEDS[run.feed.name]
    if run.source == FeedSource.SHIPPED:
        return Read(_shipped(feed))
    if run.source == FeedSource.FILE:
        with run.file.open("rb") as file:
            return Read(feed.read(file.read(), whose_file(run)))
    address = address_of(feed.name)
    if not address:
        hint = "set LITELLM_PRICES_URL or give a file." if feed.name == "litellm" else "give a file."
        raise FeedError(f"No address is set: {hint}", permanent=True)
    try:
        document = feed.collect(address, fetch)
        return Read(feed.read(document), document=document)
    except FeedError as error:
        if not feed.address or feed.shipped is None or newer_was_read(feed.name):
            raise
        run.source = FeedSource.SHIPPED
        return Read(feed.shipped(), f"{error.message} Read {feed.shipped_words} instead.")


def _shipped(feed: KnownFeed) -> Reading:
    if feed.shipped is None:
        raise FeedError(f"Nothing of {feed.title} ships with the product: give a file.", permanent=True)
    return feed.shipped()


def whose_file(run: FeedRun) -> str:
    """Whose prices the run's file holds: as somebody said, else as the file is called where that is a provider."""
    called = PurePath(run.file_name).stem
    return run.whose or (called if names.is_known_provider(called) else "")
