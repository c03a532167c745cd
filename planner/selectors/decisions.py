"""The newest decision on each workload."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Func, JSONField, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Greatest, Now, TruncDate

from planner.jobs import RunState
from planner.models import Decision, TriggerAnswer, TriggerReading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from workloads.models import Workload


def current_decision(workload: Workload) -> Decision | None:
    """The newest finished decision on the workload, with its run, policy, snapshot and both records."""
    return current_decisions([workload]).first()


def current_decisions(workloads: Iterable[Workload] | QuerySet[Workload]) -> QuerySet[Decision]:
    """One decision a workload, in one query: that of the newest finished run which decided it."""
    finished = Decision.objects.filter(workload__in=workloads, run__state=RunState.DONE)
    newest = finished.order_by("workload_id", "-run_id").distinct("workload_id").values("pk")
    rows = Decision.objects.filter(pk__in=newest).order_by("workload__name", "workload_id")
    related = ("workload__team", "workload__owner", "record", "if_approved", "run__policy", "run__snapshot")
    return rows.select_related(*related).defer("run__policy__document", "run__snapshot__document")


def targets() -> QuerySet[Decision, tuple[int, list[str | None]]]:
    """Each workload in use with the target of each of its parts, by the newest decision; no record is read."""
    finished = Decision.objects.filter(run__state=RunState.DONE, workload__archived_at=None)
    newest = finished.order_by("workload_id", "-run_id").distinct("workload_id").values("pk")
    found = Func(
        F("record__record"),
        Value("$.segments[*].target"),
        function="jsonb_path_query_array",
        output_field=JSONField(),
    )
    rows = Decision.objects.filter(pk__in=newest).order_by("workload_id")
    return rows.annotate(targets=found).values_list("workload_id", "targets")


def triggers_due(workloads: QuerySet[Workload]) -> int:
    """How many triggers of these workloads fired, are confirmed, and nobody has answered; no record is read."""
    finished = Decision.objects.filter(workload__in=workloads, run__state=RunState.DONE)
    newest = finished.order_by("workload_id", "-run_id").distinct("workload_id").values("pk")
    left = Greatest(F("triggers_due") - Coalesce(Subquery(_answered()), 0), 0)
    total = Decision.objects.filter(pk__in=newest).aggregate(due=Sum(left))["due"]
    return total or 0


def _answered() -> QuerySet[TriggerAnswer, Any]:
    """For the workload of the row outside: confirmed triggers with an answer to the state they are in."""
    rows = TriggerReading.objects.filter(segment=OuterRef("segment"), trigger=OuterRef("trigger"))
    stands = rows.order_by("-as_of", "-run_id")
    holding = (
        TriggerAnswer.objects.filter(segment__workload=OuterRef("workload"), segment__removed_at=None)
        .annotate(
            now_state=Subquery(stands.values("state")[:1]),
            now_since=Subquery(stands.values("since")[:1]),
            now_confirmed=Subquery(stands.values("confirmed")[:1]),
        )
        .filter(Q(until=None) | Q(until__gt=TruncDate(Now())), state="fired", now_confirmed=True)
        .filter(now_state=F("state"), now_since=F("since"))
    )
    return holding.order_by().values("segment__workload").annotate(many=Count("pk")).values("many")
