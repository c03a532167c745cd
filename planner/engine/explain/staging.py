"""The way to the target in words: the route, what its date hangs on, and what was taken out of it and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from planner.engine.explain.reasons import source_entry
from planner.engine.explain.words import counted, listed, lower_first
from planner.engine.vocabulary import CLASS_LABELS, GATE, MILESTONE, MOVE, STEP, STOP

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from planner.engine.stages import Leg, Removed, Staged, Step

NAMED: Final = 3
WORK: Final = (STEP, GATE)


def staging_entry(staged: Staged) -> dict[str, Any]:
    """The steps of a segment, its route leg by leg, and what was taken out."""
    return {
        "steps": [_step(step) for step in staged.steps],
        "route": {
            "sentence": _route_sentence(staged),
            "critical": _critical_sentence(staged.steps),
            "legs": [_leg(leg, staged.steps) for leg in staged.legs],
            "removed": [_removed(each) for each in staged.removed],
        },
    }


def _step(step: Step) -> dict[str, Any]:
    said = {name: getattr(step, name) for name in step.__slots__}
    said |= {"start": step.start.isoformat(), "end": step.end.isoformat()}
    return said | {
        "needs": list(step.needs),
        "produces": list(step.produces),
        "source": source_entry(step.source),
    }


def _leg(leg: Leg, steps: Sequence[Step]) -> dict[str, Any]:
    arrival = _arrival(leg, steps)
    return {
        "from": leg.origin,
        "to": leg.destination,
        "variant": leg.variant,
        "stop": leg.stop.id if leg.stop else None,
        "label": leg.stop.label if leg.stop else "Target reached",
        "sentence": leg.stop.sentence if leg.stop else "",
        "end": arrival.end.isoformat() if arrival else None,
    }


def _arrival(leg: Leg, steps: Sequence[Step]) -> Step | None:
    name = f"{leg.origin}>{leg.destination}"
    ends = [
        step for step in steps if step.leg == name and step.kind in (MILESTONE, STOP) and step.phase == MOVE
    ]
    return ends[-1] if ends else None


def _route_sentence(staged: Staged) -> str:
    if not staged.legs:
        return ""
    first, last = staged.legs[0], staged.legs[-1]
    stops = [_placed(leg.destination) for leg in staged.legs[:-1]]
    way = f" by way of {listed(stops)}" if stops else " in one move"
    sentence = f"From {_placed(first.origin)}{way} to {_placed(last.destination)}"
    arrival = _arrival(last, staged.steps)
    if arrival is None:
        return f"{sentence}; no date for the move before all gates are closed."
    return f"{sentence}, by {_day(arrival.end)} at the earliest."


def _placed(name: str) -> str:
    return f"class {name} ({lower_first(CLASS_LABELS[name])})" if name in CLASS_LABELS else "nothing yet"


def _critical_sentence(steps: Sequence[Step]) -> str:
    """What the date hangs on: the longest critical pieces of work, in order of time."""
    work = [step for step in steps if step.critical and step.kind in WORK and step.phase != MOVE]
    longest = sorted(work, key=lambda step: -step.weeks)[:NAMED]
    named = [
        f"{lower_first(step.label)} ({counted(round(step.weeks), 'week')})"
        for step in work
        if step in longest
    ]
    if not named:
        return ""
    return f"The date hangs most on {listed(named)}: a week lost there is a week lost at the end."


def _removed(removed: Removed) -> dict[str, Any]:
    row = removed.row
    return {
        "id": row.id,
        "label": row.label,
        "because": removed.because,
        "sentence": f"{row.label}: removed because {lower_first(removed.because)}",
        "source": source_entry(row.source),
    }


def _day(day: date) -> str:
    return f"{day:%-d %b %Y}"
