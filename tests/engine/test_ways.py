"""Ways out and splits: they really open what they name, and nothing smaller does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings

from planner.engine import Waiver, decide_workload, parse_workloads, record
from planner.engine.relaxations import relaxations
from planner.engine.splits import split
from planner.engine.vocabulary import CLASS_OF, CLASSES, VARIANTS
from tests.engine.samples import AS_OF, OWNING, POLICY, PRICES, STAFFED, case, decide, recorded, workload
from tests.engine.test_properties import FACTS, LAWS
from tests.engine.test_properties import decide as decide_any
from tests.engine.test_why import FIGURES, without


def class_ways(decided: Any) -> list[Any]:
    return [
        way
        for key in CLASSES
        for variants in [[variant for variant in VARIANTS if CLASS_OF[variant] == key]]
        if not set(variants) & set(decided.feasible)
        for way in relaxations(decided.fired, decided.gates, decided.amounts, variants)
    ]


@settings(LAWS, max_examples=40)
@given(FACTS)
def test_a_way_out_opens_its_placement_and_no_proper_subset_does(facts: Any) -> None:
    decided = decide_any(facts)
    for way in (*class_ways(decided), *decided.relaxations):
        ids = {row.id for row in (*way.rows, *way.gates)}
        assert way.variant in decide_any(facts, policy=without(POLICY, ids)).feasible
        for kept in ids:
            assert way.variant not in decide_any(facts, policy=without(POLICY, ids - {kept})).feasible


@settings(LAWS, max_examples=40)
@given(FACTS)
def test_nothing_smaller_than_a_listed_way_out_makes_anything_fit(facts: Any) -> None:
    decided = decide_any({**facts, "regulator_requires_self_host": True, "complexity": "frontier"})
    for way in decided.relaxations:
        ids = {row.id for row in (*way.rows, *way.gates)}
        for kept in ids:
            smaller = decide_any(
                {**facts, "regulator_requires_self_host": True, "complexity": "frontier"},
                policy=without(POLICY, ids - {kept}),
            )
            assert smaller.feasible == ()


def rest_of(facts: Any, marks: Any) -> Any:
    """The facts of a rest without these marks."""
    left = dict(facts)
    for mark in marks:
        value = left[mark.name]
        if isinstance(value, frozenset):
            rest = "internal_ops" if mark.name == "data_tags" else "none"
            left[mark.name] = value - {mark.value} or frozenset({rest})
        else:
            del left[mark.name]
    return left


@settings(LAWS, max_examples=60)
@given(FACTS)
def test_a_split_opens_its_placement_to_the_rest_and_no_smaller_one_does(facts: Any) -> None:
    given_facts = {"data_tags": frozenset({"phi", "source_code"}), **facts}
    decided = decide_any(given_facts)
    for variant in set(VARIANTS) - set(decided.feasible):
        found = split(POLICY, FIGURES, decided, variant)
        if found is None:
            continue
        assert variant in decide_any(rest_of(given_facts, found.marks)).feasible
        for kept in found.marks:
            fewer = [mark for mark in found.marks if mark != kept]
            assert variant not in decide_any(rest_of(given_facts, fewer)).feasible


def ways_of(segment: Any) -> dict[str, Any]:
    return {entry["class"]: entry for entry in segment["ways"]}


def test_a_decided_part_says_how_each_excluded_class_would_open_and_what_it_costs_then() -> None:
    segment = recorded(data_tags=["phi"], tokens_month=300_000_000)["segments"][0]
    ways = ways_of(segment)
    assert list(ways) == ["1", "3", "5a", "5b"]
    way = ways["3"]["ways"][0]
    assert (way["rows"], way["grantor"], way["opens"], way["becomes_answer"]) == (
        ["DAT-243"], "reviewer", "3", True,
    )  # fmt: skip
    assert way["difference_usd_month"] == round(segment["costs"]["3"] - segment["costs"]["2e"], 2)
    assert way["afterwards"].endswith("It would then be the answer.")
    assert ways["3"]["split"]["marks"] == [
        {"fact": "data_tags", "value": "phi", "words": "“Data tags: Health data (PHI)”"}
    ]
    assert ways["3"]["split"]["sentence"].startswith(
        "Separate or de-identify what carries “Data tags: Health data (PHI)”, with a reviewer's approval:"
    )
    assert ways["1"]["split"] is None  # software calls it: no separation of data changes that


def test_the_cheapest_way_out_is_one_that_changes_the_answer() -> None:
    health = recorded(data_tags=["phi"])["segments"][0]["cheapest_way"]
    assert (health["class"], health["opens"], health["grantor"], health["saves"]) == (
        "3",
        "3",
        "reviewer",
        True,
    )
    assert health["sentence"].startswith(
        "The cheapest way out: an exception to “Health data” (DAT-243) would"
    )
    plain = recorded()["segments"][0]["cheapest_way"]
    assert plain["saves"] is False
    assert plain["sentence"].startswith("No way out makes it cheaper; the one that costs least: ")
    content = record(decide_workload(POLICY, parse_workloads([case(6)], POLICY)[0], PRICES, AS_OF))
    assert content["segments"][0]["cheapest_way"]["opens"] == "2e"


def test_where_nobody_may_grant_anything_there_is_no_cheapest_way() -> None:
    owned = recorded(OWNING, air_gap_required=True, data_tags=["classified"], gov_or_defence=True)
    assert owned["segments"][0]["cheapest_way"] is None


def test_a_way_says_which_gates_still_stand_afterwards() -> None:
    staffed = recorded(STAFFED | {"oncall_24x7": False})["segments"][0]
    way = ways_of(staffed)["5b"]["ways"][0]
    assert way["gates"] == ["GAT-174", "ECO-395"]
    assert way["afterwards"].endswith(
        "Before it runs there, one gate would still have to be closed: somebody on call."
    )


def test_a_statute_leaves_nobody_here() -> None:
    segment = recorded(STAFFED, air_gap_required=True, data_tags=["classified"])["segments"][0]
    way = ways_of(segment)["5a"]["ways"][0]
    assert (way["rows"], way["grantor"], way["statutory"]) == (["DAT-161"], "nobody", True)
    assert way["sentence"].endswith("Nobody here may grant it.")


def test_where_nothing_fits_the_split_is_offered_too() -> None:
    content = record(decide_workload(POLICY, parse_workloads([case(6)], POLICY)[0], PRICES, AS_OF))
    split_of = ways_of(content["segments"][0])["2"]["split"]
    assert split_of["opens"] == "2e"
    assert split_of["sentence"].endswith("what was separated still fits nowhere.")


def test_without_a_tag_for_the_rest_nothing_is_promised() -> None:
    decided = decide(data_tags=["phi"])
    figures = {name: value for name, value in FIGURES.items() if name != "split_rest_tag"}
    assert split(POLICY, figures, decided, "3") is None


def test_a_waived_rule_bars_no_split() -> None:
    given_workload = workload(data_tags=["phi"], baa_signed=False, residency="eu")
    waived = replace(given_workload, waivers=(Waiver("DAT-144", AS_OF, "Rita", "A pilot."),))
    before = decide_workload(POLICY, given_workload, PRICES, AS_OF).segments[0]
    after = decide_workload(POLICY, waived, PRICES, AS_OF).segments[0]
    assert {mark.name for mark in split(POLICY, FIGURES, before, "3").marks} == {"data_tags", "residency"}
    assert {mark.name for mark in split(POLICY, FIGURES, after, "3").marks} == {"data_tags"}
