"""Numbers as a board reads them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

THOUSAND = 1_000
TEN_THOUSAND = 10_000
MILLION = 1_000_000


def usd(amount: Decimal | float) -> str:
    """Whole dollars up to ten thousand, then thousands, then millions."""
    size = abs(float(amount))
    sign = "-" if amount < 0 else ""
    if size >= MILLION:
        return f"{sign}${size / MILLION:.1f}M"
    if size >= TEN_THOUSAND:
        return f"{sign}${size / THOUSAND:.0f}k"
    return f"{sign}${size:,.0f}"


def count_of(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(parts: list[str]) -> str:
    """One, two and three."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def day_of(iso: str) -> str:
    """21 Nov 2026, from the date of a record."""
    return f"{date.fromisoformat(iso):%-d %b %Y}"
