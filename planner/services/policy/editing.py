"""Changing a draft, one cell at a time. The draft stays a readable policy; text that is none is kept beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from planner import access
from planner.engine import PolicyError
from planner.engine.policy import build_policy, edits, owners
from planner.engine.policy.diff import diff
from planner.models import PolicyDraft, PolicyEdit
from planner.selectors import basis
from planner.services.policy.errors import ChangedMeanwhileError
from workloads.services.classification import write_as

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from planner.engine.policy.cells import Documents
    from workloads.models import User

    Change = Callable[[Documents], Documents]


def set_cell(
    draft: PolicyDraft,
    table: str,
    row: str,
    column: str,
    text: str,
    *,
    by: User,
    revision: int,
    as_of: datetime,
) -> PolicyDraft:
    """The cell says TEXT; where that makes no policy, the text is kept among the refused with its reason."""
    place = _place("set", table, row, column, text)
    return _edit(
        draft,
        place,
        lambda kept: edits.cell_changed(kept, build_policy(kept), table, row, column, text),
        by=by,
        revision=revision,
        as_of=as_of,
    )


def add_row(
    draft: PolicyDraft, table: str, cells: Mapping[str, str], *, by: User, revision: int, as_of: datetime
) -> PolicyDraft:
    """The table has one row more, or the cells are kept among the refused with the reason."""
    place = _place("add", table, str(cells.get("id", "")).strip(), "", dict(cells))
    return _edit(
        draft, place, lambda kept: edits.row_added(kept, table, cells), by=by, revision=revision, as_of=as_of
    )


def remove_row(
    draft: PolicyDraft, table: str, row: str, *, by: User, revision: int, as_of: datetime
) -> PolicyDraft:
    """The table no longer has the row, unless something else still reads it."""
    place = _place("remove", table, row, "", "")
    return _edit(
        draft, place, lambda kept: edits.row_removed(kept, table, row), by=by, revision=revision, as_of=as_of
    )


def append_value(
    draft: PolicyDraft, parameter: str, typed: Mapping[str, str], *, by: User, revision: int, as_of: datetime
) -> PolicyDraft:
    """The parameter has one more value; TYPED says from, value, document, line and quote. Earlier values stay."""
    place = _place("append", "parameters", parameter, "values", dict(typed))
    return _edit(
        draft,
        place,
        lambda kept: edits.value_appended(kept, build_policy(kept), parameter, typed),
        by=by,
        revision=revision,
        as_of=as_of,
    )


def undo(
    draft: PolicyDraft,
    table: str,
    row: str,
    *,
    column: str = "",
    by: User,
    revision: int,
    as_of: datetime,
) -> PolicyDraft:
    """The row, or one column of it, is what it is in the base."""
    place = _place("undo", table, row, column, "")
    base = draft.base.document
    return _edit(
        draft,
        place,
        lambda kept: edits.undone(kept, base, table, row, column),
        by=by,
        revision=revision,
        as_of=as_of,
    )


def discard_refused(
    draft: PolicyDraft, table: str, row: str, column: str, *, by: User, revision: int, as_of: datetime
) -> PolicyDraft:
    """The text that could not be read is gone; the draft says what it said without it."""
    return _edit(
        draft,
        _place("discard", table, row, column, ""),
        lambda kept: kept,
        by=by,
        revision=revision,
        as_of=as_of,
    )


@transaction.atomic
def describe(
    draft: PolicyDraft,
    *,
    title: str,
    reason: str,
    effective_from: date | None,
    by: User,
    revision: int,
    as_of: datetime,
) -> PolicyDraft:
    """The draft has this title, reason and date; another date is a new revision, for its impact may be another."""
    if not title.strip():
        raise ValidationError({"title": "Give the change a title: it is the name people see in lists."})
    kept = locked(draft.pk, by, revision)
    told = {"title": title.strip()[:120], "reason": reason.strip(), "effective_from": effective_from}
    other_day = kept.effective_from != effective_from
    if all(getattr(kept, name) == value for name, value in told.items()):
        return kept
    for name, value in told.items():
        setattr(kept, name, value)
    return _keep(kept, _place("describe", "", "", "", title), by, as_of, same_effect=not other_day)


def locked(pk: int, by: User, revision: int) -> PolicyDraft:
    """The draft for change, if this person may change it and saw it as it is."""
    kept = PolicyDraft.objects.select_for_update(of=("self",)).select_related("base").get(pk=pk)
    if reason := access.why_not_edit(by, kept):
        raise PermissionDenied(reason)
    if kept.revision != revision:
        raise ChangedMeanwhileError
    return kept


def _place(action: str, table: str, row: str, column: str, text: Any) -> dict[str, Any]:
    return {"action": action, "table": table, "row": row, "column": column, "text": text}


@transaction.atomic
def _edit(
    draft: PolicyDraft, place: dict[str, Any], change: Change, *, by: User, revision: int, as_of: datetime
) -> PolicyDraft:
    kept = locked(draft.pk, by, revision)
    others = [each for each in kept.refused if not _same_place(each, place)]
    before = (kept.sha, kept.refused)
    try:
        document = change(kept.document)
        policy = build_policy(document)
    except PolicyError as error:
        kept.refused = [*others, _refused(place, error)]
    else:
        _check_layers(by, kept, document)
        kept.document, kept.sha, kept.refused = document, policy.sha, others
    return kept if (kept.sha, kept.refused) == before else _keep(kept, place, by, as_of)


def _same_place(refused: Mapping[str, Any], place: Mapping[str, Any]) -> bool:
    """Whether the edit is about the text refused earlier; undoing a row takes back all that was refused in it."""
    whole = place["action"] in ("undo", "remove") and not place["column"]
    columns = ("table", "row") if whole else ("table", "row", "column")
    return all(refused[name] == place[name] for name in columns)


def _refused(place: Mapping[str, Any], error: PolicyError) -> dict[str, Any]:
    kept = {name: place[name] for name in ("action", "table", "row", "column", "text")}
    found = {"file": error.file, "at_row": error.row, "at_column": error.column}
    return {**kept, **found, "message": str(error)}


def _check_layers(by: User, draft: PolicyDraft, document: Documents) -> None:
    """Raises PermissionDenied where the edit touches a layer the person may not draft."""
    base = basis.policy_of(draft.base_id)
    standing = base.owners or basis.policy_of(basis.shipped_sha()).owners
    touched = owners.needs(diff(draft.document, document), base, build_policy(document), standing)
    if reason := access.why_not_touch(by, touched):
        raise PermissionDenied(reason)


def _keep(
    draft: PolicyDraft, place: Mapping[str, Any], by: User, as_of: datetime, *, same_effect: bool = False
) -> PolicyDraft:
    """The draft is kept with who wrote it, as a new revision unless it does the same on the same day."""
    draft.revision += not same_effect
    draft.editors = sorted({*draft.editors, by.pk})
    write_as(by)
    draft.save()
    text = place["text"]
    words = text if isinstance(text, str) else "; ".join(f"{name}: {cell}" for name, cell in text.items())
    where = {name: place[name] for name in ("action", "table", "row", "column")}
    PolicyEdit.objects.create(draft=draft, revision=draft.revision, by=by, at=as_of, text=words, **where)
    return draft
