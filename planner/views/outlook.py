"""What the portfolio costs today, at target and pooled, over the months ahead, and in scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from planner import access, charts, services
from planner.engine.explain.outlook import CASES
from planner.engine.outlook.portfolio import TARGET
from planner.htmx import POLL_DONE, fragment_or_page, is_fragment
from planner.posting import posted_from
from planner.selectors import outlooks, pools, runs
from planner.tasks import send_outlook

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def economics(request: HttpRequest) -> HttpResponse:
    """The page; ?of=today or ?of=pooled draws that case instead of the target. htmx asks for the progress."""
    seen = outlooks.seen(access.visible_workloads(request.user))
    asked = request.GET.get("of", TARGET)
    case = asked if asked in CASES else TARGET
    matters = seen.ahead.get("matters", {})
    context = {
        "seen": seen,
        "case": case,
        "cases": CASES,
        "months_figure": charts.months_figure(seen.ahead.get("courses", []), case),
        "matters_figure": charts.matters_figure(seen.swings, matters.get("usd_month")),
    }
    response = fragment_or_page(request, "planner/outlook/economics.html", "progress", context)
    if is_fragment(request) and not (seen.pending and seen.pending.is_open):
        response.status_code = POLL_DONE
    return response


@posted_from("planner:outlook")
def compute(request: HttpRequest) -> HttpResponse:
    """The outlook of the last finished plan is asked for."""
    access.check_may_plan(request.user)
    plan = runs.latest_finished()
    if plan is None:
        messages.error(request, "There is no finished plan yet: start one first.")
        return redirect("planner:outlook")
    services.ask_outlook(plan, as_of=timezone.now(), asked_by=access.person(request.user), send=send_outlook)
    messages.success(request, "The outlook of the last plan is on its way.")
    return redirect("planner:outlook")


@require_safe
def pool(request: HttpRequest, number: int) -> HttpResponse:
    """One pool of the newest outlook, by its place in the list."""
    seen = outlooks.seen(access.visible_workloads(request.user))
    found = pools.pool_page(seen, number)
    if found is None:
        raise Http404
    context = {
        "seen": seen,
        "pool": found,
        "hours_figure": charts.hours_figure(found),
        "volume_figure": charts.volume_figure(found.volumes, found.entry["variant"]),
    }
    return render(request, "planner/outlook/pool.html", context)


@require_safe
def scenarios(request: HttpRequest) -> HttpResponse:
    """Every scenario beside today."""
    seen = outlooks.seen(access.visible_workloads(request.user))
    return render(request, "planner/outlook/scenarios.html", {"seen": seen})


@require_safe
def scenario(request: HttpRequest, pk: str) -> HttpResponse:
    """One scenario with the list of workloads it touches."""
    seen = outlooks.seen(access.visible_workloads(request.user))
    found = seen.happening(pk)
    if found is None:
        raise Http404
    return render(request, "planner/outlook/scenario.html", {"seen": seen, "found": found})
