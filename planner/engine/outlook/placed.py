"""A part where it should run: what is paid for it there, and what is paid for it today."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.engine.costing import full_costs
from planner.engine.costing.terms import TOKENS
from planner.engine.outlook.lines import ByTheToken, Machines, Member, Seats, Servers, Tokens
from planner.engine.uncertainty.growth import monthly_growth
from planner.engine.vocabulary import CLASS_OF, VARIANTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.engine.costing import FullCost, Work
    from planner.engine.outlook.lines import Line
    from planner.engine.scenarios import Answer, Part, World

GROWTH: Final = "growth_pct_month"


@dataclass(frozen=True, slots=True)
class Placed:
    """A part with the full cost of every placement, people aside, and its growth a month (None: nobody says)."""

    part: Part
    answer: Answer
    costs: dict[str, FullCost]
    growth: float | None

    @property
    def target(self) -> str:
        return self.answer.target or ""

    def line(self, variant: str, assumed: Mapping[str, float]) -> Line | None:
        """What a placement is paid by; None where nobody can tell its cost."""
        cost = self.costs.get(variant)
        if cost is None or cost.usd_month is None or not math.isfinite(cost.usd_month):
            return None
        if variant == "1":
            return Seats(self.answer.seats or 0.0)
        work = self.answer.work
        if work is None:
            return None
        if cost.price is not None:
            return Tokens(variant, work, cost.price, self.growth)
        if cost.serving is None or cost.request_s is None:
            return Servers(work, self.growth)
        return Machines(variant, cost.serving, (self.member(work, cost.request_s, assumed),))

    def member(self, work: Work, request_s: float, assumed: Mapping[str, float]) -> Member:
        mean = work.requests_s(assumed["hours_per_month"]) * request_s
        return Member(float(mean), float(mean * work.peak), self.growth)

    def goes_on_like(self, today_class: str, assumed: Mapping[str, float]) -> Line | None:
        """How the bill of a class goes on; None for seats, and for machines nobody can size."""
        variants = [each for each in VARIANTS if CLASS_OF[each] == today_class]
        if any(each in TOKENS for each in variants):
            return ByTheToken(opened=today_class == "3", growth=self.growth)
        return self.line(variants[0], assumed) if variants and today_class != "1" else None


def placed(part: Part, answer: Answer, world: World) -> Placed:
    """A part with its full costs in a world."""
    with np.errstate(divide="ignore", invalid="ignore"):  # an output of nothing has no time per token
        costs = full_costs(answer.tier, answer.work, answer.seats, world.terms)
    reading = answer.weighed.reading
    return Placed(
        part, answer, costs, monthly_growth(reading.values.get(GROWTH) if GROWTH in reading.facts else None)
    )
