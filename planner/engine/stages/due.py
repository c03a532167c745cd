"""What is due on each leg: the rows whose condition holds there, once or anew, and what the data forbids."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from planner.engine.stages.step import Leg, Removed
from planner.engine.vocabulary import (
    APPROVED,
    CLASS_OF,
    DECIDE,
    EVIDENCE,
    FOUNDATION,
    GATE,
    MILESTONE,
    MOVE,
    OPERATE,
    PREPARE,
    STOP,
    Status,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planner.engine.measures import Measures, Outcome
    from planner.engine.policy import Row


@dataclass(frozen=True, slots=True)
class Due:
    """A row that is due on a leg, counted from 0, under the id of its step."""

    id: str
    row: Row
    leg: int
    done: bool


def phases_of(outcome: Outcome) -> tuple[str, ...]:
    """The phases an outcome leaves: none without a target, what makes it firm, what prepares, or the whole move."""
    if outcome.target is None or outcome.status == Status.INFEASIBLE:
        return ()
    if outcome.status == Status.PROVISIONAL or outcome.classification != APPROVED:
        return (DECIDE,)
    if outcome.status == Status.BLOCKED:
        return (FOUNDATION, EVIDENCE, PREPARE)
    return (FOUNDATION, EVIDENCE, PREPARE, MOVE, OPERATE)


def due_on(
    rows: Iterable[Row], legs: Sequence[Leg], measures: Measures, outcome: Outcome
) -> tuple[list[Due], list[Removed]]:
    """Every row once, at the first leg that asks for it; what is done anew appears on every leg that asks."""
    rows = [row for row in rows if row.cell("phase") in phases_of(outcome)]
    found: dict[str, Due] = {}
    barred: dict[str, Removed] = {}
    for place, leg in enumerate(legs):
        seen = _seen_from(leg, measures, outcome, place)
        last = place == len(legs) - 1
        asked = [row for row in rows if _asked(row, leg, seen, last=last)]
        new = [row for row in asked if row.cell("each_leg") or row.id not in found]
        banned = {row.id for row in new if row.holds("barred", seen.values, seen.figures, default=False)}
        barred |= {row.id: Removed(row, str(row.cell("because"))) for row in new if row.id in banned}
        for row in _without_empty_milestones([row for row in new if row.id not in banned]):
            step_id = row.id if last or not row.cell("each_leg") else f"{row.id}@{leg.destination}"
            found[step_id] = Due(step_id, row, place, _done(row, seen, place))
        if leg.stop and MOVE in phases_of(outcome):
            found[leg.stop.id] = Due(leg.stop.id, leg.stop, place, done=False)
    reached = {due.row.id for due in found.values()}
    return list(found.values()), [removed for key, removed in barred.items() if key not in reached]


def _seen_from(leg: Leg, measures: Measures, outcome: Outcome, place: int) -> Measures:
    """The measures as they are when this leg begins: where the last one ended; only the first may need a stopgap."""
    ready = CLASS_OF.get(outcome.now or "", "none")
    here = {
        "current_class": leg.origin,
        "target_class": leg.destination,
        "target_variant": leg.variant,
        "class_changes": leg.moves,
        "interim_needed": not place and ready not in ("none", leg.origin, leg.destination),
    }
    return replace(measures, values={**measures.values, **here})


def _asked(row: Row, leg: Leg, seen: Measures, *, last: bool) -> bool:
    if not row.holds("when", seen.values, seen.figures) or row.cell("kind") == STOP:
        return False
    if not last and (_arrives(row) or (row.cell("phase") == OPERATE and not row.cell("each_leg"))):
        return False
    if leg.moves or row.cell("phase") in (DECIDE, OPERATE):
        return leg.takes(tuple(row.cell("hops", ())))
    return _is_upkeep(row) and not _done(row, seen, 0)


def _arrives(row: Row) -> bool:
    return bool(row.cell("kind") == MILESTONE and row.cell("phase") == MOVE)


def _is_upkeep(row: Row) -> bool:
    """What a segment that stays still owes: what can be done and is not."""
    phase = row.cell("phase")
    owed = phase in (FOUNDATION, EVIDENCE) or (phase == PREPARE and row.cell("kind") == GATE)
    return owed and "done" in row.expressions


def _done(row: Row, seen: Measures, place: int) -> bool:
    """What is done today is done for the class of today: a row that asks for the class is open on a later leg."""
    if place and "current_class" in row.names:
        return False
    return row.holds("done", seen.values, seen.figures, default=False)


def _without_empty_milestones(rows: list[Row]) -> list[Row]:
    """A milestone on the way says nothing when its phase holds nothing else; the arrival always counts."""
    busy = {row.cell("phase") for row in rows if row.cell("kind") != MILESTONE} | {MOVE}
    return [row for row in rows if row.cell("kind") != MILESTONE or row.cell("phase") in busy]
