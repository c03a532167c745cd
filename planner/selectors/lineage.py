"""From which shipped policy the active one descends, and whether a newer one was shipped since."""

from __future__ import annotations

from django.db.models import Q

from planner.models import PolicyActivation, PolicyVersion
from planner.selectors import basis


def shipped_root() -> PolicyVersion:
    """The shipped policy that the active one took over last, or began from."""
    rows = PolicyActivation.objects.select_related("draft__base", "draft__restores").order_by("-pk")
    adopted = next(
        (row.draft.restores for row in rows if row.draft.restores and row.rolled_back_from is None), None
    )
    if adopted is not None:
        return adopted
    first = rows.last()
    return first.draft.base if first else PolicyVersion.objects.get(sha=basis.shipped_sha())


def taken_over(sha: str) -> bool:
    """Whether the shipped policy is the active one, or one that the active one comes from."""
    activated = PolicyActivation.objects.all()
    if not activated.exists():
        return True
    came_from = Q(draft__base_id=sha) | Q(draft__restores_id=sha) | Q(version_id=sha)
    return activated.filter(came_from).exists()
