"""What a portfolio has to do: the open steps of every workload, and who can be counted on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from planner.engine.vocabulary import GATE, MILESTONE, MOVE, OPERATE, STEP

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from planner.engine.policy import Policy

WEEK: Final = 7
OF_A_TEAM: Final = "architect"
CAPACITY: Final = {
    OF_A_TEAM: "capacity_architect",
    "operator": "capacity_operator",
    "reviewer": "capacity_reviewer",
    "leader": "capacity_leader",
}


@dataclass(frozen=True, slots=True)
class Work:
    """An open step: days of work, and the day from the start of the plan before which it cannot begin."""

    id: str
    label: str
    owner: str
    leg: str
    kind: str
    days: int
    earliest: int = 0
    wait: int = 0
    needs: tuple[str, ...] = ()
    shared: bool = False
    moves: bool = False
    pilot: bool = False

    @property
    def takes_people(self) -> bool:
        return self.days > 0 and self.kind in (STEP, GATE)

    @property
    def arrives(self) -> bool:
        return self.moves and self.kind == MILESTONE

    @classmethod
    def of(cls, said: Mapping[str, Any], as_of: date) -> Work:
        """An open step as a record says it."""
        start, end = date.fromisoformat(said["start"]), date.fromisoformat(said["end"])
        return cls(
            id=said["id"],
            label=said["label"],
            owner=said["owner"],
            leg=said.get("leg", ""),
            kind=said["kind"],
            days=(end - start).days,
            earliest=max(0, (start - as_of).days),
            wait=round(said.get("wait", 0) * WEEK),
            needs=tuple(said["needs"]),
            shared=said["shared"],
            moves=said["phase"] == MOVE,
            pilot=said.get("pilot", False),
        )


@dataclass(frozen=True, slots=True)
class Job:
    """A workload that has to move, or would have to. `released` is what the move saves a month, None if unknown."""

    id: str
    name: str
    team: str
    works: tuple[Work, ...]
    rung: int = 0
    exposed: bool = False
    released: float | None = 0.0

    @property
    def own_days(self) -> int:
        return sum(work.days for work in self.works if work.takes_people and not work.shared)

    @property
    def pilot(self) -> bool:
        """Whether the guides name it as one to begin with."""
        return any(work.pilot for work in self.works)

    @property
    def ease(self) -> tuple[Any, ...]:
        """The order in which workloads are taken up: where data lies wrong first, then the easy ones to learn on,
        then what saves most.
        """
        return (
            not self.exposed,
            not self.pilot,
            self.rung,
            self.own_days,
            -(self.released or 0),
            self.name,
            self.id,
        )


def named(said: Mapping[str, Any], part: str = "") -> str:
    """The name of a step on the calendar: parts of a workload keep theirs apart, what is shared has one for all."""
    return str(said["id"]) if said["shared"] or not part else f"{part}:{said['id']}"


def works_of(steps: Iterable[Mapping[str, Any]], as_of: date, part: str = "") -> tuple[Work, ...]:
    """The open steps of one part of a workload, until it arrives."""
    ahead = {said["id"]: said for said in steps if not said["done"] and said["phase"] != OPERATE}
    return tuple(
        Work.of(
            {
                **said,
                "id": named(said, part),
                "needs": [named(ahead[need], part) for need in said["needs"] if need in ahead],
            },
            as_of,
        )
        for said in ahead.values()
    )


@dataclass(frozen=True, slots=True)
class Terms:
    """What the policy says about people and time: working time a week of each role, in persons; the part of it that
    one step takes; the length of a wave; and how long courtesy may wait.
    """

    people: Mapping[str, float] = field(default_factory=dict)
    share: float = 0.25
    wave_days: int = 13 * WEEK
    courtesy_days: int = 6 * WEEK

    @classmethod
    def of(cls, policy: Policy, as_of: date) -> Terms:
        figures = policy.figures(as_of)
        return cls(
            people={role: float(figures[name]) for role, name in CAPACITY.items()},
            share=float(figures["effort_share"]),
            wave_days=round(float(figures["wave_weeks"]) * WEEK),
            courtesy_days=round(float(figures["soft_wait_weeks"]) * WEEK),
        )

    def places(self, role: str) -> int:
        """How many steps a role can work on at the same time."""
        return int(self.people.get(role, 0.0) / self.share + 1e-9) if self.share > 0 else 0


def day(as_of: date, offset: int) -> date:
    return as_of + timedelta(days=offset)
