"""Triggers: fired is not the same as confirmed, and unknown is not zero."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from planner.engine import decide_workload, digest, record
from planner.engine.amounts import in_words
from planner.engine.canonical import canonical
from planner.engine.explain import trigger_entry
from planner.engine.facts import Fact, Past
from planner.engine.measures import Outcome
from planner.engine.policy import load_policy
from planner.engine.replay import replay
from planner.engine.triggers import as_past, evaluate
from tests.engine.samples import PRICES, workload

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
    facts: Mapping[str, Any],
    outcome: Outcome | None = None,
    as_of: date = AS_OF,
    history: Mapping[str, Past] | None = None,
) -> dict[str, SimpleNamespace]:
    """The triggers of a segment as a record holds them, by id."""
    given = {name: value if isinstance(value, Fact) else Fact(value) for name, value in facts.items()}
    chosen = outcome or Outcome(costs=PLAIN_COSTS, now="3", target="3")
    found = evaluate(POLICY, given, chosen, as_of, history)
    return {each.id: SimpleNamespace(**trigger_entry(POLICY, each)) for each in found}


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
    assert (trigger.state, trigger.confirmed, trigger.hop) == ("fired", True, ["5a", "4"])


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
    assert (
        "cost of class 3 cannot be compared, since nothing of it is allowed here" in trigger.confirmed_words
    )


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


def weeks(*crossed: bool, state: str = "near") -> Past:
    """The last weeks before AS_OF, the newest last."""
    days = [AS_OF - timedelta(weeks=ago) for ago in range(len(crossed), 0, -1)]
    return Past(state, days[0], tuple(zip(days, crossed, strict=True)))


SLOW = {"latency_hard": True, "p95_target_ms": 500, "p95_measured_ms": 620}


def test_one_slow_week_is_near_and_says_what_is_counted() -> None:
    trigger = states(SLOW)["TRG-317"]
    assert (trigger.state, trigger.value_words, trigger.fire_words) == ("near", "620 ms", "500 ms")
    assert trigger.lasting_words == "1 of the last 4 weeks, fires at 2"


def test_measured_latency_above_a_hard_limit_in_two_of_four_weeks_fires() -> None:
    trigger = states(SLOW, history={"TRG-317": weeks(True, False, False)})["TRG-317"]
    assert (trigger.state, trigger.lasting_words) == ("fired", "2 of the last 4 weeks, fires at 2")


def test_a_slow_week_longer_ago_than_looked_at_does_not_count() -> None:
    assert states(SLOW, history={"TRG-317": weeks(True, False, False, False)})["TRG-317"].state == "near"


def test_once_fired_it_stays_until_the_clear_level_is_passed() -> None:
    fired = {"TRG-317": weeks(True, True, state="fired")}
    between = states(SLOW | {"p95_measured_ms": 460}, history=fired)["TRG-317"]
    cleared = states(SLOW | {"p95_measured_ms": 449}, history=fired)["TRG-317"]
    assert (between.state, between.since, between.clear) == ("fired", "2026-01-17", 450)
    assert (cleared.state, cleared.since) == ("resolved", "2026-01-31")


def test_what_fired_and_no_longer_applies_is_resolved_for_a_while() -> None:
    facts = {"tokens_month": 600_000_000, "current_class": "3"}
    gone = states(facts, history={"TRG-462": Past("fired", date(2026, 1, 1))})["TRG-462"]
    assert (gone.state, gone.since, gone.confirmed) == ("resolved", "2026-01-31", None)
    later = {"TRG-462": Past("resolved", date(2026, 1, 2))}
    assert states(facts, history=later)["TRG-462"].since == "2026-01-02"
    assert "TRG-462" not in states(facts, as_of=date(2026, 2, 1), history=later)


def test_a_record_holds_the_history_it_was_judged_with() -> None:
    past = weeks(True, False)
    trigger = states(SLOW, history={"TRG-317": past})["TRG-317"]
    assert as_past(trigger.past) == past
    assert states(SLOW)["TRG-317"].past is None


def test_a_team_nobody_has_described_is_not_too_small() -> None:
    outcome = Outcome(now="5b", target="5b")
    unknown = states({"current_class": "5b", "ml_engineers": 1}, outcome)["TEA-386"]
    assert (unknown.state, unknown.why_words) == (
        "not_evaluated",
        "Not known: MLOps engineers and data engineers. Nobody has supplied or measured them.",
    )
    team = {"ml_engineers": 1, "mlops_engineers": 0, "data_engineers": 0}
    assert states({"current_class": "5b", **team}, outcome)["TEA-386"].state == "fired"


def test_a_feed_that_stopped_is_not_steady_use() -> None:
    old = Fact(300_000_000, "observed", at=date(2026, 1, 16))
    trigger = states({"tokens_month": old})["TRG-147"]
    assert (trigger.state, trigger.since) == ("not_evaluated", None)
    assert trigger.why_words == "Not measured since 16 Jan 2026: tokens a month. The feed is stale."
    fresh = Fact(300_000_000, "observed", at=date(2026, 1, 17))
    assert states({"tokens_month": fresh})["TRG-147"].state == "fired"


def test_a_class_that_is_not_permitted_is_not_compared() -> None:
    outcome = Outcome(allowed=("3", "3r"), costs=PLAIN_COSTS, now="3", target="3")
    trigger = states({"tokens_month": 1_000_000}, outcome)["TRG-139"]
    assert (trigger.state, trigger.why_words) == (
        "not_evaluated",
        "No permitted placement: cost of class 4 cannot be compared.",
    )


def test_a_cost_without_a_price_says_so() -> None:
    outcome = Outcome(costs={**PLAIN_COSTS, "4": None}, now="3", target="3")
    assert states({"tokens_month": 1_000_000}, outcome)["TRG-139"].why_words == (
        "Not known: cost of class 4. The price snapshot has nothing comparable."
    )


def test_an_event_that_a_known_fact_shows_has_happened_whatever_else_is_unknown() -> None:
    found = states({"regulator_requires_self_host": True})
    assert (found["MOV-523"].state, found["TRG-318"].state) == ("fired", "not_evaluated")


@pytest.mark.parametrize(("margin", "state"), [(None, "not_evaluated"), (40_000, "armed"), (8_000, "fired")])
def test_a_price_change_is_weighed_against_the_margin(margin: int | None, state: str) -> None:
    facts: dict[str, Any] = {
        "current_class": "2", "tokens_month": 10**9, "api_spend_month": 6_000, "vendor_price_change_pct": 20,
    }  # fmt: skip
    trigger = states(facts | ({"margin_month": margin} if margin else {}))["TRG-319"]
    assert trigger.state == state
    if margin is None:
        assert trigger.why_words == "Not known: gross margin. Nobody has supplied or measured it."
    else:
        assert trigger.value == 100_000 / margin


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


def test_a_record_is_made_again_from_the_history_it_holds() -> None:
    history = {
        "TRG-317": weeks(True, False, True),
        "ECO-146": Past("fired", date(2026, 1, 3)),
        "TRG-462": Past("fired", date(2026, 1, 1)),
        "CLS-107": Past("armed", date(2026, 1, 1)),
    }
    first = again(SLOW, history)
    assert replay(json.loads(canonical(first)), POLICY, PRICES).is_equal
    assert digest(again(SLOW, {})) != digest(first)


def again(facts: Mapping[str, Any], history: Mapping[str, Past]) -> dict[str, Any]:
    """The record of the plain workload with these facts and this history."""
    given = workload(None, **facts)
    part = replace(given.segments[0], history=history)
    return record(decide_workload(POLICY, replace(given, segments=(part,)), PRICES, AS_OF))
