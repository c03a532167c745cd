"""The months ahead of one part: on whatever machines are cheapest then, with what is bought paid to its end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.engine.costing import Work, full_costs
from planner.engine.costing.terms import Terms
from planner.engine.policy import Assumptions
from planner.engine.uncertainty.draws import Draws
from planner.engine.uncertainty.options import Cheapest, Replicas
from planner.engine.uncertainty.paths import Drift, Futures
from planner.selectors.foreseen import foreseen, still_owed_usd
from tests.engine.samples import AS_OF, POLICY, PRICES

FIGURES = Assumptions.of(POLICY, AS_OF)
UNDER = Terms(PRICES, FIGURES, ("fp8", "bf16"))
FUTURES = Futures.of(Draws.of(1, 200, 36), Drift.of(FIGURES))
ONE = Replicas(
    "5b", 2e9, 5_000, 3, 0.7, 1, 4.0, 730, 25_000, rented=False, together=4, written_off_usd_month=1_000
)


def work(tokens_month: float) -> Work:
    facts = {"tokens_month": tokens_month, "peak_to_avg": 4.0, "cached_input_share": 30.0}
    found = Work.of(facts, facts, FIGURES)
    assert found is not None
    return found


def test_rented_machines_are_those_that_are_cheapest_in_each_month() -> None:
    small = replace(ONE, rented=True, together=1.0)
    large = replace(small, tok_s=60_000, replica_usd_hour=30.0)
    both = Cheapest("4", (small, large)).bills(FUTURES)
    assert (both == np.minimum(small.bills(FUTURES), large.bills(FUTURES))).all()


def test_machines_that_were_bought_stay_and_come_whole() -> None:
    bought = ONE.replicas(FUTURES)
    assert (np.diff(bought, axis=0) >= 0).all()
    assert (bought % 4 == 0).all()


def test_a_small_part_that_grows_is_not_held_to_the_machine_it_would_start_on() -> None:
    """Three billion tokens on an L4 never pay; on the H100 that is cheapest ten times later they do."""
    tier, each = POLICY.tiers["simple"], work(3e9)
    costs = full_costs(tier, each, None, UNDER)
    found = foreseen("4", costs["2p"], tier, each, UNDER, 10.0)
    assert found is not None
    same_model = next(way for way in found.ways if way.scenario.key == "same_model")
    [outlook] = same_model.forecast.outlooks.values()
    assert outlook.within > 0.5


def test_the_people_behind_tokens_stay_for_others() -> None:
    tier, each = POLICY.tiers["moderate"], work(3e9)
    tokens = full_costs(tier, each, None, UNDER)["2p"]
    found = foreseen("5a", tokens, tier, each, UNDER, None)
    assert found is not None
    band = found.ways[0].forecast.bands["2p"]
    assert band.p50[0] == pytest.approx((tokens.usd_month or 0) - tokens.terms["people"])


def test_what_machines_bought_on_the_way_still_cost_after_the_last_month_is_owed() -> None:
    """Four replicas are bought now and four more in the last month, each written off by $1,000 a month over 36."""
    flat = np.ones_like(FUTURES.demand)
    grown = flat.copy()
    grown[-1] = 6.0
    plain = FIGURES.having({"discount_rate": 0})
    steady, growing = (replace(FUTURES, demand=demand, capacity=flat) for demand in (flat, grown))
    assert [ONE.replicas(each)[-1, 0] for each in (steady, growing)] == [4, 8]
    assert still_owed_usd(ONE, steady, plain) == 0
    assert still_owed_usd(ONE, growing, plain) == pytest.approx(4 * 1_000 * 35)
    assert 0 < still_owed_usd(ONE, growing, FIGURES) < 4 * 1_000 * 35
