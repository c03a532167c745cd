"""Many futures of demand, token prices, GPU prices and throughput, as factors of what each is today.

Every path is a column: months run down, futures across, and the first row is this month, all ones but for the
throughput, which is not known today either. Demand is a random walk with a growth that differs between futures;
token prices decline and now and then change at once; GPU prices swing around their mean; throughput is lognormal
around its estimate and grows with newer engines.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.engine.uncertainty.draws import Draws

Floats: TypeAlias = NDArray[np.float64]
MONTHS_PER_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Drift:
    """How fast everything moves, a month and in natural logarithms; `_sd` is the spread between futures, `_sigma`
    the swing from month to month, `price_change_rate` the chance of a change of a list price in a month.
    """

    growth: float
    growth_sd: float
    volume_sigma: float
    price_decline: float
    price_decline_sd: float
    price_change_rate: float
    price_change_mean: float
    price_change_sd: float
    gpu_return: float
    gpu_sigma: float
    throughput_sd: float
    throughput_gain: float

    @classmethod
    def of(cls, assumed: Mapping[str, float]) -> Drift:
        """The drift these assumptions say; UnknownAssumptionError names one that is missing."""
        return cls(**{each.name: assumed[PARAMETER[each.name]] for each in fields(cls)})


PARAMETER: Final = {
    "growth": "demand_growth",
    "growth_sd": "demand_growth_sd",
    "volume_sigma": "demand_sigma",
    "price_decline": "api_price_drift",
    "price_decline_sd": "api_price_drift_sd",
    "price_change_rate": "api_jump_rate",
    "price_change_mean": "api_jump_mean",
    "price_change_sd": "api_jump_sd",
    "gpu_return": "gpu_price_kappa",
    "gpu_sigma": "gpu_price_sigma",
    "throughput_sd": "throughput_lognormal_sd",
    "throughput_gain": "throughput_gain_sw",
}


@dataclass(frozen=True, slots=True, eq=False)
class Futures:
    """Factors of today's figures, months down and futures across. Open models have token prices of their own."""

    seed: int
    demand: Floats
    token_price: Floats
    open_token_price: Floats
    gpu_price: Floats
    capacity: Floats

    @classmethod
    def of(cls, draws: Draws, drift: Drift, opened: Drift | None = None) -> Futures:
        """The futures of a drift; token prices of open models follow `opened` where it is another one."""
        closed_price = token_price(draws, drift)
        return cls(
            seed=draws.seed,
            demand=demand(draws, drift),
            token_price=closed_price,
            open_token_price=closed_price if opened in (None, drift) else token_price(draws, opened),
            gpu_price=gpu_price(draws, drift),
            capacity=capacity(draws, drift),
        )

    @property
    def months(self) -> int:
        return len(self.demand)

    @property
    def number(self) -> int:
        return int(self.demand.shape[1])


def demand(draws: Draws, drift: Drift) -> Floats:
    """The volume: ln V grows by g + sigma e a month, g differing between futures."""
    steps = _from_today(draws.volume, drift.volume_sigma)
    np.cumsum(steps, axis=0, out=steps)
    steps += _months(draws) * (drift.growth + drift.growth_sd * draws.growth)
    return np.exp(steps, out=steps)


def token_price(draws: Draws, drift: Drift) -> Floats:
    """The price of tokens: exp(-d t + what changed at once until then), d differing between futures."""
    from scipy.special import ndtri  # noqa: PLC0415  scipy is loaded only where futures are drawn

    steps = np.zeros((draws.months, draws.futures))
    changed = draws.change < drift.price_change_rate
    sizes = ndtri(draws.change_size[changed])
    steps[1:][changed] = drift.price_change_mean + drift.price_change_sd * sizes
    np.cumsum(steps, axis=0, out=steps)
    steps -= _months(draws) * (drift.price_decline + drift.price_decline_sd * draws.decline)
    return np.exp(steps, out=steps)


def gpu_price(draws: Draws, drift: Drift) -> Floats:
    """The price of a GPU hour: exp(x), x returning to nought: x' = (1 - kappa) x + sigma e."""
    x = _from_today(draws.gpu, drift.gpu_sigma)
    for month in range(1, draws.months):
        x[month] += (1 - drift.gpu_return) * x[month - 1]
    return np.exp(x, out=x)


def capacity(draws: Draws, drift: Drift) -> Floats:
    """What a replica serves: exp(sd z) exp(gain t): how wrong the estimate is, and what newer engines add."""
    gained = np.exp(drift.throughput_gain * _months(draws))
    return gained * np.exp(drift.throughput_sd * draws.throughput)


def monthly_decline(yearly_share: float) -> float:
    """The decline a month, in natural logarithms, of what loses this share of its price in a year."""
    return -math.log1p(-yearly_share) / MONTHS_PER_YEAR


def _months(draws: Draws) -> Floats:
    return np.arange(draws.months, dtype=float)[:, None]


def _from_today(monthly: Floats, sigma: float) -> Floats:
    """The steps of a walk that starts at nought."""
    steps = np.zeros((len(monthly) + 1, monthly.shape[1]))
    np.multiply(monthly, sigma, out=steps[1:])
    return steps
