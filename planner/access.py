"""Who may see and start what in planning. Decisions follow the workload they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import Http404

from planner.models import PlanRun
from workloads import access
from workloads.models import Role, Segment, User, Workload

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from workloads.access import Person

# What a template asks (`may.pull_prices`) -> the right of workloads.access.ROLE_PERMISSIONS.
RIGHTS: dict[str, str] = {
    "see_prices": "pricing.view_prices",
    "pull_prices": "pricing.pull_feed",
    "see_everything": "planner.view_portfolio",
    "run_plan": "planner.run_plan",
    "see_policy": "planner.view_policy",
    "see_usage": "workloads.view_usage",
    "manage_usage": "workloads.manage_usage",
    "manage_teams": "workloads.manage_teams",
    "register": "workloads.register",
    "see_reviews": "workloads.review",
}


def rights(user: Person) -> dict[str, bool]:
    """What the person may do, from one look at their memberships."""
    held = roles_of(user)
    return {name: bool(held & set(access.ROLE_PERMISSIONS[right])) for name, right in RIGHTS.items()}


def roles_of(user: Person) -> set[str]:
    if not user.is_authenticated:
        return set()
    held = set(user.memberships.values_list("role", flat=True))
    return held | {Role.OPERATOR} if user.is_superuser else held


def visible_workloads(user: Person) -> QuerySet[Workload]:
    """Workloads in use that the person may see: all, or those of their own teams."""
    return access.visible(user, Workload.objects.filter(archived_at=None))


def get_workload_for(user: Person, pk: int) -> Workload:
    """The workload, or 404 for whoever may not see it."""
    return access.get_for(user, Workload.objects.select_related("team", "owner"), pk)


def get_run_for(user: Person, pk: int) -> PlanRun:
    """The run, or 404 for whoever sees no workload at all."""
    related = PlanRun.objects.select_related("policy", "snapshot", "asked_by")
    runs = related.defer("policy__document", "snapshot__document")
    found = runs.filter(pk=pk).first() if roles_of(user) else None
    if found is None:
        raise Http404
    return found


def answering_teams(user: Person) -> set[int | None]:
    """Teams about whose triggers the person may say something; None among them means every team."""
    return access.team_ids(user, Role.ARCHITECT, Role.LEADER)


def get_seen_segment(user: Person, pk: int) -> Segment:
    """The segment, or 404 for whoever may not see it."""
    segments = Segment.objects.filter(workload__archived_at=None).select_related("workload")
    return access.get_for(user, segments, pk)


def get_watched_for(user: Person, pk: int) -> Segment:
    """The segment for saying something about its triggers: 404 when it may not be seen, 403 when only seen."""
    segment = get_seen_segment(user, pk)
    if not answering_teams(user) & {None, segment.workload.team_id}:
        raise PermissionDenied("Only an architect of the owning team or a leader may answer its triggers.")
    return segment


def check_may_plan(user: Person) -> None:
    if not rights(user)["run_plan"]:
        raise PermissionDenied("Only an architect, a leader or an operator may start a plan.")


def person(user: Person) -> User:
    """The signed-in person; views behind the sign-in know no other."""
    if not isinstance(user, User):
        raise PermissionDenied("Sign in first.")
    return user
