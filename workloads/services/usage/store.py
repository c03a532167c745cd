"""Buckets into the database: staged by COPY, then added to or put in place of what is there, in one statement."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import connection

from workloads.usage.tally import bucket_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from workloads.models import UsageRun
    from workloads.usage.matching import Attributor
    from workloads.usage.tally import Tally

TABLE = "workloads_usagebucket"
FIGURES = (
    "requests",
    "errors",
    "input_tokens",
    "cached_input_tokens",
    "cache_write_tokens",
    "output_tokens",
    "reasoning_tokens",
    "cost_reported",
)
IDENTITY = ("source_id", "source_key", "traffic_key", "bucket_start", "workload_id", "segment_id", "provider")
COLUMNS = (*IDENTITY, "model", "dimensions", "cost_currency", "run_id", *FIGURES, "latency_hist")
# Unknown plus known is what is known: null + 5 = 5, null + null = null.
ADDED = ", ".join(
    f"{name} = coalesce(stored.{name} + excluded.{name}, stored.{name}, excluded.{name})" for name in FIGURES
)
HISTOGRAMS_ADDED = """(
    select coalesce(jsonb_object_agg(bound, requests), '{}') from (
        select bound, sum(requests::bigint) as requests from (
            select * from jsonb_each_text(stored.latency_hist) as a(bound, requests)
            union all select * from jsonb_each_text(excluded.latency_hist) as b(bound, requests)
        ) as each_bound group by bound
    ) as merged
)"""


def uncounted(source_id: int, keys: list[str]) -> set[str]:
    """Those of KEYS that this source never counted; from now on they are counted."""
    sql = """insert into workloads_seenrow (source_id, key)
             select %s, key from unnest(%s::uuid[]) as given(key) order by key
             on conflict do nothing returning key"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [source_id, keys])
        return {key.hex for (key,) in cursor.fetchall()}


def add_buckets(run: UsageRun, tally: Tally, attributor: Attributor) -> None:
    """Every bucket of TALLY is added to the bucket of the same hour and traffic, or made."""
    columns = ", ".join(COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"create temp table if not exists staged on commit delete rows as select {columns} from {TABLE} with no data"  # noqa: S608  constants of this module
        )
        cursor.execute("truncate staged")
        with cursor.copy(f"copy staged ({columns}) from stdin") as copy:
            for row in _bucket_rows(run, tally, attributor):
                copy.write_row(row)
        cursor.execute(
            f"""insert into {TABLE} as stored ({columns}) select {columns} from staged order by source_key
                on conflict (source_id, source_key) do update
                set run_id = excluded.run_id, {ADDED}, latency_hist = {HISTOGRAMS_ADDED}"""  # noqa: S608  constants of this module
        )


def replace_hour(run: UsageRun, hour: datetime, tally: Tally, attributor: Attributor) -> bool:
    """The source's buckets of HOUR are those of TALLY. Whether anything changed.

    A source that now answers with fewer requests has pruned its log: what was counted stays.
    """
    stored = run.source.buckets.filter(bucket_start=hour)
    before = {row["source_key"].hex: row for row in stored.values("source_key", *FIGURES, "latency_hist")}
    after = {bucket_key(*key): sums for key, sums in tally.sums.items()}
    requests = sum(sums.requests for sums in after.values())
    if requests < sum(row["requests"] or 0 for row in before.values()):
        return False
    if {key: figures_of(sums) for key, sums in after.items()} == {
        key: _stored(row) for key, row in before.items()
    }:
        return False
    stored.delete()
    add_buckets(run, tally, attributor)
    return True


def _stored(row: dict[str, Any]) -> tuple[object, ...]:
    return (*(row[name] for name in FIGURES), row["latency_hist"])


def figures_of(sums: Any) -> tuple[object, ...]:
    """The sums in the order of the columns, cost rounded as the column keeps it."""
    cost = None if sums.cost is None else round(sums.cost, 8)
    counts = tuple(getattr(sums, name) for name in FIGURES if name != "cost_reported")
    return (*counts, cost, sums.latency)


def _bucket_rows(run: UsageRun, tally: Tally, attributor: Attributor) -> Iterator[tuple[object, ...]]:
    for (hour, traffic, currency), sums in tally.sums.items():
        owner = attributor.owner(run.source_id, traffic)
        *figures, latency = figures_of(sums)
        yield (
            run.source_id,
            bucket_key(hour, traffic, currency),
            traffic.key,
            hour,
            owner.workload_id,
            owner.segment_id,
            traffic.provider,
            traffic.model,
            json.dumps(dict(traffic.dimensions)),
            currency,
            run.pk,
            *figures,
            json.dumps(latency),
        )
