"""Stages: from where a segment runs to where it should run, leg by leg, as ordered and dated steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.engine.measures import Outcome, measure
from planner.engine.stages.dates import dated, with_slack
from planner.engine.stages.due import due_on, phases_of
from planner.engine.stages.order import Order
from planner.engine.stages.route import direct, legs_of
from planner.engine.stages.step import Leg, Removed, Staged, Step
from planner.engine.vocabulary import DECIDE, MILESTONE, MOVE, Status

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from planner.engine.facts import Facts
    from planner.engine.policy import Policy

__all__ = [
    "Leg",
    "Removed",
    "Staged",
    "Step",
    "staged",
]


def staged(
    policy: Policy, facts: Facts, outcome: Outcome, as_of: date, reachable: Collection[str] | None = None
) -> Staged:
    """The route to the target with its steps; stops lie on `reachable` placements, by default on all allowed.

    A segment without a target gets none; a provisional one only what makes it firm; one that may not run today
    gets the preparation and no move; one that stays gets what is missing and what keeps the answer true.
    """
    if not phases_of(outcome):
        return Staged()
    measures = measure(policy, facts, outcome, as_of)
    rows = {row.id: row for row in policy.rows("steps")}
    legs, skipped = legs_of(
        rows.values(), measures, outcome, outcome.allowed if reachable is None else reachable
    )
    if phases_of(outcome) == (DECIDE,):
        legs, skipped = (direct(measures, outcome),), ()
    dues, barred = due_on(rows.values(), legs, measures, outcome)
    steps = dated(policy, dues, Order(rows, dues).needs(), legs, measures, as_of)
    if legs[-1].moves and phases_of(outcome) != (DECIDE,):
        steps = _towards_the_end(steps, outcome)
    position = {row_id: index for index, row_id in enumerate(rows)}
    ordered = sorted(steps.values(), key=lambda step: (step.start, step.end, position[step.row], step.id))
    moves = legs if legs[-1].moves and phases_of(outcome) != (DECIDE,) else ()
    return Staged(moves, tuple(ordered), (*skipped, *barred))


def _towards_the_end(steps: Mapping[str, Step], outcome: Outcome) -> dict[str, Step]:
    """Slack against the arrival; where no move may be planned yet, against the day the last gate closes."""
    if outcome.status == Status.BLOCKED:
        end = max((step.end for step in steps.values()), default=None)
        return dict(steps) if end is None else with_slack(steps, end, list(steps))
    arrival = next(step for step in steps.values() if step.kind == MILESTONE and step.phase == MOVE)
    return with_slack(steps, arrival.end, [arrival.id])
