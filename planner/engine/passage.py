"""When a drifting quantity reaches a level: first passage of a geometric random walk, in closed form."""

from __future__ import annotations

import math
from dataclasses import dataclass

NEVER = math.inf
_OVERFLOW = 700.0  # exp() of more leaves the range of a float; beyond it the sum is taken in logarithms
_HORIZON_MONTHS = 1e6


@dataclass(frozen=True, slots=True)
class Passage:
    """The chance that a level is ever reached, and the months until it is (P10, P50, P90); infinity is never."""

    ever: float
    p10: float
    p50: float
    p90: float


def first_passage(now: float, level: float, drift: float, volatility: float) -> Passage:
    """The passage of `now` to a higher `level`, with drift and volatility a month in natural logarithms."""
    if now >= level:
        return Passage(1.0, 0.0, 0.0, 0.0)
    if now <= 0:
        return Passage(0.0, NEVER, NEVER, NEVER)
    distance = math.log(level / now)
    if volatility <= 0:
        months = distance / drift if drift > 0 else NEVER
        return Passage(1.0 if drift > 0 else 0.0, months, months, months)
    ever = 1.0 if drift >= 0 else math.exp(2 * drift * distance / volatility**2)
    p10, p50, p90 = (_quantile(share, ever, distance, drift, volatility) for share in (0.1, 0.5, 0.9))
    return Passage(ever, p10, p50, p90)


def falls_to(now: float, level: float, drift: float, volatility: float) -> Passage:
    """The passage of `now` to a lower `level`: the same walk, seen in a mirror."""
    return first_passage(level, now, -drift, volatility)


def reached_by(months: float, distance: float, drift: float, volatility: float) -> float:
    """The chance that the logarithmic distance has been covered after so many months."""
    if months <= 0:
        return 0.0
    spread = volatility * math.sqrt(months)
    direct = _normal((drift * months - distance) / spread)
    exponent, tail = 2 * drift * distance / volatility**2, (-distance - drift * months) / spread
    return min(1.0, direct + _product(exponent, tail))


def _quantile(share: float, ever: float, distance: float, drift: float, volatility: float) -> float:
    if share >= ever:
        return NEVER
    low, high = 0.0, 1.0
    while reached_by(high, distance, drift, volatility) < share:
        low, high = high, high * 2
        if high > _HORIZON_MONTHS:
            return NEVER
    for _ in range(60):
        middle = (low + high) / 2
        if reached_by(middle, distance, drift, volatility) < share:
            low = middle
        else:
            high = middle
    return high


def _product(exponent: float, tail: float) -> float:
    """exp(exponent) * Phi(tail), also where one is huge and the other vanishes."""
    if exponent <= _OVERFLOW:
        return math.exp(exponent) * _normal(tail)
    # Mills' ratio: ln Phi(z) is close to -z^2/2 - ln(-z sqrt(2 pi)) far out in the tail
    log_tail = (
        -(tail**2) / 2 - math.log(-tail * math.sqrt(2 * math.pi)) if tail < -1 else math.log(_normal(tail))
    )
    return math.exp(min(0.0, exponent + log_tail))


def _normal(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))
