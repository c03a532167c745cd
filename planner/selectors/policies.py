"""Policies and drafts as they stand: what is active, what differs, what has to be signed, what happened when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from planner.engine.policy import build_policy, owners
from planner.engine.policy.cells import VALUE_FROM
from planner.engine.policy.diff import diff
from planner.jobs import RunState
from planner.models import PolicyActivation, PolicyDraft, PolicyImpact, PolicyVersion
from planner.selectors import basis, lineage
from planner.selectors.findings import news as news_of
from planner.selectors.golden import CaseResult, golden
from planner.selectors.policy_words import (
    cases_words,
    edit_words,
    impact_words,
    layer_label,
    need_words,
    news_words,
    signature_words,
)

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from planner.engine import Policy
    from planner.engine.policy.diff import Change
    from planner.models import PolicyApproval
    from workloads.models import User


@dataclass(frozen=True)
class Active:
    """The policy in force, with the activation that made it so; none while it is the shipped one."""

    policy: Policy
    activation: PolicyActivation | None

    @property
    def sha(self) -> str:
        return self.policy.sha

    @property
    def version(self) -> str:
        return self.policy.version

    @property
    def since(self) -> datetime | None:
        return self.activation.activated_at if self.activation else None

    @property
    def by(self) -> User | None:
        return self.activation.draft.decided_by if self.activation else None


@dataclass(frozen=True)
class News:
    """The program brought another policy than the active one comes from."""

    sentence: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Version:
    """A kept policy with the times it became active."""

    version: PolicyVersion
    activations: list[PolicyActivation]
    is_active: bool
    is_shipped: bool

    @property
    def rolled_back(self) -> bool:
        """Whether it was made by going back to an older one."""
        return any(each.rolled_back_from_id for each in self.activations)


@dataclass(frozen=True)
class Checks:
    """What is known of a draft after an edit: unread text, golden cases, and findings of the analysis."""

    refused: list[dict[str, Any]]
    cases: tuple[CaseResult, ...]
    findings: tuple[Any, ...] = field(default=())

    @property
    def failed_cases(self) -> list[CaseResult]:
        return [case for case in self.cases if not case.passed]

    @property
    def sentence(self) -> str:
        return cases_words(len(self.cases) - len(self.failed_cases), len(self.cases))

    @property
    def clean(self) -> bool:
        return not (self.refused or self.failed_cases or self.findings)


@dataclass(frozen=True)
class Need:
    """A layer that has to be signed, and who signed it."""

    layer: str
    roles: tuple[str, ...]
    signed: PolicyApproval | None

    @property
    def label(self) -> str:
        return layer_label(self.layer)

    @property
    def words(self) -> str:
        return need_words(self.layer, self.roles)


@dataclass(frozen=True, order=True)
class Event:
    """What somebody did to a draft, and when."""

    at: datetime
    words: str
    by: Any = field(compare=False, default=None)
    note: str = field(compare=False, default="")


def active(as_of: datetime | None = None) -> Active:
    """The policy in force now, or at a moment, and since when."""
    rows = PolicyActivation.objects.select_related("version", "draft__decided_by", "draft__author")
    rows = rows.defer("version__document", "draft__document")
    if as_of is not None:
        rows = rows.filter(activated_at__lte=as_of)
    newest = rows.first()
    return Active(basis.policy_of(newest.version_id if newest else basis.shipped_sha()), newest)


def news() -> News | None:
    """What the program ships and nobody has taken over; nothing while the shipped policy is where the active comes from."""
    shipped = basis.policy_of(basis.shipped_sha())
    if lineage.taken_over(shipped.sha):
        return None
    changes = diff(lineage.shipped_root().document, basis.policy_document())
    return News(news_words(shipped.version, basis.policy().version, len(changes)), changes)


def versions() -> list[Version]:
    """Every kept policy, the newest first, each with the times it became active."""
    activations: dict[str, list[PolicyActivation]] = {}
    joined = ("draft__decided_by", "draft__author", "activated_by", "rolled_back_from", "run")
    rows = PolicyActivation.objects.select_related(*joined).defer(
        "draft__document", "rolled_back_from__document"
    )
    for row in rows:
        activations.setdefault(row.version_id, []).append(row)
    standing, shipped = basis.policy_sha(), basis.shipped_sha()
    return [
        Version(kept, activations.get(kept.sha, []), kept.sha == standing, kept.sha == shipped)
        for kept in PolicyVersion.objects.defer("document")
    ]


def drafts(*states: str) -> QuerySet[PolicyDraft]:
    """Drafts in these states, or all, the newest first."""
    rows = PolicyDraft.objects.select_related("author", "decided_by", "base", "restores")
    rows = rows.defer("document", "base__document", "restores__document")
    return rows.filter(state__in=states) if states else rows


def changes(draft: PolicyDraft) -> tuple[Change, ...]:
    """What the draft changes, by row id."""
    return diff(draft.base.document, draft.document)


def difference(old: str, new: str) -> tuple[Change, ...]:
    """What differs between two kept policies, by row id."""
    kept = PolicyVersion.objects.in_bulk([old, new])
    return diff(kept[old].document, kept[new].document)


def drafted(draft: PolicyDraft) -> Policy:
    """The policy the draft would become; built once for each revision in a process."""
    return _drafted(draft.pk, draft.sha)


@lru_cache(maxsize=8)
def _drafted(pk: int, sha: str) -> Policy:
    return build_policy(PolicyDraft.objects.values_list("document", flat=True).get(pk=pk, sha=sha))


def checks(draft: PolicyDraft, day: date) -> Checks:
    """Unread text, golden cases, and what the analysis newly finds, on the first day on which all of it holds."""
    policy, since = drafted(draft), first_day(draft, day)
    brought = news_of(policy, basis.policy_of(draft.base_id), since)
    return Checks(list(draft.refused), golden(policy, since), brought)


def first_day(draft: PolicyDraft, today: date) -> date:
    """The first day on which everything the draft says holds: its own date, and those of the values it appends."""
    values = [
        column.name.removeprefix(VALUE_FROM)
        for each in changes(draft)
        for column in each.columns
        if column.name.startswith(VALUE_FROM) and column.old is None and each.kind == "changed"
    ]
    return max(today, draft.effective_from or today, *(date.fromisoformat(value) for value in values))


def refused_at(draft: PolicyDraft, table: str, row: str, column: str) -> dict[str, Any] | None:
    """The text that could not be read in a cell, with its reason."""
    place = (table, row, column)
    return next(
        (each for each in draft.refused if (each["table"], each["row"], each["column"]) == place), None
    )


def is_stale(draft: PolicyDraft) -> bool:
    """Whether another policy became active since the draft began."""
    return draft.base_id != basis.policy_sha()


def layers_to_sign(draft: PolicyDraft) -> owners.Owners:
    """Per layer the draft touches, the roles that may sign it: as the policy it changes says, not as it would say."""
    base = basis.policy_of(draft.base_id)
    standing = base.owners or basis.policy_of(basis.shipped_sha()).owners
    return owners.needs(changes(draft), base, drafted(draft), standing)


def needs(draft: PolicyDraft) -> list[Need]:
    """What has to be signed: as the draft stands while it is edited, as settled once it is submitted."""
    wanted = draft.needs or layers_to_sign(draft)
    given = draft.approvals.filter(revision=draft.revision).select_related("person")
    signed = {each.layer: each for each in given}
    return [Need(layer, tuple(roles), signed.get(layer)) for layer, roles in wanted.items()]


def impact_of(draft: PolicyDraft) -> PolicyImpact | None:
    """The newest impact of the draft's present revision, finished or not."""
    return draft.impacts.filter(revision=draft.revision).first()


