"""Asking for a plan: whatever changes before a waiting run begins is part of that run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Greatest

from planner import jobs
from planner.models import PlanRun
from planner.selectors import basis
from pricing import services as pricing_services
from pricing.models import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from workloads.models import User

REFERENCE = "reference-2026-01"


def ask_plan(
    *,
    reason: str,
    as_of: datetime,
    asked_by: User | None = None,
    snapshot: Snapshot | None = None,
    send: Callable[[int], object],
) -> PlanRun:
    """A run that has not begun yet will decide the whole portfolio on everything known at AS_OF.

    Asking again before it begins returns the same run, for the later of both moments; a run that has begun is
    left alone and followed by another.
    """
    while True:
        key = _key(as_of, snapshot)
        fields = {"reason": reason, "as_of": as_of, "asked_by": asked_by, "snapshot": snapshot}
        run, created = jobs.ask(PlanRun, key, send, **fields)
        if created or _join(run, reason, as_of):
            return run


def _key(as_of: datetime, snapshot: Snapshot | None) -> str:
    """One key until the next run begins: everybody who asks meanwhile gets the same row."""
    begun = PlanRun.objects.filter(attempt__gt=0).aggregate(last=Max("pk"))["last"] or 0
    return f"plan:{as_of:%Y-%m-%d}:{snapshot.pk if snapshot else 'current'}:after-{begun}"


@transaction.atomic
def _join(run: PlanRun, reason: str, as_of: datetime) -> bool:
    """Whether the run still waited, now also for this reason; False when it has begun meanwhile."""
    waiting = PlanRun.objects.select_for_update().filter(pk=run.pk, attempt=0).first()
    if waiting is None:
        return False
    reasons = waiting.reason if reason in waiting.reason else f"{waiting.reason}, {reason}"[:200]
    PlanRun.objects.filter(pk=run.pk).update(reason=reasons, as_of=Greatest("as_of", as_of))
    run.refresh_from_db()
    return True


def ask_when_policy_changed(as_of: datetime, send: Callable[[int], object]) -> PlanRun | None:
    """A plan is asked for when the policy in force is another than the last plan's."""
    last = PlanRun.objects.exclude(policy=None).order_by("-pk").first()
    if last is None or last.policy_id == basis.policy_sha():
        return None
    if PlanRun.objects.filter(pk__gt=last.pk).exists():
        return None  # one is on its way, with this policy
    return ask_plan(reason="new policy", as_of=as_of, send=send)


def snapshot_named(name: str) -> Snapshot:
    """The frozen prices called NAME; raises Snapshot.DoesNotExist. The shipped reference is made when missing."""
    if name == REFERENCE:
        return pricing_services.reference_snapshot_row()
    return Snapshot.objects.get(name=name)
