"""Counts and stamps of the page frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner import access
from planner.selectors import decisions, runs
from workloads import access as workloads_access
from workloads.models import Classification
from workloads.selectors import classifications

if TYPE_CHECKING:
    from workloads.access import Person


def nav_counts(user: Person) -> dict[str, int]:
    """What waits for this person: reviews they may decide, triggers of their workloads that ask for an answer."""
    reviewable = workloads_access.reviewable(user, Classification.objects.all())
    return {
        "reviews": classifications.waiting_for(reviewable).count(),
        "triggers": decisions.triggers_due(access.visible_workloads(user)),
    }


def stamp() -> dict[str, Any]:
    """What the figures of the page rest on: the last finished plan."""
    run = runs.latest_finished()
    if run is None or run.policy is None or run.snapshot is None:
        return {}
    return {
        "policy": run.policy.sha,
        "policy_version": run.policy.version,
        "snapshot": run.snapshot.name,
        "snapshot_sha": run.snapshot.sha,
        "as_of": run.as_of,
    }
