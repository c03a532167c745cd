"""Why a reported cost is not the computed one: each way a source may have reckoned otherwise is tried on the numbers.

A cause is named only where the amount it would lead to is the reported one; what no known way leads to stays "not
explained". The ways are those users of gateways report most: prices out of step, cached tokens counted twice or
without their discount, batches and long requests, currencies taken for dollars, failures that are not charged.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal


class Cause(StrEnum):
    """In the order in which they are looked for."""

    SAME = "same"  # no difference worth a cause
    NOTHING_KNOWN = "nothing_known"  # neither reported nor priced
    NOT_REPORTED = (
        "not_reported"  # the source gives no cost, or 0 for tokens that were used: not priced there
    )
    NO_RATE = "no_rate"  # reported in a currency without a rate for that day
    NO_PRICE = "no_price"  # nobody knows what it costs: an unknown model, or only prices by size or hour
    EARLIER_PRICE = "earlier_price"  # the source charges what held before the price moved
    LATER_PRICE = "later_price"  # the source charges what holds since the price moved
    BATCH = "batch"  # the source charges the price of batches
    CACHE_UNPRICED = "cache_unpriced"  # the book has no price for cached tokens, the source seems to have one
    CACHE_FULL = "cache_full"  # cached tokens at the full price
    CACHE_TWICE = "cache_twice"  # cached tokens as input and once more as cached
    CACHE_LEFT_OUT = "cache_left_out"  # cached tokens not at all
    REASONING_TWICE = "reasoning_twice"
    REASONING_LEFT_OUT = "reasoning_left_out"
    LONG = "long"  # some requests were long enough for the dearer price, which no sum can show
    CURRENCY = "currency"  # another currency taken for dollars
    FAILED = "failed"  # tokens of failed requests are counted but not charged
    STAND_IN = "stand_in"  # the price of that day is not known; the first known one stood in
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class Other:
    """What the traffic comes to in another way. `partly`: some of it may have been reckoned so, not all."""

    cause: Cause
    usd: Decimal
    detail: str = ""
    partly: bool = False


@dataclass(frozen=True, slots=True)
class Traffic:
    """One kind of traffic on one day, in US dollars; None is unknown. `why` says why, of whichever is."""

    reported_usd: Decimal | None
    computed_usd: Decimal | None
    why: str = ""
    unrated: str = ""  # the currency it is reported in, where no rate is known
    stand_in: bool = False
    others: Sequence[Other] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The cause, with what it hangs on: a day, a currency, a number of tokens, or a sentence."""

    cause: Cause
    detail: str = ""


def cause_of(traffic: Traffic, same_share: Decimal) -> Found:
    """The first cause whose amount is the reported one within SAME_SHARE (0.01 = 1 %); after those, the first that
    would explain it for a part of the traffic.
    """
    reported, computed = traffic.reported_usd, traffic.computed_usd
    if reported is None or computed is None:
        return _of_unknown(traffic)
    if is_same(reported, computed, same_share):
        return Found(Cause.SAME)
    exact = [other for other in traffic.others if is_same(reported, other.usd, same_share)]
    partly = [other for other in traffic.others if other.partly and is_between(reported, computed, other.usd)]
    for other in (*exact, *partly):
        return Found(other.cause, other.detail)
    return Found(Cause.STAND_IN if traffic.stand_in else Cause.UNEXPLAINED)


def _of_unknown(traffic: Traffic) -> Found:
    if traffic.unrated:
        return Found(Cause.NO_RATE, traffic.unrated)
    if traffic.reported_usd is None and traffic.computed_usd is None:
        return Found(Cause.NOTHING_KNOWN, traffic.why)
    if traffic.reported_usd is None:
        return Found(Cause.NOT_REPORTED)
    return Found(Cause.NO_PRICE, traffic.why)


def is_same(one: Decimal, other: Decimal, same_share: Decimal) -> bool:
    """Whether two amounts differ by at most SAME_SHARE of the larger one."""
    return abs(one - other) <= same_share * max(abs(one), abs(other))


def is_between(amount: Decimal, one: Decimal, other: Decimal) -> bool:
    """Whether AMOUNT lies between the two, in whichever order."""
    return min(one, other) <= amount <= max(one, other)
