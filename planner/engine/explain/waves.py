"""Why a workload moves when it moves, and what a shared step opens, in words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from planner.engine.amounts import in_words
from planner.engine.explain.words import PER_MONTH, counted, lower_first
from planner.engine.waves import PEOPLE, TEAM, UNFIRM, UNSTAFFED
from planner.engine.waves.work import OF_A_TEAM, WEEK

if TYPE_CHECKING:
    from collections.abc import Container
    from datetime import date

    from planner.engine.waves import Assignment, Held, Plan, Shared


def wave_sentence(plan: Plan, assignment: Assignment, as_of: date, named: Container[str]) -> str:
    """What its date hangs on: shared steps, busy people, courtesy; or that nothing stands in its way. Only the
    workloads in `named` are called by their names.
    """
    if assignment.status == UNFIRM:
        return f"No move is planned: {_to_be_firm(assignment)}."
    if assignment.status == UNSTAFFED:
        return "No date: nobody is there for one of its steps."
    held = [_held(plan, assignment, each, named) for each in _longest(assignment)]
    parts = [*_waits(plan, assignment, as_of), *held]
    if not parts:
        return "Nothing stands in its way but its own steps."
    sentence = "; ".join(parts)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _to_be_firm(assignment: Assignment) -> str:
    works = [work for work in assignment.job.works if work.takes_people]
    if len(works) == 1:
        return f"{lower_first(works[0].label)} comes first"
    return (
        f"{counted(len(works), 'step')} come first, and then it is decided again"
        if works
        else "its answer is open"
    )


def _waits(plan: Plan, assignment: Assignment, as_of: date) -> list[str]:
    """The last shared step on its way: whatever came before is part of it."""
    if not assignment.waits_for:
        return []
    key = plan.calendar.key(assignment.job.id, assignment.waits_for[-1])
    placed = plan.calendar.placed[key]
    until = f" until {as_of + timedelta(days=placed.end):%-d %b %Y}" if placed else ""
    return [f"waits for {lower_first(plan.calendar.works[key].label)}{until}"]


def _longest(assignment: Assignment) -> list[Held]:
    """The longest delay of each kind and cause."""
    longest: dict[tuple[str, str], Held] = {}
    for held in assignment.held:
        key = (held.kind, held.by)
        if key not in longest or held.days > longest[key].days:
            longest[key] = held
    return list(longest.values())


def _held(plan: Plan, assignment: Assignment, held: Held, named: Container[str]) -> str:
    late = _late(held.days)
    if held.kind == PEOPLE:
        whose = (
            f"the architects of {assignment.job.team} are" if held.by == OF_A_TEAM else f"every {held.by} is"
        )
        return f"{whose} busy for {late}"
    other = plan.calendar.jobs[held.by].name if held.by in named else "another workload"
    if held.kind == TEAM:
        return f"{assignment.job.team} moves {other} first, {late}"
    return f"{other} goes to this class first and this one learns from it, {late}"


def _late(days: int) -> str:
    return counted(days, "day") if days < WEEK else counted(round(days / WEEK), "week")


def shared_sentence(shared: Shared) -> str:
    """How many workloads it opens, what their moves save a month, and how many of them may not stay where they are."""
    parts = [f"Unblocks {counted(len(shared.waiting), 'workload')}"]
    if shared.released > 0:
        parts.append(in_words(shared.released, PER_MONTH))
    if shared.released < 0:
        parts.append(f"at {in_words(-shared.released, PER_MONTH)} more")
    if shared.unpriced:
        parts.append(f"{counted(shared.unpriced, 'of them', 'of them')} without a known saving")
    if shared.exposed:
        runs = "runs" if shared.exposed == 1 else "run"
        parts.append(f"{counted(shared.exposed, 'of them', 'of them')} {runs} where the data may not go")
    return f"{', '.join(parts)}."


def order_sentence() -> str:
    """How the turns are given."""
    return (
        "Data that lies wrong today goes first, then what is easy to learn on, then the largest saving; "
        "nobody is asked for more time than there is."
    )
