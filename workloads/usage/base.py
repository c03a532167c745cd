"""What every usage source gives: one row per request (or batch of requests), read by name, without any prompt."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

DIMENSION_LENGTH = 128  # a longer free text is no label: it is dropped and counted
LARGEST_AMOUNT = 10**9
LARGEST_COUNT = 10**15  # far above any real row, far below a 64-bit sum
# Text of prompts and answers: never read, never kept, at any depth.
BODIES = frozenset(
    {
        "messages",
        "prompt",
        "prompts",
        "input",
        "inputs",
        "output",
        "outputs",
        "completion",
        "completions",
        "response",
    }
    | {"request", "body", "content", "text", "proxy_server_request", "system", "system_prompt"}
)

Dimensions = tuple[tuple[str, str], ...]


class BadRowError(ValueError):
    """A row that cannot be counted: which column, and why in words. Never carries the row's text."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(f"{column}: {reason}" if column else reason)
        self.column = column
        self.reason = reason


class SourceError(Exception):
    """The source as a whole cannot be read; the message says why and the way out."""

    def __init__(self, message: str, *, permanent: bool = True) -> None:
        super().__init__(message)
        self.permanent = permanent


class Tokens(NamedTuple):
    """Tokens of a row, inclusive: input holds cached reads and cache writes, output holds reasoning."""

    input: int | None
    output: int | None
    cached: int | None
    cache_write: int | None
    reasoning: int | None
    converted: bool = False


class UsageRow(NamedTuple):
    """One counted row. None is unknown, never zero."""

    at: datetime
    provider: str
    model: str
    dimensions: Dimensions
    requests: int
    failed: bool
    tokens: Tokens
    cost: Decimal | None
    currency: str
    latency_ms: int | None
    request_id: str
    labels_dropped: int = 0


def inclusive(
    given: int | None, output: int | None, cached: int | None, cache_write: int | None, reasoning: int | None
) -> Tokens:
    """Tokens counted inclusively. Parts larger than their whole were counted beside it: added, never clamped."""
    parts = (cached or 0) + (cache_write or 0)
    converted = False
    if given is not None and parts > given:
        given, converted = given + parts, True
    if output is not None and (reasoning or 0) > output:
        output, converted = output + (reasoning or 0), True
    if given is None:
        cached = cache_write = None
    if output is None:
        reasoning = None
    return Tokens(given, output, cached, cache_write, reasoning, converted)


def whole_number(text: str, column: str) -> int | None:
    """A count: empty is unknown."""
    if not text:
        return None
    if len(text) < 16 and text.isdecimal():  # noqa: PLR2004  LARGEST_COUNT has 16 digits
        return int(text)
    return _unusual_count(text, column)


def _unusual_count(text: str, column: str) -> int:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise BadRowError(column, "is not a number") from None
    if not number.is_finite():
        raise BadRowError(column, "is not a number")
    if number < 0:
        raise BadRowError(column, "is negative")
    if number >= LARGEST_COUNT:
        raise BadRowError(column, "is too large to be true")
    if number != number.to_integral_value():
        raise BadRowError(column, "is not a whole number")
    return int(number)


def money(text: str, column: str) -> Decimal | None:
    """An amount: empty is unknown."""
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise BadRowError(
            column, "is not an amount: write 0.0123, with a point and no currency sign"
        ) from None
    if not amount.is_finite() or amount >= LARGEST_AMOUNT:
        raise BadRowError(column, "is not an amount")
    if amount < 0:
        raise BadRowError(column, "is negative")
    return amount


def reported_cost(cost: Decimal | None, tokens: Tokens) -> Decimal | None:
    """A cost of 0 for tokens that were used means `not priced`, so it is unknown, not free."""
    used = (tokens.input or 0) + (tokens.output or 0)
    return None if cost == 0 and used else cost


def first_named_workload(tags: list[str]) -> str:
    """The NAME of the first tag `workload:NAME`; empty when no tag names one."""
    return next((tag.partition(":")[2].strip() for tag in tags if tag.startswith("workload:")), "")
