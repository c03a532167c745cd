"""Plan runs: the list, one run with what moved, and the button that starts one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from planner import access, services
from planner.htmx import POLL_DONE, fragment_or_page, is_fragment
from planner.posting import posted_from
from planner.selectors import runs as selectors
from planner.tasks import send_plan, send_replay

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

A_PAGE = 25


@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    page = Paginator(selectors.runs(), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "planner/runs.html", {"page": page})


@require_safe
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """The run's page; htmx asks for its progress until it is finished."""
    found = access.get_run_for(request.user, pk)
    visible = access.visible_workloads(request.user)
    context = {
        "run": found,
        "moved": selectors.moved(found, visible),
        "errors": selectors.errors(found, visible),
    }
    response = fragment_or_page(request, "planner/run.html", "progress", context)
    if not found.is_open and is_fragment(request):
        response.status_code = POLL_DONE
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest replay of a plan with its progress; POST asks for another one."""
    plan = access.get_run_for(request.user, pk)
    access.check_may_replay(request.user)
    if request.method == "POST":
        services.ask_replay(
            plan, as_of=timezone.now(), asked_by=access.person(request.user), send=send_replay
        )
        return redirect("planner:replay_plan", pk)
    found = plan.replays.first()
    context = {"plan": plan, "run": found}
    response = fragment_or_page(request, "planner/replay_plan.html", "progress", context)
    if is_fragment(request) and not (found and found.is_open):
        response.status_code = POLL_DONE
    return response


@posted_from("planner:runs")
def plan_now(request: HttpRequest) -> HttpResponse:
    access.check_may_plan(request.user)
    asked = services.ask_plan(
        reason="asked for", as_of=timezone.now(), asked_by=access.person(request.user), send=send_plan
    )
    messages.success(request, "A plan is on its way. It decides every workload with what is known now.")
    return redirect("planner:run", asked.pk)
