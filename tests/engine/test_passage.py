"""First passage in closed form, and the dates made of it."""

from __future__ import annotations

import math
from datetime import date
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.engine.explain import trigger_entry
from planner.engine.facts import Fact
from planner.engine.measures import Outcome
from planner.engine.passage import falls_to, first_passage, reached_by
from planner.engine.policy import load_policy
from planner.engine.triggers import evaluate

POLICY = load_policy()
AS_OF = date(2026, 1, 31)
AMOUNTS = st.floats(0.01, 1e12)
DRIFTS = st.floats(-0.3, 0.3)
SWINGS = st.floats(0.01, 0.5)


def test_a_level_already_passed_is_reached_now() -> None:
    assert first_passage(5, 5, 0.01, 0.1).p50 == 0


def test_a_level_ahead_of_a_shrinking_quantity_may_never_be_reached() -> None:
    passage = first_passage(1, 10, -0.05, 0.1)
    assert passage.ever == pytest.approx(math.exp(2 * -0.05 * math.log(10) / 0.01))
    assert passage.p50 == math.inf


def test_growth_without_noise_takes_the_time_of_compound_interest() -> None:
    assert first_passage(1, 2, math.log(2) / 12, 0).p50 == pytest.approx(12)
    assert first_passage(1, 2, 0, 0).ever == 0


@pytest.mark.parametrize("volatility", [1e-10, 1e-170, 5e-324])
def test_a_noise_too_small_to_square_is_none(volatility: float) -> None:
    assert first_passage(100, 200, 0.01, volatility) == first_passage(100, 200, 0.01, 0)
    assert first_passage(100, 200, -0.01, volatility).ever == 0


def test_nothing_grows_out_of_nothing() -> None:
    assert first_passage(0, 1, 0.1, 0.1).p90 == math.inf


def test_quantiles_are_in_order_and_invert_the_distribution() -> None:
    passage = first_passage(2, 10, 0.05, 0.1)
    assert passage.p10 < passage.p50 < passage.p90
    assert reached_by(passage.p50, math.log(5), 0.05, 0.1) == pytest.approx(0.5)


@pytest.mark.parametrize("volatility", [1e-30, 1e-60, 1e-100, 1e-150])
def test_next_to_no_noise_reaches_on_the_day_and_not_before(volatility: float) -> None:
    assert reached_by(1.1, 1.0, 1.0, volatility) == 1.0
    assert reached_by(0.9, 1.0, 1.0, volatility) == 0.0
    rising = first_passage(1.0, math.e, 1.0, volatility)
    assert rising.p50 == pytest.approx(1.0)


def test_a_huge_exponent_does_not_overflow() -> None:
    assert 0 <= reached_by(10, 5.0, 1.0, 0.05) <= 1


@pytest.mark.parametrize(("drift", "swing"), [(0.05, 0.08), (0.0, 0.1), (-0.01, 0.1)])
def test_the_closed_form_agrees_with_a_simulated_walk(drift: float, swing: float) -> None:
    steps, months = 40, 24
    noise = np.random.default_rng(7).standard_normal((4_000, steps * months))
    paths = np.cumsum(drift / steps + swing / math.sqrt(steps) * noise, axis=1)
    # a walk watched only at its steps overshoots: the level is that much nearer (Chernoff's 0.5826)
    level = math.log(1.6) - 0.5826 * swing / math.sqrt(steps)
    simulated = float(np.mean(paths.max(axis=1) >= level))
    assert reached_by(months, math.log(1.6), drift, swing) == pytest.approx(simulated, abs=0.03)


@given(AMOUNTS, AMOUNTS, DRIFTS, SWINGS)
def test_the_way_down_is_the_way_up_in_a_mirror(now: float, level: float, drift: float, swing: float) -> None:
    assert falls_to(now, level, drift, swing) == first_passage(1 / now, 1 / level, -drift, swing) or (
        falls_to(now, level, drift, swing).ever
        == pytest.approx(first_passage(1 / now, 1 / level, -drift, swing).ever)
    )


