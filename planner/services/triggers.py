"""Triggers over time: what a run found is kept, and what people say about a trigger holds until it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from planner.engine import triggers as engine
from planner.models import AnswerKind, TriggerAnswer, TriggerReading
from planner.selectors import trigger_history

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from planner.models import PlanRun
    from planner.selectors.trigger_history import History
    from workloads.models import Segment, User

ANSWERABLE = (engine.NEAR, engine.FIRED)
KEPT = ("state", "since", "crossed", "confirmed", "level")


def keep_readings(run: PlanRun, found: Iterable[tuple[int, Mapping[str, Any]]], history: History) -> None:
    """Every trigger that says something else than before, or has not been kept this week, is kept with the run.

    FOUND are segments with the triggers of their record. Call it inside the batch's transaction.
    """
    rows = [_reading(run, segment, trigger) for segment, trigger in found]
    TriggerReading.objects.bulk_create([row for row in rows if _tells(row, history)])


def _reading(run: PlanRun, segment: int, trigger: Mapping[str, Any]) -> TriggerReading:
    value = trigger["value"]
    amount = isinstance(value, (int, float)) and not isinstance(value, bool)
    return TriggerReading(
        segment_id=segment,
        trigger=trigger["id"],
        run=run,
        as_of=run.as_of,
        state=trigger["state"],
        since=trigger["since"],
        crossed=trigger["crossed"],
        confirmed=trigger["confirmed"],
        value=value if amount else None,
        level=trigger["fire"],
    )


def _tells(row: TriggerReading, history: History) -> bool:
    before = history.newest.get((row.segment_id, row.trigger))
    if before is None:
        return True
    week = engine.PERIOD["week"]
    another_week = row.value is not None and week(before.as_of.date()) != week(row.as_of.date())
    return another_week or _said(row) != _said(before)


def _said(row: TriggerReading) -> list[str]:
    return [str(getattr(row, name)) for name in KEPT]


@transaction.atomic
def answer(
    segment: Segment,
    trigger: str,
    *,
    by: User,
    kind: str,
    reason: str = "",
    until: date | None = None,
    as_of: datetime,
) -> TriggerAnswer:
    """The trigger is acknowledged, snoozed or resolved in the state it is in; raises ValidationError by field."""
    stands = trigger_history.newest_of(segment, trigger)
    if stands is None or stands.state not in ANSWERABLE:
        raise ValidationError(
            "It is neither near nor fired any more: there is nothing to answer. Reload the page."
        )
    _check(kind, reason, until, as_of.date())
    fields = {
        "kind": kind,
        "state": stands.state,
        "since": stands.since,
        "until": until if kind == AnswerKind.SNOOZED else None,
        "reason": reason.strip(),
        "by": by,
        "said_at": as_of,
    }
    return TriggerAnswer.objects.update_or_create(segment=segment, trigger=trigger, defaults=fields)[0]


@transaction.atomic
def take_back(segment: Segment, trigger: str) -> None:
    """Nothing is said about the trigger any more; the history keeps what was."""
    TriggerAnswer.objects.filter(segment=segment, trigger=trigger).delete()


def _check(kind: str, reason: str, until: date | None, today: date) -> None:
    errors = {}
    if kind not in AnswerKind.values:
        errors["kind"] = "Acknowledge it, snooze it or mark it resolved."
    if kind == AnswerKind.SNOOZED and (until is None or until <= today):
        errors["until"] = "Give the day after today on which it asks again."
    if kind in (AnswerKind.SNOOZED, AnswerKind.RESOLVED) and not reason.strip():
        errors["reason"] = "Say why: others read it instead of the trigger."
    if errors:
        raise ValidationError(errors)