def finished_impact(draft: PolicyDraft) -> PolicyImpact | None:
    """The newest finished impact of exactly this revision."""
    return draft.impacts.filter(revision=draft.revision, state=RunState.DONE).first()


def stale_impact(draft: PolicyDraft) -> PolicyImpact | None:
    """The newest finished impact of an older revision."""
    return draft.impacts.filter(revision__lt=draft.revision, state=RunState.DONE).first()


def timeline(draft: PolicyDraft) -> list[Event]:
    """Who did what to the draft, the oldest first."""
    edits = draft.edits.select_related("by")
    signed = draft.approvals.select_related("person")
    found = [Event(each.at, edit_words(each), each.by, each.text) for each in edits]
    found += [Event(each.at, signature_words(each), each.person, each.note) for each in signed]
    return sorted([*found, *_looks(draft), *_steps(draft)])


def _looks(draft: PolicyDraft) -> list[Event]:
    """Impacts computed, and who opened their lists."""
    rows = draft.impacts.filter(state=RunState.DONE).select_related("asked_by")
    impacts = list(rows.prefetch_related("opened__person"))
    computed = [
        Event(each.finished_at or each.as_of, impact_words(each), each.asked_by, each.message)
        for each in impacts
    ]
    opened = [one for each in impacts for one in each.opened.all()]
    return computed + [
        Event(each.opened_at, "opened the list of moved workloads", each.person) for each in opened
    ]


def _steps(draft: PolicyDraft) -> list[Event]:
    found = [Event(draft.submitted_at, "submitted it", draft.author)] if draft.submitted_at else []
    if draft.decided_at:
        words = {"rejected": "rejected it", "withdrawn": "withdrew it"}.get(
            draft.state, "gave the last signature"
        )
        by = draft.author if draft.state == "withdrawn" else draft.decided_by
        found.append(Event(draft.decided_at, words, by, draft.note))
    activation = PolicyActivation.objects.filter(draft=draft).first()
    if activation:
        found.append(Event(activation.activated_at, "became active"))
    return found
