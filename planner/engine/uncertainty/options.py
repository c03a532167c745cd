"""What an option costs in every future: tokens by the bill of today, machines by whole replicas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from planner.engine.uncertainty.paths import Futures

Floats: TypeAlias = NDArray[np.float64]
SECONDS_PER_HOUR: Final = 3600
ROUNDING: Final = 1e-9  # machines: what is left of a whole number after floating-point division


class Option(Protocol):
    """Anything with a name and a monthly bill in every future."""

    @property
    def name(self) -> str: ...

    def bills(self, futures: Futures) -> Floats:
        """Dollars a month, months down and futures across."""
        ...


@dataclass(frozen=True, slots=True)
class Tokens:
    """Paid by the token: today's bill follows demand and price. `fixed_usd_month` (people) does not."""

    name: str
    usd_month: float
    fixed_usd_month: float = 0.0
    open_weights: bool = False

    def bills(self, futures: Futures) -> Floats:
        price = futures.open_token_price if self.open_weights else futures.token_price
        return self.usd_month * futures.demand * price + self.fixed_usd_month


@dataclass(frozen=True, slots=True)
class Replicas:
    """Machines for the peak, in whole replicas and with spare ones. `tok_s` is what one replica serves at full load,
    input and output together. `rented` ones follow the price of GPUs and are given back; owned ones do neither, and
    come as many `together` as a machine holds, each replica written off by so much a month.
    """

    name: str
    tokens_month: float
    tok_s: float
    peak: float
    planned_use: float
    spare: float
    replica_usd_hour: float
    hours: float
    fixed_usd_month: float = 0.0
    rented: bool = True
    together: float = 1.0
    written_off_usd_month: float = 0.0

    def replicas(self, futures: Futures) -> Floats:
        """ceil(V / (hours x 3600) x peak / (capacity x planned use)) + spare, and as many as were ever bought."""
        mean_tok_s = self.tokens_month / (self.hours * SECONDS_PER_HOUR)
        needed = futures.demand / futures.capacity
        needed *= mean_tok_s * self.peak / (self.tok_s * self.planned_use)
        np.ceil(needed, out=needed)
        needed += self.spare
        if self.rented:
            return needed
        np.maximum.accumulate(needed, axis=0, out=needed)
        return np.asarray(np.ceil(needed / self.together - ROUNDING) * self.together)

    def bills(self, futures: Futures) -> Floats:
        usd = self.replicas(futures)
        usd *= self.replica_usd_hour * self.hours
        if self.rented:
            usd *= futures.gpu_price
        usd += self.fixed_usd_month
        return usd


@dataclass(frozen=True, slots=True)
class Cheapest:
    """The cheapest of several in every month of every future: rented machines are exchanged as the volume grows."""

    name: str
    options: tuple[Replicas, ...]

    def bills(self, futures: Futures) -> Floats:
        usd = self.options[0].bills(futures)
        for option in self.options[1:]:
            np.minimum(usd, option.bills(futures), out=usd)
        return usd


@dataclass(frozen=True, slots=True)
class Flat:
    """The same bill in every future: seats, or a contract."""

    name: str
    usd_month: float

    def bills(self, futures: Futures) -> Floats:
        return np.full_like(futures.demand, self.usd_month)
