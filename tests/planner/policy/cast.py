"""Drafts and people for the tests of policy work: Omar drafts, Rosa reviews for the whole organisation."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from planner.services import policy

if TYPE_CHECKING:
    from planner.models import PolicyDraft
    from workloads.models import User

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
TODAY = NOW.date()
REASON = "The board settled on another level."


def send(pk: int) -> None:
    """The broker of these tests: what is asked for stays queued."""


def value(amount: str = "20000", since: str = "2026-12-01") -> dict[str, str]:
    return {
        "from": since,
        "value": amount,
        "document": "board",
        "line": "1",
        "quote": "We look at twenty thousand.",
    }


def threshold(by: User, amount: str = "20000", parameter: str = "spend_trigger") -> PolicyDraft:
    """A draft that changes one published level."""
    draft = policy.start_draft(by=by, as_of=NOW, title="Another level")
    return policy.append_value(draft, parameter, value(amount), by=by, revision=draft.revision, as_of=NOW)


def described(draft: PolicyDraft, by: User, effective_from: date = TODAY) -> PolicyDraft:
    return policy.describe(
        draft,
        title=draft.title,
        reason=REASON,
        effective_from=effective_from,
        by=by,
        revision=draft.revision,
        as_of=NOW,
    )


def submitted(draft: PolicyDraft, by: User, **told: Any) -> PolicyDraft:
    """The draft with a reason, a date and an impact, waiting for its signatures."""
    ready = described(draft, by, **told)
    policy.impact_here(ready, by=by, as_of=NOW)
    return policy.submit(ready, by=by, revision=ready.revision, as_of=NOW)


def opened(draft: PolicyDraft, by: User) -> PolicyDraft:
    impact = draft.impacts.filter(revision=draft.revision).first()
    policy.open_moved(impact, by=by, as_of=NOW)
    return draft


def signed(draft: PolicyDraft, by: User, as_of: datetime = NOW) -> PolicyDraft:
    opened(draft, by)
    return policy.sign(draft, by=by, revision=draft.revision, note="", as_of=as_of, send=send)
