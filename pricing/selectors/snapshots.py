"""Frozen prices as the engine reads them, and exchange rates of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.engine import load_policy
from pricing.feeds.frozen import from_document
from pricing.models import FxRate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from planner.engine.facts import PriceSnapshot
    from pricing.models import Snapshot

DOLLAR = "USD"


def price_snapshot(snapshot: Snapshot) -> PriceSnapshot:
    """What decisions on this snapshot read."""
    return from_document(snapshot.name, snapshot.as_of, snapshot.document)


@dataclass(frozen=True, slots=True)
class DatedRates:
    """Every exchange rate that was entered, the oldest first; of one day the last counts."""

    rows: Sequence[FxRate]

    def said_on(self, day: date) -> dict[str, FxRate]:
        """The newest rate of each currency on DAY."""
        return {row.currency: row for row in self.rows if row.day <= day}

    def on(self, day: date) -> dict[str, Decimal]:
        """US dollars per unit of each currency on DAY, the dollar among them."""
        return {DOLLAR: Decimal(1)} | {
            currency: row.usd_per_unit for currency, row in self.said_on(day).items()
        }


def rates() -> DatedRates:
    """One query."""
    return DatedRates(tuple(FxRate.objects.select_related("entered_by").order_by("day", "pk")))


def rates_on(day: date) -> dict[str, Decimal]:
    """US dollars per unit of each currency that has a rate on DAY; the newest one counts."""
    return {currency: row.usd_per_unit for currency, row in rates().said_on(day).items()}


def is_stale(said: date, day: date) -> bool:
    """Whether a rate of one day is too old on another to be trusted unseen."""
    oldest = timedelta(days=float(load_policy().parameter("fx_stale_days", day).value))
    return day - said > oldest


def stale_rates(day: date) -> set[int]:
    """The rates in use on DAY that are too old to be trusted unseen."""
    return {row.pk for row in rates().said_on(day).values() if is_stale(row.day, day)}
