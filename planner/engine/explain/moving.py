"""What a move is worth, in words: what it costs once, when it has paid back, and what is left of it today."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.engine.amounts import in_words

if TYPE_CHECKING:
    from planner.engine.costing.overtime import Move
    from planner.engine.policy import Assumptions


@dataclass(frozen=True, slots=True)
class Worth:
    """A move made now, on average over the futures: the month by which it has paid back (infinity: not within the
    months looked at) and what its savings are worth today.
    """

    payback: float
    npv_usd: float
    months: int

    @property
    def payback_words(self) -> str:
        if math.isinf(self.payback):
            return f"not within {self.months} months"
        return f"in month {self.payback:.0f}"

    @property
    def words(self) -> str:
        """Moving now pays back in month 14 and is worth $1.2M over 36 months, in today's money."""
        amount = in_words(abs(self.npv_usd), "USD")
        worth = f"is worth {amount}" if self.npv_usd >= 0 else f"loses {amount}"
        back = "does not pay back" if math.isinf(self.payback) else f"pays back {self.payback_words}"
        return f"Moving now {back} and {worth} over {self.months} months, in today's money."


def move_words(move: Move, figures: Assumptions) -> str:
    """What a move is taken to cost and to take."""
    lead = f" after {move.lead_months:g} months of hiring" if move.lead_months else ""
    return (
        f"A move is taken to cost {in_words(move.one_off_usd, 'USD')} once, with both bills for "
        f"{move.parallel_months:g} month{'' if move.parallel_months == 1 else 's'}{lead}; savings are discounted at "
        f"{figures['discount_rate']:.0%} a year."
    )
