"""Beginning a draft: from the active policy, an old version, the newly shipped one, or another draft's changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from planner import access
from planner.engine import PolicyError
from planner.engine.policy import build_policy, sha_of
from planner.engine.policy.diff import Conflict, diff, in_order_of_need, replay, replay_one
from planner.models import PolicyDraft, PolicyEdit, PolicyVersion
from planner.selectors import basis, lineage
from planner.services.plans import keep_policy
from workloads.services.classification import write_as

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from planner.engine.policy.cells import Documents
    from planner.engine.policy.diff import Change
    from workloads.models import User

NUMBERED = re.compile(r"^(.*?)(\d+)$")


def start_draft(*, by: User, as_of: datetime, title: str = "") -> PolicyDraft:
    """There is a draft that says what the active policy says, under the next version's name."""
    base = _kept_active(as_of)
    return _begin(base, base.document, by=by, as_of=as_of, title=title or "Change of the policy")


def start_rollback(version: PolicyVersion, *, by: User, as_of: datetime) -> PolicyDraft:
    """There is a draft with the text of an old version: going back takes the same path as any change."""
    base = _kept_active(as_of)
    if version.sha == base.sha:
        raise ValidationError("This version is the active one; there is nothing to go back to.")
    _refuse_unreadable(version.document)
    title = f"Back to {version.version}"
    return _begin(base, version.document, by=by, as_of=as_of, title=title, restores=version)


def start_adoption(*, by: User, as_of: datetime) -> tuple[PolicyDraft, list[Conflict]]:
    """There is a draft with what the newly shipped policy changed, on top of the active one."""
    base, shipped = _kept_active(as_of), keep_policy(basis.policy_of(basis.shipped_sha()), as_of)
    if lineage.taken_over(shipped.sha):
        raise ValidationError("The active policy has taken over the shipped one already.")
    changes = diff(lineage.shipped_root().document, shipped.document)
    documents, conflicts = made_again(changes, base.document)
    title = f"Take over what {shipped.version} ships"
    return _begin(base, documents, by=by, as_of=as_of, title=title, restores=shipped), conflicts


def rebase(draft: PolicyDraft, *, by: User, as_of: datetime) -> tuple[PolicyDraft, list[Conflict]]:
    """There is a new draft on the active policy with the same changes; those that clash are named, not made."""
    base = _kept_active(as_of)
    changes = diff(draft.base.document, draft.document)
    documents, conflicts = made_again(changes, base.document)
    fresh = _begin(base, documents, by=by, as_of=as_of, title=draft.title, reason=draft.reason)
    return fresh, conflicts


def made_again(changes: Iterable[Change], onto: Documents) -> tuple[Documents, list[Conflict]]:
    """The policy with the changes made, readable: one that would make it unreadable is a conflict too."""
    wanted = list(changes)
    documents, conflicts = replay(wanted, onto)
    try:
        build_policy(documents)
    except PolicyError:
        return _one_by_one(wanted, onto)
    return documents, list(conflicts)


def _one_by_one(changes: Iterable[Change], onto: Documents) -> tuple[Documents, list[Conflict]]:
    documents, conflicts = onto, []
    for change in in_order_of_need(changes):
        changed, met = replay_one(change, documents)
        try:
            build_policy(changed)
        except PolicyError as error:
            met = [Conflict(change.table, change.row, "", change.kind, str(error))]
        else:
            documents = changed
        conflicts += met
    return documents, conflicts


def _kept_active(as_of: datetime) -> PolicyVersion:
    return keep_policy(basis.policy(), as_of)


@transaction.atomic
def _begin(
    base: PolicyVersion, document: Documents, *, by: User, as_of: datetime, title: str, **more: Any
) -> PolicyDraft:
    if reason := access.why_not_draft(by):
        raise PermissionDenied(reason)
    document = named(document, next_version(base.version))
    write_as(by)
    draft = PolicyDraft.objects.create(
        base=base,
        document=document,
        sha=sha_of(document),
        title=title[:120],
        author=by,
        editors=[by.pk],
        created_at=as_of,
        **more,
    )
    PolicyEdit.objects.create(
        draft=draft, revision=draft.revision, by=by, at=as_of, action="begin", text=title
    )
    return draft


def named(document: Documents, version: str) -> dict[str, Any]:
    """The document as the version of that name."""
    head = document["policy"]
    return {**document, "policy": {**head, "policy": {**head["policy"], "version": version}}}


def next_version(version: str) -> str:
    """The name after this one, and after every other that was ever kept: 2026.1 is followed by 2026.2."""
    match = NUMBERED.match(version)
    stem, number = (match[1], int(match[2])) if match else (f"{version}.", 1)
    taken = set(PolicyVersion.objects.filter(version__startswith=stem).values_list("version", flat=True))
    number += 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def _refuse_unreadable(document: Documents) -> None:
    try:
        build_policy(document)
    except PolicyError as error:
        raise ValidationError(f"This program cannot read that version any more: {error}") from error
