"""One calendar for all: each step as early as its needs and its people allow, nobody asked for more than is there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from planner.engine.waves.work import OF_A_TEAM, WEEK

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planner.engine.waves.work import Job, Terms, Work

PEOPLE: Final = "people"
TEAM: Final = "team"
PILOT: Final = "pilot"
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Held:
    """Why a step starts later than its needs allow: its people are busy, the team moves something else, or an easier
    workload goes first. `by` names who.
    """

    kind: str
    by: str
    days: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A step on the calendar, in days from the start of the plan."""

    start: int
    end: int
    held: tuple[Held, ...] = ()


class Calendar:
    """Steps are placed one after another, needs first; what is placed never moves again."""

    def __init__(self, jobs: Sequence[Job], terms: Terms) -> None:
        self.terms = terms
        self.jobs = {job.id: job for job in jobs}
        self.sponsors = _sponsors(jobs)
        self.works = {(job.id, work.id): work for job in jobs for work in job.works}
        self.placed: dict[Key, Placed | None] = {}
        self.used: dict[Key, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        self.moving: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        self.first_to: dict[str, str] = {}

    def place_job(self, job: Job) -> None:
        """Puts every open step of the workload, and what it needs of others, on the calendar."""
        for work in job.works:
            self.place(self.key(job.id, work.id))

    def key(self, job_id: str, work_id: str) -> Key:
        """What is shared is done once, by the workload that gets there first."""
        return self.sponsors.get(work_id, (job_id, work_id))

    def needs(self, key: Key) -> list[Key]:
        found = (self.key(key[0], need) for need in self.works[key].needs)
        return [need for need in found if need in self.works and need != key]

    def place(self, key: Key) -> Placed | None:
        """The step on the calendar; None when nobody is there to do it or what it needs."""
        if key in self.placed:
            return self.placed[key]
        self.placed[key] = None  # until it is placed nothing can wait for it
        work = self.works[key]
        before = [self.place(need) for need in self.needs(key)]
        ends = [placed.end for placed in before if placed]
        if len(ends) == len(before):
            ready = max([work.earliest, *(end + work.wait for end in ends)])
            self.placed[key] = self._at(key, work, ready)
        return self.placed[key]

    def _at(self, key: Key, work: Work, ready: int) -> Placed | None:
        job = self.jobs[key[0]]
        courtesy = self._courtesy(job, work, key, ready)
        wished = ready + sum(held.days for held in courtesy)
        start = self._first_free(self._pool(job, work), work, wished)
        if start is None:
            return None
        end = start + work.days
        held = [*courtesy]
        if start > wished:
            held.append(Held(PEOPLE, self._pool(job, work)[0], start - wished))
        if work.takes_people:
            for week in _weeks(start, work.days):
                self.used[self._pool(job, work)][week] += 1
        if work.moves and work.takes_people:
            self.moving[job.team].append((start, end, job.id))
            self.first_to.setdefault(_destination(work), job.id)
        return Placed(start, end, tuple(held))

    @staticmethod
    def _pool(job: Job, work: Work) -> Key:
        """Architects belong to a team, every other role serves the whole organisation."""
        return (work.owner, job.team if work.owner == OF_A_TEAM else "")

    def _first_free(self, pool: Key, work: Work, start: int) -> int | None:
        """The first day from which the pool has a place in every week that the work touches."""
        if not work.takes_people:
            return start
        places, used = self.terms.places(pool[0]), self.used[pool]
        if places < 1:
            return None
        while full := [week for week in _weeks(start, work.days) if used[week] >= places]:
            start = (full[-1] + 1) * WEEK
        return start

    def _courtesy(self, job: Job, work: Work, key: Key, ready: int) -> list[Held]:
        """A short wait before a leg's first slice of traffic: for the team's other move, else for the easier
        workload that goes to the same class first. A long wait is not worth it.
        """
        begins = (
            work.moves
            and work.takes_people
            and not any(self._same_move(work, need) for need in self.needs(key))
        )
        if not begins:
            return []
        until, by, kind = max(
            (*self._team_moves(job, work, ready), *self._pilot_moves(job, work)),
            default=(0, "", TEAM),
        )
        waits = until - ready
        return [Held(kind, by, waits)] if 0 < waits <= self.terms.courtesy_days else []

    def _same_move(self, work: Work, need: Key) -> bool:
        other = self.works[need]
        return other.moves and other.takes_people and other.leg == work.leg

    def _team_moves(self, job: Job, work: Work, ready: int) -> Iterable[tuple[int, str, str]]:
        length = sum(
            each.days for each in job.works if each.leg == work.leg and each.moves and each.takes_people
        )
        for start, end, other in self.moving[job.team]:
            if other != job.id and start < ready + length and end > ready:
                yield end, other, TEAM

    def _pilot_moves(self, job: Job, work: Work) -> Iterable[tuple[int, str, str]]:
        first = self.first_to.get(_destination(work), job.id)
        if first == job.id:
            return
        for each in self.jobs[first].works:
            placed = self.placed.get((first, each.id))
            if placed and each.moves and each.takes_people and _destination(each) == _destination(work):
                yield placed.end, first, PILOT


def _sponsors(jobs: Sequence[Job]) -> dict[str, Key]:
    """For each shared step the workload that can begin it first."""
    sponsors: dict[str, tuple[int, tuple[object, ...], Key]] = {}
    for job in jobs:
        for work in job.works:
            if work.shared:
                mine = (work.earliest, job.ease, (job.id, work.id))
                sponsors[work.id] = min(sponsors.get(work.id, mine), mine)
    return {work_id: key for work_id, (_, _, key) in sponsors.items()}


def _destination(work: Work) -> str:
    return work.leg.rpartition(">")[2]


def _weeks(start: int, days: int) -> range:
    return range(start // WEEK, (start + days - 1) // WEEK + 1)
