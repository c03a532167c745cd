"""What a move saved: the bills of whole months after it against those before, price and volume told apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MILLION = 1_000_000
DECEMBER = 12


@dataclass(frozen=True, slots=True)
class MonthBill:
    """A month of measured traffic: dollars and tokens, None where not all of them are known. `full`: it was
    measured from its first day to its last.
    """

    first: date
    usd: float | None
    tokens: int | None
    full: bool


@dataclass(frozen=True, slots=True)
class Bill:
    """The mean of some months: dollars a month, and millions of tokens a month."""

    usd_month: float
    mtok_month: float
    months: int

    @property
    def usd_mtok(self) -> float | None:
        """Dollars a million tokens; None without any."""
        return self.usd_month / self.mtok_month if self.mtok_month else None


@dataclass(frozen=True, slots=True)
class Effects:
    """Dollars a month saved (negative: lost): by the price of a million tokens, and by using fewer of them."""

    saved: float
    price: float
    volume: float


@dataclass(frozen=True, slots=True)
class Realised:
    """Bills before and after a move, and what lies between them."""

    before: Bill
    after: Bill
    effects: Effects


@dataclass(frozen=True, slots=True)
class Untold:
    """Why nobody can tell yet: `reason` is "before", "after", "bill" or "tokens"; `first_day` is when one can, or None."""

    reason: str
    first_day: date | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """A move on a day, between the moves before and after it (None: there is none)."""

    moved_on: date
    since: date | None = None
    until: date | None = None


def effects(usd_mtok_before: float, mtok_before: float, usd_mtok_after: float, mtok_after: float) -> Effects:
    """What was saved a month, at the volume of afterwards for the price, at the price of before for the volume.

    saved = p0 v0 - p1 v1 = (p0 - p1) v1 + (v0 - v1) p0: both parts together are the whole (the usual split of a
    variance in cost accounting). Numbers or numpy arrays.
    """
    price = (usd_mtok_before - usd_mtok_after) * mtok_after
    volume = (mtok_before - mtok_after) * usd_mtok_before
    return Effects(price + volume, price, volume)


def at_volume(usd_month: float, planned_mtok_month: float, mtok_month: float) -> float:
    """A saving planned at one volume, at another: it grows with the tokens. Numbers or numpy arrays."""
    return usd_month / planned_mtok_month * mtok_month


def realised(months: Sequence[MonthBill], window: Window, sides: int) -> Realised | Untold:
    """At most SIDES whole months on each side of the move, its own month left out as one of both places."""
    new_from, old_from = _whole_from(window.moved_on), _whole_from(window.since or date.min)
    old_to, new_to = first_of(window.moved_on), first_of(window.until or date.max)
    full = [month for month in months if month.full]
    before = [month for month in full if old_from <= month.first < old_to]
    after = [month for month in full if new_from <= month.first < new_to]
    if not before:
        return Untold("before")
    if not after:
        return Untold("after", None if window.until else first_of(new_from, 1))
    one, other = _mean(before[-sides:]), _mean(after[:sides])
    if one is None or other is None:
        return Untold("bill")
    if one.usd_mtok is None or other.usd_mtok is None:
        return Untold("tokens")
    return Realised(one, other, effects(one.usd_mtok, one.mtok_month, other.usd_mtok, other.mtok_month))


def _mean(months: Sequence[MonthBill]) -> Bill | None:
    usd = [month.usd for month in months if month.usd is not None]
    tokens = [month.tokens for month in months if month.tokens is not None]
    if len(usd) < len(months) or len(tokens) < len(months):
        return None
    return Bill(sum(usd) / len(months), sum(tokens) / len(months) / MILLION, len(months))


def _whole_from(day: date) -> date:
    """The first month that lies wholly from DAY on."""
    return day if day.day == 1 else first_of(day, 1)


def first_of(day: date, later: int = 0) -> date:
    """The first day of the month of DAY, or of one so many months later."""
    place = day.year * DECEMBER + day.month - 1 + later
    return date(place // DECEMBER, place % DECEMBER + 1, 1)


def last_of(first: date) -> date:
    """The last day of the month that begins on FIRST."""
    return first_of(first, 1) - timedelta(days=1)
