"""When: the earliest dates with needs first, and from the end backwards what may be late."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Final

from planner.engine.stages.step import Step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from planner.engine.measures import Measures
    from planner.engine.policy import Policy
    from planner.engine.stages.due import Due
    from planner.engine.stages.step import Leg

DAYS_A_MONTH: Final = 365 / 12
DAYS_A_WEEK: Final = 7
LONGEST_WEEKS: Final = 5200  # a century: a fact may say more, a calendar ends


def days(weeks: float) -> timedelta:
    return timedelta(days=round(min(weeks, LONGEST_WEEKS) * DAYS_A_WEEK))


def dated(
    policy: Policy,
    dues: Sequence[Due],
    needs: Mapping[str, tuple[str, ...]],
    legs: Sequence[Leg],
    measures: Measures,
    as_of: date,
) -> dict[str, Step]:
    """Every step as early as its needs allow, needs first."""
    due = {each.id: each for each in dues}
    steps: dict[str, Step] = {}
    for step_id in TopologicalSorter(needs).static_order():
        each = due[step_id]
        weeks, wait, until = (
            0.0 if each.done else _weeks(policy, each.row.cell(column, 0), measures)
            for column in ("weeks", "wait", "until")
        )
        ready = max((steps[need].end for need in needs[step_id]), default=as_of)
        start = as_of if each.done else max(ready + days(wait), as_of + days(until) - days(weeks))
        steps[step_id] = _step(each, legs[each.leg], needs[step_id], weeks, wait, start)
    return steps


def _step(due: Due, leg: Leg, needs: tuple[str, ...], weeks: float, wait: float, start: date) -> Step:
    row = due.row
    return Step(
        id=due.id,
        row=row.id,
        label=row.label,
        phase=str(row.cell("phase")),
        kind=str(row.cell("kind")),
        owner=row.owner,
        leg=f"{leg.origin}>{leg.destination}",
        weeks=round(weeks, 1),
        wait=round(wait, 1),
        start=start,
        end=start + days(weeks),
        needs=needs,
        produces=tuple(row.cell("produces", ())),
        done=due.done,
        shared=bool(row.cell("shared", False)),
        pilot=bool(row.cell("pilot", False)),
        critical=False,
        slack_days=None,
        sentence=row.sentence,
        source=row.source,
    )


def with_slack(steps: Mapping[str, Step], end: date, goals: Sequence[str]) -> dict[str, Step]:
    """The same steps with how late each may end if the goals are to be reached by END; without slack it is critical."""
    latest = dict.fromkeys(goals, end)
    for step in reversed(list(_needs_first(steps))):
        if step.id not in latest:
            continue
        must_start = latest[step.id] - (step.end - step.start) - days(step.wait)
        for need in step.needs:
            latest[need] = min(latest.get(need, must_start), must_start)
    return {key: _with(step, latest.get(key)) for key, step in steps.items()}


def _needs_first(steps: Mapping[str, Step]) -> list[Step]:
    order = TopologicalSorter({key: step.needs for key, step in steps.items()}).static_order()
    return [steps[key] for key in order]


def _with(step: Step, latest: date | None) -> Step:
    if latest is None or step.done:
        return step
    slack = (latest - step.end).days
    return replace(step, slack_days=slack, critical=slack == 0)


def _weeks(policy: Policy, cell: object, measures: Measures) -> float:
    """A duration in weeks: a number, or the longest of the parameters and facts named, each in its own unit."""
    if isinstance(cell, (int, float)):
        return float(cell)
    names = [cell] if isinstance(cell, str) else list(cell)  # type: ignore[call-overload]
    return max((_named_weeks(policy, name, measures) for name in names), default=0.0)


def _named_weeks(policy: Policy, name: str, measures: Measures) -> float:
    if name in policy.parameters:
        unit, value = policy.parameters[name].unit, measures.figures[name]
    else:
        unit, value = policy.inputs[name].unit, measures.values.get(name) or 0
    return float(value) * DAYS_A_MONTH / DAYS_A_WEEK if unit == "months" else float(value)
