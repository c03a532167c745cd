"""What the workloads run on today: the providers and models of their last week of traffic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from workloads.selectors.usage.measured import MONTH, WEEK, spans

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from workloads.models import Workload


@dataclass(frozen=True, slots=True)
class RunsOn:
    """A model of a provider, as the source names them, that served a segment (None: traffic given to none)."""

    workload_id: int
    segment_id: int | None
    provider: str
    model: str


def models_in_use(workloads: Iterable[Workload], as_of: datetime) -> list[RunsOn]:
    """Every provider and model of the last week of each workload's data; nothing of data older than a month.

    Three queries at most, however many workloads there are.
    """
    fresh = [
        span
        for span in spans([workload.pk for workload in workloads], as_of).values()
        if as_of - span.end <= MONTH
    ]
    if not fresh:
        return []
    sql = """
        select distinct given.workload_id, bucket.segment_id, bucket.provider, bucket.model
        from unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) as given(workload_id, since, until)
        join workloads_usagebucket as bucket on bucket.workload_id = given.workload_id
            and bucket_start >= since and bucket_start < until
        order by 1, 2, 3, 4"""
    columns = (
        [span.workload_id for span in fresh],
        [max(span.first, span.end - WEEK) for span in fresh],
        [span.end for span in fresh],
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, columns)
        return [RunsOn(*row) for row in cursor.fetchall()]
