"""Rented machines as catalogues list them: one row per instance, region and way of paying, for the whole instance.

An offer keeps the price of its instance and how many GPUs are in it. What memory a GPU has is in our own table: the
catalogues are wrong about it in places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pricing.feeds import names
from pricing.feeds.base import FeedError, OfferKey, QuoteRow, Reading, Refusal, price

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from decimal import Decimal

SPOT = "spot"
Row = dict[str, str]
WHOSE = (
    "The file does not say whose prices it holds: name the provider, or call the file after it (lambda.csv)."
)


def whose_of(said: str, whose: str) -> str:
    """The provider a row or a file is about, as we call it; raises FeedError where nobody says."""
    found = said or whose
    if not found:
        raise FeedError(WHOSE, permanent=True)
    return names.provider_slug(found)


def read(
    rows: Iterable[Row],
    quotes_of: Callable[[Row], Iterable[QuoteRow]],
    key_of: Callable[[Row], str],
    title: str,
) -> Reading:
    """Every row's quotes; of rows that say the same thing twice the dearer counts."""
    kept: dict[str, QuoteRow] = {}
    refused: list[Refusal] = []
    for row in rows:
        try:
            for quote in quotes_of(row):
                known = kept.get(quote.line)
                if known is None or quote.amount > known.amount:
                    kept[quote.line] = quote
        except (KeyError, ValueError) as error:
            refused.append(Refusal(key_of(row), f"not readable: {error}"))
    if not kept:
        raise FeedError("The file holds no price of a machine with GPUs that can be read.", permanent=True)
    whose = frozenset(quote.offer.provider for quote in kept.values())
    return Reading(tuple(kept.values()), title, refused=tuple(refused), whose=whose)


def instance(
    *,
    provider: str,
    region: str,
    gpu: str,
    count: int,
    amount: Decimal,
    key: str,
    terms: str,
    raw: dict[str, Any],
) -> QuoteRow:
    """What an hour of one whole instance costs on these terms."""
    currency = names.currency_of(provider)
    if currency == names.NO_CURRENCY:
        raw = raw | {"note": "The catalogue does not say in which currency: it enters no comparison."}
    offer = OfferKey(provider, region=region, gpu=gpu, gpu_count=count, arrangement="rented", terms=terms)
    return QuoteRow(
        offer,
        "gpu_hour",
        amount,
        f"{key}/{terms}" if terms else key,
        currency=currency,
        per="1 hour",
        raw=raw | {"unit": "an hour of the whole instance"},
    )


def whole_gpus(text: str) -> int:
    """How many GPUs; raises ValueError for a part of one."""
    count = float(text)
    if count < 1 or not count.is_integer():
        raise ValueError(f"{text} GPUs are not whole ones")
    return int(count)


def a_region(text: str) -> str:
    """Where it is; raises ValueError where the catalogue names no place: then it is sold out."""
    if not text.strip():
        raise ValueError("no region: it is sold out")
    return text.strip().lower()


def amount_of(text: str) -> Decimal:
    """What an hour costs; raises ValueError for nothing, for 0 is no price of a machine."""
    amount = price(text)
    if not amount:
        raise ValueError("a price of 0 is unknown")
    return amount
