"""Frozen prices as the engine reads them, and exchange rates of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pricing.feeds.frozen import from_document
from pricing.models import FxRate

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from planner.engine.facts import PriceSnapshot
    from pricing.models import Snapshot


def price_snapshot(snapshot: Snapshot) -> PriceSnapshot:
    """What decisions on this snapshot read."""
    return from_document(snapshot.name, snapshot.as_of, snapshot.document)


def rates_on(day: date) -> dict[str, Decimal]:
    """US dollars per unit of each currency that has a rate on DAY; the newest one counts."""
    rows = FxRate.objects.filter(day__lte=day).order_by("day", "pk").values_list("currency", "usd_per_unit")
    return dict(rows)
