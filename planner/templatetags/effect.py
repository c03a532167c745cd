"""What a registration form amounts to, on the form's own page: with or without JavaScript the same part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils import timezone

from planner.selectors import effect as effects
from workloads.selectors import facts

if TYPE_CHECKING:
    from planner.selectors.effect import Effect
    from workloads.forms.workload import RegistrationForm

register = template.Library()


@register.simple_tag
def effect_of(form: RegistrationForm) -> Effect:
    """{% effect_of form as effect %}: for the same parts that the live panel gets."""
    now = timezone.now()
    given = form.workload_input(facts.organisation_facts(), now)
    return effects.effect(given, now, form.workload)
