"""What the usage pages show: sources, runs, rejected rows, daily use, and traffic that belongs to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import BigIntegerField, Count, F, Max, Min, Prefetch, Q, Sum
from django.db.models.functions import Coalesce, TruncDate

from workloads.models import AttributionRule, RejectedRow, UsageBucket, UsageRun, UsageSource
from workloads.models.usage import SourceKind
from workloads.selectors.usage.measured import MONTH
from workloads.usage.matching import as_pattern, values_of
from workloads.usage.tally import Traffic

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from decimal import Decimal

    from django.db.models import QuerySet

    from workloads.models import Workload

LINES_SHOWN = 5
TOKENS = Coalesce(F("input_tokens"), 0, output_field=BigIntegerField()) + Coalesce(
    F("output_tokens"), 0, output_field=BigIntegerField()
)
# What an unknown caller is called by, the most telling label first.
NAMING_FIELDS = ("workload", "key_alias", "tag")


def sources() -> QuerySet[UsageSource]:
    """Every source with its last data and its newest run (`newest`)."""
    newest = UsageRun.objects.order_by("source_id", "-pk").distinct("source_id")
    listed = UsageSource.objects.exclude(kind=SourceKind.CSV, runs=None)  # a name nothing was uploaded under
    return listed.annotate(last_data=Max("buckets__bucket_start")).prefetch_related(
        Prefetch("runs", queryset=newest, to_attr="newest")
    )


def recent_runs(source: UsageSource | None = None, limit: int = 20) -> list[UsageRun]:
    rows = UsageRun.objects.select_related("source", "asked_by")
    return list((rows if source is None else rows.filter(source=source))[:limit])


def rejected_by_reason(run: UsageRun) -> list[dict[str, Any]]:
    """Rejected rows grouped by column and reason, the commonest first, each with its first lines."""
    groups = (
        RejectedRow.objects.filter(run=run)
        .values("column", "reason")
        .annotate(rows=Count("pk"), lines=ArrayAgg("line", order_by="line"))
        .order_by("-rows", "column", "reason")
    )
    return [
        group | {"lines": group["lines"][:LINES_SHOWN], "more": group["rows"] > LINES_SHOWN}
        for group in groups
    ]


@dataclass(frozen=True)
class Coverage:
    """How much of the last month's traffic belongs to a workload; None where nothing was measured."""

    tokens: int
    tokens_unattributed: int
    cost: Decimal | None
    cost_unattributed: Decimal | None

    @property
    def share_tokens(self) -> float | None:
        return self.tokens_unattributed / self.tokens if self.tokens else None

    @property
    def share_cost(self) -> float | None:
        return float((self.cost_unattributed or 0) / self.cost) if self.cost else None


def last_month(as_of: datetime) -> QuerySet[UsageBucket]:
    """Buckets of the 30 days to the newest one before AS_OF."""
    before = UsageBucket.objects.filter(bucket_start__lt=as_of)
    newest = before.aggregate(newest=Max("bucket_start"))["newest"]
    return before.filter(bucket_start__gt=newest - MONTH) if newest else before.none()


def coverage(as_of: datetime) -> Coverage:
    nobody, dollars = Q(workload=None), Q(cost_currency="USD")
    found = last_month(as_of).aggregate(
        tokens=Sum(TOKENS),
        nobodys=Sum(TOKENS, filter=nobody),
        cost=Sum("cost_reported", filter=dollars),
        nobodys_cost=Sum("cost_reported", filter=dollars & nobody),
    )
    return Coverage(found["tokens"] or 0, found["nobodys"] or 0, found["cost"], found["nobodys_cost"])


@dataclass
class UnknownCaller:
    """Traffic that belongs to nobody, by the label it is best known by."""

    source: str
    field: str
    value: str
    tokens: int
    requests: int
    cost: Decimal | None
    models: set[str]
    first: datetime
    last: datetime

    def add(self, other: UnknownCaller) -> None:
        self.tokens += other.tokens
        self.requests += other.requests
        if other.cost is not None:
            self.cost = other.cost if self.cost is None else self.cost + other.cost
        self.models |= other.models
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)


