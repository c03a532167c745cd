"""The effect of a registration form while it is being filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST
from workloads.forms.workload import RegistrationForm

from planner.selectors import basis, effect
from workloads.selectors import facts

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """A fragment: class now and target, cost a month, why each class, what is still unknown."""
    form = RegistrationForm(request.POST, user=request.user, policy=basis.policy())
    given = form.workload_input(facts.organisation_facts())
    found = effect.effect(given, timezone.now().date())
    return render(request, "planner/_preview.html", {"effect": found})
