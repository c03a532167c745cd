"""What a portfolio costs today, at target and with machines shared: now with its range, and over the months ahead."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.engine.costing import Work
from planner.engine.costing.spread import moved_figures
from planner.engine.outlook.ahead import Ahead
from planner.engine.outlook.lines import Measured, People, bills_of, usd_of
from planner.engine.outlook.placed import Placed, paid_as, placed
from planner.engine.outlook.pooled import Pooled, pooled
from planner.engine.uncertainty.draws import Draws
from planner.engine.uncertainty.outcomes import SHARES, Bands, bands
from planner.engine.uncertainty.price_scenarios import PRICE_SCENARIOS
from planner.engine.vocabulary import CLASS_OF, VARIANTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.engine.outlook.lines import Line
    from planner.engine.scenarios import Answer, Answers, World
    from planner.engine.uncertainty.price_scenarios import PriceScenario

MONTHS: Final = 36
TODAY, TARGET, POOLED = "today", "target", "pooled"
NO_PARTS: Final = "It has no parts: name one with its share of the tokens."
NO_PLACE: Final = "No placement fits a part of it: see its decision for the ways out."
NOT_MEASURED: Final = (
    "Its bill today is not measured: load a week of usage or more, with a cost in USD for all of it."
)


@dataclass(frozen=True)
class Portfolio:
    """The workloads that are compared: whose bill is measured and whose every part has a known cost at target.

    `measured` is each workload's bill of a month, by its place; `left_out` says of the others what to supply.
    """

    world: World
    parts: tuple[Placed, ...]
    measured: Mapping[int, float]
    left_out: Mapping[int, str]

    @classmethod
    def of(cls, world: World, answers: Answers, measured: Mapping[int, float]) -> Portfolio:
        left_out = _left_out(world, answers, measured)
        parts = tuple(
            placed(part, answer) for part, answer in answers.parts.items() if part.workload not in left_out
        )
        return cls(world, parts, measured, left_out)

    @cached_property
    def shared(self) -> Pooled:
        """The portfolio with machines shared; where that costs more than the targets one by one, those stay."""
        a = self.world.assumed
        found, alone = pooled(self.parts, self.world), self.lines(TARGET)
        if not found.nowhere and float(usd_of(found.lines, a)) <= float(usd_of(alone, a)):
            return found
        return Pooled(alone, (), ())

    def lines(self, case: str, assumed: Mapping[str, float] | None = None) -> tuple[Line, ...]:
        """The lines of the bill today, at target or pooled; under other figures where they are given."""
        if case == POOLED:
            return self.shared.lines
        a = assumed or self.world.assumed
        parts = self.parts if assumed is None else tuple(repriced(each, a) for each in self.parts)
        if case == TODAY:
            return _today(parts, self.measured, a)
        known = (line for each in parts if (line := each.line(each.target, a)) is not None)
        return (*known, People.of((each.target, each.hire) for each in parts))


@dataclass(frozen=True, slots=True, eq=False)
class Range:
    """Dollars: the best estimate, and what one and nine in ten of the possible values do not pass."""

    usd: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """One way token prices may go: month by month for each case, and the sum of all months."""

    scenario: PriceScenario
    bands: Mapping[str, Bands]
    totals: Mapping[str, Range]


def repriced(each: Placed, assumed: Mapping[str, float]) -> Placed:
    """The part under other figures, at the offers and machines that were chosen for it."""
    reading = each.answer.weighed.reading
    work = Work.of(reading.values, reading.known, assumed)
    return replace(each, answer=replace(each.answer, work=work))


def month_now(portfolio: Portfolio, case: str) -> Range:
    """The bill of this month. A measured one is what it is; people and everything computed move with the figures."""
    a = portfolio.world.assumed
    lines = portfolio.lines(case)
    drawn = np.asarray(usd_of(lines, moved_figures(a)), dtype=float)
    usd = float(usd_of(lines, a))
    if not drawn.ndim:
        return Range(usd, usd, usd)
    low, high = (float(each) for each in np.quantile(drawn, (SHARES[0], SHARES[-1])))
    return Range(usd, min(low, usd), max(high, usd))


def courses(portfolio: Portfolio, seed: int, cases: Sequence[str] = (TODAY, TARGET, POOLED)) -> list[Course]:
    """Month by month from now on in many futures, the same ones for every case and every way prices may go."""
    a = portfolio.world.assumed
    draws = Draws.of(seed, round(a["futures_drawn"]), MONTHS + 1)
    return [_course(portfolio, scenario, draws, cases) for scenario in PRICE_SCENARIOS]


def _course(portfolio: Portfolio, scenario: PriceScenario, draws: Draws, cases: Sequence[str]) -> Course:
    a = portfolio.world.assumed
    ahead = Ahead.of(scenario, draws, a)
    found, totals = {}, {}
    for case in cases:
        bills = bills_of(portfolio.lines(case), ahead, a)
        found[case] = bands(bills)
        whole = bills[:MONTHS].sum(axis=0)
        low, middle, high = (float(each) for each in np.quantile(whole, SHARES, method="higher"))
        totals[case] = Range(middle, low, high)
    return Course(scenario, found, totals)


def _today(
    parts: Sequence[Placed], measured: Mapping[int, float], assumed: Mapping[str, float]
) -> tuple[Line, ...]:
    """Each measured bill, going on like what it is paid for; a workload in parts by the share of their tokens."""
    lines: list[Line] = []
    used: list[tuple[str, bool]] = []
    of_workload: dict[int, list[float]] = {}
    for each in parts:
        of_workload.setdefault(each.part.workload, []).append(_tokens(each))
    for each in parts:
        siblings = of_workload[each.part.workload]
        share = _tokens(each) / sum(siblings) if sum(siblings) else 1 / len(siblings)
        lines.append(Measured(measured[each.part.workload] * share, each.goes_on_like(assumed)))
        used += running(each.class_today, hire=each.hire)
    return (*lines, People.of(used))


def running(class_today: str, *, hire: bool) -> list[tuple[str, bool]]:
    """The placements a class may be of that serves something today, as users of its people."""
    return [(variant, hire) for variant in VARIANTS if CLASS_OF[variant] == paid_as(class_today)]


def _tokens(each: Placed) -> float:
    return float(each.answer.work.tokens_month) if each.answer.work else 0.0


def _left_out(world: World, answers: Answers, measured: Mapping[int, float]) -> dict[int, str]:
    """What to supply for each workload that cannot be compared."""
    parts: dict[int, list[Answer]] = {}
    for part, answer in answers.parts.items():
        parts.setdefault(part.workload, []).append(answer)
    found = {}
    for place in range(len(world.workloads)):
        why = answers.refused.get(place) or _why_left_out(parts.get(place, ()))
        why = why or ("" if place in measured else NOT_MEASURED)
        if why:
            found[place] = why
    return found


def _why_left_out(parts: Sequence[Answer]) -> str:
    if not parts:
        return NO_PARTS
    if any(answer.target is None for answer in parts):
        return NO_PLACE
    return next((answer.unknown for answer in parts if answer.unknown), "")
