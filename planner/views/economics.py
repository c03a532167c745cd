"""What a workload costs in full, and what would change that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from planner import access, charts
from planner.forms.what_if import WhatIfForm, standing_values
from planner.htmx import fragment_or_page, is_fragment
from planner.selectors.economics import Missing, economics
from planner.selectors.reconciliation import page as reconciliation

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def workload(request: HttpRequest, pk: int) -> HttpResponse:
    """One part at a time (?part=2), one placement's terms at a time (?class=5a), other figures as asked (?peak=6)."""
    found = access.get_workload_for(request.user, pk)
    form = WhatIfForm(request.GET.dict())
    part, variant = request.GET.get("part", ""), request.GET.get("class", "")
    costed = economics(found, part, variant, form.what_if(), timezone.now())
    if isinstance(costed, Missing):
        return render(request, "planner/economics/missing.html", {"workload": found, "missing": costed})
    form.standing(standing_values(costed.asked))
    context: dict[str, Any] = {
        "workload": found,
        "costed": costed,
        "form": form,
        "query": _kept(request),
        "fragment": is_fragment(request),
        "waterfall": charts.waterfall_figure(costed.terms, costed.cost.usd_month),
        "volumes": charts.volume_figure(costed.volumes, costed.comparator),
        "future": charts.future_figure(costed.future),
    }
    if not context["fragment"]:
        context["reported"] = reconciliation.of_workload(found, timezone.now())
    return fragment_or_page(request, "planner/economics/workload.html", "figures", context)


def _kept(request: HttpRequest) -> str:
    """The page's own address without the placement shown, for links that change only that."""
    asked = request.GET.copy()
    asked.pop("class", None)
    return asked.urlencode()
