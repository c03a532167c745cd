"""What days of traffic cost: at the base price of the day, with the cause of a difference from what was reported.

A row whose day is older than the first price known is priced with that one and marked: it is tried again whenever
prices come in, until a price of the day itself is known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.engine.reconciling import Cause, Other, cause_of
from planner.engine.reconciling import Traffic as Compared
from planner.selectors.reconciliation.traffic import USUAL_TIERS
from pricing.selectors import Priced, Traffic, costs_of
from pricing.selectors.snapshots import DOLLAR, rates
from pricing.selectors.used import used_prices

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from planner.selectors.reconciliation.traffic import Key, Sums
    from pricing.selectors.snapshots import DatedRates
    from pricing.selectors.used import Used

    Row = tuple[Key, Sums]
    Tokens = Mapping[str, int | None]

PLACES = Decimal("1e-8")
TEXT = 300
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Computed:
    """What is kept of one row."""

    reported_usd: Decimal | None
    computed_usd: Decimal | None
    stand_in: bool
    why: str
    quotes: tuple[int, ...]
    price_source: str
    cause: Cause
    detail: str


class Exchange:
    """Rates by day, each day looked up once."""

    def __init__(self, dated: DatedRates) -> None:
        self._dated = dated
        self._days: dict[date, dict[str, Decimal]] = {}

    def on(self, day: date) -> dict[str, Decimal]:
        if day not in self._days:
            self._days[day] = self._dated.on(day)
        return self._days[day]


def computed(rows: Sequence[Row], same_share: Decimal) -> list[Computed]:
    """Each row priced and held against what was reported, in order; as many queries for one as for thousands."""
    exchange = Exchange(rates())
    priced = _priced(rows)
    dollars = [_in_dollars(key, sums, exchange) for key, sums in rows]
    others = _others(rows, priced, dollars, exchange, same_share)
    return [
        _computed(row, price, usd, others.get(place, ()), same_share)
        for place, (row, price, usd) in enumerate(zip(rows, priced, dollars, strict=True))
    ]


def _computed(
    row: Row, price: _Price, reported_usd: Decimal | None, others: Sequence[Other], same_share: Decimal
) -> Computed:
    key, sums = row
    unrated = key.currency if sums.reported is not None and reported_usd is None else ""
    usd, why = price.found.usd, price.found.why
    found = cause_of(Compared(reported_usd, usd, why, unrated, price.stand_in, others), same_share)
    return Computed(
        reported_usd=reported_usd,
        computed_usd=usd,
        stand_in=price.stand_in,
        why=why[:TEXT],
        quotes=price.found.quotes,
        price_source=price.found.source[:TEXT],
        cause=found.cause,
        detail=found.detail[:TEXT],
    )


@dataclass(frozen=True, slots=True)
class _Price:
    found: Priced
    stand_in: bool = False


def _priced(rows: Sequence[Row]) -> list[_Price]:
    """At the price of the day; where none is known, at the first one known, if there is one."""
    found = [_Price(price) for price in costs_of([_traffic(*row) for row in rows])]
    open_ = [place for place, price in enumerate(found) if not price.found.is_known]
    again = costs_of([_traffic(*rows[place]) for place in open_], at_first_known=True)
    for place, price in zip(open_, again, strict=True):
        if price.is_known:
            found[place] = _Price(price, stand_in=True)
    return [_usual(key, price) for (key, _), price in zip(rows, found, strict=True)]


def _usual(key: Key, price: _Price) -> _Price:
    """Prices of other service tiers than the usual one are not put on sums."""
    if key.service_tier in USUAL_TIERS:
        return price
    return _Price(Priced(None, f"Prices of the service tier {key.service_tier} are not used here."))


def _traffic(key: Key, sums: Sums) -> Traffic:
    tokens = {
        "input": sums.input_tokens,
        "cached_input": sums.cached_input_tokens,
        "cache_write": sums.cache_write_tokens,
        "output": sums.output_tokens,
        "reasoning": sums.reasoning_tokens,
    }
    return Traffic(key.provider, key.model, key.day, tokens, key.batch, key.region)


def _in_dollars(key: Key, sums: Sums, exchange: Exchange) -> Decimal | None:
    """What was reported at the rate of the day; None where nothing was, or no rate is known."""
    rate = exchange.on(key.day).get(key.currency or DOLLAR)
    if sums.reported is None or rate is None:
        return None
    return (sums.reported * rate).quantize(PLACES)


def _others(
    rows: Sequence[Row],
    priced: Sequence[_Price],
    dollars: Sequence[Decimal | None],
    exchange: Exchange,
    same_share: Decimal,
) -> dict[int, list[Other]]:
    """For rows that differ: what they come to in every other way, in the order of causes."""
    differing = {
        place: (reported, price.found.usd)
        for place, (reported, price) in enumerate(zip(dollars, priced, strict=True))
        if reported is not None
        and price.found.usd is not None
        and cause_of(Compared(reported, price.found.usd), same_share).cause != Cause.SAME
    }
    used = used_prices({priced[place].found.quotes for place in differing})
    asked = [
        (place, way)
        for place in differing
        for way in _ways(_traffic(*rows[place]), used.get(priced[place].found.quotes))
    ]
    found: dict[int, list[Other]] = {place: [] for place in differing}
    for (place, way), price in zip(asked, costs_of([way.traffic for _, way in asked]), strict=True):
        if price.usd is not None:
            found[place].append(Other(way.cause, price.usd, way.detail, way.partly))
    for place, (_, usd) in differing.items():
        key, sums = rows[place]
        found[place] += _reckoned(key, sums, usd, used.get(priced[place].found.quotes), exchange)
    return found


@dataclass(frozen=True, slots=True)
class _Way:
    """Another way to price the same traffic."""

    cause: Cause
    traffic: Traffic
    detail: str = ""
    partly: bool = False


def _ways(traffic: Traffic, used: Used | None) -> Iterator[_Way]:
    """Prices before and after, batches, and tokens counted otherwise."""
    if used is not None:
        before, moved = used.since - A_DAY, used.since.isoformat()
        yield _Way(Cause.EARLIER_PRICE, replace(traffic, day=before), moved, partly=traffic.day == used.since)
        if used.until is not None:
            moved = used.until.isoformat()
            late = traffic.day == used.until - A_DAY
            yield _Way(Cause.LATER_PRICE, replace(traffic, day=used.until), moved, partly=late)
    if not traffic.batch:
        yield _Way(Cause.BATCH, replace(traffic, batch=True))
    components = used.components if used is not None else frozenset()
    for cause, tokens in (
        *_cached_otherwise(traffic.tokens, components),
        *_reasoned_otherwise(traffic.tokens),
    ):
        yield _Way(cause, replace(traffic, tokens=tokens), partly=cause == Cause.CACHE_UNPRICED)


def _cached_otherwise(tokens: Tokens, components: frozenset[str]) -> Iterator[tuple[Cause, Tokens]]:
    """Cached tokens at the full price, twice, or not at all. Without a price of their own they are at the full price
    already: whatever the source charges for them lies between that and nothing.
    """
    given, cached = tokens.get("input"), tokens.get("cached_input") or 0
    if given is None:
        return
    without = dict(tokens) | {"input": given - cached, "cached_input": 0}
    if cached and "cached_input" not in components:
        yield Cause.CACHE_UNPRICED, without
    elif cached:
        yield Cause.CACHE_FULL, dict(tokens) | {"cached_input": 0, "cache_write": 0}
        yield Cause.CACHE_LEFT_OUT, without
    elif tokens.get("cache_write"):
        yield Cause.CACHE_FULL, dict(tokens) | {"cache_write": 0}
    if cached:
        yield Cause.CACHE_TWICE, dict(tokens) | {"input": given + cached}


def _reasoned_otherwise(tokens: Tokens) -> Iterator[tuple[Cause, Tokens]]:
    output, reasoning = tokens.get("output"), tokens.get("reasoning") or 0
    if output is not None and reasoning:
        yield Cause.REASONING_TWICE, dict(tokens) | {"output": output + reasoning}
        yield Cause.REASONING_LEFT_OUT, dict(tokens) | {"output": output - reasoning, "reasoning": 0}


def _reckoned(key: Key, sums: Sums, usd: Decimal, used: Used | None, exchange: Exchange) -> Iterator[Other]:
    """What follows from the computed cost itself: long requests, another currency, failures."""
    if used is not None and used.long_times is not None and used.long_times > 1:
        yield Other(Cause.LONG, usd * used.long_times, str(used.long_from), partly=True)
    if key.currency in ("", DOLLAR):
        for currency, rate in sorted(exchange.on(key.day).items()):
            if currency != DOLLAR:
                yield Other(Cause.CURRENCY, usd / rate, currency)
    if sums.errors and sums.requests:
        yield Other(Cause.FAILED, usd * (1 - Decimal(sums.errors) / sums.requests), partly=True)
