"""Writing a feed's reading into the book: what is new is added, what changed ends what was, nothing is edited."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from pricing.models import Quote, QuoteState
from pricing.models.book import CURRENT, WAITING
from pricing.services.catalogue import learn_about_models, note_ends, offers_for
from pricing.services.conflicts import refresh_conflicts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pricing.feeds.base import QuoteRow, Reading
    from pricing.models import FeedRun

    Place = tuple[str, date | None]  # line, and the day the feed itself gave


PLACES = Decimal("1e-10")  # as the column keeps it


@dataclass
class Changes:
    """What a reading does to the book on a day, collected first and written in a few statements."""

    day: date
    checked_at: datetime
    hold_above: Decimal
    counts: Counter[str] = field(default_factory=Counter)
    add: list[tuple[QuoteRow, QuoteState, Quote | None]] = field(default_factory=list)
    ended: list[Quote] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)

    def state_of(self, row: QuoteRow, before: Quote | None, free: set[str]) -> QuoteState:
        """A price of nothing is unknown, a big move is held, everything else is in the book."""
        if row.source_key in free:
            return QuoteState.UNKNOWN
        return QuoteState.HELD if _moved(before, row) > self.hold_above else QuoteState.USED


def ingest(run: FeedRun, reading: Reading, *, hold_above: Decimal) -> dict[str, int]:
    """The book says what READING says, once, however often it is read. Call it inside a transaction.

    The caller has locked the feed. A move of more than HOLD_ABOVE (0.5 is half) waits for an operator; until then the old price holds.
    """
    current = _current(run, reading.whose)
    changes = Changes(run.as_of.astimezone(UTC).date(), _checked_at(run, reading), hold_above)
    _compare(reading.rows, current, changes)
    _mark_missing(run, current, changes)
    _write(run, changes)
    learn_about_models(reading.models)
    if ends := note_ends(run, reading):
        changes.counts["ends"] = ends
    changes.counts["refused"] = len(reading.refused)
    changes.counts["conflicts"] = refresh_conflicts(run.as_of)
    return dict(changes.counts)


def _checked_at(run: FeedRun, reading: Reading) -> datetime:
    """When the feed said so: now, unless it is a record of an earlier day."""
    return datetime.combine(reading.said_on, time(), UTC) if reading.said_on else run.as_of


def _place(quote: Quote) -> Place:
    return quote.line, quote.valid_from if quote.dated else None


def _current(run: FeedRun, whose: frozenset[str]) -> dict[Place, list[Quote]]:
    """What the book has of the feed, of the sellers the reading is about: about others it says nothing."""
    current: dict[Place, list[Quote]] = defaultdict(list)
    quotes = Quote.objects.filter(feed=run.feed_id, state__in=CURRENT)
    if whose:
        quotes = quotes.filter(offer__provider__slug__in=whose)
    for quote in quotes.order_by("pk"):
        current[_place(quote)].append(quote)
    return current


def _compare(rows: Sequence[QuoteRow], current: dict[Place, list[Quote]], changes: Changes) -> None:
    """Every row is seen again, added, or was over before we first looked. What is left in CURRENT is missing."""
    free = _zero_priced(rows)
    before = _latest_used(current)
    for row in rows:
        changes.counts["seen"] += 1
        known = current.pop((row.line, row.valid_from), [])
        same = next((quote for quote in known if _same(quote, row)), None)
        if same is not None:
            _see(same, row, known, changes)
        elif (
            not known and row.valid_from is None and row.valid_to is not None and row.valid_to <= changes.day
        ):
            changes.counts["ended"] += 1  # nobody knows since when it held
        else:
            used = next((quote for quote in known if quote.state == QuoteState.USED), before.get(row.line))
            _replace(known, changes, changes.state_of(row, used, free))
            changes.add.append((row, changes.state_of(row, used, free), used))
            changes.counts["changed" if known else "new"] += 1


def _same(quote: Quote, row: QuoteRow) -> bool:
    return (
        quote.amount == row.amount.quantize(PLACES)
        and quote.currency == row.currency
        and quote.per == row.per
    )


def _see(same: Quote, row: QuoteRow, known: list[Quote], changes: Changes) -> None:
    """The feed repeats itself: the date moves, nothing else. A held move it took back is withdrawn."""
    changes.counts["unchanged"] += 1
    changes.seen.append(same.pk)
    if row.valid_to and same.valid_to != row.valid_to:
        same.valid_to = max(row.valid_to, same.valid_from)
        changes.ended.append(same)
    for other in known:
        if other is not same and other.state == QuoteState.HELD:
            other.state = QuoteState.WITHDRAWN
            changes.ended.append(other)


def _replace(known: list[Quote], changes: Changes, state: QuoteState) -> None:
    """What the new quote takes the place of ends; while the new one is held, the price in use stays."""
    changes.counts[state] += state in WAITING
    for quote in known:
        if quote.state in WAITING or (quote.state == QuoteState.USED and state != QuoteState.HELD):
            end(quote, changes.day)
            changes.ended.append(quote)


def end(quote: Quote, day: date) -> None:
    """A price in use held until DAY; one that began that day or has the feed's own date never held."""
    if quote.state == QuoteState.USED and not quote.dated and quote.valid_from < day:
        quote.state, quote.valid_to = QuoteState.PAST, day
    else:
        quote.state = QuoteState.WITHDRAWN


