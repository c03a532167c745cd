"""For whoever checks a decision: computing it again, what was decided before, and why that was another answer."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from planner import access
from planner.htmx import fragment_or_page
from planner.posting import posted_from
from planner.selectors import compared, replaying

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from planner.selectors.compared import Side
    from workloads.models import Workload

A_PAGE = 25


@require_safe
def decisions(request: HttpRequest, pk: int) -> HttpResponse:
    """Every decision on the workload, the newest first."""
    workload = access.get_workload_for(request.user, pk)
    page = Paginator(compared.past(workload), A_PAGE).get_page(request.GET.get("page"))
    context = {"workload": workload, "page": page, "current": compared.current_digest(workload)}
    return render(request, "planner/decisions.html", context)


@require_safe
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Two decisions (?a=DIGEST&b=DIGEST): by default the one before the current one, and the current one."""
    workload = access.get_workload_for(request.user, pk)
    other = _side(workload, request.GET.get("b") or compared.current_digest(workload))
    before = request.GET.get("a") or compared.digest_before(workload, other.kept.digest)
    found = compared.comparison(_side(workload, before), other) if before else None
    return render(request, "planner/compare.html", {"workload": workload, "found": found})


@posted_from("planner:decision", "pk")
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    """The decision is computed again, here and now; nothing is changed."""
    workload = access.get_workload_for(request.user, pk)
    side = _side(workload, request.POST.get("digest") or compared.current_digest(workload))
    began = perf_counter()
    verdict = replaying.Archive().verdict(side.kept)
    took_ms = 1000 * (perf_counter() - began)
    context = {"workload": workload, "verdict": verdict, "at": timezone.now(), "took_ms": took_ms}
    return fragment_or_page(request, "planner/replayed.html", "verdict", context)


def _side(workload: Workload, digest: str | None) -> Side:
    """The record of this digest, or 404 where no decision on the workload gave it."""
    found = compared.side(workload, digest) if digest else None
    if found is None:
        raise Http404
    return found
