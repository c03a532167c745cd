"""Who may see and do what: the one place that knows. `can` and `visible` answer alike for every object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.backends import BaseBackend
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404

from workloads.models import Classification, Role, Segment, Team, User, Workload

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import Model, QuerySet
    from django.http import HttpRequest

    Person = User | AnonymousUser

M = TypeVar("M", bound="Model")

READS_EVERYTHING = (Role.LEADER, Role.OPERATOR, Role.AUDITOR)
# Path from each model to the team that owns its rows.
TEAM_PATH: dict[type[Model], str] = {
    Team: "pk",
    Workload: "team",
    Segment: "workload__team",
    Classification: "segment__workload__team",
}
# What pricing and planner ask through user.has_perm: action -> roles. They know no memberships.
ROLE_PERMISSIONS: dict[str, tuple[Role, ...]] = {
    "pricing.view_prices": tuple(Role),
    "pricing.pull_feed": (Role.OPERATOR,),
    "planner.view_portfolio": READS_EVERYTHING,
    "planner.run_plan": (Role.OPERATOR, Role.LEADER, Role.ARCHITECT),
    "planner.view_policy": tuple(Role),
    "planner.draft_policy": (Role.OPERATOR, Role.REVIEWER, Role.ARCHITECT),
    "planner.sign_policy": (Role.OPERATOR, Role.REVIEWER, Role.ARCHITECT),
    "planner.add_benchmark": (Role.ARCHITECT, Role.OPERATOR),
    "workloads.manage_usage": (Role.OPERATOR,),
    "workloads.view_usage": (Role.OPERATOR, Role.AUDITOR, Role.LEADER),
    "workloads.manage_teams": (Role.OPERATOR,),
    "workloads.register": (Role.ARCHITECT,),
    "workloads.review": (Role.REVIEWER,),
}


class ClosedSignUp(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up: an operator makes accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class RoleBackend(BaseBackend):
    """Answers user.has_perm from memberships, for packages that do not know them."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return user_obj.is_active and has_role(user_obj, *ROLE_PERMISSIONS.get(perm, ()))


def has_role(user: Person, *roles: Role) -> bool:
    """Whether the person holds one of the roles, in any team or the whole organisation."""
    if not user.is_authenticated:
        return False
    if user.is_superuser and Role.OPERATOR in roles:
        return True  # a superuser is an operator who may reach the admin, nothing more
    return user.memberships.filter(role__in=roles).exists()


def team_ids(user: Person, *roles: Role) -> set[int | None]:
    """Teams in which the person holds one of the roles; None among them means every team."""
    if not user.is_authenticated:
        return set()
    ids: set[int | None] = set(user.memberships.filter(role__in=roles).values_list("team_id", flat=True))
    return ids | {None} if user.is_superuser and Role.OPERATOR in roles else ids


def _teams_to_see(user: Person) -> set[int | None]:
    everywhere = {None} if has_role(user, *READS_EVERYTHING) else set()
    return team_ids(user, Role.ARCHITECT, Role.REVIEWER) | everywhere


def visible(user: Person, queryset: QuerySet[M]) -> QuerySet[M]:
    """The rows of QUERYSET that the person may see."""
    return _of_teams(queryset, _teams_to_see(user))


def editable(user: Person, queryset: QuerySet[M]) -> QuerySet[M]:
    """The rows whose facts the person may change: those of teams where they are architect."""
    return _of_teams(queryset, team_ids(user, Role.ARCHITECT))


def reviewable(user: Person, queryset: QuerySet[Classification]) -> QuerySet[Classification]:
    """Classifications the person may decide on as reviewer, their own and those they edited left out."""
    rows = _of_teams(queryset, team_ids(user, Role.REVIEWER))
    return rows.exclude(proposed_by=user.pk).exclude(editors__contains=[user.pk])


def _of_teams(queryset: QuerySet[M], teams: set[int | None]) -> QuerySet[M]:
    if None in teams:
        return queryset
    return queryset.filter(Q(**{f"{TEAM_PATH[queryset.model]}__in": teams}))


def get_for(user: Person, queryset: QuerySet[M], pk: int) -> M:
    """The object, or 404 for whoever may not see it."""
    found = visible(user, queryset).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_rw_for(user: Person, queryset: QuerySet[M], pk: int) -> M:
    """The object for change: 404 when it may not be seen, 403 with the reason when only seen."""
    found = get_for(user, queryset, pk)
    if not editable(user, queryset).filter(pk=pk).exists():
        raise PermissionDenied("Only an architect of the owning team may change this.")
    return found


def reviewer_teams(user: Person) -> set[int | None]:
    """Teams in which the person decides on classifications; None among them means every team."""
    return team_ids(user, Role.REVIEWER)


def why_not_decide(user: Person, classification: Classification, teams: set[int | None] | None = None) -> str:
    """Empty when the person may decide on it, else the reason, in words for the button.

    TEAMS are the person's reviewer_teams, for whoever asks about many at once.
    """
    if classification.proposed_by_id == user.pk:
        return "You proposed this; somebody else has to decide."
    if user.pk in classification.editors:
        return "You edited this; somebody else has to decide."
    teams = reviewer_teams(user) if teams is None else teams
    if not teams & {None, classification.segment.workload.team_id}:
        return "Only a reviewer of this team may decide."
    return ""


def person(user: Person) -> User:
    """The signed-in person; views behind the sign-in know no other."""
    if not isinstance(user, User):
        raise PermissionDenied("Sign in first.")
    return user
