"""A part where it should run: what is paid for it there, and what is paid for it today."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.engine.costing import full_costs
from planner.engine.costing.terms import TOKENS
from planner.engine.outlook.lines import ByTheToken, ByVolume, Machines, Member, Seats, Servers, Tokens
from planner.engine.uncertainty.growth import monthly_growth
from planner.engine.vocabulary import CLASS_OF, VARIANTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.engine.costing import FullCost, Work
    from planner.engine.outlook.lines import Line
    from planner.engine.scenarios import Answer, Part

GROWTH: Final = "growth_pct_month"
CLASS_TODAY: Final = "current_class"
NOWHERE: Final = "none"
UNSAID: Final = "2"  # what a bill of which nobody says is taken to be for: it was measured with its tokens


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

    @property
    def hire(self) -> bool:
        """Whether people for machines of its own would have to be hired."""
        return self.answer.under.hire

    @property
    def class_today(self) -> str:
        """What serves it today; "none" where nobody says."""
        return str(self.answer.weighed.reading.values.get(CLASS_TODAY) or NOWHERE)

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
        member = self.member(work, cost.request_s, assumed)
        return Machines(variant, cost.serving, (member,), self.answer.under.day(variant))

    def member(self, work: Work, request_s: float, assumed: Mapping[str, float]) -> Member:
        mean = work.requests_s(assumed["hours_per_month"]) * request_s
        return Member(float(mean), float(mean * work.peak), self.growth)

    def goes_on_like(self, assumed: Mapping[str, float]) -> Line | None:
        """How the bill of today goes on; None for seats. Of machines nobody can size it follows the volume."""
        today = paid_as(self.class_today)
        if today == "1":
            return None
        variants = [each for each in VARIANTS if CLASS_OF[each] == today]
        if any(each in TOKENS for each in variants):
            return ByTheToken(opened=today == "3", growth=self.growth)
        return self.line(variants[0], assumed) or ByVolume(self.growth)


def paid_as(class_today: str) -> str:
    """The class whose way of paying a measured bill is taken to have."""
    return UNSAID if class_today == NOWHERE else class_today


def placed(part: Part, answer: Answer) -> Placed:
    """A part with its full costs in its world, as its own page works them out."""
    with np.errstate(divide="ignore", invalid="ignore"):  # an output of nothing has no time per token
        costs = full_costs(answer.tier, answer.work, answer.seats, answer.under)
    reading = answer.weighed.reading
    return Placed(
        part, answer, costs, monthly_growth(reading.values.get(GROWTH) if GROWTH in reading.facts else None)
    )
