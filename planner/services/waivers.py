"""Exceptions to one rule for one workload: asked by one person, granted by another, with an end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from planner import access
from planner.models import Waiver, WaiverState
from planner.models.waiver import OPEN_WAIVERS
from planner.selectors import basis
from planner.selectors.exceptions import why_not_waivable
from planner.services.asking import ask_plan
from workloads.services.classification import write_as

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from workloads.models import Segment, User, Workload

    Send = Callable[[int], object]


@transaction.atomic
def ask(
    workload: Workload,
    row: str,
    *,
    segment: Segment | None = None,
    reason: str,
    until: date,
    by: User,
    as_of: datetime,
) -> Waiver:
    """The owner of the rule is asked to let this workload, or this part of it, off until the end of a day."""
    if refusal := access.why_not_ask(by, workload):
        raise PermissionDenied(refusal)
    policy = basis.policy()
    if refusal := why_not_waivable(policy, row):
        raise ValidationError({"row": refusal})
    if not reason.strip():
        raise ValidationError({"reason": "Say why: the owner of the rule decides on your reason."})
    if until <= as_of.date():
        raise ValidationError({"until": "Give an end date after today."})
    if segment is not None and segment.workload_id != workload.pk:
        raise ValidationError({"segment": "This part belongs to another workload."})
    scope = {"workload": workload, "segment": segment, "row": row}
    if Waiver.objects.filter(state__in=OPEN_WAIVERS, **scope).exists():
        raise ValidationError("This exception is asked for or granted already.")
    owner = next(each.owner for each in policy.rows("constraints") if each.id == row)
    write_as(by)
    return Waiver.objects.create(
        role=owner, reason=reason.strip(), until=until, asked_by=by, asked_at=as_of, **scope
    )


@transaction.atomic
def grant(pk: int, *, by: User, note: str, as_of: datetime, send: Send) -> Waiver:
    """The rule does not count for the workload until the end of its last day, and a plan is asked for."""
    waiver = _locked(pk)
    if refusal := access.why_not_grant(by, waiver):
        raise PermissionDenied(refusal)
    if refusal := why_not_waivable(basis.policy(), waiver.row):
        raise ValidationError({"row": refusal})
    if waiver.until < as_of.date():
        raise ValidationError({"until": "Its end date has passed. It has to be asked for again."})
    waiver.granted_by = by
    _decide(waiver, WaiverState.GRANTED, by, note, as_of)
    ask_plan(reason="a waiver was granted", as_of=as_of, send=send)
    return waiver


@transaction.atomic
def refuse(pk: int, *, by: User, note: str, as_of: datetime) -> Waiver:
    """The rule goes on counting; whoever asked reads why."""
    waiver = _locked(pk)
    if refusal := access.why_not_grant(by, waiver):
        raise PermissionDenied(refusal)
    if not note.strip():
        raise ValidationError({"note": "Say why: whoever asked needs it to go on."})
    return _decide(waiver, WaiverState.REFUSED, by, note, as_of)


@transaction.atomic
def revoke(pk: int, *, by: User, note: str, as_of: datetime, send: Send) -> Waiver:
    """The rule counts again from now on, and a plan is asked for."""
    waiver = _locked(pk)
    if refusal := access.why_not_revoke(by, waiver):
        raise PermissionDenied(refusal)
    if not note.strip():
        raise ValidationError({"note": "Say why: the workload loses what rested on it."})
    _decide(waiver, WaiverState.REVOKED, by, note, as_of)
    ask_plan(reason="a waiver was revoked", as_of=as_of, send=send)
    return waiver


@transaction.atomic
def withdraw(pk: int, *, by: User, as_of: datetime) -> Waiver:
    """Whoever asked no longer does."""
    waiver = _locked(pk)
    if refusal := access.why_not_withdraw_waiver(by, waiver):
        raise PermissionDenied(refusal)
    return _decide(waiver, WaiverState.WITHDRAWN, by, "", as_of)


@transaction.atomic
def end_due(as_of: datetime, send: Send) -> int:
    """Waivers past their last day have ended, questions past it too; a plan is asked for where one had counted."""
    past = Waiver.objects.select_for_update().filter(until__lt=as_of.date())
    granted = list(past.filter(state=WaiverState.GRANTED).values_list("pk", flat=True))
    Waiver.objects.filter(pk__in=granted).update(state=WaiverState.ENDED)
    Waiver.objects.filter(pk__in=past.filter(state=WaiverState.ASKED).values("pk")).update(
        state=WaiverState.REFUSED, decided_at=as_of, note="Nobody decided before its end date."
    )
    if granted:
        ask_plan(reason="a waiver ended", as_of=as_of, send=send)
    return len(granted)


def _locked(pk: int) -> Waiver:
    rows = Waiver.objects.select_for_update(of=("self",)).select_related("workload", "segment")
    return rows.get(pk=pk)


def _decide(waiver: Waiver, state: WaiverState, by: User, note: str, as_of: datetime) -> Waiver:
    write_as(by)
    waiver.state, waiver.decided_by, waiver.decided_at, waiver.note = state, by, as_of, note.strip()
    waiver.save()
    return waiver
