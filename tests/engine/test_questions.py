"""Open questions: when the answer stands all the same, and which one to ask first."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.laws import examples
from tests.engine.samples import POLICY, decide, recorded
from tests.engine.test_properties import FACTS, LAWS
from tests.engine.test_properties import decide as decide_any

LISTED = [each for each in POLICY.inputs.values() if each.type in ("bool", "enum") and each.essential]


def question(**facts: Any) -> Any:
    return recorded(**facts)["segments"][0]["question"]


def test_each_answer_says_where_it_leads_and_who_has_it() -> None:
    asked = question(quality_gap_known=None)
    assert asked["sentence"] == "If yes: 3; if no: 2p."
    assert asked["whom"] == "whoever runs the evaluation"
    assert asked["question"] == "Has the best open model been measured on your own examples?"
    assert asked["outcomes"] == [{"values": "yes", "target": "3"}, {"values": "no", "target": "2p"}]


def test_amounts_are_asked_on_both_sides_of_every_threshold() -> None:
    asked = question(latency_hard=True, ttft_target_ms=None)
    assert asked["sentence"] == "If 50 ms: nothing fits; if 150 ms to 400 ms: 3."


def test_an_unknown_volume_that_changes_no_class_is_still_asked_for() -> None:
    assert question(tokens_month=None)["sentence"] == (
        "Every answer tried leads to 3; without it the answer is not firm."
    )


def test_the_question_that_settles_most_is_asked_first() -> None:
    asked = question(complexity=None, latency_hard=True, ttft_target_ms=None, data_tags=None)
    assert asked["name"] == "data_tags"
    assert asked["settles"].startswith("It settles most: of ")
    assert question() is None


def test_two_facts_that_matter_only_together_are_tried_together() -> None:
    alone = decide(stage=None)
    assert (alone.status, alone.question) == ("decided", None)
    together = decide(stage=None, needs_programmatic_access=None)
    assert together.status == "provisional"
    assert [fact.name for fact in together.unknown if fact.blocks] == ["stage"]


@LAWS
@given(FACTS, st.data())
def test_a_decision_that_stands_stands_for_every_value_of_what_stops_answers(facts: Any, data: Any) -> None:
    known = {name: value for name, value in facts.items() if name != "stage"}
    known |= {"tokens_month": 1e8, "data_tags": frozenset({"public"})}
    decided = decide_any(known)
    if any(fact.blocks for fact in decided.unknown):
        return
    for stage in POLICY.inputs["stage"].values:
        other = decide_any({**known, "stage": stage})
        assert (other.now, other.target) == (decided.now, decided.target)


@settings(LAWS, max_examples=examples(40))
@given(FACTS, st.sampled_from(LISTED))
def test_what_an_answer_is_said_to_lead_to_it_leads_to(facts: Any, declared: Any) -> None:
    known = {name: value for name, value in facts.items() if name != declared.name}
    for fact in decide_any(known).unknown:
        for value, target in fact.outcomes:
            assert decide_any({**known, fact.name: value}).target == target


def test_all_combinations_of_short_lists_are_tried() -> None:
    hidden = {"stage": None, "needs_programmatic_access": None}
    values = product(POLICY.inputs["stage"].values, (True, False))
    targets = {decide(stage=stage, needs_programmatic_access=needed).target for stage, needed in values}
    asked = decide(**hidden).question
    assert asked is not None
    assert asked.answers == len(targets)
