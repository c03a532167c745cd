"""When a move pays: bills month by month, the first month that lasts, when it has paid back, and what it is worth.

A month is a place in a row of monthly bills, 0 is this one; infinity is never within the row. A row may be one future,
or many side by side with the months along the last axis.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from planner.engine.economics import NEVER

Number: TypeAlias = Any  # a float, or a column of them
Floats: TypeAlias = NDArray[np.float64]
MONTHS_PER_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Move:
    """A move decided in a month: what it costs once, how long it takes until it serves (people are hired, machines
    delivered), and for how many months before that both are paid for.
    """

    decided: int
    one_off_usd: float
    lead_months: float = 0.0
    parallel_months: float = 0.0

    @property
    def serves_from(self) -> int:
        """The first month that is served by what is moved to."""
        return self.decided + math.ceil(self.lead_months + self.parallel_months)


@dataclass(frozen=True, slots=True)
class Commitment:
    """What stays owed after the last month of a row: so much a month, for so many months."""

    usd_month: Number = 0.0
    months: Number = 0


NOTHING_OWED: Final = Commitment()


def trended(usd_month: Number, drift: Number, months: int) -> Floats:
    """A bill of so many months that drifts by so much a month, in natural logarithms."""
    return np.asarray(usd_month)[..., None] * np.exp(np.asarray(drift)[..., None] * np.arange(months))


def months_until(now: Number, level: Number, drift: Number) -> Number:
    """Months until a quantity that drifts by so much a month (natural logarithms) reaches a higher level.

    (ln level - ln now) / drift; 0 where it is there already, infinity where it does not drift upwards.
    """
    if not any(isinstance(each, np.ndarray) for each in (now, level, drift)):
        if now >= level:
            return 0.0
        return (math.log(level) - math.log(now)) / drift if drift > 0 and now > 0 else NEVER
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        months = (np.log(level) - np.log(now)) / drift
    ahead = np.where(np.greater(drift, 0) & np.greater(now, 0), months, NEVER)
    found = np.where(np.greater_equal(now, level), 0.0, ahead)
    return np.where(np.isnan(np.asarray(now) + level + drift), np.nan, found)


def first_lasting_month(own: Floats, other: Floats, in_a_row: int) -> Floats:
    """The first of so many months in a row in which one's own costs less; a single cheap month does not count.

    Months run along the last axis; the answer has one number less of axes.
    """
    cheaper = np.less(own, other)
    months = cheaper.shape[-1] - in_a_row + 1
    if months < 1:
        return np.full(cheaper.shape[:-1], NEVER)
    lasting = np.logical_and.reduce([cheaper[..., ahead : ahead + months] for ahead in range(in_a_row)])
    return np.where(lasting.any(axis=-1), lasting.argmax(axis=-1), NEVER)


def saved_by(own: Floats, other: Floats, move: Move) -> Floats:
    """What a move saves in each month, in dollars: nothing before it is decided, minus its one-off cost when it is,
    minus a second bill while both run, the difference of the bills once it serves.
    """
    months = np.arange(own.shape[-1])
    serves, both = move.serves_from, move.serves_from - math.ceil(move.parallel_months)
    running = np.where(months >= serves, other - own, np.where(months >= both, -own, 0.0))
    return running - np.where(months == move.decided, move.one_off_usd, 0.0)


def payback_month(saved: Floats) -> Floats:
    """The first month by the end of which a move has saved more than it cost; infinity within no month of the row."""
    ahead = np.cumsum(saved, axis=-1) > 0
    return np.where(ahead.any(axis=-1), ahead.argmax(axis=-1), NEVER)


def npv_usd(saved: Floats, rate_year: float, owed: Commitment = NOTHING_OWED) -> Floats:
    """What the savings are worth today, each month discounted at (1 + rate)^(1/12) - 1; what a commitment still
    asks for after the last month is taken off.
    """
    monthly = (1 + rate_year) ** (1 / MONTHS_PER_YEAR)
    months = saved.shape[-1]
    worth = (saved * monthly ** -np.arange(months, dtype=float)).sum(axis=-1)
    each = np.arange(int(np.max(owed.months)), dtype=float)
    tail = np.where(each < np.asarray(owed.months)[..., None], monthly ** -(months + each), 0.0).sum(axis=-1)
    return worth - owed.usd_month * tail


def months_to_repay(capital_usd: Number, displaced_usd_month: Number, running_usd_month: Number) -> Number:
    """Months until what is no longer spent elsewhere, less the running cost, has paid for the capital."""
    saved = np.asarray(displaced_usd_month, dtype=float) - running_usd_month
    with np.errstate(divide="ignore", invalid="ignore"):
        months = np.where(saved > 0, capital_usd / saved, np.where(np.isnan(saved), np.nan, NEVER))
    return months if months.ndim else float(months)


def spend_that_repays(capital_usd: Number, running_usd_month: Number, months: Number) -> Number:
    """The monthly spend elsewhere that pays for the capital within so many months."""
    return capital_usd / months + running_usd_month
