"""Reasons not to believe a solver.

HiGHS has been seen to call three times the true optimum optimal, with a gap of nothing, where loads go down to a
millionth of a replica. So an answer counts only if it survives being worked out again from its assignment, compared
with what shares of segments would cost, and compared with what is already known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.engine.pooling.bill import bill_of, replicas_for
from planner.engine.pooling.model import THOUSAND

if TYPE_CHECKING:
    from planner.engine.pooling.model import Model
    from planner.engine.pooling.problem import Ints, Problem

ABOVE_SHARES: Final = 0.10  # how far above the cost in shares an answer may be
ROUNDED: Final = 1e-6  # share of a cost that sums of floats may differ by


def refusal(model: Model, found: Any, in_shares_usd: float, known: Ints, gap: float) -> str | None:
    """Why an answer of the solver is not used, in a sentence; None if it may be.

    `known` is an assignment to beat, `in_shares_usd` the cost with segments in shares, `gap` the one asked for.
    """
    if found.x is None:
        return f"The solver found no answer: {found.message.splitlines()[0].rstrip('.')}."
    assignment = model.assignment(found.x)
    said, is_worth = found.fun * THOUSAND, rounded_usd(model, assignment)
    stated = max(found.mip_gap or 0.0, gap) + ROUNDED
    if abs(said - is_worth) > stated * max(abs(is_worth), 1.0):
        return f"The solver says {said:,.0f} for an assignment that comes to {is_worth:,.0f}."
    if is_worth > in_shares_usd * (1 + ABOVE_SHARES) + ROUNDED:
        return (
            f"The answer costs {is_worth:,.0f}, more than {ABOVE_SHARES:.0%} above the {in_shares_usd:,.0f} "
            "that shares of segments would cost."
        )
    already = rounded_usd(model, known)
    if is_worth > already * (1 + stated):
        return f"The answer costs {is_worth:,.0f}, and {already:,.0f} was known before."
    return None


def rounded_usd(model: Model, assignment: Ints) -> float:
    """The cost of an assignment with the loads of the model: on its grid."""
    problem = model.problem
    bill = bill_of(problem, assignment)
    replicas = _replicas(problem, model, assignment)
    return bill.usd_month - bill.replicas_usd_month + float(replicas @ problem.replica)


def _replicas(problem: Problem, model: Model, assignment: Ints) -> Ints:
    load = np.zeros((len(problem.pools), problem.requests_s.shape[1]))
    inside = np.flatnonzero(assignment >= 0)
    alone = problem.requests_s[inside] * problem.work[inside, assignment[inside]][:, None]
    np.add.at(load, assignment[inside], model.rounded(alone))
    used = np.zeros(len(problem.pools), dtype=bool)
    used[assignment[inside]] = True
    return replicas_for(load.max(axis=1, initial=0.0), problem.spare, used)
