"""What a draft would move: computed by a job, read as a list; opening the list is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from planner import access
from planner.jobs import RunState
from planner.posting import posted_from
from planner.selectors import draft_page
from planner.services import policy as services
from planner.tasks import send_impact

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@posted_from("planner:draft", "pk")
def measure(request: HttpRequest, pk: int) -> HttpResponse:
    draft = access.get_draft_for(request.user, pk)
    services.ask_impact(draft, by=access.person(request.user), as_of=timezone.now(), send=send_impact)
    return redirect("planner:draft", draft.pk)


@require_safe
def moved(request: HttpRequest, pk: int) -> HttpResponse:
    """The list of moved workloads. That this person has opened it is recorded: approving needs it."""
    run = access.get_impact_for(request.user, pk)
    if run.state != RunState.DONE:
        return redirect("planner:draft", run.draft_id)
    now = timezone.now()
    services.open_moved(run, by=access.person(request.user), as_of=now)
    visible = access.visible_workloads(request.user)
    context = {"run": run, "draft": run.draft, "impact": draft_page.impact(run, visible)}
    return render(request, "planner/drafts/moved.html", context)
