"""Risks: what can go wrong where a segment runs or is going to run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.engine.measures import Outcome, measure

if TYPE_CHECKING:
    from datetime import date

    from planner.engine.facts import Facts
    from planner.engine.policy import Policy, Row


def risks_of(policy: Policy, facts: Facts, outcome: Outcome, as_of: date) -> tuple[Row, ...]:
    """The rows of the risk register that apply, in policy order; none where there is no target."""
    if outcome.target is None:
        return ()
    measures = measure(policy, facts, outcome, as_of)
    return tuple(row for row in policy.rows("risks") if row.holds("when", measures.values, measures.figures))
