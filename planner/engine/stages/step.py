"""The words of a staged move: the hops of the ladder, its legs, its steps and what was taken out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.engine.vocabulary import CLASSES, HOPS

if TYPE_CHECKING:
    from datetime import date

    from planner.engine.policy import Reference, Row


def rung(name: str) -> int:
    """The place of a class on the ladder; what runs nowhere starts at the foot."""
    return CLASSES.index(name) if name in CLASSES else 0


@dataclass(frozen=True, slots=True)
class Leg:
    """One move of the route: from a class to the stop that ends it, or to the target, which needs no stop."""

    origin: str
    destination: str
    variant: str
    stop: Row | None = None

    @property
    def moves(self) -> bool:
        return self.origin != self.destination

    @property
    def hops(self) -> tuple[str, ...]:
        """The hops of the ladder it climbs: one, or several where it passes a class by; none on the way down."""
        return HOPS[rung(self.origin) : rung(self.destination)]

    def takes(self, hops: tuple[str, ...]) -> bool:
        """Whether what is due at these hops is due here; staying and stepping back know no hops."""
        return not hops or not self.hops or not set(hops).isdisjoint(self.hops)


@dataclass(frozen=True, slots=True)
class Removed:
    """A row that was due and must not be done for this segment, with the reason."""

    row: Row
    because: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, to close or to have reached, with its place in time. What is done takes no time.

    `row` is the row it comes from: what is done anew on every leg has one row and several steps. `wait` is the
    pause before its start, `pilot` marks a part to begin with. `slack_days` is how late it may end without moving the end; None where nothing follows.
    """

    id: str
    row: str
    label: str
    phase: str
    kind: str
    owner: str
    leg: str
    weeks: float
    wait: float
    start: date
    end: date
    needs: tuple[str, ...]
    produces: tuple[str, ...]
    done: bool
    shared: bool
    pilot: bool
    critical: bool
    slack_days: int | None
    sentence: str
    source: Reference


@dataclass(frozen=True, slots=True)
class Staged:
    """The way to the target: its legs, the dated steps by start, and what was taken out of it."""

    legs: tuple[Leg, ...] = ()
    steps: tuple[Step, ...] = ()
    removed: tuple[Removed, ...] = ()
