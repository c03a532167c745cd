"""Plan runs and what moved in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.jobs import RunState
from planner.models import Decision, PlanRun
from planner.selectors.standing import move_words

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from workloads.models import Workload


def runs() -> QuerySet[PlanRun]:
    """All runs, the newest first."""
    rows = PlanRun.objects.select_related("policy", "snapshot", "asked_by")
    return rows.defer("policy__document", "snapshot__document")


def latest_finished() -> PlanRun | None:
    return runs().filter(state=RunState.DONE).first()


def moved(run: PlanRun, workloads: QuerySet[Workload] | None = None) -> QuerySet[Decision]:
    """Decisions of the run whose answer is another than before, of the given workloads or of all."""
    rows = run.decisions.exclude(moves=[]).select_related("workload__team").order_by("workload__name")
    return rows if workloads is None else rows.filter(workload__in=workloads)


def errors(run: PlanRun, workloads: QuerySet[Workload]) -> list[dict[str, Any]]:
    """Errors of the run about these workloads."""
    visible = set(workloads.values_list("pk", flat=True))
    return [error for error in run.errors if error["workload"] in visible]


def moved_lines(run: PlanRun) -> list[str]:
    """One line of text a move: `Name / segment: 2e -> 3r`."""
    return [f"{decision.workload} / {move_words(move)}" for decision in moved(run) for move in decision.moves]
