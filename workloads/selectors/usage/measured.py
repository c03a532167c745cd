"""What was measured of each workload in its last month of data: sums, in a constant number of queries.

The month ends where the workload's sources end, not today: a feed that stopped must not look like falling use.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Max, Min

from workloads.models import UsageBucket

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

MONTH = timedelta(days=30)
WEEKS = timedelta(days=28)  # growth compares whole weeks: weekends must not count as growth
WEEK = timedelta(weeks=1)
A_QUARTER = 13  # weeks
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Span:
    """The data of one workload: from its first hour to the end of its sources, at most a month of it measured."""

    workload_id: int
    first: datetime
    end: datetime
    sources: tuple[str, ...]

    @property
    def start(self) -> datetime:
        return max(self.first, self.end - MONTH)

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    @property
    def hours(self) -> int:
        return int(self.length / HOUR)


@dataclass(frozen=True)
class Measured:
    """Sums of one workload's segment (None: traffic no rule gave to a segment) within the span; None where its buckets
    do not say. `input_of_cached` and `input_of_written` are the input tokens whose part read from or written to a
    cache was reported. `without_cost` counts the buckets that have no cost in USD and are not known to be empty.
    """

    workload_id: int
    segment_id: int | None
    buckets: int
    requests: int | None
    input_tokens: int | None
    output_tokens: int | None
    cached_input_tokens: int | None
    input_of_cached: int | None
    cache_write_tokens: int | None
    input_of_written: int | None
    spend_usd: Decimal | None
    without_cost: int
    tokens_weeks: int
    tokens_weeks_before: int


def spans(workload_ids: Iterable[int] | None, as_of: datetime) -> dict[int, Span]:
    """The span of each workload that has data before AS_OF: two queries."""
    before = UsageBucket.objects.filter(bucket_start__lt=as_of)
    ends = dict(before.values_list("source_id").annotate(Max("bucket_start")))
    of = before.filter(workload__isnull=False)
    if workload_ids is not None:
        of = of.filter(workload_id__in=list(workload_ids))
    rows: dict[int, list[tuple[datetime, datetime, str]]] = {}
    each = of.values_list("workload_id", "source_id", "source__name").annotate(Min("bucket_start"))
    for workload_id, source_id, name, first in each:
        rows.setdefault(workload_id, []).append((first, ends[source_id] + HOUR, name))
    return {
        pk: Span(pk, min(r[0] for r in found), max(r[1] for r in found), tuple(sorted(r[2] for r in found)))
        for pk, found in rows.items()
    }


def measured(of: Iterable[Span]) -> list[Measured]:
    """Sums within each span, and of the two times four weeks before its end: one query."""
    sql = """
        select bucket.workload_id, bucket.segment_id,
            count(*) filter (where month),
            sum(requests) filter (where month)::bigint,
            sum(input_tokens) filter (where month)::bigint,
            sum(output_tokens) filter (where month)::bigint,
            sum(cached_input_tokens) filter (where month)::bigint,
            sum(input_tokens) filter (where month and cached_input_tokens is not null)::bigint,
            sum(cache_write_tokens) filter (where month)::bigint,
            sum(input_tokens) filter (where month and cache_write_tokens is not null)::bigint,
            sum(cost_reported) filter (where month and cost_currency = 'USD'),
            count(*) filter (where month and not in_usd and not empty),
            coalesce(sum(tokens) filter (where bucket_start >= given.until - weeks), 0)::bigint,
            coalesce(sum(tokens) filter (where bucket_start < given.until - weeks), 0)::bigint
        from unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) as given(workload_id, since, until)
        join workloads_usagebucket as bucket on bucket.workload_id = given.workload_id
            and bucket_start >= given.until - 2 * interval '28 days' and bucket_start < given.until
        cross join lateral (select bucket_start >= given.since as month, interval '28 days' as weeks,
            cost_reported is not null and cost_currency = 'USD' as in_usd,
            coalesce(input_tokens = 0 and output_tokens = 0, false) as empty,
            coalesce(input_tokens, 0) + coalesce(output_tokens, 0) as tokens) as read
        group by 1, 2 order by 1, 2"""
    with connection.cursor() as cursor:
        cursor.execute(sql, (*_columns(of),))
        return [Measured(*row) for row in cursor.fetchall()]


def busy_hour_tokens(of: Iterable[Span], busiest_share: float) -> dict[int, int]:
    """Tokens of the hour that only BUSIEST_SHARE of the span's hours exceed: one query."""
    sql = """
        select workload_id, (array_agg(tokens order by tokens desc))[
            greatest(1, least(count(*), ceil(extract(epoch from max(until) - max(since)) / 3600 * %s)))::int]
        from (
            select given.workload_id, since, until, bucket_start,
                sum(coalesce(input_tokens, 0) + coalesce(output_tokens, 0)) as tokens
            from unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) as given(workload_id, since, until)
            join workloads_usagebucket as bucket on bucket.workload_id = given.workload_id
                and bucket_start >= since and bucket_start < until
            group by 1, 2, 3, 4
        ) as hourly group by 1"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [busiest_share, *_columns(of)])
        return {workload_id: int(tokens) for workload_id, tokens in cursor.fetchall()}


def weekly_tokens(of: Iterable[Span]) -> dict[int, list[int]]:
    """Tokens of each whole week before the end of the data, the newest first, for at most a quarter: one query.

    A week without traffic in between is 0; one before the first data is not there.
    """
    rows = list(of)
    sql = """
        select given.workload_id, floor(extract(epoch from until - bucket_start - interval '1 second') / 604800)::int,
            sum(coalesce(input_tokens, 0) + coalesce(output_tokens, 0))
        from unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) as given(workload_id, since, until)
        join workloads_usagebucket as bucket on bucket.workload_id = given.workload_id
            and bucket_start >= until - interval '91 days' and bucket_start < until
        group by 1, 2"""
    found: dict[int, list[int]] = {span.workload_id: [0] * _whole_weeks(span) for span in rows}
    with connection.cursor() as cursor:
        cursor.execute(sql, (*_columns(rows),))
        for workload_id, week, tokens in cursor.fetchall():
            if week < len(found[workload_id]):
                found[workload_id][week] = int(tokens)
    return found


def _whole_weeks(span: Span) -> int:
    return min(A_QUARTER, (span.end - span.first) // WEEK)


def _columns(of: Iterable[Span]) -> tuple[list[int], list[datetime], list[datetime]]:
    rows = list(of)
    return [span.workload_id for span in rows], [span.start for span in rows], [span.end for span in rows]
