"""What is about to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from planner import access
from planner.selectors import headlines, standing, watch

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def triggers(request: HttpRequest) -> HttpResponse:
    standings = standing.standings(access.visible_workloads(request.user))
    watched = watch.watch(standings, request.GET.get("state", ""))
    context = {"watch": watched, "headline": headlines.watch_headline(watched)}
    return render(request, "planner/triggers.html", context)
