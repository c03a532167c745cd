"""How token prices may go, as three scenarios and never as one number: each takes its figures from the policy.

What a buyer does decides which one is theirs: take the cheapest model of the same quality every time, stay on one
model, or always move to the newest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from planner.engine.uncertainty.paths import MONTHS_PER_YEAR, monthly_decline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.engine.uncertainty.paths import Drift

NONE: Final = ""


@dataclass(frozen=True, slots=True)
class PriceScenario:
    """A way prices may go, and the parameters that say how fast: the yearly decline for closed and for open models,
    its spread between futures, the yearly growth of the tokens a task takes, and how often and how much a list
    price changes at once. Without a parameter there is none of it.
    """

    key: str
    label: str
    sentence: str
    closed_decline: str
    open_decline: str
    decline_sd: str = NONE
    token_growth: str = NONE
    change_rate: str = NONE
    change_sd: str = NONE

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters it reads: what a page shows beside it."""
        names = (self.closed_decline, self.open_decline, self.decline_sd, self.token_growth)
        return tuple(dict.fromkeys(name for name in (*names, self.change_rate, self.change_sd) if name))


PRICE_SCENARIOS: Final = (
    PriceScenario(
        key="hold_quality",
        label="Same quality, cheapest model",
        sentence="You keep the quality of today and move to the cheapest model that has it, again and again.",
        closed_decline="price_decline_const_quality",
        open_decline="price_decline_const_quality",
        decline_sd="api_price_drift_sd",
    ),
    PriceScenario(
        key="same_model",
        label="Same model",
        sentence="You stay on the model of today; its list price hardly ever changes, and then either way.",
        closed_decline="price_decline_list",
        open_decline="price_decline_open_market",
        change_rate="list_change_rate",
        change_sd="list_change_sd",
    ),
    PriceScenario(
        key="ride_the_frontier",
        label="Always the newest model",
        sentence="You move to the newest model each time: the price a token stays, the tokens a task takes grow.",
        closed_decline="price_decline_frontier",
        open_decline="price_decline_frontier",
        decline_sd="api_price_drift_sd",
        token_growth="frontier_token_growth",  # noqa: S106  a parameter's name
    ),
)


def under(
    scenario: PriceScenario, drift: Drift, assumed: Mapping[str, float], *, open_weights: bool = False
) -> Drift:
    """The drift with the token prices of a scenario; demand, GPU prices and throughput stay as they are.

    More tokens for the same task raise the bill for tokens as a higher price would. Machines of one's own keep the
    model they run.
    """
    decline = scenario.open_decline if open_weights else scenario.closed_decline
    return replace(
        drift,
        price_decline=monthly_decline(assumed[decline])
        - math.log1p(_read(scenario.token_growth, assumed)) / MONTHS_PER_YEAR,
        price_decline_sd=_read(scenario.decline_sd, assumed),
        price_change_rate=_read(scenario.change_rate, assumed),
        price_change_sd=_read(scenario.change_sd, assumed),
    )


def _read(name: str, assumed: Mapping[str, float]) -> float:
    return assumed[name] if name else 0.0
