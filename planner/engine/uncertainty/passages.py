"""First passage for many segments at once: the vector twin of `planner.engine.passage`.

F(t) = Phi((mu t - x) / (s sqrt t)) + exp(2 mu x / s^2) Phi((-x - mu t) / (s sqrt t)) with x = ln(level / now): the
inverse Gaussian distribution of the time at which a walk with drift mu and volatility s first covers x.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.engine.passage import NEVER

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
STILL: Final = 1e-9  # a walk this quiet is a straight line
LONGEST_MONTHS: Final = 1e6
HALVINGS: Final = 60
SHARES: Final = (0.1, 0.5, 0.9)


@dataclass(frozen=True, slots=True, eq=False)
class Passages:
    """For each: the chance that the level is ever reached, and the months until it is; infinity is never."""

    ever: Floats
    p10: Floats
    p50: Floats
    p90: Floats


def first_passages(now: ArrayLike, level: ArrayLike, drift: ArrayLike, volatility: ArrayLike) -> Passages:
    """The passage of each quantity to its higher level, drift and volatility a month in natural logarithms.

    Where one of the four is NaN, nobody knows: the answer is NaN.
    """
    columns = (np.asarray(each, dtype=float) for each in (now, level, drift, volatility))
    now, level, drift, volatility = np.broadcast_arrays(*columns)
    there, gone, still = now >= level, now <= 0, volatility < STILL
    ahead = ~(there | gone)
    distance = np.log(np.where(ahead, level, 1.0)) - np.log(np.where(ahead, now, 1.0))
    unknown = np.isnan(now) | np.isnan(level) | np.isnan(drift) | np.isnan(volatility)
    noisy = np.where(still, 1.0, volatility)
    ever = np.exp(np.minimum(0.0, 2 * drift * distance / noisy**2))
    ever = np.where(still, np.where(drift > 0, 1.0, 0.0), ever)
    ever = np.where(unknown, np.nan, np.where(there, 1.0, np.where(gone, 0.0, ever)))
    with np.errstate(over="ignore"):
        straight = np.where(drift > 0, distance / np.where(drift > 0, drift, 1.0), NEVER)
    months = []
    for share in SHARES:
        walked = _quantile(share, ever, distance, drift, noisy)
        found = np.where(there, 0.0, np.where(gone, NEVER, np.where(still, straight, walked)))
        months.append(np.where(unknown, np.nan, found))
    return Passages(ever, *months)


def reached_by(months: ArrayLike, distance: ArrayLike, drift: ArrayLike, volatility: ArrayLike) -> Floats:
    """The chance that the logarithmic distance has been covered after so many months."""
    from scipy.special import erfcx, ndtr  # noqa: PLC0415  scipy is loaded only where many are asked for

    months, distance, drift, volatility = np.broadcast_arrays(months, distance, drift, volatility)
    begun = months > 0
    spread = volatility * np.sqrt(np.where(begun, months, 1.0))
    ahead = (drift * months - distance) / spread
    behind = (distance + drift * months) / spread
    # exp(2 mu x/s^2) Phi(-b) = exp(-a^2/2) erfcx(b/sqrt 2)/2, which neither overflows nor vanishes; where b < 0
    # (a shrinking quantity) the plain product is safe, since the exponent is negative
    exponent = np.minimum(0.0, 2 * drift * distance / volatility**2)
    scaled = np.exp(-(ahead**2) / 2) * erfcx(np.maximum(behind, 0.0) / np.sqrt(2)) / 2
    product = np.where(behind >= 0, scaled, np.exp(exponent) * ndtr(-behind))
    return np.where(begun, np.minimum(1.0, ndtr(ahead) + product), 0.0)


def _quantile(share: float, ever: Floats, distance: Floats, drift: Floats, volatility: Floats) -> Floats:
    never = share >= ever
    low, high = np.zeros(distance.shape), np.ones(distance.shape)
    while (
        short := _short(high, share, distance, drift, volatility) & ~never & (high < LONGEST_MONTHS)
    ).any():
        low, high = np.where(short, high, low), np.where(short, high * 2, high)
    never = never | (high >= LONGEST_MONTHS)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        short = _short(middle, share, distance, drift, volatility)
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return np.where(never, NEVER, high)


def _short(months: Floats, share: float, distance: Floats, drift: Floats, volatility: Floats) -> Flags:
    return reached_by(months, distance, drift, volatility) < share
