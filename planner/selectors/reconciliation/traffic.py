"""Counted usage added up by day and kind of traffic: what one computed cost is for."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from django.db import connection

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

USUAL_TIERS = ("", "auto", "default", "standard", "batch")
YES = ("1", "true", "yes", "batch")


class Key(NamedTuple):
    """What is priced together. Buckets with and without a cost, and with and without tokens, are kept apart, so
    that neither a sum of costs nor one of tokens covers only a part.
    """

    source_id: int
    workload_id: int | None
    day: date
    provider: str
    model: str
    service_tier: str
    batch: bool
    region: str
    currency: str
    reported_known: bool
    tokens_known: bool

    @property
    def uuid(self) -> UUID:
        text = json.dumps([str(value) for value in self])
        return UUID(sha256(text.encode()).hexdigest()[:32])


class Sums(NamedTuple):
    """None is unknown. Tokens are inclusive: input holds cached ones, output holds reasoning."""

    requests: int | None
    errors: int | None
    input_tokens: int | None
    cached_input_tokens: int | None
    cache_write_tokens: int | None
    output_tokens: int | None
    reasoning_tokens: int | None
    reported: Decimal | None


SQL = """
    select source_id, workload_id, (bucket_start at time zone 'utc')::date, provider, model,
        lower(coalesce(dimensions->>'metadata.service_tier', '')),
        lower(coalesce(dimensions->>'metadata.batch', '')) = any(%s)
            or lower(coalesce(dimensions->>'metadata.service_tier', '')) = 'batch',
        lower(coalesce(dimensions->>'metadata.region', '')),
        cost_currency, cost_reported is not null, input_tokens is not null and output_tokens is not null,
        sum(requests)::bigint, sum(errors)::bigint, sum(input_tokens)::bigint, sum(cached_input_tokens)::bigint,
        sum(cache_write_tokens)::bigint, sum(output_tokens)::bigint, sum(reasoning_tokens)::bigint,
        sum(cost_reported)
    from workloads_usagebucket
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11"""


def counted() -> dict[Key, Sums]:
    """Everything that was counted: one query, one pass over the buckets."""
    with connection.cursor() as cursor:
        cursor.execute(SQL, [list(YES)])
        width = len(Key._fields)
        return {Key(*row[:width]): Sums(*row[width:]) for row in cursor.fetchall()}
