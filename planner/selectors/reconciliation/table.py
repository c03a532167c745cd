"""The lines as a table for a spreadsheet: amounts stay numbers, what is unknown stays empty, text runs no formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from planner.engine.reconciling import Share
    from planner.selectors.reconciliation.months import CauseLine, Line

HEADER = (
    "month",
    "counted_until",
    "workload",
    "team",
    "tokens",
    "tokens_priced_share",
    "tokens_reported_share",
    "reported_usd",
    "computed_usd",
    "reported_without_price_usd",
    "computed_without_report_usd",
    "compared_reported_usd",
    "difference_usd",
    "difference_share_of_compared_reported",
    "verdict",
    "causes",
)
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def rows(lines: Iterable[Line]) -> Iterator[tuple[str, ...]]:
    """The header, then a row for each line."""
    yield HEADER
    for line in lines:
        month = line.month
        yield (
            f"{line.first:%Y-%m}",
            line.until.isoformat() if line.until else "",
            text(line.name),
            text(line.team),
            "" if month.tokens is None else str(month.tokens),
            _share(month.priced_share),
            _share(month.reported_share),
            _usd(month.reported_usd),
            _usd(month.computed_usd),
            _usd(month.unpriced_usd),
            _usd(month.unreported_usd),
            _usd(month.compared_usd),
            _usd(month.difference_usd),
            _share(month.difference_share),
            text(line.verdict),
            text(" ".join(_cause(each) for each in line.causes)),
        )


def _cause(cause: CauseLine) -> str:
    return f"{cause.sentence} ({_amount(cause.share)})"


def _amount(share: Share) -> str:
    """The cause's part of the difference, or the amount that is compared with nothing."""
    if share.usd is not None:
        return f"{share.usd:.2f} USD"
    if share.unpriced_usd is not None:
        return f"{share.unpriced_usd:.2f} USD reported, not compared"
    if share.unreported_usd is not None:
        return f"{share.unreported_usd:.2f} USD computed, not compared"
    return "unknown USD"


def text(value: str) -> str:
    """With an apostrophe in front of what a spreadsheet would run as a formula."""
    return f"'{value}" if value.startswith(STARTS_A_FORMULA) else value


def _usd(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:.2f}"


def _share(share: float | Decimal | None) -> str:
    return "" if share is None else f"{share:.4f}"