def unattributed(as_of: datetime) -> list[UnknownCaller]:
    """The last month's traffic of nobody, the most tokens first."""
    rows = (
        last_month(as_of)
        .filter(workload=None)
        .values("source__name", "model", "dimensions")
        .annotate(
            tokens=Sum(TOKENS),
            total=Sum("requests"),
            cost=Sum("cost_reported", filter=Q(cost_currency="USD")),
            first=Min("bucket_start"),
            last=Max("bucket_start"),
        )
    )
    callers: dict[tuple[str, str, str], UnknownCaller] = {}
    for row in rows:
        caller = _caller(row)
        key = (caller.source, caller.field, caller.value)
        if key in callers:
            callers[key].add(caller)
        else:
            callers[key] = caller
    return sorted(callers.values(), key=lambda caller: -caller.tokens)


def _caller(row: Mapping[str, Any]) -> UnknownCaller:
    labels = row["dimensions"]
    field = next((name for name in (*NAMING_FIELDS, *sorted(labels)) if labels.get(name)), "model")
    return UnknownCaller(
        source=row["source__name"],
        field=field,
        value=labels.get(field) or row["model"],
        tokens=row["tokens"],
        requests=row["total"],
        cost=row["cost"],
        models={row["model"]},
        first=row["first"],
        last=row["last"],
    )


@dataclass(frozen=True)
class Reach:
    """What a rule would match among the last month's traffic."""

    tokens: int
    requests: int
    callers: int
    owned_tokens: int


def reach(rule: AttributionRule, as_of: datetime) -> Reach:
    """What the rule matches, saved or not; `owned_tokens` belong to another workload today."""
    rows = last_month(as_of)
    rows = rows.filter(source_id=rule.source_id) if rule.source_id else rows
    pattern = as_pattern(rule.pattern)
    found = [
        row
        for row in rows.values("provider", "model", "dimensions", "workload_id").annotate(
            tokens=Sum(TOKENS), total=Sum("requests")
        )
        if any(pattern.fullmatch(value) for value in values_of(_traffic(row), rule.field))
    ]
    owned = sum(row["tokens"] for row in found if row["workload_id"] not in {None, rule.workload_id})
    callers = {tuple(sorted(row["dimensions"].items())) for row in found}
    return Reach(sum(r["tokens"] for r in found), sum(r["total"] for r in found), len(callers), owned)


def _traffic(row: Mapping[str, Any]) -> Traffic:
    return Traffic(row["provider"], row["model"], tuple(sorted(row["dimensions"].items())))


def label_fields() -> list[str]:
    """Labels that stored traffic carries: what a rule may ask."""
    labels: set[str] = set()
    for dimensions in UsageBucket.objects.values_list("dimensions", flat=True).distinct():
        labels |= set(dimensions)
    return sorted(labels | {"key_alias", "tag", "model", "provider"})


@dataclass(frozen=True)
class DayOfUse:
    day: date
    input_tokens: int
    output_tokens: int
    requests: int
    cost: Decimal | None


def daily_usage(workload: Workload, since: datetime, until: datetime) -> list[DayOfUse]:
    """Tokens, requests and reported USD per day with data, for charts."""
    rows = (
        UsageBucket.objects.filter(workload=workload, bucket_start__gte=since, bucket_start__lt=until)
        .annotate(day=TruncDate("bucket_start"))
        .values("day")
        .annotate(
            given=Coalesce(Sum("input_tokens"), 0, output_field=BigIntegerField()),
            output=Coalesce(Sum("output_tokens"), 0, output_field=BigIntegerField()),
            total=Coalesce(Sum("requests"), 0, output_field=BigIntegerField()),
            cost=Sum("cost_reported", filter=Q(cost_currency="USD")),
        )
        .order_by("day")
    )
    return [DayOfUse(row["day"], row["given"], row["output"], row["total"], row["cost"]) for row in rows]
