"""The bill of one workload against its computed cost, wherever a page of that workload wants to show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils import timezone

from planner.selectors.reconciliation import page

if TYPE_CHECKING:
    from planner.selectors.reconciliation.page import Reported
    from workloads.models import Workload

register = template.Library()


@register.simple_tag
def reported_of(workload: Workload) -> Reported:
    """{% reported_of workload as reported %}: its last months and its moves."""
    return page.of_workload(workload, timezone.now())
