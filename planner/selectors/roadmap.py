"""Who moves when: the dated steps of every workload that has to move, and the steps they share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from planner.selectors.standing import CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planner.selectors.standing import Standing

GROUPINGS = ("team", "class")


@dataclass(frozen=True)
class Step:
    """A step, gate or milestone of the record, with real dates."""

    said: dict[str, Any]

    @property
    def start(self) -> date:
        return date.fromisoformat(self.said["start"])

    @property
    def end(self) -> date:
        return date.fromisoformat(self.said["end"])

    @property
    def is_open_gate(self) -> bool:
        return self.said["kind"] == "gate" and not self.said["done"]

    @property
    def is_shared_work(self) -> bool:
        return bool(self.said["shared"]) and self.said["kind"] != "milestone"


@dataclass(frozen=True)
class Journey:
    """A workload's way to its target."""

    standing: Standing
    steps: tuple[Step, ...]

    @property
    def start(self) -> date:
        return min(step.start for step in self.steps)

    @property
    def end(self) -> date:
        """The day it arrives; where no arrival is planned yet, the end of its last step."""
        return self.arrival.end if self.arrival else max(step.end for step in self.steps)

    @property
    def first_gate(self) -> Step | None:
        """The open gate that has to close first."""
        return min(
            (step for step in self.steps if step.is_open_gate), key=lambda step: step.end, default=None
        )

    @property
    def arrival(self) -> Step | None:
        """Its last milestone; none before the move is dated."""
        milestones = [step for step in self.steps if step.said["kind"] == "milestone"]
        return max(milestones, key=lambda step: step.end, default=None)

    @property
    def move_start(self) -> date | None:
        """The day its traffic begins to move; None where that lies behind or has no date."""
        starts = [step.start for step in self.steps if step.said["phase"] == "move" and not step.said["done"]]
        return min(starts, default=None) if self.arrival else None


@dataclass(frozen=True)
class SharedStep:
    """Done once for everybody; `waiting` are the workloads that need it."""

    step: Step
    waiting: list[Standing] = field(default_factory=list)


@dataclass(frozen=True)
class Lane:
    name: str
    journeys: list[Journey]


@dataclass(frozen=True)
class Roadmap:
    standings: list[Standing]
    grouping: str

    @cached_property
    def moving(self) -> list[Journey]:
        """Workloads that move and have steps, the earliest arrival first."""
        journeys = [Journey(each, steps_of(each)) for each in self.standings if each.travels]
        return sorted((each for each in journeys if each.steps), key=lambda each: (each.end, each.start))

    @cached_property
    def shared(self) -> list[SharedStep]:
        """Open steps that are done once for everybody, the one that opens the way for most first."""
        found: dict[str, SharedStep] = {}
        for journey in self.moving:
            for step in journey.steps:
                if step.is_shared_work and not step.said["done"]:
                    shared = found.setdefault(step.said["id"], SharedStep(step))
                    if journey.standing not in shared.waiting:
                        shared.waiting.append(journey.standing)
        return sorted(found.values(), key=lambda shared: (-len(shared.waiting), shared.step.start))

    @cached_property
    def lanes(self) -> list[Lane]:
        """Journeys by team, or by the most sovereign class they go to."""
        lanes: dict[str, list[Journey]] = {}
        for journey in self.moving:
            lanes.setdefault(self._lane_of(journey), []).append(journey)
        return [Lane(name, lanes[name]) for name in sorted(lanes)]

    def _lane_of(self, journey: Journey) -> str:
        if self.grouping == "class":
            target = journey.standing.targets[-1]
            return f"To {target} {CLASSES[target]}"
        return str(journey.standing.workload.team)

    @cached_property
    def ends(self) -> date | None:
        """The last arrival that has a date."""
        return max((step.end for _, step in self.arrivals), default=None)

    @property
    def undated(self) -> list[Journey]:
        """Workloads that wait for an approval or an answer before their move can be dated."""
        return [journey for journey in self.moving if journey.arrival is None]

    @cached_property
    def arrivals(self) -> list[tuple[Journey, Step]]:
        """The last milestone of each workload, in order."""
        found = [(journey, journey.arrival) for journey in self.moving if journey.arrival]
        return sorted(found, key=lambda pair: pair[1].end)

    @cached_property
    def settled(self) -> list[Step]:
        """Shared steps that are done already, each once."""
        steps = (step for journey in self.moving for step in journey.steps)
        done = {step.said["id"]: step for step in steps if step.is_shared_work and step.said["done"]}
        return list(done.values())


def steps_of(standing: Standing) -> tuple[Step, ...]:
    """Steps of all its parts, in order of start; one that two parts need is listed once."""
    steps: dict[str, Step] = {}
    for said in _said(standing):
        known = steps.get(said["id"])
        if known is None or said["end"] > known.said["end"]:
            steps[said["id"]] = Step(said)
    return tuple(sorted(steps.values(), key=lambda step: (step.start, step.end)))


def _said(standing: Standing) -> Iterable[dict[str, Any]]:
    for segment in standing.segments:
        yield from segment["steps"]


def roadmap(standings: list[Standing], grouping: str) -> Roadmap:
    return Roadmap(standings, grouping if grouping in GROUPINGS else GROUPINGS[0])
