"""What the same segments would cost if each bought for itself: its own replicas, with spare ones of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.engine.pooling.bill import units_for
from planner.engine.pooling.problem import NOWHERE, OFFER

if TYPE_CHECKING:
    from planner.engine.pooling.problem import Floats, Ints, Problem


@dataclass(frozen=True, slots=True)
class Alone:
    """The cheapest choice of each segment by itself, and the sum; people of a class are still paid once."""

    assignment: Ints  # [I]
    usd: Floats  # [I] USD a month without staff; infinity where nothing serves the segment
    staff_usd_month: float

    @property
    def usd_month(self) -> float:
        """The sum over whoever can be served."""
        return float(self.usd[np.isfinite(self.usd)].sum()) + self.staff_usd_month


def alone(problem: Problem) -> Alone:
    """Each segment with its cheapest offer or pool of its own; staff steps once for every class then in use."""
    peak = problem.requests_s.max(axis=1, initial=0.0)[:, None] * problem.work
    units = units_for(problem, peak, np.ones(peak.shape, dtype=bool))
    pools = units * problem.unit + problem.fixed + problem.barred
    choices = np.column_stack([pools, problem.offer])
    usd = choices.min(axis=1)
    assignment = np.append(np.arange(len(problem.pools)), OFFER)[choices.argmin(axis=1)]
    assignment = np.where(np.isfinite(usd), assignment, NOWHERE)
    steps = np.unique(problem.step[assignment[assignment >= 0]])
    per_token = problem.token_staff * bool((assignment == OFFER).any())
    return Alone(assignment, usd, float(problem.steps[steps].sum() + per_token))
