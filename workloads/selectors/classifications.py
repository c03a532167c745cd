"""What holds for each segment's data on a day: approved, or only proposed, or nothing said yet."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from planner.engine import Fact, Input, load_policy
from workloads.models import Classification
from workloads.models.classification import OPEN_STATES, ClassificationState
from workloads.selectors.declarations import value_words

VALIDITY = {
    "open": "classification_months_open",
    "sensitive": "classification_months_sensitive",
    "strict": "classification_months_strict",
}
STRICT_TAGS = frozenset({"phi", "mnpi", "classified", "itar"})  # as the parameter's label lists them
OPEN_TAGS = frozenset({"public", "internal_ops"})

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from django.db.models import QuerySet

    from workloads.models import Segment


@dataclass(frozen=True)
class Effective:
    """The facts a decision reads, and whether a reviewer stands behind them.

    `pending` holds the facts of a newer, unapproved proposal: they may only tighten.
    """

    status: str
    facts: dict[str, Fact]
    pending: dict[str, Fact] | None
    classification: Classification | None


def reviewer_inputs() -> tuple[Input, ...]:
    """The inputs a reviewer owns, in the policy's order: what a classification is about."""
    scopes = {"workload", "segment"}
    return tuple(
        given
        for given in load_policy().inputs.values()
        if given.supplied_by == "reviewer" and given.scope in scopes
    )


def effective(segments: Iterable[Segment], as_of: datetime) -> dict[int, Effective]:
    """What holds for each segment on the day of AS_OF, in one query."""
    ids = [segment.pk for segment in segments]
    rows: dict[int, list[Classification]] = {pk: [] for pk in ids}
    found = Classification.objects.filter(segment_id__in=ids).exclude(state=ClassificationState.WITHDRAWN)
    for row in found.select_related("proposed_by", "decided_by").order_by("-pk"):
        rows[row.segment_id].append(row)
    return {pk: _effective(rows[pk], as_of) for pk in ids}


def _effective(newest_first: list[Classification], as_of: datetime) -> Effective:
    approved = next((row for row in newest_first if _holds(row, as_of)), None)
    waiting = next((row for row in newest_first if row.state in OPEN_STATES), None)
    if approved is not None:
        pending = facts_of(waiting) if waiting else None
        return Effective("approved", facts_of(approved), pending, approved)
    latest = waiting or next(iter(newest_first), None)
    return Effective("proposed", facts_of(latest) if latest else {}, None, latest)


def _holds(row: Classification, as_of: datetime) -> bool:
    return (
        row.state == ClassificationState.APPROVED and row.ends_on is not None and row.ends_on >= as_of.date()
    )


def facts_of(row: Classification) -> dict[str, Fact]:
    """The row's facts with who proposed them and, once approved, who approved them."""
    said = Fact("", "declared", str(row.proposed_by), row.proposed_at.date())
    if row.state == ClassificationState.APPROVED:
        decided = row.decided_at.date() if row.decided_at else None
        said = replace(said, source="approved", approved_by=str(row.decided_by), approved_at=decided)
    facts: Mapping[str, Any] = row.facts
    return {name: replace(said, value=value) for name, value in facts.items()}


def waiting_for(reviewable: QuerySet[Classification]) -> QuerySet[Classification]:
    """Proposals that wait for a decision, oldest first."""
    rows = reviewable.filter(state=ClassificationState.PROPOSED, segment__workload__archived_at=None)
    return rows.select_related("segment__workload__team", "proposed_by").order_by("proposed_at")


def ending_soon(rows: QuerySet[Classification], as_of: datetime) -> QuerySet[Classification]:
    """Approvals that end within thirty days, the next one first."""
    ends_by = (as_of + timedelta(days=30)).date()
    return rows.filter(state=ClassificationState.APPROVED, ends_on__lte=ends_by).order_by("ends_on")


def suggested_end(facts: Mapping[str, Any], day: date) -> date:
    """How long an approval of these facts should hold: the policy's months for the most sensitive tag."""
    policy = load_policy()
    months = int(policy.parameter(VALIDITY[_sensitivity(facts)], day).value)
    year, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + year, month + 1)[1]
    return day.replace(year=day.year + year, month=month + 1, day=min(day.day, last))


def _sensitivity(facts: Mapping[str, Any]) -> str:
    tags = set(facts.get("data_tags") or ())
    if tags & STRICT_TAGS:
        return "strict"
    return "open" if tags and tags <= OPEN_TAGS else "sensitive"


def last_approval(proposal: Classification) -> Classification | None:
    """The newest decision the proposal is compared with: approved, replaced or expired."""
    decided = (ClassificationState.APPROVED, ClassificationState.REVOKED, ClassificationState.EXPIRED)
    rows = Classification.objects.filter(segment_id=proposal.segment_id, state__in=decided).exclude(
        pk=proposal.pk
    )
    return rows.select_related("decided_by").order_by("-decided_at").first()


@dataclass(frozen=True)
class Difference:
    """One fact of a proposal beside what was approved before, in words."""

    label: str
    approved: str
    proposed: str
    changed: bool


def differences(proposal: Classification, approved: Classification | None) -> list[Difference]:
    """Every reviewer-owned fact that either side answers, changed ones first."""
    before = approved.facts if approved else {}
    rows = [
        Difference(
            given.label,
            say(given, before.get(name)),
            say(given, proposal.facts.get(name)),
            before.get(name) != proposal.facts.get(name),
        )
        for given in reviewer_inputs()
        if (name := given.name) in before or name in proposal.facts
    ]
    return sorted(rows, key=lambda row: not row.changed)


def say(given: Input, value: Any) -> str:
    """A fact's value in the input's own words."""
    return "not answered" if value is None else value_words(given, value)
