"""The cheapest insurance: the least that has to be closed beforehand so that a scenario costs less when it comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from planner.engine.costing.people import STEP_OF, portfolio_people_usd
from planner.engine.vocabulary import VARIANTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planner.engine.policy import Row
    from planner.engine.scenarios.answers import Answer, Part
    from planner.engine.scenarios.world import World

WEEKS_A_MONTH: Final = 365 / 12 / 7


@dataclass(frozen=True, slots=True)
class Preparation:
    """Gates to close before a scenario comes so that a part may run on `variant` the day it does. `usd_month` is the
    cost there, `unprepared_usd` where it would go otherwise: None where it would stand still, or nobody can tell.
    `planned` says that today's target asks for the same, `hire` that people for own machines would have to be hired.
    """

    part: Part
    variant: str
    gates: tuple[Row, ...]
    weeks: float
    usd_month: float | None
    unprepared_usd: float | None
    restores: bool
    planned: bool
    hire: bool

    @property
    def saves_usd_month(self) -> float | None:
        if self.usd_month is None or self.unprepared_usd is None:
            return None
        return self.unprepared_usd - self.usd_month


@dataclass(frozen=True, slots=True)
class Insurance:
    """The same gates closed for several parts: how many it keeps running, what it saves the others a month, and what
    the people cost a month who are needed for no other part.
    """

    gates: tuple[Row, ...]
    weeks: float
    preparations: tuple[Preparation, ...]
    people_usd_month: float

    @property
    def restored(self) -> int:
        return sum(each.restores for each in self.preparations)

    @property
    def saves_usd_month(self) -> float:
        return sum(each.saves_usd_month or 0.0 for each in self.preparations)


def preparation(part: Part, before: Answer, after: Answer, then: World) -> Preparation | None:
    """The smallest preparation that keeps a part running, or that makes what it is left with cheaper: fewest gates,
    then soonest, then cheapest. None where nothing is lost, where no gate has to be closed, or where none helps.
    """
    stops = before.now is not None and after.now is None
    dearer = before.usd_now is not None and after.usd_now is not None and after.usd_now > before.usd_now
    if not stops and not dearer:
        return None
    ways = [
        Preparation(
            part=part,
            variant=variant,
            gates=gates,
            weeks=max((weeks_of(row, after, then) for row in gates), default=0.0),
            usd_month=after.usd.get(variant),
            unprepared_usd=after.usd_now,
            restores=stops,
            planned=variant == before.target,
            hire=after.under.hire,
        )
        for variant in after.feasible
        if (gates := after.gates_before(variant))
    ]
    tolerance = after.weighed.scale.tolerance
    return min((way for way in ways if stops or _pays(way, tolerance)), key=_effort, default=None)


def insurances(found: Iterable[Preparation], used: Iterable[str | None], then: World) -> list[Insurance]:
    """Preparations with the same gates as one, those that keep most running first, then those that save most.

    `used` are the placements in use anyhow: their people are paid already.
    """
    groups: dict[tuple[str, ...], list[Preparation]] = {}
    for each in found:
        groups.setdefault(tuple(row.id for row in each.gates), []).append(each)
    there = {STEP_OF.get(variant or "") for variant in used}
    grouped = [_insurance(members, there, then) for members in groups.values()]
    return sorted(grouped, key=lambda each: (-each.restored, -each.saves_usd_month, len(each.gates)))


def weeks_of(row: Row, answer: Answer, world: World) -> float:
    """How long closing a gate takes: a number, or the longest of the parameters and facts its row names."""
    cell = row.cell("weeks", 0)
    if isinstance(cell, (int, float)):
        return float(cell)
    names = [cell] if isinstance(cell, str) else list(cell)
    return max((_named_weeks(name, answer, world) for name in names), default=0.0)


def _named_weeks(name: str, answer: Answer, world: World) -> float:
    if name in world.policy.parameters:
        unit, value = world.policy.parameters[name].unit, world.assumed[name]
    else:
        unit = world.policy.inputs[name].unit
        value = float(answer.weighed.reading.values.get(name) or 0)
    return value * WEEKS_A_MONTH if unit == "months" else value


def _insurance(members: list[Preparation], there: set[str | None], then: World) -> Insurance:
    new = ((each.variant, each.hire) for each in members if STEP_OF.get(each.variant) not in there)
    people = float(portfolio_people_usd(new, then.assumed))
    return Insurance(members[0].gates, max(each.weeks for each in members), tuple(members), people)


def _pays(way: Preparation, tolerance: float) -> bool:
    """Whether it is cheaper by more than counts as equal."""
    if way.usd_month is None or way.unprepared_usd is None:
        return False
    return way.usd_month * (1 + tolerance) < way.unprepared_usd


def _effort(way: Preparation) -> tuple[int, float, float, int]:
    usd = float("inf") if way.usd_month is None else way.usd_month
    return len(way.gates), way.weeks, usd, VARIANTS.index(way.variant)
