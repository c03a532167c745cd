"""Drafts of the policy: the list, one draft with what it changes and moves, and every step to its approval."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from planner import access
from planner.forms.policy import ActionForm, DescribeForm
from planner.htmx import POLL_DONE, fragment_or_page, is_fragment
from planner.models import DraftState
from planner.models.draft import OPEN_DRAFTS
from planner.posting import posted_from
from planner.selectors import draft_page, policies
from planner.selectors.policy_words import conflict_words
from planner.services import policy as services
from planner.tasks import send_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from planner.models import PolicyDraft

LISTS = {
    "open": ("Open", OPEN_DRAFTS),
    "closed": ("Closed", tuple(state for state in DraftState if state not in OPEN_DRAFTS)),
}
DONE = {
    "submit": "Submitted. Whoever owns the changed layers is asked to look at it.",
    "take_back": "Taken back. It can be edited again; signatures so far count for nothing.",
    "sign": "Signed.",
    "reject": "Rejected. Nothing changes.",
    "withdraw": "Withdrawn. It is kept for reading.",
}


@require_safe
def drafts(request: HttpRequest) -> HttpResponse:
    shown = request.GET.get("list", "open")
    label, states = LISTS.get(shown, LISTS["open"])
    context = {
        "drafts": policies.drafts(*states),
        "lists": {name: words for name, (words, _) in LISTS.items()},
        "shown": shown if shown in LISTS else "open",
        "label": label,
        "why_not_draft": access.why_not_draft(request.user),
    }
    return render(request, "planner/drafts/list.html", context)


@posted_from("planner:drafts")
def start(request: HttpRequest) -> HttpResponse:
    draft = services.start_draft(by=access.person(request.user), as_of=timezone.now())
    messages.success(
        request, "A draft with the text of the active policy. Nothing changes before it is approved."
    )
    return redirect("planner:draft_rows", draft.pk)


@posted_from("planner:policy")
def adopt(request: HttpRequest) -> HttpResponse:
    """The newly shipped changes on top of the active policy, as a draft."""
    try:
        draft, conflicts = services.start_adoption(by=access.person(request.user), as_of=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("planner:policy")
    _say_conflicts(request, conflicts)
    return redirect("planner:draft", draft.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft's page; posted to, its title, reason and date. htmx asks here how far its impact has got."""
    found = access.get_draft_for(request.user, pk)
    if request.method == "POST":
        return _describe(request, found)
    return _page(request, found)


def _describe(request: HttpRequest, found: PolicyDraft) -> HttpResponse:
    form = DescribeForm(request.POST)
    if not form.is_valid():
        return _page(request, found, describe=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        services.describe(found, by=access.person(request.user), as_of=timezone.now(), **form.cleaned_data)
    except ValidationError as error:
        add_errors(form, error)
        return _page(request, found, describe=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except services.ChangedMeanwhileError:
        return _page(request, found, describe=form, status=HTTPStatus.CONFLICT)
    messages.success(request, "Kept.")
    return redirect("planner:draft", found.pk)


@posted_from("planner:draft", "pk")
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """One service call; a refusal comes back on the same page with everything typed."""
    found = access.get_draft_for(request.user, pk)
    form = ActionForm(request.POST)
    if not form.is_valid() or form.cleaned_data["action"] not in DONE:
        form.add_error(None, "That is nothing a draft can do.")
        return _page(request, found, action=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        _acts(found, request, form.cleaned_data)[form.cleaned_data["action"]]()
    except ValidationError as error:
        add_errors(form, error)
        return _page(request, found, action=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except services.ChangedMeanwhileError:
        return _page(request, found, action=form, status=HTTPStatus.CONFLICT)
    found.refresh_from_db()
    words = DONE[form.cleaned_data["action"]]
    messages.success(request, f"{words} {draft_page.what_now(found)}".strip())
    return redirect("planner:draft", found.pk)


def _acts(found: PolicyDraft, request: HttpRequest, typed: dict[str, Any]) -> dict[str, Callable[[], object]]:
    by, as_of = access.person(request.user), timezone.now()
    revision, note = typed["revision"] or 0, typed["note"]
    return {
        "submit": lambda: services.submit(found, by=by, revision=revision, as_of=as_of),
        "take_back": lambda: services.take_back(found, by=by, as_of=as_of),
        "sign": lambda: services.sign(
            found, by=by, revision=revision, note=note, as_of=as_of, send=send_plan
        ),
        "reject": lambda: services.reject(found, by=by, revision=revision, note=note, as_of=as_of),
        "withdraw": lambda: services.withdraw(found, by=by, as_of=as_of),
    }


@posted_from("planner:draft", "pk")
def rebase(request: HttpRequest, pk: int) -> HttpResponse:
    """The same changes on the policy that is active now, as a new draft."""
    found = access.get_draft_for(request.user, pk)
    made, conflicts = services.rebase(found, by=access.person(request.user), as_of=timezone.now())
    _say_conflicts(request, conflicts)
    return redirect("planner:draft", made.pk)


def _say_conflicts(request: HttpRequest, conflicts: list[Any]) -> None:
    if not conflicts:
        messages.success(request, "Every change fits on the active policy.")
    for conflict in conflicts:
        messages.warning(request, conflict_words(conflict))


def add_errors(form: Any, error: ValidationError) -> None:
    """The service's refusals at the fields they name; above the form where it has no such field."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


def _page(
    request: HttpRequest,
    found: PolicyDraft,
    *,
    describe: DescribeForm | None = None,
    action: ActionForm | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    if status != HTTPStatus.OK:
        found.refresh_from_db()
    visible = access.visible_workloads(request.user)
    page = draft_page.draft_page(found, request.user, visible, timezone.now())
    typed = {"title": found.title, "reason": found.reason, "effective_from": found.effective_from}
    context = {
        "page": page,
        "draft": found,
        "describe": describe or DescribeForm(initial=typed | {"revision": found.revision}),
        "action": action or ActionForm(),
        "conflict": status == HTTPStatus.CONFLICT,
        "fragment": is_fragment(request),
    }
    response = fragment_or_page(request, "planner/drafts/draft.html", "impact", context, status)
    if is_fragment(request) and request.method == "GET" and not page.measuring:
        response.status_code = POLL_DONE
    return response
