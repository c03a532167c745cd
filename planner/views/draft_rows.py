"""The rows of a draft: its tables to choose from, one row cell by cell, rows added and taken out, changes undone."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from planner import access
from planner.forms.policy import RowForm, ValueForm
from planner.htmx import fragment_or_page
from planner.posting import posted_from
from planner.selectors import basis, editing, policies
from planner.selectors.changes import told
from planner.selectors.reading import Dated
from planner.selectors.tables import TABLES
from planner.services import policy as services
from planner.views.policy import read

if TYPE_CHECKING:
    from django.http import HttpRequest

    from planner.models import PolicyDraft

UNREADABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@require_safe
def rows(request: HttpRequest, pk: int) -> HttpResponse:
    """Every table of the draft, each row with a link to change it."""
    draft = access.get_draft_for(request.user, pk)
    why_not = access.why_not_edit(request.user, draft)
    context = {
        "draft": draft,
        "reading": read(request, policies.drafted(draft)),
        "changing": None if why_not else draft,
        "why_not": why_not,
        "addable": _takes_rows(request.GET.get("table") or "constraints"),
    }
    return render(request, "planner/drafts/rows.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def row(request: HttpRequest, pk: int, table: str, name: str) -> HttpResponse:
    """One row, parameter or fact, cell by cell. What cannot be read is kept as typed and counts for nothing."""
    draft = access.get_draft_for(request.user, pk)
    if request.method == "POST":
        return _keep(request, draft, table, name)
    return _row_page(request, draft, table, name)


def _keep(request: HttpRequest, draft: PolicyDraft, table: str, name: str) -> HttpResponse:
    form = RowForm(_cells(draft, table, name), draft.revision, request.POST)
    if not form.is_valid():
        return _row_page(request, draft, table, name, form=form, status=UNREADABLE)
    revision, by = form.cleaned_data["revision"], access.person(request.user)
    typed = form.typed()
    try:
        for column, text in typed.items():
            draft = services.set_cell(
                draft, table, name, column, text, by=by, revision=revision, as_of=timezone.now()
            )
            revision = draft.revision
    except services.ChangedMeanwhileError:
        draft.refresh_from_db()
        return _row_page(request, draft, table, name, form=form, status=HTTPStatus.CONFLICT)
    return _after(request, draft, table, name, "Kept." if typed else "Nothing was changed.")


@posted_from("planner:draft_row", "pk", "name", table="parameters")
def value(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """A value added to a parameter, from a day on; those before stay."""
    draft = access.get_draft_for(request.user, pk)
    form = ValueForm(request.POST)
    if not form.is_valid():
        return _row_page(request, draft, "parameters", name, value=form, status=UNREADABLE)
    try:
        draft = services.append_value(
            draft,
            name,
            form.typed(),
            by=access.person(request.user),
            revision=form.cleaned_data["revision"],
            as_of=timezone.now(),
        )
    except services.ChangedMeanwhileError:
        draft.refresh_from_db()
        return _row_page(request, draft, "parameters", name, value=form, status=HTTPStatus.CONFLICT)
    return _after(request, draft, "parameters", name, "The value is added.")


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, pk: int, table: str) -> HttpResponse:
    """A new row of a table; until it can be read it is kept as typed."""
    draft = access.get_draft_for(request.user, pk)
    if not _takes_rows(table):
        raise Http404
    if request.method == "POST":
        form = RowForm(editing.blank_cells(table), draft.revision, request.POST)
        if form.is_valid():
            return _add(request, draft, table, form)
    else:
        form = RowForm(editing.blank_cells(table, _refused_row(draft, table)), draft.revision)
    context = {"draft": draft, "table": TABLES[table], "form": form}
    status = UNREADABLE if request.method == "POST" else HTTPStatus.OK
    return render(request, "planner/drafts/add.html", context, status=status)


def _add(request: HttpRequest, draft: PolicyDraft, table: str, form: RowForm) -> HttpResponse:
    revision, typed = form.cleaned_data["revision"], form.typed()
    try:
        draft = services.add_row(
            draft, table, typed, by=access.person(request.user), revision=revision, as_of=timezone.now()
        )
    except services.ChangedMeanwhileError:
        context = {"draft": draft, "table": TABLES[table], "form": form, "conflict": True}
        return render(request, "planner/drafts/add.html", context, status=HTTPStatus.CONFLICT)
    if _refused_row(draft, table):
        return redirect("planner:draft_add", draft.pk, table)
    messages.success(request, "The row is added.")
    return redirect("planner:draft_row", draft.pk, table, typed["id"])


@posted_from("planner:draft", "pk")
def remove(request: HttpRequest, pk: int, table: str, name: str) -> HttpResponse:
    draft = access.get_draft_for(request.user, pk)
    services.remove_row(draft, table, name, by=access.person(request.user), **_seen(request))
    messages.success(request, f"{name} is taken out. Undo stands beside it in the list of changes.")
    return redirect("planner:draft", draft.pk)


@posted_from("planner:draft", "pk")
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """One cell, or a whole row, back to what the base has; or a text that could not be read, thrown away."""
    draft = access.get_draft_for(request.user, pk)
    by, seen = access.person(request.user), _seen(request)
    table, name, column = (request.POST.get(key, "") for key in ("table", "row", "column"))
    if "refused" in request.POST:
        services.discard_refused(draft, table, name, column, by=by, **seen)
    else:
        services.undo(draft, table, name, column=column, by=by, **seen)
    messages.success(request, "Undone.")
    return redirect("planner:draft", draft.pk)


def _refused_row(draft: PolicyDraft, table: str) -> dict[str, Any] | None:
    """The new row of this table that could not be read."""
    found = (each for each in draft.refused if (each["action"], each["table"]) == ("add", table))
    return next(found, None)


def _takes_rows(table: str) -> bool:
    """Whether rows of this table are a policy's own; facts and figures come with the product."""
    return table not in editing.ALSO and bool(editing.editable_columns(table))


