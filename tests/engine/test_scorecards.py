"""Scorecards: answered from the facts, unknown where the facts are, shown beside a decision that never hears them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from planner.engine import PolicyError, decide_workload, parse_workloads, record
from planner.engine.policy import build_policy
from tests.engine.samples import AS_OF, POLICY, PRICES, STAFFED, case, recorded
from tests.engine.test_policy import documents
from tests.engine.test_properties import FACTS, LAWS
from tests.engine.test_properties import decide as decide_any

ROWS = POLICY.rows("scorecards")


def cards(organisation: Any = None, **facts: Any) -> dict[str, Any]:
    return {each["id"]: each for each in recorded(organisation, **facts)["segments"][0]["scorecards"]}


def answers(card: Any) -> dict[str, str]:
    return {each["id"]: each["answer"] for each in card["questions"]}


def question(card: Any, row: str) -> Any:
    return next(each for each in card["questions"] if each["id"] == row)


def test_the_guides_six_scorecards_are_there() -> None:
    assert list(cards()) == [
        "CARD-FIVE", "CARD-THREE-004", "CARD-THREE-003", "CARD-PRESSURES", "CARD-CRITERIA", "CARD-NUMBERING",
    ]  # fmt: skip


def test_five_questions_are_answered_from_the_facts() -> None:
    card = cards({"growth_pct_month": 0}, growth_pct_month=0, prompt_rag_insufficient_proven=False)[
        "CARD-FIVE"
    ]
    assert answers(card) == {"Q5-1": "no", "Q5-2": "no", "Q5-3": "no", "Q5-4": "no", "Q5-5": "no"}
    assert card["tally"] == "5 no"
    assert question(card, "Q5-2")["reason"] == "ML engineers: 0 FTE, below 2 FTE"
    assert card["verdicts"][0]["state"] == "yes"
    assert card["verdicts"][0]["reason"] == "5 times “no”, 3 needed"


def test_a_small_classified_workload_is_not_sent_to_a_public_api() -> None:
    """C15: the count of no says closed API; the decision does not hear it, and says why."""
    facts = {"air_gap_required": True, "data_tags": ["classified"], "prompt_rag_insufficient_proven": False}
    content = recorded(STAFFED | {"ml_engineers": 1}, growth_pct_month=0, **facts)["segments"][0]
    card = next(each for each in content["scorecards"] if each["id"] == "CARD-FIVE")
    verdict = card["verdicts"][0]
    assert (verdict["state"], verdict["points"], verdict["agrees"]) == ("yes", ["2p", "2e"], False)
    assert verdict["beside"].startswith("Says 2p or 2e; the decision says that nothing fits, because ")
    assert "“Air gap” (DAT-161)" in verdict["beside"]


def test_an_answer_nobody_gave_is_unknown_and_says_what_is_missing() -> None:
    card = cards()["CARD-FIVE"]
    asked = question(card, "Q5-3")
    assert (asked["answer"], asked["says"], asked["agrees"]) == ("unknown", "", None)
    assert asked["reason"] == "Not known: Growth a month"
    assert question(cards(complexity=None)["CARD-THREE-004"], "T4-QUALITY")["answer"] == "unknown"


def test_one_known_part_settles_an_or_and_an_and() -> None:
    pressures = cards(data_tags=["pii"])["CARD-PRESSURES"]  # regimes and residency are not known
    assert question(pressures, "PRESSURE-PRIVACY")["answer"] == "yes"
    latency = question(cards(latency_hard=False, ttft_target_ms=None)["CARD-FIVE"], "Q5-5")
    assert latency["answer"] == "no"


def test_a_count_that_unknown_answers_may_still_reach_is_open() -> None:
    unknown = cards(complexity=None, ttft_target_ms=None, latency_hard=None, ft_need=None)["CARD-FIVE"]
    assert unknown["verdicts"][0]["state"] in ("unknown", "yes")
    staffed = cards(STAFFED, data_tags=["pii"], latency_hard=None)["CARD-FIVE"]
    assert staffed["verdicts"][0]["state"] == "unknown"
    assert staffed["verdicts"][0]["says"].startswith("Open:")
    met = cards(STAFFED, data_tags=["pii"], latency_hard=True, ttft_target_ms=50, growth_pct_month=0)
    assert met["CARD-FIVE"]["verdicts"][0]["state"] == "no"


def test_where_the_decision_says_something_else_it_says_why() -> None:
    content = record(decide_workload(POLICY, parse_workloads([case(3)], POLICY)[0], PRICES, AS_OF))
    found = {each["id"]: each for each in content["segments"][0]["scorecards"]}
    privacy = question(found["CARD-CRITERIA"], "CRIT-PRIVACY")
    assert privacy["beside"].startswith(
        "Says 5a or 5b; the decision says 2e, because six gates that nobody can close stand before 5a:"
    )
    quality = question(found["CARD-THREE-004"], "T4-QUALITY")
    assert quality["beside"].endswith("because 4 costs $4,745 a month and 2e $255 a month.")
    assert question(found["CARD-FIVE"], "Q5-1")["beside"] == "Says 2e, 3r, 4, 5a or 5b; so does the decision."


def test_the_second_numbering_has_one_name_for_the_answer() -> None:
    numbering = cards()["CARD-NUMBERING"]
    assert [each["label"] for each in numbering["aliases"]] == ["Class 3"]
    tuned = cards(complexity="frontier", ft_need="moderate")["CARD-NUMBERING"]
    assert [each["label"] for each in tuned["aliases"]] == ["Class 2"]


@LAWS
@given(FACTS)
def test_no_scorecard_changes_a_decision(facts: Any) -> None:
    silent = replace(POLICY, tables={**POLICY.tables, "scorecards": ()})
    one, other = decide_any(facts), decide_any(facts, policy=silent)
    assert (one.now, one.target, one.status, one.feasible) == (
        other.now, other.target, other.status, other.feasible,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "column", "value", "message"),
    [
        ("Q5-1", "when", "any_of(data_tags, 'pi')", "'pi' is not a value of data_tags; did you mean 'pii'?"),
        ("Q5-1", "yes", ["2"], "'2' is not a placement; they are 1, 2p, 2e, 3, 3r, 4, 5a, 5b"),
        ("Q5-1", "card", "fife", "'fife' is no card; did you mean 'five'?"),
        ("Q5-1", "kind", "riddle", "'riddle' is not one of card, question, verdict, alias"),
        ("Q5-3", "needs", ["tokens_mont"], "unknown input 'tokens_mont'; did you mean 'tokens_month'?"),
        ("Q5-SUM", "at_least", "no_counts", "names no parameter: 'no_counts'; did you mean 'no_count'?"),
        ("Q5-SUM", "count", "maybe", "'maybe' is not one of yes, no"),
        ("Q5-SUM", "weight", 3, "is not a column of this table"),
    ],
)
def test_a_broken_row_is_refused_with_file_row_and_column(
    row: str, column: str, value: Any, message: str
) -> None:
    changed = documents()
    next(each for each in changed["scorecards"]["rows"] if each["id"] == row)[column] = value
    with pytest.raises(PolicyError) as refused:
        build_policy(changed)
    error = refused.value
    assert (error.file, error.row, error.column, error.message) == ("scorecards.toml", row, column, message)


@pytest.mark.parametrize(("row", "column"), [("Q5-1", "no_says"), ("Q5-SUM", "says"), ("MAP-201-3", "when")])
def test_a_row_that_misses_what_its_kind_needs_is_refused(row: str, column: str) -> None:
    changed = documents()
    del next(each for each in changed["scorecards"]["rows"] if each["id"] == row)[column]
    with pytest.raises(PolicyError, match=f"scorecards.toml, row {row}, column {column}: is missing; a "):
        build_policy(changed)


def test_a_policy_kept_before_there_were_scorecards_is_still_read() -> None:
    changed = documents()
    for younger in ("scorecards", "statements", "coverage", "settlements"):
        del changed[younger]
    assert build_policy(changed).rows("scorecards") == ()
