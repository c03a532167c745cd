"""The newest decision on each workload."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Sum

from planner.jobs import RunState
from planner.models import Decision

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


def triggers_due(workloads: QuerySet[Workload]) -> int:
    """How many triggers of these workloads fired and are confirmed, without reading a record."""
    finished = Decision.objects.filter(workload__in=workloads, run__state=RunState.DONE)
    newest = finished.order_by("workload_id", "-run_id").distinct("workload_id").values("pk")
    total = Decision.objects.filter(pk__in=newest).aggregate(due=Sum("triggers_due"))["due"]
    return total or 0
