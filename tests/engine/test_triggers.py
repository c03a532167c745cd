"""Triggers: fired is not the same as confirmed, and unknown is not zero."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from planner.engine.amounts import in_words
from planner.engine.facts import Fact
from planner.engine.measures import Outcome
from planner.engine.passage import first_passage, reached_by
from planner.engine.policy import load_policy
from planner.engine.triggers import TriggerState, evaluate

if TYPE_CHECKING:
    from collections.abc import Mapping

POLICY = load_policy()
AS_OF = date(2026, 1, 31)
PLAIN_COSTS = {
    "2p": 206.25,
    "2e": 206.25,
    "3": 17.25,
    "3r": 17.25,
    "4": 620.5,
    "5a": 34_275.0,
    "5b": 34_000.0,
}


def states(
    facts: Mapping[str, Any], outcome: Outcome | None = None, as_of: date = AS_OF
) -> dict[str, TriggerState]:
    given = {name: value if isinstance(value, Fact) else Fact(value) for name, value in facts.items()}
    chosen = outcome or Outcome(costs=PLAIN_COSTS, now="3", target="3")
    return {each.id: each for each in evaluate(POLICY, given, chosen, as_of)}


def test_a_fired_marker_is_not_confirmed_while_dedicated_costs_more() -> None:
    trigger = states({"tokens_month": 300_000_000})["TRG-147"]
    assert (trigger.state, trigger.confirmed) == ("fired", False)
    assert (
        trigger.confirmed_words
        == "Not confirmed: cost of class 4 $620 a month; equivalent API spend $17.25 a month."
    )


def test_the_same_marker_is_confirmed_once_dedicated_costs_less() -> None:
    outcome = Outcome(costs={**PLAIN_COSTS, "4": 10.0}, now="3", target="3")
    trigger = states({"tokens_month": 300_000_000}, outcome)["TRG-147"]
    assert (trigger.state, trigger.confirmed) == ("fired", True)


@pytest.mark.parametrize(
    ("tokens", "state"),
    [(99_999_999, "armed"), (100_000_000, "near"), (199_999_999, "near"), (200_000_000, "fired")],
)
def test_a_band_is_near_at_its_low_end_and_fires_at_its_high_end(tokens: int, state: str) -> None:
    assert states({"tokens_month": tokens})["TRG-147"].state == state


def test_fifty_million_a_day_fires_at_exactly_one_and_a_half_billion_a_month() -> None:
    assert states({"tokens_month": 1_500_000_000})["ECO-146"].state == "fired"
    assert states({"tokens_month": 1_499_999_999})["ECO-146"].state == "near"


def test_ten_billion_tokens_fire_without_being_confirmed_by_the_computed_cost() -> None:
    costs = {
        "2p": 17_000.0,
        "2e": 17_000.0,
        "3": 5_250.0,
        "3r": 5_250.0,
        "4": 42_705.0,
        "5a": 22_700.0,
        "5b": 18_800.0,
    }
    facts = {"tokens_month": 20_000_000_000, "peak_to_avg": 1.3}
    trigger = states(facts, Outcome(costs=costs, now="3", target="3"))["MOV-524"]
    assert (trigger.state, trigger.confirmed, trigger.distance_pct) == ("fired", False, -100.0)


@pytest.mark.parametrize(
    ("spend", "state"), [(3_600, "armed"), (8_000, "near"), (9_999, "near"), (14_000, "fired")]
)
def test_the_spend_marker_reads_the_real_bill(spend: int, state: str) -> None:
    facts = {"tokens_month": 600_000_000, "current_class": "2", "api_spend_month": spend}
    assert states(facts)["TRG-462"].state == state


def test_without_a_bill_the_spend_is_what_the_standing_api_costs() -> None:
    trigger = states({"tokens_month": 1}, Outcome(costs={"2p": 3_600.0}, now="2p", target="2p"))["TRG-462"]
    assert (trigger.value, trigger.state, trigger.distance_pct) == (3_600.0, "armed", 64.0)


def test_what_nobody_supplied_is_not_evaluated() -> None:
    found = states({})
    assert {found[name].state for name in ("TRG-147", "TRG-351", "RSK-432")} == {"not_evaluated"}
    assert found["TRG-147"].value_words == "not known"


def test_an_assumption_is_not_a_measurement() -> None:
    assert states({"tokens_month": Fact(10**12, source="assumed")})["TRG-147"].state == "not_evaluated"


def test_losing_one_of_two_gpu_engineers_fires_and_needs_no_confirmation() -> None:
    facts = {"current_class": "5a", "gpu_stack_people": 1}
    trigger = states(facts, Outcome(costs={}, now="4", target="4"))["RSK-439"]
    assert (trigger.state, trigger.confirmed, trigger.hop) == ("fired", True, ("5a", "4"))


@pytest.mark.parametrize(("people", "state"), [(3, "armed"), (2, "near"), (1, "fired")])
def test_the_staffing_watch_counts_people_down(people: int, state: str) -> None:
    facts = {"current_class": "5b", "gpu_stack_people": people}
    assert states(facts, Outcome(now="5b", target="5b"))["RSK-439"].state == state


def test_an_air_gapped_workload_has_no_market_triggers() -> None:
    facts = {"current_class": "5b", "gpu_stack_people": 3, "tokens_month": 10**11}
    found = states(facts, Outcome(allowed=("5b",), now="5b", target="5b"))
    assert set(found) == {"RSK-439", "TEA-386", "Q5-REV", "TRG-535"}


def test_volume_never_pulls_a_frontier_task_to_own_hardware() -> None:
    facts = {"tokens_month": 6_000_000_000, "complexity": "frontier"}
    found = states(facts, Outcome(allowed=("2p", "2e"), costs={"2p": 36_000.0}, now="2p", target="2p"))
    assert {"ECO-407", "MOV-524", "ECO-406"}.isdisjoint(found)


def test_a_class_that_the_rules_exclude_confirms_nothing() -> None:
    outcome = Outcome(allowed=("2p", "2e"), costs={"2p": 12_000.0, "3": 100.0}, now="2p", target="2p")
    trigger = states({"tokens_month": 2_000_000_000, "complexity": "frontier"}, outcome)["TRG-462"]
    assert (trigger.state, trigger.confirmed) == ("fired", False)
    assert "cost of class 3 no permitted placement" in trigger.confirmed_words


def test_a_cost_that_nobody_can_compute_leaves_the_question_open() -> None:
    outcome = Outcome(costs={"2p": 12_000.0, "3": None, "3r": None}, now="2p", target="2p")
    trigger = states({"tokens_month": 2_000_000_000}, outcome)["TRG-462"]
    assert (trigger.state, trigger.confirmed) == ("fired", None)
    assert trigger.confirmed_words == "Cannot be computed: cost of class 3 is not known."


def test_a_computed_trigger_compares_two_costs() -> None:
    armed = states({"current_class": "4"})["TRG-164"]
    fired = states({"current_class": "4"}, Outcome(costs={**PLAIN_COSTS, "5b": 600.0}, now="4", target="4"))[
        "TRG-164"
    ]
    assert (armed.state, fired.state, fired.confirmed) == ("armed", "fired", True)


@pytest.mark.parametrize(("months", "state"), [(2, "armed"), (3, "near"), (6, "fired")])
def test_a_review_is_near_after_three_months_and_due_after_six(months: int, state: str) -> None:
    assert states({"months_since_review": months})["Q5-REV"].state == state


def test_measured_latency_above_a_hard_limit_fires() -> None:
    facts = {"latency_hard": True, "p95_target_ms": 500, "p95_measured_ms": 620}
    trigger = states(facts)["TRG-317"]
    assert (trigger.state, trigger.value_words, trigger.fire_words) == ("fired", "620 ms", "500 ms")


def test_a_rule_that_keeps_data_inside_fires_before_anything_runs() -> None:
    outcome = Outcome(allowed=(), status="infeasible")
    assert (
        states({"regulator_requires_self_host": True, "data_must_stay_in_infra": True}, outcome)[
            "MOV-523"
        ].state
        == "fired"
    )


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (14_000, "USD/month", "$14k a month"),
        (0.5, "USD/month", "$0.50 a month"),
        (1_500_000_000, "tokens/month", "1.5B tokens a month"),
        (441, "ms", "441 ms"),
        (60, "%", "60 %"),
        (None, "ms", "not known"),
        (True, "", "yes"),
    ],
)
def test_amounts_read_as_people_write_them(value: object, unit: str, words: str) -> None:
    assert in_words(value, unit) == words


def test_a_level_already_passed_is_reached_now() -> None:
    assert first_passage(5, 5, 0.01, 0.1).p50 == 0


def test_a_level_ahead_of_a_shrinking_quantity_may_never_be_reached() -> None:
    passage = first_passage(1, 10, -0.05, 0.1)
    assert passage.ever == pytest.approx(math.exp(2 * -0.05 * math.log(10) / 0.01))
    assert passage.p50 == math.inf


def test_growth_without_noise_takes_the_time_of_compound_interest() -> None:
    assert first_passage(1, 2, math.log(2) / 12, 0).p50 == pytest.approx(12)


def test_quantiles_are_in_order_and_invert_the_distribution() -> None:
    passage = first_passage(2, 10, 0.05, 0.1)
    assert passage.p10 < passage.p50 < passage.p90
    assert reached_by(passage.p50, math.log(5), 0.05, 0.1) == pytest.approx(0.5)


def test_a_huge_exponent_does_not_overflow() -> None:
    assert 0 <= reached_by(10, 5.0, 1.0, 0.05) <= 1
