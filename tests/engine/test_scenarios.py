"""What may happen, set beside today: laws of the comparison, and what each scenario does to the golden portfolio."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.engine import Fact, decide_workload, parse_workloads
from planner.engine.explain.scenarios import change_entry, comparison_entry, comparison_sentence
from planner.engine.policy import Assumptions
from planner.engine.scenarios import (
    Part,
    Preparation,
    Scenario,
    ScenarioError,
    World,
    answers,
    compared,
    insurances,
    most_used_model,
    read,
    shipped,
    shipped_sha,
    under,
)
from pricing.feeds import names
from tests.engine.laws import examples
from tests.engine.portfolios import segments, workload
from tests.engine.samples import AS_OF, CASES, ORGANISATION, PLAIN, POLICY, PRICES, STAFFED

ASSUMED = Assumptions.of(POLICY, AS_OF)
UNDER_LAW = {
    offer.provider: names.jurisdiction(offer.provider) for offer in (*PRICES.token_offers, *PRICES.gpu_offers)
}
GOLDEN = World(POLICY, parse_workloads(CASES, POLICY), PRICES, ASSUMED, AS_OF, UNDER_LAW)
TODAY = answers(GOLDEN)
NAMED = {each.id: each for each in shipped()}
VOLUMES = ("tokens_month", "input_tokens_month", "output_tokens_month", "requests_month", "queries_month")


def world_of(organisation: dict[str, Any] | None = None, **facts: Any) -> World:
    """One approved workload, with some facts changed; None takes a fact away."""
    known = {name: value for name, value in {**PLAIN, **facts}.items() if value is not None}
    part = {"name": "all", "share": 100, "classification": "approved", "facts": known}
    document = {
        "organisation": ORGANISATION | (organisation or {}),
        "workloads": [{"name": "plain", "segments": [part]}],
    }
    return replace(GOLDEN, workloads=parse_workloads(document, POLICY))


def in_words(scenario: str, world: World) -> dict[str, Any]:
    """The only part of a world in a scenario, as a page shows it."""
    found = compared(NAMED[scenario], world, answers(world))
    return change_entry(found.changes[0])


# Laws
@settings(max_examples=examples(20), deadline=None)
@given(st.integers(0, 10_000))
def test_today_is_what_the_engine_decides(seed: int) -> None:
    (part,) = segments(seed, 1)
    world = replace(GOLDEN, workloads=(workload(part),))
    (answer,) = answers(world).parts.values()
    decided = decide_workload(POLICY, world.workloads[0], PRICES, AS_OF).segments[0]
    assert (answer.now, answer.target) == (decided.now, decided.target)
    assert (answer.feasible, answer.ready) == (decided.feasible, decided.ready)


def test_a_scenario_that_changes_nothing_is_today_exactly() -> None:
    same = compared(Scenario("same", "Same", "Nothing.", volume=1.0, volume_facts=VOLUMES), GOLDEN, TODAY)
    assert same.then.workloads == GOLDEN.workloads
    assert same.then.prices is GOLDEN.prices
    assert (same.flips, same.usd_month) == ((), 0.0)
    assert all(each.preparation is None for each in same.changes)
    assert comparison_sentence(comparison_entry(same)) == (
        "Nothing would move. Where that is known, the cost is the same; of one part it is not."
    )


@settings(max_examples=examples(10), deadline=None)
@given(st.permutations(sorted(set(NAMED) - {"model-retired"})))
def test_the_order_of_what_happens_does_not_matter(order: list[str]) -> None:
    world, other = GOLDEN, GOLDEN
    for name, reversed_name in zip(order, reversed(order), strict=True):
        world, other = under(NAMED[name], world), under(NAMED[reversed_name], other)
    assert world.workloads == other.workloads
    assert (world.prices.token_offers, world.prices.gpu_offers) == (
        other.prices.token_offers,
        other.prices.gpu_offers,
    )


def test_each_comparison_stands_alone_whatever_was_compared_before() -> None:
    first = [comparison_entry(compared(each, GOLDEN, TODAY)) for each in shipped()]
    again = [comparison_entry(compared(each, GOLDEN, TODAY)) for each in reversed(shipped())]
    assert first == again[::-1]
    assert json.loads(json.dumps(first)) == first


@settings(max_examples=examples(8), deadline=None)
@given(st.floats(1.0, 4.0))
def test_dearer_tokens_never_make_a_part_cheaper_that_stays(factor: float) -> None:
    found = compared(replace(NAMED["prices-up"], token_price=factor), GOLDEN, TODAY)
    assert all(
        (each.usd_month or 0) >= -1e-9 for each in found.changes if each.before.target == each.after.target
    )


@settings(max_examples=examples(8), deadline=None)
@given(st.floats(0.2, 1.0))
def test_cheaper_machines_never_make_the_same_placement_dearer(factor: float) -> None:
    found = compared(replace(NAMED["gpus-down"], gpu_price=factor), GOLDEN, TODAY)
    for each in found.changes:
        for variant, usd in each.before.usd.items():
            after = each.after.usd[variant]
            assert usd is None or after is None or after <= usd + 1e-9


def test_people_who_left_never_open_a_placement() -> None:
    found = compared(NAMED["staff-lost"], GOLDEN, TODAY)
    assert all(set(each.after.feasible) <= set(each.before.feasible) for each in found.changes)


# What each does
def test_dearer_tokens_cost_what_they_cost_more() -> None:
    world = world_of(tokens_month=100e6)
    part = in_words("prices-up", world)
    assert part["usd_month"] == pytest.approx(0.3 * part["before"]["usd"], abs=0.01)


def test_three_times_the_tokens_cost_three_times_as_much_by_the_token() -> None:
    part = in_words("volume-x3", world_of(tokens_month=100e6))
    assert part["after"]["usd"] == pytest.approx(3 * part["before"]["usd"], abs=0.02)


def test_the_most_used_model_is_the_one_that_carries_most_of_the_spend() -> None:
    assert most_used_model(TODAY) == "gpt-oss-120b"
    found = compared(NAMED["model-retired"], GOLDEN, TODAY)
    assert found.resolved is not None
    assert {offer.model for offer in found.then.prices.token_offers}.isdisjoint({"gpt-oss-120b"})
    assert comparison_entry(found)["about"] == "Here that is gpt-oss-120b."


def test_a_retired_model_says_where_its_parts_go_at_once() -> None:
    found = compared(NAMED["model-retired"], GOLDEN, TODAY)
    moved = {each.part.name: change_entry(each) for each in found.flips}
    assert (moved["bulk"]["before"]["target"], moved["bulk"]["after"]["target"]) == ("3", "2p")
    assert moved["bulk"]["why"] == "Nobody offers an open-weight API for it any more."
    assert moved["bulk"]["ready"] == "It can go to class 2 (closed API) at once: nothing stands before it."


def test_without_a_model_to_retire_the_scenario_says_so() -> None:
    world = world_of(tokens_month=None)
    found = compared(NAMED["model-retired"], world, answers(world))
    assert found.resolved is None
    assert (
        comparison_sentence(comparison_entry(found))
        == "It applies to nothing here: no part pays by the token."
    )


def test_a_lost_jurisdiction_takes_offers_and_leaves_machines_that_were_bought() -> None:
    then = under(NAMED["us-lost"], GOLDEN)
    assert {UNDER_LAW[offer.provider] for offer in then.prices.token_offers} <= {"FR", "DE", ""}
    owned = [offer for offer in GOLDEN.prices.gpu_offers if offer.arrangement == "owned"]
    assert [offer for offer in then.prices.gpu_offers if offer.arrangement == "owned"] == owned


def test_what_stops_says_which_gates_would_keep_it_running() -> None:
    found = compared(NAMED["us-lost"], GOLDEN, TODAY)
    faq = next(each for each in found.changes if each.part == (0, "faq"))
    assert (faq.before.now, faq.after.now, faq.after.target) == ("2p", None, "4")
    assert faq.preparation is not None
    assert [row.id for row in faq.preparation.gates] == ["PH-417", "PH-411", "GOT-231"]
    assert change_entry(faq)["ready"].startswith("With “Quality gap measured”, “Evaluation set” and")
    (first, *_) = insurances([faq.preparation], ["4"], found.then)
    assert (first.restored, first.people_usd_month) == (1, 0)


def test_an_insurance_that_needs_people_nobody_has_says_what_they_cost() -> None:
    found = compared(NAMED["us-lost"], GOLDEN, TODAY)
    prepared = [each.preparation for each in found.changes if each.preparation]
    (first, *_) = insurances(prepared, [], found.then)
    assert first.people_usd_month == pytest.approx(ASSUMED["fte_class4"] * ASSUMED["fte_cost"] / 12)


INSIDE = STAFFED | {
    "data_must_stay_in_infra": True,
    "tokens_month": 500e9,
    "requests_month": 4e8,
    "peak_to_avg": 3.0,
}


def test_people_who_then_have_to_be_hired_cost_the_smallest_team() -> None:
    world = world_of(**INSIDE)
    gone = Scenario(
        "gone", "Gone", "Half of the team leaves.", facts={"mlops_engineers": 0, "ml_engineers": 1}
    )
    found = compared(gone, world, answers(world))
    (change,) = found.changes
    assert (change.before.target, change.after.target, change.usd_month) == ("5a", "5a", 0.0)
    assert found.usd_month == pytest.approx(ASSUMED["team_cost_year"] / 12 - 25_000)


def test_an_insurance_that_takes_people_who_have_to_be_hired_costs_the_smallest_team() -> None:
    preparation = Preparation(
        part=Part(0, "all"), variant="5a", gates=(), weeks=0.0, usd_month=1.0, unprepared_usd=9.0,
        restores=False, planned=False, hire=True,
    )  # fmt: skip
    for hire, people in ((True, ASSUMED["team_cost_year"] / 12), (False, 25_000)):
        (found,) = insurances([replace(preparation, hire=hire)], [], GOLDEN)
        assert found.people_usd_month == pytest.approx(people)


def test_a_scenario_keeps_the_day_of_a_part_on_both_sides() -> None:
    day = tuple(each / 0.85 for each in (0.1,) * 18 + (3.1,) * 6)
    flat, daily = world_of(**INSIDE), replace(world_of(**INSIDE), profiles={0: day})
    dearer = replace(NAMED["gpus-down"], gpu_price=0.5)
    whole, stopping = (compared(dearer, world, answers(world)) for world in (flat, daily))
    assert stopping.usd_before < whole.usd_before
    assert stopping.usd_after < whole.usd_after


def test_lost_people_leave_own_machines_without_a_way() -> None:
    found = compared(NAMED["staff-lost"], GOLDEN, TODAY)
    lost = [change_entry(each) for each in found.changes if each.lost]
    assert [each["part"] for each in lost] == ["intel", "regulated"]
    assert lost[0]["why"].startswith("Before your own stack on your own machines stands “Team of 2.5 people”")
    assert lost[0]["ready"].startswith("Nothing fits then. The nearest way out is class 5b")
    entry = comparison_entry(found)
    assert (entry["lost"], entry["flips"] + entry["stops"] + entry["lost"] <= entry["parts"]) == (2, True)
    assert entry["usd_lost"] == pytest.approx(
        sum(each.before.usd_target or 0 for each in found.changes if each.after.target is None), abs=0.01
    )
    assert comparison_sentence(entry).endswith(" at target ends.") == bool(entry["usd_lost"])


def test_lost_people_outrank_what_a_part_says_of_its_people() -> None:
    world = world_of(STAFFED)
    then = under(NAMED["staff-lost"], world)
    assert then.workloads[0].organisation["ml_engineers"].value == 0
    assert "ml_engineers" not in then.workloads[0].segments[0].facts


def test_a_part_that_fits_nowhere_is_no_saving() -> None:
    found = compared(NAMED["staff-lost"], GOLDEN, TODAY)
    assert all(each.usd_month is None for each in found.changes if each.lost)
    assert found.usd_month == pytest.approx(0.0)


def test_an_unknown_volume_stays_unknown_and_is_never_nought() -> None:
    part = in_words("prices-up", world_of(tokens_month=None))
    assert (part["usd_month"], part["after"]["usd"]) == (None, None)
    assert (
        part["unknown"] == "The monthly volume is not known, or 0: measure it, or state it on the workload."
    )
    world = world_of(tokens_month=None)
    entry = comparison_entry(compared(NAMED["prices-up"], world, answers(world)))
    assert (entry["priced"], entry["unpriced"]) == (0, 1)
    assert comparison_sentence(entry) == "Nothing would move. What it costs is not known for any part."


def test_a_fact_nobody_can_read_is_refused_by_name_and_stops_no_other_workload() -> None:
    wrong = world_of().workloads[0]
    wrong = replace(wrong, facts={"seats": Fact("many")})
    found = answers(replace(GOLDEN, workloads=(wrong, GOLDEN.workloads[0])))
    assert set(found.refused) == {0}
    assert {part.workload for part in found.parts} == {1}


# The table
def test_the_shipped_scenarios_say_what_they_change_and_who_says_so() -> None:
    assert [each.id for each in shipped()] == [
        "prices-up", "model-retired", "us-lost", "volume-x3", "staff-lost", "gpus-down",
    ]  # fmt: skip
    assert all(each.source and each.sentence.endswith(".") for each in shipped())
    assert len(shipped_sha()) == 64


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("[[scenarios]]\nid='a'\nlabel='A'\nsentence='A.'\nsource='x'\ncolour=1", "a: 'colour' is not known"),
        ("[[scenarios]]\nid='a'\nlabel='A'\nsentence='A.'", "a: source is missing"),
        (
            2 * "[[scenarios]]\nid='a'\nlabel='A'\nsentence='A.'\nsource='x'\n",
            "Two scenarios have the same id",
        ),
    ],
)
def test_a_table_that_says_something_unknown_is_refused(table: str, said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        read(table)
