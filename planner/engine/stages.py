"""Stages: from where a segment runs to where it should run, as ordered and dated steps, gates and milestones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Final

from planner.engine.measures import Measures, Outcome, measure
from planner.engine.vocabulary import APPROVED, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from planner.engine.facts import Facts
    from planner.engine.policy import Policy, Reference, Row

DECIDE: Final = "decide"
EVIDENCE: Final = "evidence"
FOUNDATION: Final = "foundation"
PREPARE: Final = "prepare"
MOVE: Final = "move"
OPERATE: Final = "operate"
GATE: Final = "gate"
MILESTONE: Final = "milestone"
DAYS_A_MONTH: Final = 365 / 12
DAYS_A_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, to close or to have reached, with its place in time. What is done takes no time."""

    id: str
    label: str
    phase: str
    kind: str
    owner: str
    weeks: float
    start: date
    end: date
    needs: tuple[str, ...]
    produces: tuple[str, ...]
    done: bool
    shared: bool
    sentence: str
    source: Reference


def plan(policy: Policy, facts: Facts, outcome: Outcome, as_of: date) -> tuple[Step, ...]:
    """The steps that lead to the target, by start date: the earliest possible dates, needs first.

    A segment without a target gets none; a provisional one only what makes it firm; one that may not run today
    gets the preparation and no move; one that stays gets what is missing and what keeps the answer true.
    """
    measures = measure(policy, facts, outcome, as_of)
    rows = {row.id: row for row in policy.rows("steps")}
    present = _without_empty_milestones(_applicable(rows.values(), outcome, measures))
    needs = {row.id: _needs(row, rows, present) for row in present.values()}
    steps: dict[str, Step] = {}
    for step_id in TopologicalSorter(needs).static_order():
        steps[step_id] = _step(policy, present[step_id], needs[step_id], steps, measures, as_of)
    position = {row_id: index for index, row_id in enumerate(rows)}
    return tuple(sorted(steps.values(), key=lambda step: (step.start, step.end, position[step.id])))


def _applicable(rows: Iterable[Row], outcome: Outcome, measures: Measures) -> dict[str, Row]:
    """The rows whose condition holds, of the phases this outcome leaves."""
    if outcome.target is None or outcome.status == Status.INFEASIBLE:
        return {}
    holding = [row for row in rows if row.holds("when", measures.values, measures.figures)]
    if outcome.status == Status.PROVISIONAL or outcome.classification != APPROVED:
        return {row.id: row for row in holding if row.cell("phase") == DECIDE}
    if outcome.status == Status.BLOCKED:
        phases = (FOUNDATION, EVIDENCE, PREPARE)
        return {row.id: row for row in holding if row.cell("phase") in phases}
    moving = bool(measures.values["class_changes"])
    return {row.id: row for row in holding if _belongs(row, moving=moving, measures=measures)}


def _belongs(row: Row, *, moving: bool, measures: Measures) -> bool:
    """When moving, everything but the decision; when staying, what is missing and what recurs."""
    phase = row.cell("phase")
    if moving or phase == OPERATE:
        return bool(phase != DECIDE)
    upkeep = phase in (FOUNDATION, EVIDENCE) or (phase == PREPARE and row.cell("kind") == GATE)
    return upkeep and "done" in row.expressions and not _is_done(row, measures)


def _is_done(row: Row, measures: Measures) -> bool:
    return row.holds("done", measures.values, measures.figures, default=False)


def _without_empty_milestones(present: Mapping[str, Row]) -> dict[str, Row]:
    """A milestone on the way says nothing when its phase holds nothing else; the arrival always counts."""
    busy = {row.cell("phase") for row in present.values() if row.cell("kind") != MILESTONE} | {MOVE}
    return {
        key: row for key, row in present.items() if row.cell("kind") != MILESTONE or row.cell("phase") in busy
    }


def _needs(row: Row, rows: Mapping[str, Row], present: Mapping[str, Row]) -> tuple[str, ...]:
    """What must end first: the needs that are present, else what they need in turn; a milestone waits for its phase."""
    found: dict[str, None] = {}
    waiting, seen = list(row.cell("needs", ())), set()
    while waiting:
        need = waiting.pop(0)
        if need in seen:
            continue
        seen.add(need)
        if need in present:
            found[need] = None
        else:
            waiting.extend(rows[need].cell("needs", ()))
    if row.cell("kind") == MILESTONE:
        found |= dict.fromkeys(_same_phase(row, present))
    return tuple(found)


def _same_phase(row: Row, present: Mapping[str, Row]) -> list[str]:
    phase = row.cell("phase")
    return [key for key, other in present.items() if other.cell("phase") == phase and key != row.id]


def _step(
    policy: Policy,
    row: Row,
    needs: Sequence[str],
    before: Mapping[str, Step],
    measures: Measures,
    as_of: date,
) -> Step:
    done = _is_done(row, measures)
    weeks = 0.0 if done else _weeks(policy, row.cell("weeks", 0), measures)
    pause = _weeks(policy, row.cell("wait", 0), measures)
    ready = max((before[need].end for need in needs), default=as_of)
    start = as_of if done else ready + _days(pause)
    return Step(
        id=row.id,
        label=row.label,
        phase=str(row.cell("phase")),
        kind=str(row.cell("kind")),
        owner=row.owner,
        weeks=round(weeks, 1),
        start=start,
        end=start + _days(weeks),
        needs=tuple(needs),
        produces=tuple(row.cell("produces", ())),
        done=done,
        shared=bool(row.cell("shared", False)),
        sentence=row.sentence,
        source=row.source,
    )


def _days(weeks: float) -> timedelta:
    return timedelta(days=round(weeks * DAYS_A_WEEK))


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
