"""Who may see and start what in planning. Decisions follow the workload they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404

from planner.jobs import RunState
from planner.models import (
    DraftState,
    ImpactOpened,
    OwnBenchmark,
    PlanRun,
    PolicyDraft,
    PolicyImpact,
    Waiver,
    WaiverState,
)
from workloads import access
from workloads.models import Role, Segment, User, Workload

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.models import QuerySet

    from workloads.access import Person

M = TypeVar("M", bound=Model)

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
    "draft_policy": "planner.draft_policy",
    "sign_policy": "planner.sign_policy",
    "ask_waivers": "workloads.register",
    "add_benchmark": "planner.add_benchmark",
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


def workloads_ever(user: Person) -> QuerySet[Workload]:
    """Workloads the person may see, archived ones among them: what they cost stays part of its month."""
    return access.visible(user, Workload.objects.all())


def check_has_role(user: Person) -> None:
    """404 for whoever sees no workload at all."""
    if not roles_of(user):
        raise Http404


def check_may_reckon(user: Person) -> None:
    if not rights(user)["manage_usage"]:
        raise PermissionDenied("Only an operator may have costs computed again.")


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


def get_draft_for(user: Person, pk: int) -> PolicyDraft:
    """The draft, or 404 for whoever may not read the policy."""
    related = PolicyDraft.objects.select_related("base", "restores", "author", "decided_by")
    return _found(related.filter(pk=pk).first() if rights(user)["see_policy"] else None)


def get_impact_for(user: Person, pk: int) -> PolicyImpact:
    """The impact of a draft, or 404 for whoever may not read the policy."""
    related = PolicyImpact.objects.select_related("draft", "snapshot", "asked_by").defer("snapshot__document")
    return _found(related.filter(pk=pk).first() if rights(user)["see_policy"] else None)


def get_waiver_for(user: Person, pk: int) -> Waiver:
    """The waiver, or 404 for whoever may not see its workload."""
    visible = access.visible(user, Workload.objects.all())
    return _found(Waiver.objects.select_related("workload__team").filter(pk=pk, workload__in=visible).first())


def _found(row: M | None) -> M:
    if row is None:
        raise Http404
    return row


def organisation_roles(user: Person) -> set[str]:
    """Roles held in the whole organisation: what is signed holds for every team. A superuser has none by that."""
    if not user.is_authenticated:
        return set()
    return set(user.memberships.filter(team=None).values_list("role", flat=True))


def why_not_draft(user: Person) -> str:
    """Empty when the person may begin a draft, else the reason; the same for every why_not below."""
    return (
        "" if rights(user)["draft_policy"] else "Only an architect, a reviewer or an operator drafts policy."
    )


def why_not_touch(user: Person, touched: Mapping[str, Sequence[str]]) -> str:
    """Operators and reviewers draft everything, architects what architects own."""
    held = roles_of(user)
    if held & {Role.OPERATOR, Role.REVIEWER}:
        return ""
    strange = [layer for layer, roles in touched.items() if not held & set(roles)]
    return f"An architect drafts only what architects own; {strange[0]} is not theirs." if strange else ""


def why_not_edit(user: Person, draft: PolicyDraft) -> str:
    if reason := why_not_draft(user):
        return reason
    if draft.state == DraftState.SUBMITTED:
        return "It waits for its signatures and is frozen. Its author can take it back."
    return "" if draft.is_editing else "This draft is closed. Begin a new one from it."


def why_not_submit(user: Person, draft: PolicyDraft) -> str:
    if draft.is_editing and user.pk not in draft.editors:
        return "Only who wrote the draft submits it."
    return why_not_edit(user, draft)


def why_not_take_back(user: Person, draft: PolicyDraft) -> str:
    if draft.state != DraftState.SUBMITTED:
        return "Only a draft that waits for its signatures can be taken back."
    return "" if user.pk == draft.author_id else "Only its author may take the draft back."


def why_not_withdraw(user: Person, draft: PolicyDraft) -> str:
    if not draft.is_open:
        return "This draft is closed already."
    return "" if user.pk == draft.author_id else "Only its author may withdraw the draft."


def why_not_sign(user: Person, draft: PolicyDraft) -> str:
    """Another person than every writer, who owns a layer nobody signed, and has opened the list of moved workloads."""
    if reason := _why_not_second(user, draft):
        return reason
    signed = set(draft.approvals.filter(revision=draft.revision).values_list("layer", flat=True))
    held = organisation_roles(user)
    if not any(held & set(roles) for layer, roles in draft.needs.items() if layer not in signed):
        return "You have signed what is yours; the other layers wait for their owners."
    impact = draft.impacts.filter(revision=draft.revision, state=RunState.DONE).first()
    if impact is None or not ImpactOpened.objects.filter(impact=impact, person=user.pk).exists():
        return "Open the list of moved workloads first."
    return ""


def why_not_reject(user: Person, draft: PolicyDraft) -> str:
    return _why_not_second(user, draft)


def _why_not_second(user: Person, draft: PolicyDraft) -> str:
    if draft.state != DraftState.SUBMITTED:
        return "This draft does not wait for a signature."
    if user.pk == draft.author_id:
        return "You wrote this; somebody else has to sign."
    if user.pk in draft.editors:
        return "You edited this; somebody else has to sign."
    wanted = {role for roles in draft.needs.values() for role in roles}
    if not organisation_roles(user) & wanted:
        return f"Only {_either(sorted(wanted))} of the whole organisation may sign this."
    return ""


def _either(roles: list[str]) -> str:
    named = [f"an {role}" if role[0] in "aeiou" else f"a {role}" for role in roles]
    return " or ".join(named)


def why_not_ask(user: Person, workload: Workload) -> str:
    mine = access.editable(user, Workload.objects.filter(pk=workload.pk)).exists()
    return "" if mine else "Only an architect of the owning team may ask for an exception."


def why_not_grant(user: Person, waiver: Waiver) -> str:
    if waiver.state != WaiverState.ASKED:
        return "This exception does not wait for a decision."
    if waiver.asked_by_id == user.pk:
        return "You asked for this; somebody else has to decide."
    return _why_not_owner(user, waiver)


def why_not_revoke(user: Person, waiver: Waiver) -> str:
    """Whoever may grant it, and whoever asked for it: without it the rules only hold again."""
    if waiver.state != WaiverState.GRANTED:
        return "Only a granted exception can be revoked."
    return "" if waiver.asked_by_id == user.pk else _why_not_owner(user, waiver)


def why_not_withdraw_waiver(user: Person, waiver: Waiver) -> str:
    if waiver.state != WaiverState.ASKED:
        return "Only a waiting question can be withdrawn."
    return "" if waiver.asked_by_id == user.pk else "Only who asked may withdraw it."


def _why_not_owner(user: Person, waiver: Waiver) -> str:
    """The rule's owner role, in the workload's team or the whole organisation; a superuser needs it like anybody."""
    teams = {None, waiver.workload.team_id}
    mine = user.memberships.all() if user.is_authenticated else ()
    held = any(each.role == waiver.role and each.team_id in teams for each in mine)
    return (
        ""
        if held
        else f"Only {_either([waiver.role])} of this team or the whole organisation may decide on it."
    )


def why_not_add_benchmark(user: Person) -> str:
    """Why the person may not add a benchmark of their own, or nothing."""
    return "" if user.has_perm("planner.add_benchmark") else "Architects and operators add benchmarks."


def why_not_withdraw_benchmark(user: Person, benchmark: OwnBenchmark) -> str:
    """Why the person may not withdraw it, or nothing."""
    if withdrawable(user, [benchmark]):
        return ""
    return "Whoever added it withdraws it, or an operator."


def withdrawable(user: Person, benchmarks: Iterable[OwnBenchmark]) -> list[OwnBenchmark]:
    """Those the person may withdraw: their own, or as an operator all. One look at their memberships."""
    every = access.has_role(user, Role.OPERATOR)
    return [each for each in benchmarks if every or each.added_by_id == user.pk]


def check_may_replay(user: Person) -> None:
    if not rights(user)["see_everything"]:
        raise PermissionDenied("Only a leader, an operator or an auditor may replay a whole plan.")


def person(user: Person) -> User:
    """The signed-in person; views behind the sign-in know no other."""
    if not isinstance(user, User):
        raise PermissionDenied("Sign in first.")
    return user
