"""The reconciliation page: its lines, its sums, its moves, and when prices were last put on what was counted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from planner.engine.explain import reconciled as words
from planner.engine.reconciling import Month, first_of, month_of
from planner.models import Reckoning
from planner.selectors.reconciliation.months import Seen, lines, same_share
from planner.selectors.reconciliation.moves import move_lines

if TYPE_CHECKING:
    from datetime import date, datetime

    from planner.selectors.reconciliation.months import Line
    from planner.selectors.reconciliation.moves import MoveLine
    from workloads.models import Workload

MONTHS_SHOWN = 3  # on the page of one workload


@dataclass(frozen=True)
class Reconciliation:
    """What one person sees under the filters they chose."""

    lines: list[Line]
    moves: list[MoveLine]
    reckoning: Reckoning | None
    day: date

    @cached_property
    def headline(self) -> str:
        return words.headline([line.month for line in self.lines], same_share(self.day))

    @cached_property
    def total(self) -> Month:
        """All lines together."""
        return month_of(piece for line in self.lines for piece in line.month.pieces)

    @property
    def left_out(self) -> list[str]:
        """What the difference of all lines is not over."""
        return words.left_out(self.total)


def reconciliation(seen: Seen, month: date | None, as_of: datetime) -> Reconciliation:
    """The lines of MONTH (None: of all months), and every move of these workloads."""
    found = lines(seen, month, first_of(month, 1) if month else None)
    return Reconciliation(
        found,
        move_lines(seen.workloads, as_of),
        Reckoning.objects.select_related("asked_by").first(),
        as_of.date(),
    )


@dataclass(frozen=True)
class Reported:
    """The last months of one workload, and its moves."""

    lines: list[Line]
    moves: list[MoveLine]


def of_workload(workload: Workload, as_of: datetime) -> Reported:
    """What the page of one workload shows of it."""
    seen = Seen(type(workload).objects.filter(pk=workload.pk))
    since = first_of(as_of.date(), 1 - MONTHS_SHOWN)
    return Reported(lines(seen, since), move_lines(seen.workloads, as_of))
