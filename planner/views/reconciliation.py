"""Reported against computed cost by workload and month, as a page and as a file; what moves saved."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from planner import access, services
from planner.forms.reconciliation import ReconciliationFilters
from planner.htmx import fragment_or_page
from planner.posting import posted_from
from planner.selectors.reconciliation import months, page, table
from planner.selectors.reconciliation.months import Seen
from planner.tasks import send_reckoning

if TYPE_CHECKING:
    from django.http import HttpRequest

PER_PAGE = 50


@require_safe
def reconciliation(request: HttpRequest) -> HttpResponse:
    filters, found = _found(request)
    context = {
        "filters": filters,
        "found": found,
        "page": Paginator(found.lines, PER_PAGE).get_page(request.GET.get("page")),
        "query": request.GET.urlencode(),
    }
    return fragment_or_page(request, "planner/reconciliation.html", "lines", context)


@require_safe
def table_file(request: HttpRequest) -> HttpResponse:
    """The same lines, all of them, as CSV."""
    filters, found = _found(request)
    month = f"{filters.chosen_month:%Y-%m}" if filters.chosen_month else "all-months"
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="reconciliation-{month}.csv"'
    csv.writer(response).writerows(table.rows(found.lines))
    return response


def _found(request: HttpRequest) -> tuple[ReconciliationFilters, page.Reconciliation]:
    """What this person sees of the month and team they chose; nobody's traffic for whoever may see usage."""
    access.check_has_role(request.user)
    everything = Seen(access.workloads_ever(request.user), access.rights(request.user)["see_usage"])
    filters = ReconciliationFilters(
        request.GET.dict(), user=request.user, months=months.months_with_data(everything)
    )
    team = filters.chosen_team
    seen = Seen(everything.workloads.filter(team=team)) if team else everything
    return filters, page.reconciliation(seen, filters.chosen_month, timezone.now())


@posted_from("planner:reconciliation")
def again(request: HttpRequest) -> HttpResponse:
    """Everything is priced anew with the book as it is now; who asked stays on the run."""
    access.check_may_reckon(request.user)
    by = access.person(request.user)
    services.ask_reckoning(
        reason=f"asked for by {by}",
        as_of=timezone.now(),
        asked_by=by,
        again=True,
        send=send_reckoning,
    )
    messages.success(request, "Every cost is computed again with the prices as they are known now.")
    return redirect("planner:reconciliation")
