"""The exceptions a person may see, each with what it is about, when it ends and which buttons are open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import prefetch_related_objects

from planner import access
from planner.models.waiver import WaiverState
from planner.selectors import basis, exceptions
from planner.selectors.words import count_of

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from planner.engine.policy import Row
    from planner.models import Waiver
    from workloads.access import Person
    from workloads.models import Workload

LISTS: Final = {"open": "Asked and granted", "ending": "Ending in 30 days", "closed": "Over"}
OPEN: Final = (WaiverState.ASKED, WaiverState.GRANTED)
SOON_DAYS: Final = 30


@dataclass(frozen=True)
class Item:
    """One exception; row is None where the active policy has no such rule any more."""

    waiver: Waiver
    row: Row | None
    days_left: int
    why_not: dict[str, str]

    @property
    def is_asked(self) -> bool:
        return self.waiver.state == WaiverState.ASKED

    @property
    def is_granted(self) -> bool:
        return self.waiver.state == WaiverState.GRANTED

    @property
    def acts(self) -> bool:
        """Whether this person can do anything about it."""
        if self.is_asked:
            return not (self.why_not["grant"] and self.why_not["withdraw"])
        return self.is_granted and not self.why_not["revoke"]

    @property
    def act_words(self) -> str:
        """What this person can do about it, in short."""
        if self.is_asked:
            return "Take it back" if self.why_not["grant"] else "Decide"
        return "End it"

    @property
    def ends_words(self) -> str:
        return f"ends in {count_of(self.days_left, 'day')}" if self.days_left > 0 else "ends today"

    @property
    def ends_soon(self) -> bool:
        return self.is_granted and self.days_left <= SOON_DAYS


def items(user: Person, visible: QuerySet[Workload], shown: str, day: date) -> list[Item]:
    """The list's exceptions, those that wait first, then by their end."""
    rules = {row.id: row for row in basis.policy().rows("constraints")}
    found = _rows(visible, shown, day)
    if user.is_authenticated:
        prefetch_related_objects([user], "memberships")  # asked of every exception below
    ordered = sorted(found, key=lambda each: (each.state != WaiverState.ASKED, each.until))
    return [
        Item(each, rules.get(each.row), (each.until - day).days, _why_not(user, each)) for each in ordered
    ]


def _rows(visible: QuerySet[Workload], shown: str, day: date) -> QuerySet[Waiver]:
    if shown == "ending":
        return exceptions.expiring(visible, day)
    states = OPEN if shown == "open" else tuple(state for state in WaiverState if state not in OPEN)
    return exceptions.waivers(visible, *states)


def _why_not(user: Person, waiver: Waiver) -> dict[str, str]:
    return {
        "grant": access.why_not_grant(user, waiver),
        "revoke": access.why_not_revoke(user, waiver),
        "withdraw": access.why_not_withdraw_waiver(user, waiver),
    }
