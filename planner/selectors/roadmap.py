"""Who moves when: every workload that has to move on one calendar, and the steps they share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from planner.engine import explain, waves
from planner.engine.vocabulary import OPERATE
from planner.selectors import basis, standing
from planner.selectors.spending import target_cost
from planner.selectors.standing import CLASSES
from workloads.models import Workload

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping
    from decimal import Decimal

    from planner.selectors.standing import Standing

GROUPINGS = ("wave", "team", "class")
UNPLANNED = "No move planned yet"


@dataclass(frozen=True)
class Step:
    """A step, gate or milestone of the record, on the day the calendar gives it."""

    said: dict[str, Any]
    start: date
    end: date
    critical: bool = False

    @property
    def is_open_gate(self) -> bool:
        return self.said["kind"] == "gate" and not self.said["done"]


@dataclass(frozen=True)
class Journey:
    """A workload's way to its target: its place in the plan, and its open steps by date."""

    standing: Standing
    assignment: waves.Assignment
    steps: tuple[Step, ...]
    as_of: date
    why: str

    @property
    def wave(self) -> int | None:
        return self.assignment.wave

    @property
    def start(self) -> date:
        return min(step.start for step in self.steps)

    @property
    def end(self) -> date:
        """The day it arrives; where no arrival is planned yet, the end of its last step."""
        return self.arrival or max(step.end for step in self.steps)

    @property
    def arrival(self) -> date | None:
        offset = self.assignment.arrival
        return None if offset is None else self.as_of + timedelta(days=offset)

    @property
    def first_gate(self) -> Step | None:
        """The open gate that has to close first."""
        gates = (step for step in self.steps if step.is_open_gate)
        return min(gates, key=lambda step: step.end, default=None)

    @property
    def moves(self) -> list[tuple[str, date, date]]:
        """Where its traffic goes, leg by leg, and when."""
        return [
            (leg.leg.rpartition(">")[2], self._day(leg.start), self._day(leg.end))
            for leg in self.assignment.legs
        ]

    @property
    def critical(self) -> list[Step]:
        """The steps that its arrival hangs on."""
        return [step for step in self.steps if step.critical]

    @property
    def shared(self) -> list[Step]:
        """What it needs of the organisation."""
        return [step for step in self.steps if step.said["shared"]]

    def _day(self, offset: int) -> date:
        return self.as_of + timedelta(days=offset)


@dataclass(frozen=True)
class SharedStep:
    """Done once for everybody; `waiting` are the workloads that need it, `opens` says what that is worth."""

    step: Step
    waiting: list[Standing]
    opens: str


@dataclass(frozen=True)
class Lane:
    name: str
    journeys: list[Journey]
    note: str = ""