def _moved(before: Quote | None, row: QuoteRow) -> Decimal:
    """By how much of the old amount the new one differs; 0 where there is nothing to compare with."""
    if before is None or before.currency != row.currency or not before.amount:
        return Decimal(0)
    return abs(row.amount - before.amount) / before.amount


def _latest_used(current: dict[Place, list[Quote]]) -> dict[str, Quote]:
    """Per line the price in use that began last."""
    used = [quote for quotes in current.values() for quote in quotes if quote.state == QuoteState.USED]
    return {quote.line: quote for quote in sorted(used, key=lambda quote: quote.valid_from)}


def _zero_priced(rows: Iterable[QuoteRow]) -> set[str]:
    """Entries that cost nothing at all: a feed's way of not knowing, never a price."""
    highest: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        highest[row.source_key] = max(highest[row.source_key], row.amount)
    return {key for key, amount in highest.items() if not amount}


def _mark_missing(run: FeedRun, left: dict[Place, list[Quote]], changes: Changes) -> None:
    """What the feed no longer lists is "not seen since"; an announced price that went away is withdrawn."""
    for quote in (quote for quotes in left.values() for quote in quotes):
        if quote.dated and quote.valid_from > changes.day:
            quote.state = QuoteState.WITHDRAWN
            changes.ended.append(quote)
            changes.counts["withdrawn"] += 1
        elif quote.missing_since is None:
            quote.missing_since = run.as_of
            changes.ended.append(quote)
            changes.counts["gone"] += 1


def _write(run: FeedRun, changes: Changes) -> None:
    Quote.objects.bulk_update(changes.ended, ["state", "valid_to", "missing_since"], batch_size=1_000)
    Quote.objects.filter(pk__in=changes.seen).update(checked_at=changes.checked_at, missing_since=None)
    offers = offers_for(row.offer for row, _, _ in changes.add)
    quotes = []
    for row, state, replaces in changes.add:
        quote = _quote(row, changes.day)
        quote.offer_id, quote.feed_id, quote.run = offers[row.offer], run.feed_id, run
        quote.state, quote.replaces, quote.checked_at = state, replaces, changes.checked_at
        quotes.append(quote)
    Quote.objects.bulk_create(quotes, batch_size=1_000)


def _quote(row: QuoteRow, day: date) -> Quote:
    begins = row.valid_from or day
    return Quote(
        source_key=row.source_key,
        line=row.line,
        component=row.component,
        amount=row.amount,
        currency=row.currency,
        per=row.per,
        tier_from_tokens=row.tier_from_tokens,
        service_tier=row.service_tier,
        batch=row.batch,
        hours_utc=row.hours_utc,
        valid_from=begins,
        valid_to=max(row.valid_to, begins) if row.valid_to else None,
        dated=row.valid_from is not None,
        raw=row.raw,
    )
