"""When a drifting quantity reaches a level: first passage of a geometric random walk, in closed form."""

from __future__ import annotations

import math
from dataclasses import dataclass

NEVER = math.inf
_STILL = 1e-9  # a walk this quiet is a straight line; its variance would vanish in a float
_OVERFLOW = (
    700.0  # exp() of more leaves the range of a float; beyond it the product is taken as one exponential
)
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
    distance = math.log(level) - math.log(now)
    if volatility < _STILL:
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
    ahead, behind = (drift * months - distance) / spread, (-distance - drift * months) / spread
    exponent = 2 * drift * distance / volatility**2
    product = _far_out(ahead, -behind) if exponent > _OVERFLOW else math.exp(exponent) * _normal(behind)
    return min(1.0, _normal(ahead) + product)


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


def _far_out(ahead: float, z: float) -> float:
    """exp(2 mu x / s^2) * Phi(-z) where the one overflows and the other vanishes.

    z is beyond 37 there (z^2 >= 4 mu x / s^2), so Mills' ratio holds to a part in 10^10; and 2 mu x / s^2 - z^2 / 2
    is exactly -ahead^2 / 2, which is taken instead of the difference of two huge numbers.
    """
    near = 1 / z  # its powers vanish where those of z would overflow
    mills = near * (1 - near**2 + 3 * near**4 - 15 * near**6) / math.sqrt(2 * math.pi)
    return math.exp(-ahead * ahead / 2) * mills


def _normal(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))
