"""What many futures come to: the chance within the horizon first, then when, and between which bills.

A month nobody reaches is infinity. A quantile is always a month that some future had ("higher"), so that infinity is
never averaged with a number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from planner.engine.costing.overtime import first_lasting_month
from planner.engine.economics import NEVER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.engine.uncertainty.options import Option
    from planner.engine.uncertainty.paths import Futures

Floats: TypeAlias = NDArray[np.float64]
SHARES: Final = (0.1, 0.5, 0.9)


@dataclass(frozen=True, slots=True)
class Outlook:
    """When an option gets cheaper than what it is compared with, for good: the share of futures in which it does
    within the horizon, the months by which one, five and nine in ten have (infinity is later or never), and the
    month in which switching costs least on average.
    """

    within: float
    p10: float
    p50: float
    p90: float
    median_where_it_does: float
    best_switch: float
    horizon: int


@dataclass(frozen=True, slots=True, eq=False)
class Bands:
    """Between which bills the futures lie, month by month, in dollars."""

    p10: Floats
    p50: Floats
    p90: Floats
    mean: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """Every option of a plan in the same futures: its bands, and its outlook against the one that stands."""

    seed: int
    futures: int
    months: int
    standing: str
    bands: Mapping[str, Bands]
    outlooks: Mapping[str, Outlook]

    def as_data(self) -> dict[str, Any]:
        """For a record: a month that is never reached within the horizon is None."""
        return {
            "seed": self.seed,
            "futures": self.futures,
            "months": self.months,
            "standing": self.standing,
            "bands": {
                name: {share: [round(float(usd), 2) for usd in getattr(band, share)] for share in BANDS}
                for name, band in self.bands.items()
            },
            "outlooks": {name: _as_data(each) for name, each in self.outlooks.items()},
        }


BANDS: Final = ("p10", "p50", "p90", "mean")


def forecast(futures: Futures, standing: Option, others: Sequence[Option], in_a_row: int) -> Forecast:
    """Every option in the same futures, compared with the one that stands."""
    today = standing.bills(futures)
    bills = {standing.name: today} | {each.name: each.bills(futures) for each in others}
    return Forecast(
        seed=futures.seed,
        futures=futures.number,
        months=futures.months,
        standing=standing.name,
        bands={name: bands(usd) for name, usd in bills.items()},
        outlooks={each.name: outlook(bills[each.name], today, in_a_row) for each in others},
    )


def outlook(own: Floats, other: Floats, in_a_row: int) -> Outlook:
    """When one's own bills are lower for so many months in a row, over all futures."""
    months = break_even_months(own, other, in_a_row)
    reached = months[np.isfinite(months)]
    p10, p50, p90 = (quantile(months, share) for share in SHARES)
    return Outlook(
        within=reached.size / months.size,
        p10=p10,
        p50=p50,
        p90=p90,
        median_where_it_does=quantile(reached, 0.5) if reached.size else NEVER,
        best_switch=best_switch(own, other),
        horizon=len(own),
    )


def break_even_months(own: Floats, other: Floats, in_a_row: int) -> Floats:
    """For each future, the first of so many months in a row in which one's own costs less; infinity without one."""
    return first_lasting_month(own.T, other.T, in_a_row)


def quantile(values: Floats, share: float) -> float:
    """The smallest value that at least this share of them does not pass, as numpy's method "higher" takes it."""
    place = math.ceil(share * (values.size - 1))
    return float(np.partition(values, place)[place])


def best_switch(own: Floats, other: Floats) -> float:
    """The month in which switching for good costs least on average; infinity where staying does."""
    saved = (other - own).mean(axis=1)
    from_then_on = np.cumsum(saved[::-1])[::-1]
    month = int(from_then_on.argmax())
    return float(month) if from_then_on[month] > 0 else NEVER


def bands(bills: Floats) -> Bands:
    """The bills that one, five and nine in ten futures do not pass, and their mean, month by month."""
    places = [math.ceil(share * (bills.shape[1] - 1)) for share in SHARES]
    p10, p50, p90 = np.partition(bills, places, axis=1)[:, places].T
    return Bands(p10, p50, p90, bills.mean(axis=1))


def _as_data(outlook: Outlook) -> dict[str, Any]:
    months = ("p10", "p50", "p90", "median_where_it_does", "best_switch")
    found = {name: getattr(outlook, name) for name in months}
    return {
        "within": outlook.within,
        "horizon": outlook.horizon,
        **{name: None if math.isinf(month) else month for name, month in found.items()},
    }
