"""A signed draft becomes the policy in force on its date, and the portfolio is planned again."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Q

from planner.models import DraftState, PolicyActivation, PolicyDraft, PolicyVersion
from planner.selectors import policies
from planner.services.asking import ask_plan
from planner.services.policy.errors import OVERTAKEN, StaleBaseError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from workloads.models import User

ONE_AT_A_TIME = 7_301_001  # names the lock under which a policy becomes active
log = logging.getLogger(__name__)


@transaction.atomic
def activate(
    draft: PolicyDraft, *, by: User | None, as_of: datetime, send: Callable[[int], object]
) -> PolicyActivation:
    """The draft's text is the active policy, kept under its hash, and a plan with it is asked for.

    Raises StaleBaseError where another policy became active since the draft began.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    if policies.is_stale(draft):
        raise StaleBaseError(OVERTAKEN)
    fields = {"version": draft.version, "document": draft.document, "first_used_at": as_of}
    version, _ = PolicyVersion.objects.get_or_create(sha=draft.sha, defaults=fields)
    run = ask_plan(reason=f"policy {version.version} became active", as_of=as_of, send=send)
    activation = PolicyActivation.objects.create(
        version=version,
        draft=draft,
        effective_from=draft.effective_from or as_of.date(),
        activated_at=as_of,
        activated_by=by,
        run=run,
        reason=draft.reason,
        rolled_back_from=draft.base if _goes_back(draft) else None,
    )
    draft.state = DraftState.ACTIVE
    draft.save(update_fields=["state"])
    return activation


def _goes_back(draft: PolicyDraft) -> bool:
    """Whether it restores what was in force before, rather than taking over what was shipped since."""
    if draft.restores_id is None:
        return False
    held = Q(version=draft.restores_id) | Q(draft__base=draft.restores_id)
    return PolicyActivation.objects.filter(held).exists()


def activate_due(as_of: datetime, send: Callable[[int], object]) -> int:
    """Approved drafts whose date has come are active; one overtaken by another policy is closed and says so."""
    due = PolicyDraft.objects.filter(state=DraftState.APPROVED, effective_from__lte=as_of.date())
    return sum(
        _activate_or_close(pk, as_of, send)
        for pk in due.order_by("effective_from", "pk").values_list("pk", flat=True)
    )


@transaction.atomic
def _activate_or_close(pk: int, as_of: datetime, send: Callable[[int], object]) -> bool:
    draft = PolicyDraft.objects.select_for_update(of=("self",)).select_related("base").get(pk=pk)
    if draft.state != DraftState.APPROVED:
        return False
    try:
        activate(draft, by=None, as_of=as_of, send=send)
    except StaleBaseError:
        draft.state, draft.note = DraftState.SUPERSEDED, OVERTAKEN
        draft.save(update_fields=["state", "note"])
        log.warning("policy draft %s was overtaken before its date", pk)
        return False
    return True
