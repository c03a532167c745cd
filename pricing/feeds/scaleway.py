"""Scaleway's public product catalogue: machines with GPUs, managed and rented, in euros, without sign-in.

An amount is units + nanos / 1e9 in its own currency, for a unit of measure (an hour, a minute, a month). The catalogue
comes in pages; it counts its products, and a catalogue that is not complete is not read.
"""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from pricing.feeds import names
from pricing.feeds.base import (
    HOURS_PER_MONTH,
    FeedError,
    OfferEnd,
    OfferKey,
    QuoteRow,
    Reading,
    Refusal,
    load_json,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pricing.feeds.base import Fetch

ADDRESS = "https://api.scaleway.com/product-catalog/v2alpha1/public-catalog/products"
ARRANGEMENTS = {
    "managed_inference": "managed",
    "instance": "rented",
    "elastic_metal": "rented",
    "dedibox": "rented",
}
A_PAGE = 100
MOST_PAGES = 500
NANOS = Decimal(10**9)
HOURS_IN = {
    "minute": Decimal(1) / 60,
    "hour": Decimal(1),
    "month": Decimal(HOURS_PER_MONTH),
}
GPU_IN = re.compile(r"^([A-Z][A-Z0-9]*)-(?:SXM-)?(\d+)-(\d+)G", re.IGNORECASE)  # H100-2-80G: two of 80 GB
SOLD_NO_MORE = {"end_of_sale", "end_of_life", "retired"}


def collect(address: str, fetch: Fetch) -> bytes:
    """All pages as one document; raises FeedError where pages are missing."""
    products: list[Any] = []
    for page in range(1, MOST_PAGES + 1):
        query = [("page", page), ("page_size", A_PAGE), *(("product_types[]", kind) for kind in ARRANGEMENTS)]
        answer = load_json(fetch(f"{address}?{urlencode(query)}"))
        found = answer.get("products") if isinstance(answer, dict) else None
        if not isinstance(found, list):
            raise FeedError("This is not Scaleway's product catalogue: pages of products.", permanent=True)
        products += found
        if not found or len(products) >= int(answer.get("total_count", 0)):
            break
    total = int(answer.get("total_count", 0))
    return json.dumps({"products": products, "total_count": total}, default=str).encode()


def parse(document: bytes) -> Reading:
    """The machines with GPUs of the whole catalogue, as `collect` puts it together or one page that holds it all."""
    catalogue = load_json(document)
    if not isinstance(catalogue, dict) or not isinstance(catalogue.get("products"), list):
        raise FeedError("This is not Scaleway's product catalogue: a list of products.", permanent=True)
    products, total = catalogue["products"], int(catalogue.get("total_count", 0))
    if len(products) < total:
        raise FeedError(
            f"Only {len(products):,} of {total:,} products: the catalogue is not complete.", permanent=False
        )
    rows: dict[str, QuoteRow] = {}
    ends: list[OfferEnd] = []
    refused: list[Refusal] = []
    for product in products:
        sku = str(product.get("sku", "")) if isinstance(product, dict) else ""
        try:
            row = _row(product)
        except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError) as error:
            refused.append(Refusal(sku or "a product without sku", f"not readable: {error}"))
            continue
        if row is not None:
            rows[row.line] = row
            if last := product.get("end_of_life_at"):
                ends.append(OfferEnd(row.offer, date.fromisoformat(str(last)[:10])))
    if not rows:
        raise FeedError("The catalogue holds no machine with GPUs that can be read.", permanent=True)
    return Reading(
        tuple(rows.values()), "Scaleway product catalogue", refused=tuple(refused), ends=tuple(ends)
    )


def _row(product: Mapping[str, Any]) -> QuoteRow | None:
    """What an hour of the product costs; None for what has no GPU, is no machine, or is sold no more."""
    properties = product.get("properties") or {}
    arrangement = next((how for kind, how in ARRANGEMENTS.items() if properties.get(kind) is not None), "")
    gpus = _gpus(product, properties)
    if not arrangement or gpus is None or product.get("status") in SOLD_NO_MORE:
        return None
    gpu, count = gpus
    money = product["price"]["retail_price"]
    unit = product.get("unit_of_measure") or product["price"]["unit_of_measure"]
    amount = Decimal(int(money.get("units") or 0)) + Decimal(int(money.get("nanos") or 0)) / NANOS
    hours = _hours(unit)
    where = product.get("locality") or {}
    region = str(where.get("zone") or where.get("region") or where.get("datacenter") or "")
    return QuoteRow(
        OfferKey("scaleway", region=region, gpu=gpu, gpu_count=count, arrangement=arrangement),
        "gpu_hour",
        (amount / hours).quantize(Decimal("1e-9")).normalize(),
        str(product["sku"]),
        currency=str(money["currency_code"]),
        per="1 hour",
        raw={"id": product["sku"], "value": str(amount), "unit": f"per {unit.get('size', 1)} {unit['unit']}"},
    )


def _gpus(product: Mapping[str, Any], properties: Mapping[str, Any]) -> tuple[str, int] | None:
    """Which GPU and how many: as the hardware says, else as the product is called (H100-2-80G)."""
    named = GPU_IN.match(str(product.get("product", "")))
    memory = float(named[3]) if named else None
    said = (properties.get("hardware") or {}).get("gpu") or {}
    if said.get("type") and int(said.get("count") or 0):
        return names.gpu_slug(str(said["type"]), memory), int(said["count"])
    managed = (properties.get("managed_inference") or {}).get("instance_gpu_name")
    if named:
        return names.gpu_slug(str(managed or named[1]), memory), int(named[2])
    if managed:
        raise ValueError("it does not say how many GPUs")
    return None


def _hours(unit: Mapping[str, Any]) -> Decimal:
    name = str(unit["unit"])
    if name not in HOURS_IN:
        raise ValueError(f"sold by {name}, not by time")
    return HOURS_IN[name] * int(unit.get("size") or 1)