def _seen(request: HttpRequest) -> dict[str, Any]:
    """The revision that was on the screen, and the moment."""
    revision = request.POST.get("revision", "")
    return {"revision": int(revision) if revision.isdecimal() else 0, "as_of": timezone.now()}


def _cells(draft: PolicyDraft, table: str, name: str) -> list[editing.Cell]:
    found = editing.cells(draft, draft.base.document, table, name)
    if table not in TABLES or not found:
        raise Http404
    return found


def _after(request: HttpRequest, draft: PolicyDraft, table: str, name: str, words: str) -> HttpResponse:
    """Back to the row, in place for htmx; where a text could not be read, the row says so itself."""
    wrong = any((each["table"], each["row"]) == (table, name) for each in draft.refused)
    if request.headers.get("HX-Request"):
        status = UNREADABLE if wrong else HTTPStatus.OK
        return _row_page(request, draft, table, name, said="" if wrong else words, status=status)
    if not wrong:
        messages.success(request, words)
    return redirect(reverse("planner:draft_row", args=[draft.pk, table, name]))


def _row_page(
    request: HttpRequest,
    draft: PolicyDraft,
    table: str,
    name: str,
    *,
    form: RowForm | None = None,
    value: ValueForm | None = None,
    said: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    today = timezone.now().date()
    cells = _cells(draft, table, name)
    changes = told(policies.changes(draft), basis.policy_of(draft.base_id))
    context = {
        "draft": draft,
        "table": TABLES[table],
        "name": name,
        "form": form or RowForm(cells, draft.revision),
        "removable": _takes_rows(table),
        "told": next((e for e in changes if (e.change.table, e.change.row) == (table, name)), None),
        "changes": changes,
        "checks": policies.checks(draft, today),
        "why_not": access.why_not_edit(request.user, draft),
        "said": said,
        "conflict": status == HTTPStatus.CONFLICT,
    }
    if table == "parameters":
        parameter = policies.drafted(draft).parameters[name]
        context |= {
            "dated": Dated(parameter, parameter.on(today), today),
            "value": value or ValueForm.again(draft, policies.refused_at(draft, table, name, "values")),
        }
    return fragment_or_page(request, "planner/drafts/row.html", "editor", context, status)
