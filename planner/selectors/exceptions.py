"""Waivers as they stand, and which rules take one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from planner.models import Waiver, WaiverState

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from planner.engine import Policy
    from workloads.models import Workload

SOON = timedelta(days=30)


def why_not_waivable(policy: Policy, row_id: str) -> str:
    """Empty when the rule takes an exception, else the reason."""
    row = next((each for each in policy.rows("constraints") if each.id == row_id), None)
    if row is None:
        return f"{row_id} is not a rule of the active policy; only rules take exceptions."
    if row.statutory:
        return f"{row.label} is required by law; nobody can grant an exception."
    return "" if row.waivable else f"{row.label} takes no exceptions; the policy says so."


def waivers(workloads: QuerySet[Workload], *states: str) -> QuerySet[Waiver]:
    """Waivers of these workloads in these states, or all, the newest first."""
    people = ("asked_by", "granted_by", "decided_by")
    rows = Waiver.objects.filter(workload__in=workloads).select_related("workload__team", "segment", *people)
    return rows.filter(state__in=states) if states else rows


def expiring(workloads: QuerySet[Workload], day: date) -> QuerySet[Waiver]:
    """Granted waivers whose last day comes soon, the nearest first."""
    soon = waivers(workloads, WaiverState.GRANTED).filter(until__range=(day, day + SOON))
    return soon.order_by("until", "pk")
