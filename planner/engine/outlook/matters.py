"""Which figures the bill at target hangs on most, over the months ahead: each at the ends of its range, alone."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from planner.engine.outlook.ahead import Ahead, no_luck
from planner.engine.outlook.lines import THROUGHPUT, bills_of
from planner.engine.outlook.portfolio import MONTHS, TARGET
from planner.engine.uncertainty.price_scenarios import PRICE_SCENARIOS
from planner.engine.uncertainty.tornado import Range, ranges_of, tornado

if TYPE_CHECKING:
    from planner.engine.outlook.portfolio import Portfolio
    from planner.engine.uncertainty.tornado import Tornado

REFERENCE: Final = "same_model"  # what is compared is what the target is: the model that was chosen
SPREAD_OF: Final = {THROUGHPUT: "throughput_sd_corrected"}
ONE_IN_TEN: Final = 1.2815515655446004  # standard deviations from the middle that one in ten lies beyond


@dataclass(frozen=True)
class Read(Mapping[str, float]):
    """Figures that remember which of them were asked for."""

    figures: Mapping[str, float]
    names: dict[str, None] = field(default_factory=dict)

    def __getitem__(self, name: str) -> float:
        found = self.figures[name]
        self.names[name] = None
        return found

    def get(self, name: str, default: float = 1.0) -> float:  # type: ignore[override]
        return self.figures.get(name, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self.figures)

    def __len__(self) -> int:
        return len(self.figures)


def matters(portfolio: Portfolio) -> Tornado:
    """Dollars a month on average over the months ahead, without chance, and how far each figure that is read moves it.

    The placements stay those decided, the offers and machines those chosen.
    """
    assumed = portfolio.world.assumed
    read = Read(assumed)
    average(portfolio, read)
    names = [name for name in assumed.figures if name in read.names]
    sd = assumed[SPREAD_OF[THROUGHPUT]]
    throughput = Range(THROUGHPUT, math.exp(-ONE_IN_TEN * sd), math.exp(ONE_IN_TEN * sd))

    def cost(changed: Mapping[str, float]) -> float | None:
        own = {name: value for name, value in changed.items() if name != THROUGHPUT}
        factor = {THROUGHPUT: changed.get(THROUGHPUT, 1.0)}
        usd = average(portfolio, {**assumed.having(own), **factor})
        return usd if math.isfinite(usd) else None

    return tornado(cost, [*ranges_of(assumed, names), throughput])


def average(portfolio: Portfolio, a: Mapping[str, float]) -> float:
    """Dollars a month at target over the months ahead, every path at its middle."""
    scenario = next(each for each in PRICE_SCENARIOS if each.key == REFERENCE)
    ahead = Ahead.of(scenario, no_luck(MONTHS), a)
    return float(bills_of(portfolio.lines(TARGET, a), ahead, a).mean())
