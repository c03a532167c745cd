"""The months ahead as bills see them: the futures, with the growth a workload states of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from planner.engine.uncertainty.draws import Draws
from planner.engine.uncertainty.growth import own_demand
from planner.engine.uncertainty.paths import Drift, Futures
from planner.engine.uncertainty.price_scenarios import under

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.engine.uncertainty.price_scenarios import PriceScenario

Floats: TypeAlias = NDArray[np.float64]
NOTHING_CHANGES: Final = 1.0


@dataclass(frozen=True, slots=True)
class Ahead:
    """Futures of one price scenario under some figures, in which demand grows as it usually does."""

    futures: Futures
    assumed: Mapping[str, float]
    _demand: dict[float | None, Floats] = field(default_factory=dict)

    @classmethod
    def of(cls, scenario: PriceScenario, draws: Draws, assumed: Mapping[str, float]) -> Ahead:
        """The same chances for every scenario: they differ by what they are, not by luck."""
        drift = Drift.of(assumed)
        closed = under(scenario, drift, assumed)
        opened = under(scenario, drift, assumed, open_weights=True)
        return cls(Futures.of(draws, closed, opened), assumed)

    def demand(self, growth: float | None) -> Floats:
        """Times today's volume, months down and futures across, for a workload with this growth of its own."""
        if growth not in self._demand:
            self._demand[growth] = own_demand(self.futures, growth, self.assumed)
        return self._demand[growth]


def no_luck(months: int) -> Draws:
    """One future in which nothing comes by chance: every path at its middle."""
    still, monthly = np.zeros(1), np.zeros((months - 1, 1))
    unchanged = np.full((months - 1, 1), NOTHING_CHANGES)
    return Draws(0, months, still, still, still, monthly, monthly, unchanged, unchanged / 2)
