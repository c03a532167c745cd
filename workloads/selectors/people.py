"""Teams with their members, and who gave whom which role when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from workloads.models import Membership, MembershipEvent, Role, Team, User

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

ACTS = {"insert": "received", "update": "changed to", "delete": "lost"}


def teams_with_counts(teams: QuerySet[Team]) -> QuerySet[Team]:
    """Teams with the number of their people and of their workloads in use."""
    return teams.annotate(
        people=Count("memberships__user", distinct=True),
        in_use=Count("workloads", filter=Q(workloads__archived_at=None), distinct=True),
    ).order_by("name")


def members(team: Team | None) -> QuerySet[Membership]:
    """Who holds a role in the team, or in the whole organisation."""
    return (
        Membership.objects.filter(team=team)
        .select_related("user")
        .order_by("user__name", "user__email", "role")
    )


@dataclass(frozen=True)
class RoleChange:
    """One line of the history of roles."""

    at: datetime
    who: str
    act: str
    role: str
    by: str


def role_changes(team: Team | None, limit: int = 30) -> list[RoleChange]:
    """The newest changes of roles in the team, or in the whole organisation."""
    events = list(
        MembershipEvent.objects.filter(team_id=team.pk if team else None)
        .select_related("pgh_context")
        .order_by("-pgh_id")[:limit]
    )
    actors = {
        event.pk: (event.pgh_context.metadata or {}).get("user") for event in events if event.pgh_context
    }
    named = User.objects.in_bulk({event.user_id for event in events} | {pk for pk in actors.values() if pk})
    return [
        RoleChange(
            event.pgh_created_at,
            str(named.get(event.user_id, "somebody removed since")),
            ACTS.get(event.pgh_label, event.pgh_label),
            Role(event.role).label,
            str(named.get(actors.get(event.pk), "") or ""),
        )
        for event in events
    ]
