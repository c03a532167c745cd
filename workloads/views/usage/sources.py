"""Where usage comes from: files and proxies, their runs, and how much of it belongs to a workload."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from workloads.forms.usage import SourceForm
from workloads.models import UsageSource
from workloads.models.usage import SourceKind
from workloads.selectors.usage import pages
from workloads.services import usage as services
from workloads.tasks import send_usage
from workloads.views.usage.rights import for_operators, for_readers, may_manage

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "POST"])
@for_readers
def usage(request: HttpRequest) -> HttpResponse:
    """The sources, the newest runs, and the share of traffic that belongs to nobody; POST connects a proxy."""
    form = SourceForm(request.POST or None)
    if form.is_bound and form.is_valid():
        source = form.save()
        messages.success(request, f"{source} is connected. Pull now to see whether it answers.")
        return redirect("workloads:usage_source", source.pk)
    context = {
        "form": form,
        "sources": pages.sources(),
        "runs": pages.recent_runs(),
        "coverage": pages.coverage(timezone.now()),
        "may_manage": may_manage(request),
    }
    return render(request, "workloads/usage/usage.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@for_readers
def usage_source(request: HttpRequest, pk: int) -> HttpResponse:
    """One source with its runs; POST changes a proxy's address, key reference and schedule."""
    source = get_object_or_404(pages.sources(), pk=pk)
    is_proxy = source.kind == SourceKind.LITELLM
    form = SourceForm(request.POST or None, instance=source) if is_proxy else None
    if form is not None and form.is_bound and form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("workloads:usage_source", pk)
    context = {
        "source": get_object_or_404(pages.sources(), pk=pk),
        "form": form,
        "runs": pages.recent_runs(source),
        "may_manage": may_manage(request),
    }
    return render(
        request, "workloads/usage/source.html", context, status=422 if form and form.is_bound else 200
    )


@require_POST
@for_operators
def usage_pull(request: HttpRequest, pk: int) -> HttpResponse:
    source = get_object_or_404(UsageSource, pk=pk, kind=SourceKind.LITELLM)
    now = timezone.now()
    run = services.ask_pull(
        source,
        slot=f"asked:{now.isoformat()}",
        as_of=now,
        send=send_usage,
        asked_by=request.user,  # type: ignore[arg-type]
    )
    return redirect("workloads:usage_run", run.pk)
