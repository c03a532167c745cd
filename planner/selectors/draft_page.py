"""What the page of a draft shows: its changes, checks, impact, who has to agree, and why each button may be shut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner import access
from planner.selectors import basis, impacts, policies
from planner.selectors.changes import Told, told
from planner.selectors.policy_words import draft_words, next_words
from planner.selectors.submission import open_points

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from planner.models import ImpactRow, PolicyDraft, PolicyImpact
    from planner.selectors.submission import Point
    from workloads.access import Person
    from workloads.models import Workload


@dataclass(frozen=True)
class Impact:
    """What the draft would move, as far as this person may see it."""

    run: PolicyImpact
    sentence: str
    target: impacts.Matrix
    now: impacts.Matrix
    moved: list[ImpactRow]
    hidden: int
    infeasible: list[ImpactRow]
    triggers: list[ImpactRow]
    errors: list[ImpactRow]


@dataclass(frozen=True)
class DraftPage:
    """Everything the page of one draft says."""

    draft: PolicyDraft
    sentence: str
    is_stale: bool
    changes: list[Told]
    checks: policies.Checks | None
    needs: list[policies.Need]
    run: PolicyImpact | None
    impact: Impact | None
    older: PolicyImpact | None
    timeline: list[policies.Event]
    why_not: dict[str, str]
    open_points: list[Point]

    @property
    def measuring(self) -> bool:
        return self.run is not None and self.run.is_open


def draft_page(draft: PolicyDraft, user: Person, visible: QuerySet[Workload], as_of: datetime) -> DraftPage:
    changes, needs = policies.changes(draft), policies.needs(draft)
    run = policies.impact_of(draft)
    return DraftPage(
        draft,
        draft_words(draft, len(changes), unsigned(needs)),
        draft.is_open and policies.is_stale(draft),
        told(changes, basis.policy_of(draft.base_id)),
        policies.checks(draft, as_of.date()) if draft.is_open else None,
        needs,
        run,
        impact(run, visible) if run and run.state == "done" else None,
        None if run else policies.stale_impact(draft),
        policies.timeline(draft),
        _why_not(user, draft),
        open_points(draft, as_of.date()) if draft.is_editing else [],
    )


def impact(run: PolicyImpact, visible: QuerySet[Workload]) -> Impact:
    """A finished impact, with the workloads the person may see and how many they may not."""
    return Impact(
        run,
        impacts.impact_sentence(run),
        impacts.matrix(run, "target"),
        impacts.matrix(run, "now"),
        impacts.moved(run, visible),
        impacts.hidden_count(run, visible),
        impacts.newly_infeasible(run, visible),
        impacts.triggers_new(run, visible),
        impacts.errors(run, visible),
    )


def _why_not(user: Person, draft: PolicyDraft) -> dict[str, str]:
    """For each button the reason why it is shut, empty where it is open."""
    return {
        "edit": access.why_not_edit(user, draft),
        "submit": access.why_not_submit(user, draft),
        "take_back": access.why_not_take_back(user, draft),
        "sign": access.why_not_sign(user, draft),
        "reject": access.why_not_reject(user, draft),
        "withdraw": access.why_not_withdraw(user, draft),
        "draft": access.why_not_draft(user),
    }


def what_now(draft: PolicyDraft) -> str:
    """What happens next with the draft, for the message after a step."""
    return next_words(draft, unsigned(policies.needs(draft)))


def unsigned(needs: list[policies.Need]) -> list[str]:
    return [need.label for need in needs if not need.signed]
