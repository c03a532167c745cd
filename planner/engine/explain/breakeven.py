"""A break-even by volume in words; the comparator is always named."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from planner.engine.amounts import in_words
from planner.engine.explain.words import money

if TYPE_CHECKING:
    from planner.engine.costing.breakeven import BreakEven

TOKENS: Final = "tokens/month"
MILLION: Final = 1_000_000


def break_even_sentence(found: BreakEven | None, comparator: str) -> str:
    """From which volume on it is cheaper than what it is compared with, and what is paid there."""
    if found is None:
        return f"The break-even against {comparator} is not known: its price or what a machine carries is missing."
    price = f"{comparator} at ${found.usd_mtok:,.3g} a million tokens"
    if math.isinf(found.sustained_mtok_month):
        return f"Never cheaper than {price}: a replica at planned load costs more than the tokens it carries."
    volume = in_words(found.sustained_mtok_month * MILLION, TOKENS)
    return f"Cheaper than {price} from {volume} on, where both cost {money(found.spend_usd_month)}."
