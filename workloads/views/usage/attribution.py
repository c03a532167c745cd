"""Whose traffic is this: the rules in order, what they leave over, and a rule tried before it is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from planner.htmx import is_fragment
from workloads.forms.usage import RuleForm
from workloads.models import AttributionRule
from workloads.selectors.usage import pages
from workloads.services import attribution as services
from workloads.views.usage.rights import for_readers, may_manage

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE = "workloads/usage/attribution.html"


@require_http_methods(["GET", "POST"])
@for_readers
def attribution(request: HttpRequest) -> HttpResponse:
    """POST with `action` tries, saves or removes a rule; the page comes back with what moved."""
    action = request.POST.get("action", "")
    if action == "remove":
        return _remove(request)
    asked = {name: request.GET[name] for name in ("field", "pattern") if name in request.GET}
    form = RuleForm(request.POST or None, initial=asked)
    if action == "try":
        return _try(request, form)
    if action == "save" and form.is_valid():
        return _save(request, form)
    return _page(request, form, status=422 if form.is_bound else 200)


def _save(request: HttpRequest, form: RuleForm) -> HttpResponse:
    rule = form.instance
    moved = services.save_rule(rule)
    messages.success(request, f"Saved. {moved:,} hourly sums moved; {rule.workload} counts them from now on.")
    return redirect("workloads:attribution")


def _remove(request: HttpRequest) -> HttpResponse:
    rule = get_object_or_404(AttributionRule, pk=request.POST.get("rule") or 0)
    moved = services.remove_rule(rule)
    messages.success(
        request, f"Removed. {moved:,} hourly sums moved to whom the other rules say, or to nobody."
    )
    return redirect("workloads:attribution")


def _try(request: HttpRequest, form: RuleForm) -> HttpResponse:
    """What the rule would match; a rule that is not complete yet is no error."""
    form.is_valid()
    cleaned = form.cleaned_data
    rule = AttributionRule(
        **{name: cleaned[name] for name in ("field", "pattern", "source", "workload") if name in cleaned}
    )
    reach = pages.reach(rule, timezone.now()) if rule.field and rule.pattern else None
    if is_fragment(request):
        return render(request, "workloads/usage/_reach.html", {"reach": reach, "rule": rule})
    return _page(request, RuleForm(initial=request.POST.dict()), reach=reach, rule=rule)


def _page(request: HttpRequest, form: RuleForm, *, status: int = 200, **context: object) -> HttpResponse:
    now = timezone.now()
    context |= {
        "form": form,
        "rules": AttributionRule.objects.select_related("workload", "segment__workload", "source"),
        "callers": pages.unattributed(now),
        "coverage": pages.coverage(now),
        "may_manage": may_manage(request),
    }
    return render(request, PAGE, context, status=status)
