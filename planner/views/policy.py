"""The policy as it is used: every table with its sources, its versions; and how figures come about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from planner import access
from planner.engine import PolicyError
from planner.engine.policy.guesses import sizing_guesses
from planner.models import PolicyVersion
from planner.posting import posted_from
from planner.selectors import basis, policies, reading, tables
from planner.selectors.changes import told
from planner.services import policy as services

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from planner.engine import Policy
    from planner.selectors.reading import Reading


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    """One table at a time of the active policy, or of ?version=: the address is the state."""
    active = policies.active()
    sha = request.GET.get("version") or active.sha
    news = policies.news()
    context = {
        "active": active,
        "news": news,
        "shipped": told(news.changes, active.policy) if news else [],
        "reading": read(request, active.policy if sha == active.sha else _kept(sha)),
        "is_active": sha == active.sha,
        "why_not_draft": access.why_not_draft(request.user),
    }
    return render(request, "planner/policy.html", context)


def read(request: HttpRequest, shown: Policy) -> Reading:
    """The table, words and layer that the address asks for."""
    asked = request.GET
    today = timezone.now().date()
    return reading.reading(
        shown, asked.get("table", ""), today, asked.get("q", "").strip(), asked.get("layer", "")
    )


def _kept(sha: str) -> Policy:
    try:
        return basis.policy_of(sha)
    except (PolicyVersion.DoesNotExist, PolicyError) as error:
        raise Http404("No such policy was kept.") from error


@require_safe
def entry(request: HttpRequest, name: str) -> HttpResponse:
    """A row, parameter, fact or tier by its name alone: to its place in its table."""
    table = tables.table_of(basis.policy(), name)
    if not table:
        raise Http404
    return redirect(f"{reverse('planner:policy')}?table={table}#{name}")


@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    """Every policy kept, when it was active, and what differs between two of them (?old=&new=)."""
    known = policies.versions()
    shas = [each.version.sha for each in known]
    old, new = request.GET.get("old", ""), request.GET.get("new", "")
    compared = old in shas and new in shas
    context = {
        "versions": known,
        "old": old,
        "new": new,
        "compared": compared,
        "changes": told(policies.difference(old, new), _kept(old)) if compared else [],
        "why_not_draft": access.why_not_draft(request.user),
    }
    return render(request, "planner/policy/versions.html", context)


@posted_from("planner:versions")
def roll_back(request: HttpRequest, sha: str) -> HttpResponse:
    """A draft with the text of an older version; it becomes active by the same path as every other."""
    version = PolicyVersion.objects.filter(sha=sha).first()
    if version is None:
        raise Http404
    try:
        draft = services.start_rollback(version, by=access.person(request.user), as_of=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("planner:versions")
    messages.success(
        request, "A draft that goes back. It needs a reason, a date and approval like every other."
    )
    return redirect("planner:draft", draft.pk)


@require_safe
def how(request: HttpRequest) -> HttpResponse:
    used = basis.policy()
    assumed = reading.assumptions(used, timezone.now().date())
    return render(request, "planner/how.html", {"assumptions": assumed, "sizes": sizing_guesses(used)})
