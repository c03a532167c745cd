"""Everything the portfolio page shows, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from planner.selectors import headlines, outlooks
from planner.selectors.needed import Needed, decisions_needed
from planner.selectors.portfolio import OVERLAPPING, Portfolio, portfolio
from planner.selectors.roadmap import everybody, roadmap
from planner.selectors.spending import Spending, spending
from planner.selectors.standing import CLASSES, NOWHERE, Posture, Standing
from workloads.selectors.usage import pages as usage

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from django.db.models import QuerySet

    from workloads.models import Workload


@dataclass(frozen=True)
class Blocked:
    """Why workloads may run nowhere today, and what would let them."""

    why: str
    way_out: str
    standings: list[Standing]


@dataclass(frozen=True)
class Overview:
    portfolio: Portfolio
    spending: Spending
    needed: list[Needed]
    unattributed: float | None
    in_full: dict[str, Any] | None

    @cached_property
    def headline(self) -> str:
        return headlines.portfolio_headline(self.portfolio)

    @cached_property
    def lede(self) -> str:
        seen = self.portfolio.standings
        keys = {each.workload.pk for each in seen}
        ends = roadmap(everybody(seen), "wave", self.spending.measured, keys).ends
        return headlines.portfolio_lede(self.portfolio, self.spending, ends) + headlines.in_full_words(
            self.in_full
        )

    @cached_property
    def blocked(self) -> list[Blocked]:
        """Workloads that may run nowhere today, by the sentence that says why."""
        groups: dict[tuple[str, str], list[Standing]] = {}
        for standing in self.portfolio.listed(Posture.BLOCKED):
            for segment in standing.segments:
                if segment["status"] in {"blocked", "infeasible"}:
                    waiting = groups.setdefault((segment["sentence"], _way_out(segment)), [])
                    if standing not in waiting:
                        waiting.append(standing)
        return [Blocked(why, way_out, found) for (why, way_out), found in groups.items()]

    @cached_property
    def exposed(self) -> list[Standing]:
        return self.portfolio.listed("exposed")

    @property
    def bar_today(self) -> float:
        return self._bar(self.spending.today)

    @property
    def bar_target(self) -> float:
        return self._bar(self.spending.target)

    def _bar(self, amount: Decimal) -> float:
        """Length of a bar in percent of the longer one."""
        longest = max(self.spending.today, self.spending.target)
        return round(float(100 * amount / longest), 1) if longest else 0.0


def _way_out(segment: dict[str, Any]) -> str:
    if segment["relaxations"]:
        return str(segment["relaxations"][0]["sentence"])
    gates = [gate["label"] for gate in segment["gates"] if gate["open"]]
    return f"Close: {', '.join(gates)}" if gates else ""


def list_title(show: str, today: str, target: str) -> str:
    """What the list behind a tile or a cell holds."""
    names = {str(posture.value): str(posture.label) for posture in Posture} | OVERLAPPING
    if show:
        return names.get(show, "Workloads")
    labels = {NOWHERE: "nothing yet"} | CLASSES
    origin = f"from {labels[today]} " if today in labels else ""
    return f"Workloads that go {origin}to {labels[target]}" if target in labels else "Workloads"


def overview(workloads: QuerySet[Workload], as_of: datetime) -> Overview:
    """The portfolio of these workloads as of now."""
    found = portfolio(workloads)
    return Overview(
        found,
        spending(found.standings, as_of),
        decisions_needed(found.standings),
        usage.coverage(as_of).share_tokens,
        outlooks.in_full(workloads),
    )
