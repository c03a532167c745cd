"""The shape of a day: how the traffic of a workload falls on the hours, in one query for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import connection

from workloads.selectors.usage.measured import WEEK, spans

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

HOURS: Final = 24


def day_profiles(workload_ids: Iterable[int], as_of: datetime) -> dict[int, list[float]]:
    """Tokens by hour of the day (UTC) over the mean hour, 24 numbers of mean 1, from the last month of data.

    A workload with less than a week of data, or without tokens, is not in it: nobody knows its day.
    """
    found: dict[int, list[float]] = {}
    good = [span for span in spans(list(workload_ids), as_of).values() if span.end - span.start >= WEEK]
    sql = """
        select given.workload_id, extract(hour from bucket_start at time zone 'UTC')::int,
            sum(coalesce(input_tokens, 0) + coalesce(output_tokens, 0))
        from unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) as given(workload_id, since, until)
        join workloads_usagebucket as bucket on bucket.workload_id = given.workload_id
            and bucket_start >= since and bucket_start < until
        group by 1, 2"""
    columns = (
        [span.workload_id for span in good],
        [span.start for span in good],
        [span.end for span in good],
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, columns)
        for workload_id, hour, tokens in cursor.fetchall():
            found.setdefault(workload_id, [0.0] * HOURS)[hour] = float(tokens)
    return {pk: _over_mean(tokens) for pk, tokens in found.items() if sum(tokens)}


def _over_mean(tokens: list[float]) -> list[float]:
    mean = sum(tokens) / HOURS
    return [each / mean for each in tokens]
