"""The months ahead as bills see them: the futures, with the growth a workload states of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from planner.engine.uncertainty.draws import Draws
from planner.engine.uncertainty.paths import Drift, Futures
from planner.engine.uncertainty.price_scenarios import under

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.engine.uncertainty.price_scenarios import PriceScenario

Floats: TypeAlias = NDArray[np.float64]
OWN_MONTHS: Final = (
    12  # a growth somebody states or measures is believed for a year, then the usual one goes on
)
NOTHING_CHANGES: Final = 1.0


@dataclass(frozen=True, slots=True)
class Ahead:
    """Futures of one price scenario. `common` is the growth a month, in natural logarithms, of whoever states none."""

    futures: Futures
    common: float
    _demand: dict[float | None, Floats] = field(default_factory=dict)

    @classmethod
    def of(cls, scenario: PriceScenario, draws: Draws, assumed: Mapping[str, float]) -> Ahead:
        """The same chances for every scenario: they differ by what they are, not by luck."""
        drift = Drift.of(assumed)
        closed = under(scenario, drift, assumed)
        opened = under(scenario, drift, assumed, open_weights=True)
        return cls(Futures.of(draws, closed, opened), drift.growth)

    def demand(self, growth: float | None) -> Floats:
        """Times today's volume, months down and futures across, for a workload with this growth of its own."""
        if growth is None:
            return self.futures.demand
        if growth not in self._demand:
            months = np.minimum(np.arange(self.futures.months), OWN_MONTHS)[:, None]
            self._demand[growth] = self.futures.demand * np.exp((growth - self.common) * months)
        return self._demand[growth]


def no_luck(months: int) -> Draws:
    """One future in which nothing comes by chance: every path at its middle."""
    still, monthly = np.zeros(1), np.zeros((months - 1, 1))
    unchanged = np.full((months - 1, 1), NOTHING_CHANGES)
    return Draws(0, months, still, still, still, monthly, monthly, unchanged, unchanged / 2)
