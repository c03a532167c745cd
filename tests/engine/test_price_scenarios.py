"""Three ways prices may go, each from the policy's figures."""

from __future__ import annotations

import math

import numpy as np
import pytest

from planner.engine.uncertainty.draws import Draws
from planner.engine.uncertainty.paths import Futures
from planner.engine.uncertainty.price_scenarios import PRICE_SCENARIOS, PriceScenario, under
from tests.engine.futures import ASSUMED, DRIFT, looked_at

BY_KEY = {each.key: each for each in PRICE_SCENARIOS}


def median_after_a_year(key: str, *, open_weights: bool = False) -> float:
    drift = under(BY_KEY[key], DRIFT, ASSUMED, open_weights=open_weights)
    return float(np.median(Futures.of(Draws.of(1, 4000, 13), drift).token_price[12]))


@pytest.mark.parametrize(
    ("key", "closed", "opened"),
    [("hold_quality", 0.1, 0.1), ("same_model", 1.0, 0.75), ("ride_the_frontier", 1.5, 1.5)],
)
def test_after_a_year_tokens_cost_what_the_scenario_says(key: str, closed: float, opened: float) -> None:
    assert median_after_a_year(key) == pytest.approx(closed, rel=0.02)
    assert median_after_a_year(key, open_weights=True) == pytest.approx(opened, rel=0.02)


def test_the_list_price_of_one_model_changes_rarely_and_either_way() -> None:
    drift = under(BY_KEY["same_model"], DRIFT, ASSUMED)
    prices = Futures.of(Draws.of(1, 4000, 13), drift).token_price[12]
    assert np.mean(prices == 1) == pytest.approx((1 - ASSUMED["list_change_rate"]) ** 12, abs=0.01)
    assert (prices > 1.05).any()
    assert (prices < 0.95).any()


def test_holding_the_quality_machines_pay_least_often() -> None:
    chance = {key: looked_at(under(each, DRIFT, ASSUMED)).within for key, each in BY_KEY.items()}
    assert chance["hold_quality"] < chance["same_model"] < chance["ride_the_frontier"]
    assert chance["hold_quality"] == 0


def test_what_is_assumed_otherwise_is_used() -> None:
    slower = ASSUMED.having({"price_decline_const_quality": 0.6})
    drift = under(BY_KEY["hold_quality"], DRIFT, slower)
    assert drift.price_decline == pytest.approx(-math.log(0.4) / 12)
    assert (drift.growth, drift.gpu_sigma) == (DRIFT.growth, DRIFT.gpu_sigma)


@pytest.mark.parametrize("scenario", PRICE_SCENARIOS, ids=lambda each: each.key)
def test_every_figure_it_reads_is_in_the_policy_with_its_range(scenario: PriceScenario) -> None:
    assert scenario.parameters
    for name in scenario.parameters:
        assert ASSUMED.figures[name].low is not None, name
        assert ASSUMED.figures[name].reference.quote
