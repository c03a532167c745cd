"""The effect of a registration form while it is being filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from planner.selectors import effect
from workloads.forms.workload import RegistrationForm, edited_workload
from workloads.selectors import facts

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """A fragment: class now and target, cost a month, why each class, what is still unknown."""
    now = timezone.now()
    edited = edited_workload(request.POST, request.user)
    form = RegistrationForm(request.POST, user=request.user, workload=edited)
    given = form.workload_input(facts.organisation_facts(), now)
    found = effect.effect(given, now, form.workload)
    return render(request, "planner/preview.html", {"effect": found})
