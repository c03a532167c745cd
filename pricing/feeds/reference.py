"""The prices the guides quote, January 2026: the snapshot every golden case is decided on."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from pricing.feeds import names
from pricing.feeds.base import HOURS_PER_MONTH, MTOK, OfferKey, QuoteRow, Reading
from pricing.feeds.frozen import Priced, price_snapshot

if TYPE_CHECKING:
    from planner.engine.facts import PriceSnapshot

NAME = "reference-2026-01"
FIRST_DAY = date(2026, 1, 1)
AS_OF = date(2026, 1, 31)
FILE = names.DATA / "reference-2026-01.csv"


def shipped() -> Reading:
    """Every row of the data file, each with the guide and the words it comes from."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return Reading(
            tuple(_row(row) for row in csv.DictReader(file)), "guides, January 2026", said_on=AS_OF
        )


@cache
def reference_snapshot() -> PriceSnapshot:
    """The snapshot `reference-2026-01`, without a database. It has no exchange rates: EUR is not comparable."""
    offers: dict[OfferKey, list[QuoteRow]] = defaultdict(list)
    for row in shipped().rows:
        offers[row.offer].append(row)
    priced = [_priced(key, rows) for key, rows in offers.items()]
    return price_snapshot(NAME, AS_OF, priced, fx={})


def _row(row: dict[str, str]) -> QuoteRow:
    offer = OfferKey(
        row["provider"],
        row["model"],
        gpu=row["gpu"],
        gpu_count=int(row["gpu_count"] or 0),
        arrangement=row["arrangement"],
        terms=row["terms"],
    )
    amount, per = Decimal(row["amount"]), row["per"]
    if per == "1 month":
        amount, per = (amount / HOURS_PER_MONTH).quantize(Decimal("0.000001")), "1 hour"
    raw = {name: row[name] for name in ("document", "quote", "note", "amount", "per") if row[name]}
    return QuoteRow(
        offer, row["component"], amount, offer.slug, row["currency"], per, valid_from=FIRST_DAY, raw=raw
    )


def _priced(key: OfferKey, rows: list[QuoteRow]) -> Priced:
    first = rows[0]
    return Priced(
        key,
        open_weights=names.open_weights(key.model) if first.per == MTOK else None,
        amounts={row.component: row.amount for row in rows},
        currency=first.currency,
        source=f"guide {first.raw['document']}, January 2026",
        valid_from=FIRST_DAY,
        checked_at=AS_OF,
    )
