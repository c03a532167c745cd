"""Rows added up per hour, traffic and currency: what one usage bucket holds."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from workloads.usage.base import Dimensions, UsageRow

# Upper bounds in ms, fine where latency limits of the policy lie; slower ones are counted under "inf".
LATENCY_BOUNDS_MS = (
    50, 100, 150, 200, 250, 300, 400, 500, 600, 800, 1_000, 1_500, 2_000, 3_000, 5_000, 8_000, 10_000, 15_000,
    30_000, 60_000, 120_000,
)  # fmt: skip
LATENCY_NAMES = (*map(str, LATENCY_BOUNDS_MS), "inf")


@dataclass(slots=True)
class Sums:
    """One bucket's figures. None is unknown, never zero."""

    requests: int = 0
    errors: int = 0
    input_tokens: int | None = None
    cached_input_tokens: int | None = None
    cache_write_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost: Decimal | None = None
    latency: dict[str, int] = field(default_factory=dict)

    def add(self, row: UsageRow) -> None:
        self.requests += row.requests
        self.errors += row.requests if row.failed else 0
        given, output, cached, cache_write, reasoning, _ = row.tokens
        self.input_tokens = known_sum(self.input_tokens, given)
        self.output_tokens = known_sum(self.output_tokens, output)
        self.cached_input_tokens = known_sum(self.cached_input_tokens, cached)
        self.cache_write_tokens = known_sum(self.cache_write_tokens, cache_write)
        self.reasoning_tokens = known_sum(self.reasoning_tokens, reasoning)
        if row.cost is not None:
            self.cost = row.cost if self.cost is None else self.cost + row.cost
        if row.latency_ms is not None:
            name = LATENCY_NAMES[bisect_left(LATENCY_BOUNDS_MS, row.latency_ms)]
            self.latency[name] = self.latency.get(name, 0) + row.requests


def known_sum(total: int | None, more: int | None) -> int | None:
    if more is None:
        return total
    return more if total is None else total + more


@dataclass(frozen=True, slots=True)
class Traffic:
    """Who calls what: everything about a row that is not its hour, currency or figures."""

    provider: str
    model: str
    dimensions: Dimensions

    @property
    def key(self) -> str:
        return traffic_key(self.provider, self.model, self.dimensions)


class Tally:
    """Sums per (hour, traffic, currency)."""

    def __init__(self) -> None:
        self.sums: dict[tuple[datetime, Traffic, str], Sums] = {}
        self.rows = 0

    def add(self, row: UsageRow) -> None:
        hour = row.at.replace(minute=0, second=0, microsecond=0)
        key = (hour, Traffic(row.provider, row.model, row.dimensions), row.currency)
        found = self.sums.get(key)
        if found is None:
            found = self.sums[key] = Sums()
        found.add(row)
        self.rows += 1


def digest(*parts: str) -> str:
    """128 bits over PARTS, as hex: wide enough that two different rows never meet."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


@lru_cache(maxsize=10_000)
def traffic_key(provider: str, model: str, dimensions: Dimensions) -> str:
    return digest(json.dumps([provider, model, dimensions]))


def bucket_key(hour: datetime, traffic: Traffic, currency: str) -> str:
    return digest(hour.isoformat(), traffic.key, currency)
