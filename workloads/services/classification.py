"""Proposing and deciding what may be known about a segment's data: two people, always.

The rule stands three times, each able to refuse alone: here, in a trigger (any edit of what was decided voids
the decision and remembers the editor) and in check constraints (migration 0002_four_eyes).
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Literal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction

from workloads import access, signals
from workloads.models import Classification
from workloads.models.classification import OPEN_STATES, ClassificationState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from workloads.models import Segment, User

Action = Literal["approve", "reject", "ask"]
STATE_AFTER: dict[str, ClassificationState] = {
    "approve": ClassificationState.APPROVED,
    "reject": ClassificationState.REJECTED,
    "ask": ClassificationState.CHANGES_REQUESTED,
}


class ChangedMeanwhileError(Exception):
    """The proposal is no longer the one that was on the decider's screen."""


def revision_hash(segment_id: int, facts: Mapping[str, Any], reason: str, evidence: str) -> str:
    """sha256 over what a decision binds to, in canonical JSON."""
    material = {"segment": segment_id, "facts": dict(facts), "reason": reason, "evidence": evidence}
    return hashlib.sha256(json.dumps(material, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@transaction.atomic
def propose(
    segment: Segment, *, by: User, facts: Mapping[str, Any], reason: str, evidence: str = "", as_of: datetime
) -> Classification:
    """The segment has one open proposal with these facts; whoever wrote it can no longer decide on it."""
    if not reason.strip():
        raise ValidationError({"reason": "Say why: the reviewer decides on your reason."})
    write_as(by)
    fields = {
        "state": ClassificationState.PROPOSED,
        "facts": dict(facts),
        "reason": reason,
        "evidence": evidence,
        "revision_hash": revision_hash(segment.pk, facts, reason, evidence),
        "proposed_at": as_of,
        "decided_by": None,
        "decided_at": None,
    }
    waiting = (
        Classification.objects.select_for_update().filter(segment=segment, state__in=OPEN_STATES).first()
    )
    if waiting is None:
        proposal = Classification.objects.create(segment=segment, proposed_by=by, editors=[by.pk], **fields)
    else:
        editors = sorted({*waiting.editors, by.pk})
        Classification.objects.filter(pk=waiting.pk).update(editors=editors, **fields)
        proposal = Classification.objects.get(pk=waiting.pk)
    announce(proposal)
    return proposal


@transaction.atomic
def decide(
    pk: int, *, by: User, action: Action, seen_hash: str, note: str, ends_on: date | None, as_of: datetime
) -> Classification:
    """The proposal is approved until ENDS_ON, rejected or back with its proposer; bound to the hash that was seen.

    Raises PermissionDenied with the reason, ValidationError by field, ChangedMeanwhileError.
    """
    proposal = Classification.objects.select_for_update().get(pk=pk)
    if reason := access.why_not_decide(by, proposal):
        raise PermissionDenied(reason)
    stands = revision_hash(proposal.segment_id, proposal.facts, proposal.reason, proposal.evidence)
    if proposal.state not in OPEN_STATES or stands != seen_hash:
        raise ChangedMeanwhileError
    _check_decision(action, note, ends_on, as_of)
    write_as(by)
    if action == "approve":
        _replace_approved(proposal)
        _approve(proposal, ends_on)
    proposal.state = STATE_AFTER[action]
    proposal.decided_by = by
    proposal.decided_at = as_of
    proposal.decision_note = note
    proposal.save()
    announce(proposal)
    return proposal


def _check_decision(action: Action, note: str, ends_on: date | None, as_of: datetime) -> None:
    if action != "approve" and not note.strip():
        raise ValidationError({"note": "Say why: the proposer needs it to go on."})
    if action == "approve" and (ends_on is None or ends_on <= as_of.date()):
        raise ValidationError({"ends_on": "An approval needs an end date after today."})


def _approve(proposal: Classification, ends_on: date | None) -> None:
    proposal.ends_on = ends_on
    proposal.snapshot = {
        "segment": proposal.segment_id,
        "facts": proposal.facts,
        "reason": proposal.reason,
        "evidence": proposal.evidence,
        "proposed_by": proposal.proposed_by_id,
        "revision_hash": proposal.revision_hash,
        "ends_on": ends_on.isoformat() if ends_on else None,
    }
    canonical = json.dumps(proposal.snapshot, sort_keys=True, separators=(",", ":"))
    proposal.snapshot_hash = hashlib.sha256(canonical.encode()).hexdigest()


def _replace_approved(proposal: Classification) -> None:
    Classification.objects.filter(segment_id=proposal.segment_id, state=ClassificationState.APPROVED).update(
        state=ClassificationState.REVOKED
    )


@transaction.atomic
def withdraw(proposal: Classification, *, by: User) -> None:
    """The proposer took the proposal back: not a decision, so no second person."""
    if proposal.proposed_by_id != by.pk or proposal.state not in OPEN_STATES:
        raise PermissionDenied("Only the proposer may withdraw a waiting proposal.")
    write_as(by)
    Classification.objects.filter(pk=proposal.pk, state__in=OPEN_STATES).update(
        state=ClassificationState.WITHDRAWN
    )
    announce(proposal)


@transaction.atomic
def expire_due(as_of: datetime) -> int:
    """Approvals past their end date no longer hold; returns how many ended."""
    ended = Classification.objects.filter(state=ClassificationState.APPROVED, ends_on__lt=as_of.date())
    rows = list(ended.select_for_update())
    ended.update(state=ClassificationState.EXPIRED)
    for row in rows:
        announce(row)
    return len(rows)


def write_as(person: User) -> None:
    """Names the person to the database for this transaction: its trigger keeps who wrote a classification."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('planner.person', %s, true)", [str(person.pk)])


def announce(proposal: Classification) -> None:
    ids = {"segment_id": proposal.segment_id, "state": str(proposal.state)}
    transaction.on_commit(lambda: signals.classification_decided.send_robust(sender=Classification, **ids))