@given(AMOUNTS, AMOUNTS, DRIFTS, SWINGS)
def test_later_is_never_less_likely_and_ever_is_the_limit(
    now: float, level: float, drift: float, swing: float
) -> None:
    passage = first_passage(now, level, drift, swing)
    assert passage.p10 <= passage.p50 <= passage.p90
    if now >= level:
        return
    chances = [reached_by(months, math.log(level / now), drift, swing) for months in (1, 6, 24, 120, 600)]
    assert all(before <= after + 1e-9 for before, after in pairwise(chances))
    assert chances[-1] <= passage.ever + 1e-9


def forecast(pk: str, **facts: Any) -> SimpleNamespace:
    """A trigger of a segment served by class 2 or 3, as a record holds it."""
    given_facts = {name: value if isinstance(value, Fact) else Fact(value) for name, value in facts.items()}
    outcome = Outcome(costs={"2p": 100.0, "3": 50.0}, now="3", target="3")
    found = {each.id: each for each in evaluate(POLICY, given_facts, outcome, AS_OF)}
    return SimpleNamespace(**trigger_entry(POLICY, found[pk]))


def test_volume_that_doubles_in_a_year_doubles_in_a_year() -> None:
    doubling = 100 * (2 ** (1 / 12) - 1)
    expected = forecast(
        "TRG-147", tokens_month=100_000_000, growth_pct_month=doubling, volume_swing_pct=0
    ).expected
    assert (expected["p10"], expected["p50"], expected["p90"]) == ("2027-01-31",) * 3
    assert (expected["ever"], expected["within"], expected["words"]) == (1.0, 1.0, "Jan 2027.")


def test_a_forecast_says_its_range_and_what_it_rests_on() -> None:
    expected = forecast("TRG-147", tokens_month=100_000_000, growth_pct_month=5).expected
    assert expected["words"] == "P10 Sep 2026, P50 Mar 2027, P90 Dec 2027."
    assert expected["basis_words"] == "Drift +5 % a month, swing 8 % (assumed); 100 % within 48 months."


def test_a_measured_swing_replaces_the_guess() -> None:
    facts = {"tokens_month": 100_000_000, "growth_pct_month": 5}
    assert (
        forecast("TRG-147", **facts, volume_swing_pct=20)
        .expected["basis_words"]
        .startswith("Drift +5 % a month, swing 20 %;")
    )


def test_what_shrinks_never_gets_there_on_current_trends() -> None:
    expected = forecast("TRG-147", tokens_month=100_000_000, growth_pct_month=-1).expected
    assert expected["ever"] == pytest.approx(math.exp(2 * math.log(0.99) * math.log(2) / 0.08**2), abs=1e-4)
    assert expected["p50"] is None
    assert expected["words"] == "Not on current trends: 6 % within 48 months."
    gone = forecast("TRG-147", tokens_month=10_000_000, growth_pct_month=-100).expected
    assert (gone["ever"], gone["words"]) == (0.0, "Never on current trends.")


def test_without_a_growth_anybody_stated_there_is_no_forecast() -> None:
    expected = forecast("TRG-147", tokens_month=100_000_000).expected
    assert expected["words"] == "No forecast: growth a month is not known."


def test_what_comes_after_the_horizon_is_open() -> None:
    expected = forecast("TRG-147", tokens_month=50_000_000, growth_pct_month=3, volume_swing_pct=15).expected
    assert (expected["p90"], expected["words"].endswith("P90 open.")) == (None, True)


def test_a_review_falls_due_by_the_calendar() -> None:
    expected = forecast("Q5-REV", months_since_review=2).expected
    assert (expected["p10"], expected["p50"], expected["p90"]) == ("2026-06-02",) * 3


def test_nothing_says_when_people_leave_or_answers_slow_down() -> None:
    facts = {"latency_hard": True, "p95_target_ms": 500, "p95_measured_ms": 300}
    assert forecast("TRG-317", **facts).expected is None
