"""Freezing the book for decisions: the same prices are the same snapshot."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from pricing.feeds import reference
from pricing.feeds.frozen import digest, price_snapshot, to_document
from pricing.models import Snapshot
from pricing.selectors.current import prices_on
from pricing.selectors.snapshots import rates

if TYPE_CHECKING:
    from datetime import datetime

    from planner.engine.facts import PriceSnapshot


def freeze_snapshot(*, as_of: datetime) -> Snapshot:
    """There is a snapshot with the prices in use at AS_OF; unchanged prices give the one that is there."""
    day = as_of.astimezone(UTC).date()
    offers = [prices[0].priced for prices in prices_on(day).values()]
    said = rates().said_on(day)
    fx = {currency: row.usd_per_unit for currency, row in said.items()}
    told = {currency: {"day": row.day.isoformat(), "source": row.source} for currency, row in said.items()}
    return _kept(price_snapshot("", day, offers, fx), told)


def reference_snapshot_row() -> Snapshot:
    """The snapshot reference-2026-01 is in the database, exactly as shipped."""
    return _kept(reference.reference_snapshot())


def _kept(prices: PriceSnapshot, rates_told: dict[str, dict[str, str]] | None = None) -> Snapshot:
    """RATES_TOLD: of which day each exchange rate is, and who says so; a newer rate is another snapshot."""
    document = to_document(prices) | ({"rates": rates_told} if rates_told else {})
    sha = digest(document)
    name = prices.name or f"prices-{prices.as_of:%Y-%m-%d}-{sha[:6]}"
    fields = {"name": name, "as_of": prices.as_of, "document": document}
    return Snapshot.objects.get_or_create(sha=sha, defaults=fields)[0]
