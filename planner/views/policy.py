"""The policy as it is used: every table with its sources; and how figures come about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from planner.selectors import basis, reading

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    """One table at a time: the address is the state."""
    asked = request.GET
    read = reading.reading(
        basis.policy(),
        asked.get("table", ""),
        timezone.now().date(),
        asked.get("q", "").strip(),
        asked.get("layer", ""),
    )
    return render(request, "planner/policy.html", {"reading": read})


@require_safe
def entry(request: HttpRequest, name: str) -> HttpResponse:
    """A row, parameter, fact or tier by its name alone: to its place in its table."""
    table = reading.table_of(basis.policy(), name)
    if not table:
        raise Http404
    return redirect(f"{reverse('planner:policy')}?table={table}#{name}")


@require_safe
def how(request: HttpRequest) -> HttpResponse:
    assumed = reading.assumptions(basis.policy(), timezone.now().date())
    return render(request, "planner/how.html", {"assumptions": assumed})
