"""Feeds with how they are doing, and what one run brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Count, Q

from planner.jobs import RunState
from pricing.feeds import FEEDS
from pricing.models import Choice, Conflict, FeedRun, Quote, QuoteState
from pricing.models.book import COMPONENTS, CURRENT, WAITING
from pricing.selectors.current import compared, prices_on

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.db.models import QuerySet

    from pricing.feeds import Feed
    from pricing.selectors.current import FeedPrice

COUNTS = {
    "seen": "prices read",
    "new": "new",
    "changed": "changed",
    "unchanged": "unchanged",
    "held": "held for an operator",
    "unknown": "unknown (price of 0)",
    "refused": "entries not readable",
    "gone": "no longer listed",
    "withdrawn": "announced and withdrawn",
    "ended": "over before we first looked",
    "ends": "offers whose end is news",
    "conflicts": "where feeds disagree",
}
MISSED_SLOTS = 2  # a feed is late when two slots went by without a good pull


@dataclass(frozen=True, slots=True)
class FeedState:
    """A feed and its runs, in the words of the page."""

    feed: Feed
    address: str
    scheduled: bool
    last: FeedRun | None
    last_good: FeedRun | None
    prices: int
    state: str  # fresh | stale | failed | running | done (not scheduled) | never

    @property
    def error(self) -> str:
        return self.last.message if self.last and self.last.state == RunState.FAILED else ""

    @property
    def refused(self) -> FeedRun | None:
        """The last reading, where it was refused as a whole: an operator may take it after all."""
        return self.last if self.last and self.last.was_refused_whole else None


def feed_states(as_of: datetime, scheduled: set[str], addresses: dict[str, str]) -> list[FeedState]:
    """Every feed the product knows, pulled or not."""
    last = _newest(FeedRun.objects.all())
    good = _newest(FeedRun.objects.filter(state=RunState.DONE))
    prices = dict(
        Quote.objects.filter(state__in=CURRENT).order_by().values_list("feed__name").annotate(Count("pk"))
    )
    return [
        FeedState(
            feed,
            addresses[name],
            name in scheduled,
            last.get(name),
            good.get(name),
            prices.get(name, 0),
            _state(last.get(name), good.get(name), as_of, is_scheduled=name in scheduled),
        )
        for name, feed in FEEDS.items()
    ]


def _newest(runs: QuerySet[FeedRun]) -> dict[str, FeedRun]:
    newest = runs.order_by("feed_id", "-pk").distinct("feed_id").select_related("feed", "asked_by")
    return {run.feed.name: run for run in newest}


def _state(last: FeedRun | None, good: FeedRun | None, as_of: datetime, *, is_scheduled: bool) -> str:
    if last is None:
        return "never"
    if last.is_open:
        return "running"
    if last.state == RunState.FAILED:
        return "failed"
    if not is_scheduled:
        return "done"
    every = timedelta(hours=settings.FEED_EVERY_HOURS)
    return "stale" if good is None or as_of - good.as_of > MISSED_SLOTS * every else "fresh"


def runs() -> QuerySet[FeedRun]:
    return FeedRun.objects.select_related("feed", "asked_by", "takes")


def taken_by(run: FeedRun) -> FeedRun | None:
    """The run that wrote what this one was refused, if an operator took it."""
    return runs().filter(takes=run).first() if run.was_refused_whole else None


def changes_of(run: FeedRun) -> QuerySet[Quote]:
    """The quotes the run brought that replaced another: what moved."""
    quotes = run.quotes.filter(~Q(replaces=None)).select_related(
        "offer__provider", "offer__model", "replaces", "feed"
    )
    return quotes.order_by("offer__slug", "component", "pk")


def counts_of(run: FeedRun) -> list[tuple[str, int]]:
    """What the run found, in words, nothing left out but what is zero."""
    return [(words, run.counts[kind]) for kind, words in COUNTS.items() if run.counts.get(kind)]


def quotes() -> QuerySet[Quote]:
    return Quote.objects.select_related(
        "offer__provider", "offer__model", "feed", "run", "decided_by", "replaces"
    )


def waiting_of(run: FeedRun) -> QuerySet[Quote]:
    """What the run brought that waits for an operator."""
    return quotes().filter(run=run, state__in=WAITING).order_by("state", "offer__slug", "pk")


def held() -> QuerySet[Quote]:
    """Moves too big to believe unseen."""
    return quotes().filter(state=QuoteState.HELD).order_by("offer__slug", "pk")


def unknown_count() -> int:
    """How many prices of nothing wait for somebody who knows."""
    return Quote.objects.filter(state=QuoteState.UNKNOWN).count()


def conflicts() -> QuerySet[Conflict]:
    return Conflict.objects.select_related(
        "offer__provider",
        "offer__model",
        "used__feed",
        "other__feed",
        "choice__feed",
        "choice__over",
        "choice__chosen_by",
    )


def open_conflicts() -> QuerySet[Conflict]:
    return conflicts().filter(closed_at=None)


def settled_conflicts() -> QuerySet[Conflict]:
    """Those an operator settled, the newest first, whether or not the feeds say something else by now."""
    return conflicts().exclude(choice=None).order_by("-closed_at", "-pk")


@dataclass(frozen=True, slots=True)
class Side:
    """One component of an offer as two feeds give it; None where a feed gives none."""

    one: Quote | None
    other: Quote | None

    @property
    def part(self) -> str:
        """The component in words."""
        return next(quote.part for quote in (self.one, self.other) if quote)

    @property
    def differs(self) -> bool:
        if self.one is None or self.other is None:
            return True
        return (self.one.amount, self.one.currency) != (self.other.amount, self.other.currency)


@dataclass(frozen=True, slots=True)
class Both:
    """What the two feeds of a conflict say on a day, and what was chosen between them, the newest first."""

    sides: list[Side]
    in_use: Quote | None
    choices: list[Choice]
    can_choose: bool


def both_of(conflict: Conflict, day: date) -> Both:
    """Every component of the two prices side by side, as they are on DAY."""
    said = prices_on(day, [conflict.offer_id]).get(conflict.offer_id, [])
    prices = {price.feed.pk: price.quotes for price in said}
    one, other = prices.get(conflict.used.feed_id, {}), prices.get(conflict.other.feed_id, {})
    return Both(
        [Side(one.get(part), other.get(part)) for part in COMPONENTS if part in one or part in other],
        next(iter(said[0].quotes.values())) if said else None,
        list(_choices_between(conflict)),
        (conflict.choice is not None or conflict.closed_at is None) and is_about(conflict, said),
    )


def _choices_between(conflict: Conflict) -> QuerySet[Choice]:
    feeds = [conflict.used.feed_id, conflict.other.feed_id]
    found = Choice.objects.filter(offer=conflict.offer_id, feed__in=feeds, over__in=feeds)
    return found.select_related("feed", "over", "chosen_by").order_by("-pk")


def is_about(conflict: Conflict, said: Iterable[FeedPrice]) -> bool:
    """Whether the feeds still say what the conflict is about, or what was compared when somebody settled it, and no
    own price wins over both.
    """
    prices = {price.feed.pk: price for price in said}
    feeds = conflict.used.feed_id, conflict.other.feed_id
    if not set(feeds) <= prices.keys() or any(price.own for price in prices.values()):
        return False
    quotes = compared(*(prices[feed] for feed in feeds))
    if conflict.choice:
        return bool(conflict.choice.compared == quotes)
    return {conflict.used_id, conflict.other_id} <= set(quotes)
