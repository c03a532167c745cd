"""Where the portfolio stands, and what leadership has to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from planner import access
from planner.selectors import overview
from planner.selectors.standing import CLASSES

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def portfolio(request: HttpRequest) -> HttpResponse:
    """The page; with ?show= or ?today=&target= the list behind a tile or a cell of the flow."""
    asked = {name: request.GET.get(name, "") for name in ("show", "today", "target")}
    seen = overview.overview(access.visible_workloads(request.user), timezone.now())
    context = {
        "overview": seen,
        "classes": CLASSES,
        "everything": access.rights(request.user)["see_everything"],
    }
    if any(asked.values()):
        context |= {"listed": seen.portfolio.listed(**asked), "list_title": overview.list_title(**asked)}
        return render(request, "planner/portfolio_list.html", context)
    return render(request, "planner/portfolio.html", context)
