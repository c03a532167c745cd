"""Spend a month, measured today and expected at target, compared only where both are known."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from workloads.selectors import usage

if TYPE_CHECKING:
    from datetime import datetime

    from planner.selectors.standing import Standing

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Change:
    """What the workloads that go from one class to another save or cost a month; empty: none."""

    today: str
    target: str
    workloads: int
    usd_month: Decimal


@dataclass(frozen=True)
class Spending:
    """`compared` are the workloads with both a measured bill and a price at target."""

    measured: dict[int, Decimal]
    standings: list[Standing]

    @cached_property
    def compared(self) -> list[Standing]:
        return [
            each
            for each in self.standings
            if each.workload.pk in self.measured and each.cost_target is not None
        ]

    @cached_property
    def unknown(self) -> list[Standing]:
        """Workloads whose bill today or price at target nobody knows."""
        known = {each.workload.pk for each in self.compared}
        return [each for each in self.standings if each.workload.pk not in known]

    @property
    def unmeasured(self) -> int:
        """How many of the unknown have no measured bill."""
        return sum(each.workload.pk not in self.measured for each in self.unknown)

    @property
    def unpriced(self) -> int:
        """How many of the unknown have no price at target."""
        return sum(each.cost_target is None for each in self.unknown)

    @cached_property
    def today(self) -> Decimal:
        return sum((self.measured[each.workload.pk] for each in self.compared), Decimal(0)).quantize(CENT)

    @cached_property
    def target(self) -> Decimal:
        return sum((target_cost(each) for each in self.compared), Decimal(0)).quantize(CENT)

    @property
    def saved(self) -> Decimal:
        return self.today - self.target

    @cached_property
    def changes(self) -> list[Change]:
        """The difference by kind of move, largest first; they add up to it."""
        groups: dict[tuple[str, str], list[Standing]] = {}
        for each in self.compared:
            groups.setdefault((each.runs_on, each.targets[-1] if each.targets else ""), []).append(each)
        changes = [
            Change(today, target, len(group), sum((self._change(each) for each in group), Decimal(0)))
            for (today, target), group in groups.items()
        ]
        return sorted(changes, key=lambda change: -abs(change.usd_month))

    def _change(self, each: Standing) -> Decimal:
        return (target_cost(each) - self.measured[each.workload.pk]).quantize(CENT)


def target_cost(each: Standing) -> Decimal:
    return Decimal(str(each.cost_target))


def spending(standings: list[Standing], as_of: datetime) -> Spending:
    """The measured bill of a month against the cost of every target."""
    return Spending(usage.spend_by_workload(as_of), standings)
