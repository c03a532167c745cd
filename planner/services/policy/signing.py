"""Submitting, signing, rejecting and withdrawing a draft. Every rule here also stands in a trigger (models.rules)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from planner import access
from planner.models import DraftState, PolicyApproval, PolicyDraft
from planner.selectors import policies
from planner.selectors.submission import open_points
from planner.services.policy.activation import activate
from planner.services.policy.editing import locked
from planner.services.policy.errors import OVERTAKEN, ChangedMeanwhileError, StaleBaseError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from workloads.models import User


@transaction.atomic
def submit(draft: PolicyDraft, *, by: User, revision: int, as_of: datetime) -> PolicyDraft:
    """The draft waits for its signatures and is frozen; what has to be signed is settled."""
    kept = locked(draft.pk, by, revision)
    if reason := access.why_not_submit(by, kept):
        raise PermissionDenied(reason)
    if policies.is_stale(kept):
        raise StaleBaseError(OVERTAKEN)
    if points := open_points(kept, as_of.date()):
        raise ValidationError({point.field: [point.sentence] for point in points})
    kept.needs = {layer: list(roles) for layer, roles in policies.layers_to_sign(kept).items()}
    kept.state = DraftState.SUBMITTED
    kept.submitted_at = as_of
    kept.save(update_fields=["needs", "state", "submitted_at"])
    return kept


@transaction.atomic
def take_back(draft: PolicyDraft, *, by: User, as_of: datetime) -> PolicyDraft:
    """The draft can be edited again, as a new revision: signatures given so far count for nothing."""
    kept = _locked(draft.pk)
    if reason := access.why_not_take_back(by, kept):
        raise PermissionDenied(reason)
    kept.state, kept.needs, kept.revision = DraftState.EDITING, {}, kept.revision + 1
    kept.save(update_fields=["state", "needs", "revision"])
    return kept


@transaction.atomic
def sign(
    draft: PolicyDraft, *, by: User, revision: int, note: str, as_of: datetime, send: Callable[[int], object]
) -> PolicyDraft:
    """Every layer this person owns is signed; when none is left the draft is approved, and active once its date has come."""
    kept = _locked(draft.pk)
    if reason := access.why_not_sign(by, kept):
        raise PermissionDenied(reason)
    if kept.revision != revision:
        raise ChangedMeanwhileError
    if policies.is_stale(kept):
        raise StaleBaseError(OVERTAKEN)
    held = access.organisation_roles(by)
    signed = set(kept.approvals.filter(revision=revision).values_list("layer", flat=True))
    for layer, roles in kept.needs.items():
        mine = [role for role in roles if role in held]
        if mine and layer not in signed:
            PolicyApproval.objects.create(
                draft=kept, revision=revision, layer=layer, role=mine[0], person=by, at=as_of, note=note
            )
            signed.add(layer)
    if signed >= set(kept.needs):
        _decide(kept, DraftState.APPROVED, by, note, as_of)
        if kept.effective_from is not None and kept.effective_from <= as_of.date():
            activate(kept, by=by, as_of=as_of, send=send)
    return kept


@transaction.atomic
def reject(draft: PolicyDraft, *, by: User, revision: int, note: str, as_of: datetime) -> PolicyDraft:
    """The draft is rejected with a reason; its changes can go on in a new draft."""
    kept = _locked(draft.pk)
    if reason := access.why_not_reject(by, kept):
        raise PermissionDenied(reason)
    if kept.revision != revision:
        raise ChangedMeanwhileError
    if not note.strip():
        raise ValidationError({"note": "Say why: the author needs it to go on."})
    return _decide(kept, DraftState.REJECTED, by, note, as_of)


@transaction.atomic
def withdraw(draft: PolicyDraft, *, by: User, as_of: datetime) -> PolicyDraft:
    """Its author took the draft back for good: not a decision, so no second person."""
    kept = _locked(draft.pk)
    if reason := access.why_not_withdraw(by, kept):
        raise PermissionDenied(reason)
    kept.state, kept.decided_at, kept.note = DraftState.WITHDRAWN, as_of, "Withdrawn by the author."
    kept.save(update_fields=["state", "decided_at", "note"])
    return kept


def _decide(draft: PolicyDraft, state: DraftState, by: User, note: str, as_of: datetime) -> PolicyDraft:
    draft.state, draft.decided_by, draft.decided_at, draft.note = state, by, as_of, note
    draft.save(update_fields=["state", "decided_by", "decided_at", "note"])
    return draft


def _locked(pk: int) -> PolicyDraft:
    return PolicyDraft.objects.select_for_update(of=("self",)).select_related("base").get(pk=pk)
