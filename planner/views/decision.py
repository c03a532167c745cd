"""Why this class for this workload, and what would change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from planner import access, charts
from planner.engine.vocabulary import VARIANTS
from planner.selectors import compared, explained

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """One part of the workload at a time (?part=2); without a decision, why there is none."""
    workload = access.get_workload_for(request.user, pk)
    found = explained.explained(workload, request.GET.get("part", ""), timezone.now())
    context = {"workload": workload, "explained": found}
    if found.part is None:
        return render(request, "planner/undecided.html", context)
    shown = {"figure": charts.cost_figure(found.part.segment), "variants": VARIANTS}
    return render(request, "planner/decision.html", context | shown)


@require_safe
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """A record as it is kept (?digest=, else the newest one), for whoever wants to check it."""
    workload = access.get_workload_for(request.user, pk)
    digest = request.GET.get("digest") or compared.current_digest(workload)
    found = compared.side(workload, digest) if digest else None
    if found is None:
        raise Http404
    name = f'attachment; filename="decision-{workload.pk}-{found.kept.digest[:8]}.json"'
    document = {"digest": found.kept.digest, "record": found.record}
    return JsonResponse(document, json_dumps_params={"indent": 2}, headers={"Content-Disposition": name})
