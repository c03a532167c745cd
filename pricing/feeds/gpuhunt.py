"""gpuhunt's catalogue of one provider ({provider}.csv): US dollars an hour for the whole instance, spot apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pricing.feeds import instances, names
from pricing.feeds.base import load_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pricing.feeds.base import QuoteRow, Reading
    from pricing.feeds.instances import Row

COLUMNS = {"instance_name", "location", "price", "gpu_count", "gpu_name", "gpu_memory", "spot"}
YES = {"true", "1", "yes"}


def parse_of(document: bytes, whose: str) -> Reading:
    """The machines with GPUs of the provider WHOSE file this is; raises FeedError where nobody says which."""
    rows = [
        row for row in load_rows(document, COLUMNS) if row["gpu_name"].strip() and row["gpu_count"] != "0"
    ]
    for row in rows:
        row["whose"] = instances.whose_of(row.get("provider", ""), whose)
    return instances.read(rows, _quotes, _key, "gpuhunt catalogue")


def _key(row: Row) -> str:
    return f"{row['whose']}/{row['instance_name']}/{row['location'].lower()}"


def _quotes(row: Row) -> Iterator[QuoteRow]:
    memory = float(row["gpu_memory"]) if row["gpu_memory"].strip() else None
    yield instances.instance(
        provider=row["whose"],
        region=instances.a_region(row["location"]),
        gpu=names.gpu_slug(row["gpu_name"], memory),
        count=instances.whole_gpus(row["gpu_count"]),
        amount=instances.amount_of(row["price"]),
        key=_key(row),
        terms=instances.SPOT if row["spot"].strip().lower() in YES else "",
        raw={"id": row["instance_name"], "key": "price", "value": row["price"]},
    )
