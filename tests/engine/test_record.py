"""The record: its shape, its sentences, the same bytes again, and how long it takes."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from planner.engine import decide_workload, digest, parse_workloads, record, summary
from planner.engine.vocabulary import CLASSES, VARIANTS
from tests.engine.samples import AS_OF, CASES, OWNING, POLICY, PRICES, STAFFED, case, recorded, workload

RECORDS = [record(decide_workload(POLICY, each, PRICES, AS_OF)) for each in parse_workloads(CASES, POLICY)]
SEGMENTS = [segment for content in RECORDS for segment in content["segments"]]
HEAD = [
    "engine", "policy", "policy_version", "snapshot", "snapshot_sha", "as_of", "usage_window", "name", "headline",
    "sentence", "cost_now_usd_month", "cost_target_usd_month", "segments", "inputs",
]  # fmt: skip
PARTS = [
    "name", "share", "status", "classification", "sentence", "lede", "now", "target", "allowed", "feasible",
    "excluded", "classes", "ladder", "rows", "gates", "relaxations", "ways", "cheapest_way", "flips", "preferences", "costs",
    "cost_parts",
    "triggers", "steps", "route", "risks", "scorecards", "unknown", "next_question", "question", "waived", "confidence", "facts",
]  # fmt: skip


def ids(segment: Any) -> Any:
    return segment["name"]


def test_a_record_says_what_it_was_decided_on() -> None:
    content = RECORDS[0]
    assert list(content) == HEAD
    assert (content["policy"], content["snapshot"], content["as_of"]) == (
        POLICY.sha,
        "reference-2026-01",
        "2026-01-31",
    )


@pytest.mark.parametrize("segment", SEGMENTS, ids=ids)
def test_a_segment_is_complete(segment: Any) -> None:
    assert list(segment) == PARTS
    assert [entry["class"] for entry in segment["classes"]] == list(CLASSES)
    assert list(segment["costs"]) == list(VARIANTS) == list(segment["cost_parts"])
    assert sorted([*segment["allowed"], *segment["excluded"]]) == sorted(VARIANTS)


@pytest.mark.parametrize("segment", SEGMENTS, ids=ids)
def test_every_rule_named_is_explained_in_the_same_record(segment: Any) -> None:
    named = {row for rows in segment["excluded"].values() for row in rows}
    named |= {row for entry in segment["classes"] for row in entry["rows"]}
    named |= {step["row"] for step in segment["ladder"] if step["row"]} | {
        each["row"] for each in segment["preferences"]
    }
    named |= {row for way in segment["relaxations"] for row in way["rows"]}
    assert named - set(segment["rows"]) == set()
    for row in segment["rows"].values():
        assert row["source"]["quote"]
        assert row["sentence"].endswith(".")


@pytest.mark.parametrize("segment", SEGMENTS, ids=ids)
def test_the_ladder_walks_from_eight_placements_to_the_target(segment: Any) -> None:
    left = list(VARIANTS)
    for step in segment["ladder"]:
        assert sorted([*step["removed"], *step["left"]]) == sorted(left)
        assert step["removed"]
        left = step["left"]
    if segment["target"]:
        assert segment["target"] in left
    else:
        assert left == []


@pytest.mark.parametrize("segment", SEGMENTS, ids=ids)
def test_the_parts_of_a_cost_add_up(segment: Any) -> None:
    for variant, cost in segment["costs"].items():
        parts = segment["cost_parts"][variant]
        if cost is None:
            assert parts["unknown"].endswith(".")
        else:
            assert round(sum(part["usd_month"] for part in parts["parts"]), 2) == cost


@pytest.mark.parametrize("segment", SEGMENTS, ids=ids)
def test_sentences_are_sentences(segment: Any) -> None:
    sentences = [segment["sentence"], segment["lede"], *(entry["sentence"] for entry in segment["classes"])]
    sentences += [
        each["sentence"]
        for key in ("ladder", "gates", "relaxations", "preferences", "risks", "steps")
        for each in segment[key]
    ]
    sentences += [each["effect"] for each in segment["unknown"]]
    for sentence in sentences:
        assert sentence.endswith("."), sentence
        assert sentence[:1].isupper() or sentence[:1].isdigit(), sentence
        assert "None" not in sentence, sentence
        assert ".." not in sentence, sentence
        assert "  " not in sentence, sentence


def test_the_classes_tell_the_answer_from_the_rest() -> None:
    states = {
        entry["class"]: (entry["state"], entry["words"]) for entry in RECORDS[6]["segments"][0]["classes"]
    }
    assert states == {
        "1": ("excluded", "Excluded"),
        "2": ("dearer", "3.2 times the cost"),
        "3": ("now_and_target", "Now and target"),
        "4": ("dearer", "23 times the cost"),
        "5a": ("not_ready", "Gate nobody can close"),
        "5b": ("not_ready", "Gate nobody can close"),
    }


def test_the_answer_is_said_in_two_sentences() -> None:
    segment = RECORDS[6]["segments"][0]
    assert segment["sentence"] == (
        "Run on an open-weight API with region lock and data-processing agreement; that is also the target."
    )
    assert (
        segment["lede"]
        == "It costs $210 a month; the next, a closed API in an enterprise tenant, costs $680 a month."
    )


def test_moving_and_waiting_and_nothing_are_said_too() -> None:
    moving = recorded({"willing_to_hire": True}, data_tags=["mnpi"], complexity="moderate")["sentence"]
    assert (
        moving
        == "Run on dedicated machines run by a provider today; move to your own stack on rented machines once six gates are closed."
    )
    waiting = recorded({"willing_to_hire": True}, data_must_stay_in_infra=True)["sentence"]
    assert (
        waiting
        == "Nothing may run today; your own stack on rented machines is the target once six gates are closed."
    )
    assert (
        recorded(data_must_stay_in_infra=True)["sentence"]
        == "Nothing fits: no placement satisfies every rule."
    )
    assert recorded(current_class="3")["sentence"] == "Stay on an open-weight API; that is also the target."
    provisional = recorded(tokens_month=None)["sentence"]
    assert provisional == "Provisionally: run on an open-weight API; that is also the target."


def test_a_fact_says_who_stands_behind_it() -> None:
    facts = {fact["name"]: fact for fact in recorded()["segments"][0]["facts"]}
    tags = facts["data_tags"]
    assert (tags["value"], tags["value_words"], tags["source"]) == (["public"], "Public", "approved")
    assert facts["task_type"]["source"] == "assumed"
    rows = recorded(complexity="frontier")["segments"][0]["rows"]
    assert [(fact["name"], fact["source"]) for fact in rows["QUA-601"]["facts"]] == [
        ("frontier_needed", "derived")
    ]


def test_the_question_to_ask_next_is_the_one_that_holds_the_answer_up() -> None:
    assert recorded(tokens_month=None, complexity=None)["segments"][0]["next_question"] == "tokens_month"
    assert recorded(complexity=None)["segments"][0]["next_question"] == "complexity"
    assert recorded(task_type="faq")["segments"][0]["next_question"] is None


def test_an_unknown_cost_makes_the_total_unknown() -> None:
    assert recorded(tokens_month=None)["cost_now_usd_month"] is None
    assert recorded(data_must_stay_in_infra=True)["cost_target_usd_month"] is None


def test_replay_gives_the_same_bytes() -> None:
    again = [record(decide_workload(POLICY, each, PRICES, AS_OF)) for each in parse_workloads(CASES, POLICY)]
    assert [digest(content) for content in again] == [digest(content) for content in RECORDS]
    assert [json.dumps(content) for content in again] == [json.dumps(content) for content in RECORDS]


def test_the_day_and_the_facts_change_the_digest() -> None:
    first = digest(recorded())
    assert digest(recorded(tokens_month=300_000_001)) != first
    later = record(decide_workload(POLICY, workload(), PRICES, date(2026, 2, 1)))
    assert digest(later) != first


def test_a_staffed_organisation_still_takes_the_cheaper_way() -> None:
    assert recorded(STAFFED)["headline"] == "3"


def test_a_hybrid_with_a_part_that_fits_nowhere_says_so() -> None:
    entry = case(17)
    entry["organisation"] |= {"willing_to_hire": False, "mlops_engineers": 0}
    content = record(decide_workload(POLICY, parse_workloads([entry], POLICY)[0], PRICES, AS_OF))
    assert content["headline"] == "hybrid 3 / nowhere / 2"
    assert content["sentence"] == (
        "Run 70 % on an open-weight API and 10 % on a closed API on public terms. Nothing fits for regulated."
    )
    assert content["cost_target_usd_month"] is None


def test_a_class_at_about_the_same_cost_is_called_so() -> None:
    classes = {
        each["class"]: each
        for each in recorded(OWNING, data_must_stay_in_infra=True)["segments"][0]["classes"]
    }
    assert (classes["5a"]["state"], classes["5b"]["words"]) == ("now_and_target", "About the same cost")


def test_a_gate_that_nobody_can_close_is_a_step_of_the_ladder() -> None:
    ladder = RECORDS[10]["segments"][1]["ladder"]  # the regulated part of case 17
    steps = [(step["row"], step["layer"], "".join(step["removed"])) for step in ladder]
    assert steps == [
        ("Q5-Y1", "compliance", "12p3"),
        ("RTE-528", "compliance", "2e3r4"),
        ("GAT-174", "readiness", "5b"),
    ]
    assert ladder[-1]["sentence"] == "A gate that nobody can close: room, power and cooling."


@pytest.mark.parametrize("given", parse_workloads(CASES, POLICY), ids=lambda each: each.name)
def test_the_summary_says_what_the_record_says(given: Any) -> None:
    decision = decide_workload(POLICY, given, PRICES, AS_OF)
    whole, short = record(decision), summary(decision)
    assert short["cost_target_usd_month"] == whole["cost_target_usd_month"]
    for told, each in zip(whole["segments"], short["segments"], strict=True):
        assert each == {name: told[name] for name in each}
