"""What a draft still lacks before it can be submitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.engine.policy.owners import sources_missing
from planner.selectors import policies
from planner.selectors.golden import golden

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from planner.models import PolicyDraft


@dataclass(frozen=True)
class Point:
    """One thing to do first, and the field of the form it belongs to."""

    field: str
    sentence: str


def open_points(draft: PolicyDraft, day: date) -> list[Point]:
    """Everything that stands between the draft and its submission, each in one sentence; nothing when it is complete."""
    return list(_points(draft, day))


def _points(draft: PolicyDraft, day: date) -> Iterator[Point]:
    changes = policies.changes(draft)
    if not changes:
        yield Point("changes", "The draft changes nothing yet.")
    if draft.refused:
        yield Point("refused", "Some text could not be read. Correct it or discard it.")
    if not draft.reason.strip():
        yield Point("reason", "Say why: whoever signs decides on your reason.")
    if draft.effective_from is None or draft.effective_from < day:
        yield Point("effective_from", "Give the date from which it holds: today or later.")
    if missing := sources_missing(changes, draft.document):
        rows = ", ".join(row for _, row in missing)
        yield Point("source", f"Every change cites its source. Without one: {rows}.")
    if broken := next(
        (case for case in golden(policies.drafted(draft), policies.first_day(draft, day)) if case.error),
        None,
    ):
        yield Point("cases", f"The draft cannot decide the case {broken.title}: {broken.error}")
    if changes and policies.finished_impact(draft) is None:
        yield Point("impact", "Compute the impact of this revision first.")
