"""What happens when, by quarter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from planner import access, charts
from planner.selectors import headlines, standing
from planner.selectors import roadmap as selectors
from workloads.selectors import usage

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def roadmap(request: HttpRequest) -> HttpResponse:
    seen = standing.standings(access.visible_workloads(request.user))
    spent = usage.spend_by_workload(timezone.now())
    keys = {each.workload.pk for each in seen}
    found = selectors.roadmap(selectors.everybody(seen), request.GET.get("by", ""), spent, keys)
    context = {
        "roadmap": found,
        "headline": headlines.roadmap_headline(found),
        "lede": headlines.roadmap_lede(found),
        "gantt": charts.gantt(found, timezone.now().date()),
        "groupings": selectors.GROUPINGS,
    }
    return render(request, "planner/roadmap.html", context)
