"""When a level may be reached: first passage of the drifting quantity, as dates, or never."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from planner.engine.passage import NEVER, Passage, falls_to, first_passage, reached_by

if TYPE_CHECKING:
    from planner.engine.measures import Measures
    from planner.engine.policy import Row
    from planner.engine.triggers.confirm import BreakEven
    from planner.engine.triggers.found import Found

LEVEL: Final = "level"  # the level of the trigger itself
BREAK_EVEN: Final = "break_even"  # the volume from which the computed economics would agree
GROWTH: Final = "growth_pct_month"
SWING: Final = "volume_swing_pct"
VOLUME: Final = "volume"
SPEND: Final = "spend"
TIME: Final = "time"
PERCENT: Final = 100
ALL_BUT_GONE: Final = -99.99
DAYS_PER_MONTH: Final = 365.25 / 12
LONGEST_MONTHS: Final = 1200.0  # a calendar ends; nothing is dated beyond a century


@dataclass(frozen=True, slots=True)
class Expected:
    """When something is expected: the chance that it ever is, and that it is within the horizon (in months), and
    the days by which one, five and nine in ten cases have come; None is later than the horizon. `missing` names
    the fact without which there is no forecast.
    """

    of: str
    level: float
    ever: float = 0.0
    within: float = 0.0
    p10: date | None = None
    p50: date | None = None
    p90: date | None = None
    horizon: float = 0.0
    drift_pct: float = 0.0
    swing_pct: float = 0.0
    assumed_swing: bool = False
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Trend:
    """A quantity now, and how it drifts and swings in a month, in natural logarithms."""

    now: float
    drift: float
    volatility: float
    assumed: bool


def expect_level(row: Row, found: Found, measures: Measures, as_of: date) -> Expected | None:
    """When the level of a trigger is reached; None where nothing says how its metric moves."""
    drifts = row.cell("drifts")
    if drifts is None or found.fire is None or not isinstance(found.value, (int, float)):
        return None
    if drifts == TIME:
        return _by_the_clock(found, as_of)
    if GROWTH not in measures.known:
        return Expected(LEVEL, found.fire, missing=GROWTH)
    trend = _trend(found.value, measures, spend=drifts == SPEND)
    passage = (falls_to if found.below else first_passage)(
        trend.now, found.fire, trend.drift, trend.volatility
    )
    return _expected(LEVEL, found.fire, trend, passage, measures, as_of)


def expect_break_even(pays: BreakEven, measures: Measures, as_of: date) -> Expected | None:
    """When the volume reaches the break-even; None where it is not known or already passed."""
    tokens = measures.values.get("tokens_month")
    if pays.tokens_month is None or not tokens or tokens >= pays.tokens_month:
        return None
    if pays.tokens_month == NEVER:
        return Expected(BREAK_EVEN, NEVER)
    if GROWTH not in measures.known:
        return Expected(BREAK_EVEN, pays.tokens_month, missing=GROWTH)
    trend = _trend(tokens, measures, spend=False)
    passage = first_passage(trend.now, pays.tokens_month, trend.drift, trend.volatility)
    return _expected(BREAK_EVEN, pays.tokens_month, trend, passage, measures, as_of)


def _trend(now: float, measures: Measures, *, spend: bool) -> Trend:
    drift = _logarithm(float(measures.values[GROWTH]))
    if spend:
        drift += _logarithm(float(measures.figures["price_drift_pct_month"]))
    measured = SWING in measures.known
    swing = (
        float(measures.values[SWING]) / PERCENT if measured else float(measures.figures["demand_volatility"])
    )
    return Trend(now, drift, swing, not measured)


def _logarithm(pct: float) -> float:
    """The monthly drift of a percentage; what falls by all of it is all but gone."""
    return math.log1p(max(pct, ALL_BUT_GONE) / PERCENT)


def _by_the_clock(found: Found, as_of: date) -> Expected:
    """Months pass by themselves: the day is certain."""
    fire = found.fire or 0.0
    day = _day(as_of, max(0.0, fire - found.value), LONGEST_MONTHS)
    return Expected(LEVEL, fire, 1.0, 1.0, day, day, day)


def _expected(
    of: str, level: float, trend: Trend, passage: Passage, measures: Measures, as_of: date
) -> Expected:
    horizon = float(measures.figures["forecast_horizon"])
    within = _within(trend, level, passage, horizon)
    return Expected(
        of,
        level,
        round(passage.ever, 4),
        round(within, 4),
        _day(as_of, passage.p10, horizon),
        _day(as_of, passage.p50, horizon),
        _day(as_of, passage.p90, horizon),
        horizon,
        drift_pct=round(PERCENT * math.expm1(trend.drift), 2),
        swing_pct=round(PERCENT * trend.volatility, 2),
        assumed_swing=trend.assumed,
    )


def _within(trend: Trend, level: float, passage: Passage, horizon: float) -> float:
    """The chance of reaching the level within the horizon."""
    if passage.ever == 0 or passage.p50 == 0:
        return passage.ever
    if trend.volatility <= 0:
        return 1.0 if passage.p50 <= horizon else 0.0
    rises = level >= trend.now
    distance = abs(math.log(level / trend.now))
    return reached_by(horizon, distance, trend.drift if rises else -trend.drift, trend.volatility)


def _day(as_of: date, months: float, horizon: float) -> date | None:
    if months > min(horizon, LONGEST_MONTHS):
        return None
    return as_of + timedelta(days=round(months * DAYS_PER_MONTH))
