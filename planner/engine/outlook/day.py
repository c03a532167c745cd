"""How a day's requests come to a part that has its rented machines to itself, and the hours these need not run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.engine.costing.machines import ROUNDING
from planner.engine.costing.work import HOURS_A_DAY, SECONDS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.engine.costing.machines import Need


@dataclass(frozen=True, slots=True)
class Day:
    """24 factors of mean 1, as measured, and how long a first token may take where the last replica may stop as well:
    0 where it may not, or nobody says.
    """

    profile: tuple[float, ...]
    may_wait_s: float

    def stopped_hours(self, needed: Need, a: Mapping[str, Any]) -> Any:
        """Replica-hours a month that are not paid: `costing.machines.stopped_hours` for one number or many."""
        shape = np.asarray(self.profile) / max(self.profile)
        running = sum(np.maximum(1.0, np.ceil(needed.load * hour - ROUNDING)) for hour in shape)
        unpaid = HOURS_A_DAY * needed.busy - running
        empty = shape <= 0
        if self.may_wait_s > a["cold_start_70b"] and empty.any():
            starts = int((empty & ~np.roll(empty, -1)).sum())
            waits = starts * (a["idle_timeout"] + a["cold_start_70b"]) / SECONDS_PER_HOUR
            unpaid = unpaid + int(empty.sum()) * (1.0 + needed.spare) - waits
        return np.maximum(0.0, unpaid) / HOURS_A_DAY * a["hours_per_month"]
