"""Waves: who moves when, with the people there are, and which shared step opens the way for most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from planner.engine.waves.calendar import PEOPLE, PILOT, TEAM, Calendar, Held, Placed
from planner.engine.waves.work import Job, Terms, Work, named, works_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from planner.engine.waves.calendar import Key

__all__ = [
    "PEOPLE",
    "PILOT",
    "PLANNED",
    "TEAM",
    "UNFIRM",
    "UNSTAFFED",
    "Assignment",
    "Held",
    "Job",
    "LegPlan",
    "Placed",
    "Plan",
    "Shared",
    "Terms",
    "Work",
    "assign",
    "named",
    "works_of",
]

PLANNED: Final = "planned"
UNFIRM: Final = "unfirm"
UNSTAFFED: Final = "unstaffed"


@dataclass(frozen=True, slots=True)
class Shared:
    """A step done once for everybody: who waits for it, what their moves save a month as far as it is known, how many
    of them run where their data may not go; when it is done, or None when nobody can do it.
    """

    id: str
    label: str
    owner: str
    waiting: tuple[str, ...]
    released: float
    unpriced: int
    exposed: int
    placed: Placed | None


@dataclass(frozen=True, slots=True)
class LegPlan:
    """When the traffic of one leg moves, in days from the start of the plan, and in which wave."""

    leg: str
    wave: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """A workload's place in the plan. `waits_for` are the shared steps that its date hangs on, `held` what else
    made it later; `place` is its turn. `critical` are the steps that its arrival hangs on, first to last.
    """

    job: Job
    status: str
    place: int
    legs: tuple[LegPlan, ...] = ()
    arrival: int | None = None
    waits_for: tuple[str, ...] = ()
    critical: tuple[str, ...] = ()
    held: tuple[Held, ...] = ()

    @property
    def wave(self) -> int | None:
        """The wave in which its first traffic moves; None while no move may be planned."""
        return self.legs[0].wave if self.legs else None


@dataclass(frozen=True, slots=True)
class Plan:
    """The assignments in turn, and every step's place on the calendar."""

    assignments: tuple[Assignment, ...]
    calendar: Calendar

    @property
    def shared(self) -> tuple[Shared, ...]:
        """The shared steps, by how many workloads they open, then by risk, then by money."""
        return self.shared_among(self.calendar.jobs)

    def shared_among(self, job_ids: Container[str]) -> tuple[Shared, ...]:
        """The same, as far as these workloads wait for them."""
        jobs = [job for job in self.calendar.jobs.values() if job.id in job_ids]
        return tuple(_shared(self.calendar, shared_id, waiting) for shared_id, waiting in _ranked(jobs))

    def placed(self, job_id: str, work_id: str) -> Placed | None:
        return self.calendar.placed.get(self.calendar.key(job_id, work_id))


def assign(jobs: Iterable[Job], terms: Terms) -> Plan:
    """A wave for every workload that may move. The same jobs in any order give the same plan."""
    turns = sorted(jobs, key=lambda job: job.ease)
    calendar = Calendar(turns, terms)
    for shared_id, _ in _ranked(turns):
        calendar.place(calendar.sponsors[shared_id])
    for job in turns:
        calendar.place_job(job)
    return Plan(
        tuple(_assignment(calendar, job, place) for place, job in enumerate(turns, start=1)), calendar
    )


def _ranked(jobs: Sequence[Job]) -> list[tuple[str, list[Job]]]:
    """Shared steps by how many workloads they open, then by risk, then by money."""
    waiting: dict[str, list[Job]] = {}
    for job in jobs:
        for work in job.works:
            if work.shared:
                waiting.setdefault(work.id, []).append(job)
    return sorted(
        waiting.items(), key=lambda pair: (-len(pair[1]), -_exposed(pair[1]), -_released(pair[1]), pair[0])
    )


def _exposed(jobs: Sequence[Job]) -> int:
    return sum(job.exposed for job in jobs)


def _released(jobs: Sequence[Job]) -> float:
    return sum(job.released or 0 for job in jobs)


def _shared(calendar: Calendar, shared_id: str, waiting: Sequence[Job]) -> Shared:
    key = calendar.sponsors[shared_id]
    work = calendar.works[key]
    names = tuple(job.id for job in waiting)
    unpriced = sum(job.released is None for job in waiting)
    return Shared(
        id=shared_id,
        label=work.label,
        owner=work.owner,
        waiting=names,
        released=_released(waiting),
        unpriced=unpriced,
        exposed=_exposed(waiting),
        placed=calendar.placed[key],
    )


def _assignment(calendar: Calendar, job: Job, place: int) -> Assignment:
    arrivals = [key for key in _keys(calendar, job) if calendar.works[key].arrives]
    if not arrivals:
        return Assignment(job, UNFIRM, place)
    placed = {key: calendar.placed[key] for key in arrivals}
    last = max(arrivals, key=lambda key: (_end(placed[key]), key))
    if not all(placed.values()):
        return Assignment(job, UNSTAFFED, place)
    chain = _chain(calendar, last)
    own = {calendar.key(job.id, work.id): work for work in job.works}
    return Assignment(
        job,
        PLANNED,
        place,
        _legs(calendar, job),
        _end(placed[last]),
        waits_for=tuple(key[1] for key in chain if calendar.works[key].shared),
        critical=tuple(own[key].id for key in chain if key in own and own[key].takes_people),
        held=tuple(held for key in chain if (step := calendar.placed[key]) for held in step.held),
    )


def _keys(calendar: Calendar, job: Job) -> list[Key]:
    return [calendar.key(job.id, work.id) for work in job.works]


def _end(placed: Placed | None) -> int:
    return placed.end if placed else -1


def _chain(calendar: Calendar, key: Key) -> list[Key]:
    """From the first step that the arrival hangs on to the arrival: at each the need that ends last."""
    chain = [key]
    while needs := calendar.needs(chain[-1]):
        chain.append(max(needs, key=lambda need: (_end(calendar.placed[need]), need)))
    return chain[::-1]


def _legs(calendar: Calendar, job: Job) -> tuple[LegPlan, ...]:
    """Each leg from its first slice of traffic, or from its arrival where nothing is sliced, to its last day."""
    spans: dict[str, list[Placed]] = {}
    for work in job.works:
        placed = calendar.placed[calendar.key(job.id, work.id)]
        if work.moves and placed:
            spans.setdefault(work.leg, []).append(placed)
    legs = [
        (min(each.start for each in found), max(each.end for each in found), leg)
        for leg, found in spans.items()
    ]
    return tuple(LegPlan(leg, _wave(calendar, start), start, end) for start, end, leg in sorted(legs))


def _wave(calendar: Calendar, offset: int) -> int:
    return offset // calendar.terms.wave_days + 1
