"""What a registration form amounts to, on the form's own page: with or without JavaScript the same part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils import timezone

from planner.selectors import effect as effects
from workloads.selectors import facts

if TYPE_CHECKING:
    from workloads.forms.workload import RegistrationForm

register = template.Library()


@register.inclusion_tag("planner/_preview.html")
def effect_of(form: RegistrationForm) -> dict[str, Any]:
    """{% effect_of form %}: the same fragment as the live panel's."""
    now = timezone.now()
    given = form.workload_input(facts.organisation_facts(), now)
    return {"effect": effects.effect(given, now.date())}
