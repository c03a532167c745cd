"""A usage file: its template, its upload, and the run that counts it."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from planner.htmx import POLL_DONE, fragment_or_page, is_fragment
from workloads.forms.usage import UploadForm
from workloads.models import UsageRun
from workloads.selectors.usage import pages
from workloads.services import usage as services
from workloads.tasks import send_usage
from workloads.usage.csv_columns import COLUMNS, template
from workloads.views.usage.rights import for_operators, for_readers

if TYPE_CHECKING:
    from django.http import HttpRequest

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}")


@require_http_methods(["GET", "POST"])
@for_operators
def usage_upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if not form.is_valid():
        context = {"form": form, "columns": COLUMNS}
        return render(request, "workloads/usage/upload.html", context, status=422 if form.is_bound else 200)
    file = form.cleaned_data["file"]
    run, is_new = services.ask_file(
        services.file_source(form.cleaned_data["source"]),
        file,
        name=file.name,
        as_of=timezone.now(),
        send=send_usage,
        asked_by=request.user,  # type: ignore[arg-type]
        accept_bad=form.cleaned_data["accept_bad"],
    )
    if not is_new:
        messages.info(request, "0 new rows: this very file was uploaded before. Here is its run.")
    return redirect("workloads:usage_run", run.pk)


@require_GET
@for_readers
def usage_template(request: HttpRequest) -> HttpResponse:
    return _attachment(HttpResponse(template(), content_type="text/csv; charset=utf-8"), "usage-template.csv")


@require_GET
@for_readers
def usage_run(request: HttpRequest, pk: int) -> HttpResponse:
    """The run and what became of its rows; htmx gets the progress, and the whole page once the run has ended."""
    run = get_object_or_404(UsageRun.objects.select_related("source", "asked_by"), pk=pk)
    if request.GET.get("download") == "rejected":
        return rejected_csv(run)
    context = {"run": run, "groups": [] if is_fragment(request) else pages.rejected_by_reason(run)}
    status = POLL_DONE if is_fragment(request) and not run.is_open else 200
    response = fragment_or_page(request, "workloads/usage/run.html", "progress", context, status=status)
    if status == POLL_DONE:
        response.headers["HX-Refresh"] = "true"  # counts and rejected rows stand below the progress
    return response


def rejected_csv(run: UsageRun) -> HttpResponse:
    """The rejected rows as they can be mended: line, column and reason first, then what is kept of the row."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    rows = list(run.rejected.all())
    names = sorted({name for row in rows for name in row.row})
    writer = csv.writer(response)
    writer.writerow(["line", "column", "reason", *names])
    for row in rows:
        writer.writerow(
            [row.line, row.column, row.reason, *(_harmless(row.row.get(name, "")) for name in names)]
        )
    return _attachment(response, f"rejected-{run.pk}.csv")


def _harmless(text: str) -> str:
    """No cell may start a formula when somebody opens the file in a spreadsheet."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _attachment(response: HttpResponse, name: str) -> HttpResponse:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
