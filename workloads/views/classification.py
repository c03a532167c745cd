"""The architect's side of a classification: propose, and take back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from workloads import access
from workloads.forms.classification import ProposalForm
from workloads.models import Classification, Segment
from workloads.selectors.classifications import effective
from workloads.services import classification as services

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    segment = access.get_rw_for(request.user, Segment.objects.select_related("workload__team"), pk)
    holds = effective([segment], timezone.now())[segment.pk]
    latest = segment.classifications.first()
    initial = (latest.facts | {"reason": latest.reason, "evidence": latest.evidence}) if latest else {}
    form = ProposalForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.propose(
            segment,
            by=request.user,  # type: ignore[arg-type]
            facts=form.facts,
            reason=form.cleaned_data["reason"],
            evidence=form.cleaned_data["evidence"],
            as_of=timezone.now(),
        )
        messages.success(
            request, "Proposed. Somebody else decides; until then it may only tighten the decision."
        )
        return redirect("workloads:detail", segment.workload_id)
    context = {"segment": segment, "form": form, "holds": holds, "latest": latest}
    return render(request, "workloads/propose.html", context, status=422 if form.is_bound else 200)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    proposal = access.get_for(request.user, Classification.objects.select_related("segment"), pk)
    services.withdraw(proposal, by=request.user)  # type: ignore[arg-type]
    messages.success(request, "Withdrawn. What was approved before holds on.")
    return redirect("workloads:detail", proposal.segment.workload_id)
