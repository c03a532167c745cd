"""Many futures from one seed: the published table, and the laws that hold whatever the figures are."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from planner.engine.policy import UnknownAssumptionError
from planner.engine.uncertainty.draws import Draws
from planner.engine.uncertainty.options import Flat, Replicas, Tokens
from planner.engine.uncertainty.outcomes import bands, best_switch, forecast, outlook, quantile
from planner.engine.uncertainty.paths import Drift, Futures, monthly_decline
from tests.engine.futures import (
    ASSUMED,
    DRIFT,
    IN_A_ROW,
    SONNET_USD_MTOK,
    TOKENS_MONTH,
    looked_at,
    pool,
    tokens,
)
from tests.engine.laws import examples

FEW = Draws.of(3, 300, 30)
SEEDS = st.integers(0, 2**63)
GROWTHS = st.floats(-0.1, 0.2)


@pytest.mark.parametrize(
    ("changes", "own", "api", "within", "p10"),
    [
        ({}, pool(), tokens(), 0.375, 21),
        ({"price_decline": 0.0}, pool(), tokens(), 0.635, 15),
        ({"price_decline": 0.05}, pool(), tokens(), 0.09, math.inf),
        ({"price_decline": 0.17}, pool(), tokens(), 0.0, math.inf),
        ({"growth": 0.1}, pool(), tokens(), 0.89, 11),
        ({}, pool(staff_usd_month=0), tokens(), 0.95, 0),
        ({}, pool(1e10), tokens(1e10), 0.985, 0),
        ({}, pool(), tokens(usd_mtok=(5.5 * 0.15 + 0.6) / 6.5), 0.002, math.inf),
    ],
    ids=["trend", "flat", "-5 %", "-17 %", "demand +10 %", "no staff", "10 B now", "vs open"],
)
def test_the_published_table_comes_out_again(
    changes: dict[str, float], own: Replicas, api: Tokens, within: float, p10: float
) -> None:
    found = looked_at(replace(DRIFT, **changes), own=own, api=api)
    assert found.within == pytest.approx(within, abs=0.03)
    assert found.p10 == pytest.approx(p10, abs=1)


def test_the_month_in_which_switching_costs_least_is_found() -> None:
    assert looked_at().best_switch == pytest.approx(38, abs=2)
    assert looked_at(replace(DRIFT, growth=0.1)).best_switch == pytest.approx(17, abs=2)
    assert looked_at(own=pool(staff_usd_month=0)).best_switch == 0
    assert looked_at(replace(DRIFT, price_decline=0.05)).best_switch == math.inf


def test_the_first_row_is_today() -> None:
    futures = Futures.of(FEW, DRIFT)
    for known in (futures.demand, futures.token_price, futures.gpu_price):
        assert (known[0] == 1).all()
    assert np.median(futures.capacity[0]) == pytest.approx(1, abs=0.05)


def test_one_future_written_out_month_by_month_is_the_column_of_it() -> None:
    futures, place = Futures.of(FEW, DRIFT), 17
    volume = price = gpu = 0.0
    growth = DRIFT.growth + DRIFT.growth_sd * FEW.growth[place]
    decline = DRIFT.price_decline + DRIFT.price_decline_sd * FEW.decline[place]
    for month in range(1, FEW.months):
        before = month - 1
        volume += growth + DRIFT.volume_sigma * FEW.volume[before, place]
        gpu = (1 - DRIFT.gpu_return) * gpu + DRIFT.gpu_sigma * FEW.gpu[before, place]
        price -= decline
        if FEW.change[before, place] < DRIFT.price_change_rate:
            price += DRIFT.price_change_mean + DRIFT.price_change_sd * ndtri(FEW.change_size[before, place])
        assert futures.demand[month, place] == pytest.approx(math.exp(volume))
        assert futures.token_price[month, place] == pytest.approx(math.exp(price))
        assert futures.gpu_price[month, place] == pytest.approx(math.exp(gpu))
        gain = DRIFT.throughput_sd * FEW.throughput[place] + DRIFT.throughput_gain * month
        assert futures.capacity[month, place] == pytest.approx(math.exp(gain))


def test_a_bill_written_out_for_one_future_is_its_column() -> None:
    futures, own, place = Futures.of(FEW, DRIFT), pool(), 4
    for month in range(FEW.months):
        rate = TOKENS_MONTH * futures.demand[month, place] / (730 * 3600)
        replicas = math.ceil(rate * 3 / (59_683 * futures.capacity[month, place] * 0.7)) + 1
        usd = replicas * 2 * 2.95 * 730 * futures.gpu_price[month, place] + 25_000
        assert own.bills(futures)[month, place] == pytest.approx(usd)
        token_usd = 2000 * SONNET_USD_MTOK * futures.demand[month, place] * futures.token_price[month, place]
        assert tokens().bills(futures)[month, place] == pytest.approx(token_usd)


def test_owned_machines_do_not_follow_the_price_of_rented_ones() -> None:
    futures = Futures.of(FEW, DRIFT)
    owned = replace(pool(), rented=False)
    assert np.unique(owned.bills(futures)).size < 20
    assert np.unique(pool().bills(futures)).size > 1000
    assert (Flat("seats", 500.0).bills(futures) == 500).all()


def test_open_models_have_prices_of_their_own() -> None:
    futures = Futures.of(FEW, DRIFT, opened=replace(DRIFT, price_decline=0.1))
    opened, closed = (Tokens("each", 1000.0, open_weights=each).bills(futures) for each in (True, False))
    assert (opened[1:] < closed[1:]).all()
    same = Futures.of(FEW, DRIFT, opened=DRIFT)
    assert same.open_token_price is same.token_price


def test_a_policy_without_a_figure_says_which() -> None:
    with pytest.raises(UnknownAssumptionError, match="demand_growth"):
        Drift.of(type(ASSUMED)({}))


def test_ten_times_cheaper_a_year_is_nineteen_percent_a_month() -> None:
    assert monthly_decline(0.9) == pytest.approx(math.log(10) / 12)
    assert monthly_decline(0.0) == 0


def test_a_forecast_can_be_stored_and_says_never_as_none() -> None:
    found = forecast(Futures.of(FEW, DRIFT), tokens(), [pool(), Flat("contract", 1.0)], IN_A_ROW)
    stored = json.loads(json.dumps(found.as_data(), allow_nan=False))
    assert (stored["seed"], stored["futures"], stored["months"], stored["standing"]) == (3, 300, 30, "tokens")
    assert (stored["outlooks"]["contract"]["within"], stored["outlooks"]["contract"]["p90"]) == (1.0, 0.0)
    assert stored["outlooks"]["pool"]["p90"] is None
    assert len(stored["bands"]["pool"]["p50"]) == 30


def test_the_bands_are_in_order_and_hold_eight_of_ten_futures() -> None:
    bills = pool().bills(Futures.of(FEW, DRIFT))
    found = bands(bills)
    assert (found.p10 <= found.p50).all()
    assert (found.p50 <= found.p90).all()
    inside = ((bills >= found.p10[:, None]) & (bills <= found.p90[:, None])).mean(axis=1)
    assert (inside >= 0.8).all()


@given(SEEDS)
@settings(max_examples=examples(5))
def test_the_same_seed_gives_the_same_bytes(seed: int) -> None:
    first, second = (Futures.of(Draws.of(seed, 20, 12), DRIFT) for _ in range(2))
    for name in ("demand", "token_price", "gpu_price", "capacity"):
        assert getattr(first, name).tobytes() == getattr(second, name).tobytes()
    other = Futures.of(Draws.of(seed + 1, 20, 12), DRIFT)
    assert first.demand.tobytes() != other.demand.tobytes()


@given(SEEDS, st.integers(2, 20), st.integers(1, 10))
@settings(max_examples=examples(10))
def test_a_longer_horizon_keeps_the_futures_of_a_shorter_one(seed: int, months: int, more: int) -> None:
    short, long = (Futures.of(Draws.of(seed, 9, each), DRIFT) for each in (months, months + more))
    for name in ("demand", "token_price", "gpu_price"):
        assert np.array_equal(getattr(short, name), getattr(long, name)[:months])


@given(
    st.lists(st.integers(0, 47) | st.just(math.inf), min_size=1, max_size=60),
    st.sampled_from((0.1, 0.5, 0.9)),
)
@settings(max_examples=examples(100))
def test_a_quantile_is_a_month_that_some_future_had(months: list[float], share: float) -> None:
    found = quantile(np.array(months, dtype=float), share)
    assert found in months
    if math.inf not in months:
        assert found == np.quantile(np.array(months), share, method="higher")


@given(GROWTHS, st.floats(0, 0.1))
@settings(max_examples=examples(20))
def test_tokens_that_grow_faster_never_pay_less_often_where_machines_have_room(
    growth: float, more: float
) -> None:
    """One large replica carries all of it: more volume then costs only those who pay by the token."""
    roomy = replace(pool(), tok_s=1e15)
    slow, fast = (looked_at(replace(DRIFT, growth=each), FEW, own=roomy) for each in (growth, growth + more))
    assert fast.within >= slow.within
    assert fast.p50 <= slow.p50


@given(GROWTHS, st.floats(0, 50_000))
@settings(max_examples=examples(20))
def test_without_staff_it_never_pays_later(growth: float, staff: float) -> None:
    drift = replace(DRIFT, growth=growth)
    bare, staffed = (looked_at(drift, FEW, own=pool(staff_usd_month=usd)) for usd in (0.0, staff))
    assert bare.within >= staffed.within
    assert (bare.p10, bare.p50, bare.p90) <= (staffed.p10, staffed.p50, staffed.p90)


@given(GROWTHS, st.floats(0, 0.1))
@settings(max_examples=examples(20))
def test_cheaper_tokens_never_make_machines_pay_more_often(growth: float, more: float) -> None:
    drift = replace(DRIFT, growth=growth)
    dear, cheap = (looked_at(replace(drift, price_decline=each), FEW) for each in (0.0, more))
    assert cheap.within <= dear.within


@given(st.lists(st.tuples(st.floats(1, 100), st.floats(1, 100)), min_size=3, max_size=24))
@settings(max_examples=examples(50))
def test_switching_when_it_costs_least_costs_no_more_than_any_other_month(
    bills: list[tuple[float, float]],
) -> None:
    own, api = (np.array(each)[:, None] for each in zip(*bills, strict=True))
    totals = [api[:month].sum() + own[month:].sum() for month in range(len(bills) + 1)]
    month = best_switch(own, api)
    chosen = len(bills) if math.isinf(month) else int(month)
    assert totals[chosen] == pytest.approx(min(totals))


def test_where_the_median_is_never_the_median_of_those_that_do_is_said_too() -> None:
    found = outlook(np.array([[1.0, 9, 9]] * 3), np.full((3, 3), 5.0), 3)
    assert found.within == pytest.approx(1 / 3)
    assert (found.p50, found.median_where_it_does) == (math.inf, 0)
    none = outlook(np.full((3, 2), 9.0), np.full((3, 2), 5.0), 3)
    assert (none.within, none.p10, none.median_where_it_does) == (0, math.inf, math.inf)
