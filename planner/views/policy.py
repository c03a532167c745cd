"""The policy as it is used: every table with its sources; and how figures come about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from planner.engine.policy.guesses import sizing_guesses
from planner.selectors import basis, reading

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    """One table at a time: the address is the state."""
    read = reading.reading(basis.policy(), request.GET.get("table", ""), timezone.now().date())
    return render(request, "planner/policy.html", {"reading": read})


@require_safe
def how(request: HttpRequest) -> HttpResponse:
    used = basis.policy()
    assumed = reading.assumptions(used, timezone.now().date())
    return render(request, "planner/how.html", {"assumptions": assumed, "sizes": sizing_guesses(used)})
