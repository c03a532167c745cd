"""Rules give traffic to workloads. They are re-run over stored buckets, so a rule saved today moves the traffic of
last month.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db import connection, transaction

from workloads import signals
from workloads.models import AttributionRule, UsageBucket, Workload
from workloads.usage.matching import Attributor, Owner, Rule, as_pattern
from workloads.usage.tally import Traffic

if TYPE_CHECKING:
    from workloads.models import UsageSource


def ready(rule: AttributionRule) -> Rule:
    owner = Owner(rule.workload_id, rule.segment_id)
    return Rule(rule.source_id, rule.field, as_pattern(rule.pattern), owner)


def load_attributor() -> Attributor:
    """Today's rules and the names of today's workloads; a name two teams use belongs to nobody."""
    rules = AttributionRule.objects.filter(workload__archived_at=None)
    by_name: dict[str, int | None] = {}
    for pk, name in Workload.objects.filter(archived_at=None).values_list("pk", "name"):
        by_name[name.casefold()] = None if name.casefold() in by_name else pk
    return Attributor(map(ready, rules), {name: pk for name, pk in by_name.items() if pk is not None})


class StoredTraffic(NamedTuple):
    """A distinct piece of traffic among the stored buckets, and whose it is today."""

    source_id: int
    traffic: Traffic
    owner: Owner


def stored_traffic(source: UsageSource | None = None) -> list[StoredTraffic]:
    """Distinct traffic of the stored buckets."""
    rows = UsageBucket.objects.all() if source is None else UsageBucket.objects.filter(source=source)
    fields = ("source_id", "provider", "model", "dimensions", "workload_id", "segment_id")
    return [
        StoredTraffic(source_id, Traffic(provider, model, tuple(sorted(dimensions.items()))), Owner(*owner))
        for source_id, provider, model, dimensions, *owner in rows.values_list(*fields).distinct()
    ]


@transaction.atomic
def reattribute(source: UsageSource | None = None) -> int:
    """Every stored bucket belongs to whom today's rules say; returns how many moved, and announces whose facts did."""
    attributor = load_attributor()
    moves = [
        (row, attributor.owner(row.source_id, row.traffic))
        for row in stored_traffic(source)
        if attributor.owner(row.source_id, row.traffic) != row.owner
    ]
    moved = _move(moves) if moves else 0
    concerned = {pk for row, owner in moves for pk in (row.owner.workload_id, owner.workload_id) if pk}
    for workload_id in sorted(concerned):
        transaction.on_commit(lambda pk=workload_id: _announce(pk))  # type: ignore[misc]
    return moved


def _announce(workload_id: int) -> None:
    signals.facts_changed.send_robust(sender=Workload, workload_id=workload_id)


def _move(moves: list[tuple[StoredTraffic, Owner]]) -> int:
    columns = (
        [row.source_id for row, _ in moves],
        [row.traffic.key for row, _ in moves],
        [owner.workload_id for _, owner in moves],
        [owner.segment_id for _, owner in moves],
    )
    sql = """update workloads_usagebucket as bucket
             set workload_id = given.workload_id, segment_id = given.segment_id
             from unnest(%s::bigint[], %s::uuid[], %s::bigint[], %s::bigint[])
                  as given(source_id, traffic_key, workload_id, segment_id)
             where bucket.source_id = given.source_id and bucket.traffic_key = given.traffic_key
             and (bucket.workload_id, bucket.segment_id)
                 is distinct from (given.workload_id, given.segment_id)"""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(columns))
        moved: int = cursor.rowcount
    return moved


@transaction.atomic
def save_rule(rule: AttributionRule) -> int:
    """The rule stands, in place of one that asks the same; returns how many stored buckets moved."""
    same = AttributionRule.objects.filter(source=rule.source, field=rule.field, pattern=rule.pattern)
    same.exclude(pk=rule.pk).delete()
    rule.save()
    return reattribute(rule.source)


@transaction.atomic
def remove_rule(rule: AttributionRule) -> int:
    """The rule is gone and its traffic belongs to whom the others say; returns how many buckets moved."""
    source = rule.source
    rule.delete()
    return reattribute(source)
