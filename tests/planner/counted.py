"""Counted usage and prices for it, made by hand: with only what a test is about spelled out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import uuid4

from planner import services
from planner.models import ReckonedDay, Reckoning
from tests.pricing.said import entry, litellm
from workloads.models import UsageBucket, UsageRun, UsageSource

PRICED = datetime(2026, 9, 1, 6, tzinfo=UTC)  # since when the prices of `prices()` are known
NOW = datetime(2026, 11, 21, 6, tzinfo=UTC)
MILLION = 1_000_000


def prices(at: datetime = PRICED, price_in: float = 1, price_out: float = 2, **more: Any) -> None:
    """Llama at Groq for $1 and $2 a million tokens."""
    litellm(at, llama=entry(price_in, price_out, **more))


def source(name: str = "Gateway") -> UsageSource:
    return UsageSource.objects.get_or_create(name=name, defaults={"kind": "csv"})[0]


def bucket(workload: Any = None, day: date = date(2026, 10, 5), **given: Any) -> UsageBucket:
    """Two million tokens in and one out of Llama at Groq in the morning of DAY, reported at $4."""
    of = given.pop("source", None) or source()
    run, _ = UsageRun.objects.get_or_create(key=f"test-{of.pk}", defaults={"source": of, "as_of": NOW})
    figures = {
        "provider": "groq",
        "model": "llama",
        "requests": 100,
        "errors": 0,
        "input_tokens": 2 * MILLION,
        "output_tokens": MILLION,
        "cost_reported": Decimal(4),
    } | given
    currency = "" if figures["cost_reported"] is None else "USD"
    return UsageBucket.objects.create(
        source=of,
        source_key=uuid4(),
        traffic_key=uuid4(),
        bucket_start=datetime.combine(day, time(9), tzinfo=UTC),
        workload=workload,
        run=run,
        **{"cost_currency": currency} | figures,
    )


def reckoned(**how: Any) -> Reckoning:
    return services.reckon_here(**{"as_of": NOW} | how)


def standing() -> list[Any]:
    return list(ReckonedDay.objects.filter(superseded_at=None))