@dataclass(frozen=True)
class Roadmap:
    """The plan of all workloads that travel, and of it the `standings` somebody may see."""

    standings: list[Standing]
    grouping: str
    as_of: date
    plan: waves.Plan
    wave_days: int

    @cached_property
    def seen(self) -> dict[str, Standing]:
        return {str(each.workload.pk): each for each in self.standings}

    @cached_property
    def moving(self) -> list[Journey]:
        """Workloads that move and have steps, the earliest arrival first."""
        seen = [each for each in self.plan.assignments if each.job.id in self.seen]
        journeys = [self._journey(self.seen[each.job.id], each) for each in seen]
        return sorted(journeys, key=lambda each: (each.end, each.start, each.assignment.place))

    def _journey(self, standing: Standing, assignment: waves.Assignment) -> Journey:
        job, critical = assignment.job, set(assignment.critical)
        steps = [
            self._step(said, self.plan.placed(job.id, work_id), critical=work_id in critical)
            for work_id, said in _named(standing)
        ]
        once = {(step.said["id"], step.start, step.end): step for step in steps}
        why = explain.wave_sentence(self.plan, assignment, self.as_of, self.seen)
        ordered = sorted(once.values(), key=lambda step: (step.start, step.end))
        return Journey(standing, assignment, tuple(ordered), self.as_of, why)

    def _step(self, said: dict[str, Any], placed: waves.Placed | None, *, critical: bool = False) -> Step:
        """On its day of the calendar; what nobody can do stays where the decision saw it."""
        if placed is None:
            return Step(said, date.fromisoformat(said["start"]), date.fromisoformat(said["end"]))
        start, end = (self.as_of + timedelta(days=offset) for offset in (placed.start, placed.end))
        return Step(said, start, end, critical)

    @cached_property
    def shared(self) -> list[SharedStep]:
        """Open steps that are done once for everybody, the one that opens the way for most first."""
        said = {work_id: each for standing in self.standings for work_id, each in _named(standing)}
        return [
            SharedStep(
                self._step(said[shared.id], shared.placed),
                [self.seen[name] for name in shared.waiting],
                explain.shared_sentence(shared),
            )
            for shared in self.plan.shared_among(self.seen)
        ]

    @cached_property
    def lanes(self) -> list[Lane]:
        """Journeys by wave, by team, or by the most sovereign class they go to."""
        lanes: dict[tuple[Any, ...], list[Journey]] = {}
        for journey in self.moving:
            lanes.setdefault(self._lane_of(journey), []).append(journey)
        return [Lane(str(key[-1]), lanes[key], self._wave_note(lanes[key][0])) for key in sorted(lanes)]

    def _lane_of(self, journey: Journey) -> tuple[Any, ...]:
        """What lanes are sorted by, and the name of the lane last."""
        if self.grouping == "class":
            target = journey.standing.targets[-1]
            return (list(CLASSES).index(target), f"To {target} {CLASSES[target]}")
        if self.grouping == "team":
            return (str(journey.standing.workload.team),)
        name = f"Wave {journey.wave}" if journey.wave else UNPLANNED
        return (not journey.wave, journey.wave, name)

    def _wave_note(self, journey: Journey) -> str:
        """From when to when a wave lasts."""
        if self.grouping != "wave" or not journey.wave:
            return ""
        first = self.as_of + timedelta(days=(journey.wave - 1) * self.wave_days)
        last = first + timedelta(days=self.wave_days - 1)
        return f"{first:%-d %b %Y} to {last:%-d %b %Y}"

    @property
    def waves(self) -> int:
        """How many waves hold a move."""
        return len({each.wave for each in self.moving if each.wave})

    @property
    def order(self) -> str:
        """How the turns are given, in a sentence."""
        return explain.order_sentence() if self.arrivals else ""

    @cached_property
    def ends(self) -> date | None:
        """The last arrival that has a date."""
        return max((day for _, day in self.arrivals), default=None)

    @property
    def undated(self) -> list[Journey]:
        """Workloads whose move cannot be dated: an approval, an answer or a person is missing."""
        return [journey for journey in self.moving if journey.arrival is None]

    @cached_property
    def arrivals(self) -> list[tuple[Journey, date]]:
        """The arrival of each workload, in order."""
        found = [(journey, journey.arrival) for journey in self.moving if journey.arrival]
        return sorted(found, key=lambda pair: pair[1])

    @cached_property
    def settled(self) -> list[str]:
        """Shared steps that are done already, each once."""
        done = (
            said
            for each in self.standings
            for part in each.segments
            for said in part["steps"]
            if said["done"]
        )
        return list({said["id"]: said["label"] for said in done if said["shared"]}.values())


def roadmap(
    standings: list[Standing],
    grouping: str,
    measured: Mapping[int, Decimal],
    seen: Container[int] | None = None,
) -> Roadmap:
    """The travelling workloads on one calendar, and of them those with a key in `seen`: all people are asked for all
    workloads, whoever looks. `measured` is what each costs a month today, where that is known.
    """
    travelling = [each for each in standings if each.travels and any(_named(each))]
    as_of = max((date.fromisoformat(each.record["as_of"]) for each in travelling), default=date.min)
    terms = waves.Terms.of(basis.policy(), as_of)
    plan = waves.assign([_job(each, measured, as_of) for each in travelling], terms)
    by = grouping if grouping in GROUPINGS else GROUPINGS[0]
    mine = [each for each in travelling if seen is None or each.workload.pk in seen]
    return Roadmap(mine, by, as_of, plan, terms.wave_days)


def everybody(known: list[Standing]) -> list[Standing]:
    """The standings of all workloads in use, read only where those known are not yet all."""
    in_use = Workload.objects.filter(archived_at=None)
    missing = in_use.exclude(pk__in=[each.workload.pk for each in known])
    return [*known, *standing.standings(missing)]


def _job(standing: Standing, measured: Mapping[int, Decimal], as_of: date) -> waves.Job:
    workload = standing.workload
    works = {
        work.id: work
        for part, segment in _parts(standing)
        for work in waves.works_of(segment["steps"], as_of, part)
    }
    return waves.Job(
        id=str(workload.pk),
        name=str(workload),
        team=str(workload.team),
        works=tuple(works.values()),
        rung=list(CLASSES).index(standing.targets[-1]),
        exposed=standing.exposed,
        released=_released(standing, measured),
    )


def _released(standing: Standing, measured: Mapping[int, Decimal]) -> float | None:
    """What the move saves a month; None where the bill today or the price at target is not known."""
    today = measured.get(standing.workload.pk)
    return None if today is None or standing.cost_target is None else float(today - target_cost(standing))


def _parts(standing: Standing) -> Iterable[tuple[str, dict[str, Any]]]:
    """Each part with the name that keeps its steps apart; a workload in one piece needs none."""
    segments = standing.segments
    return [(str(number) if len(segments) > 1 else "", each) for number, each in enumerate(segments)]


def _named(standing: Standing) -> list[tuple[str, dict[str, Any]]]:
    """Its open steps under their names on the calendar."""
    return [
        (waves.named(said, part), said)
        for part, segment in _parts(standing)
        for said in segment["steps"]
        if not said["done"] and said["phase"] != OPERATE
    ]
