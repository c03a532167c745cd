"""The golden cases at the reference prices, what flips them, and what they cost."""

from __future__ import annotations

from typing import Any

import pytest

from planner.engine import decide_workload, parse_workloads, record
from tests.engine.samples import AS_OF, CASES, OWNING, POLICY, PRICES, STAFFED, case


def segments_of(entry: Any) -> Any:
    return record(decide_workload(POLICY, parse_workloads([entry], POLICY)[0], PRICES, AS_OF))["segments"]


@pytest.mark.parametrize("entry", CASES, ids=lambda entry: entry["title"])
def test_a_golden_case_comes_out_as_expected(entry: Any) -> None:
    for part, decided in zip(entry["segments"], segments_of(entry), strict=True):
        expected = part["expect"]
        answer = {name: decided[name] for name in ("status", "now", "target")}
        assert answer | {"allowed_by_must_rows": decided["allowed"]} == expected


COSTS = [
    (2, 0, {"3": 17.25, "2p": 206.25, "4": 620.50, "5a": 34_275.03}),
    (3, 0, {"2e": 255.00, "4": 4745.00}),
    (10, 0, {"3r": 210.00, "2e": 680.00}),
    (12, 0, {"3": 86.25, "2p": 1031.25, "4": 620.50}),
    (13, 0, {"2p": 3600.00}),
    (17, 0, {"3": 183.75}),
    (17, 1, {"5a": 5151.03}),
    (17, 2, {"2p": 600.00}),
    (19, 0, {"3": 763.88, "2p": 2473.50}),
    (20, 0, {"5a": 7608.37}),
    (23, 0, {"3": 5250.00, "2p": 17_000.00, "5a": 22_723.90, "5b": 18_847.22}),
]


@pytest.mark.parametrize(("number", "segment", "costs"), COSTS)
def test_a_golden_case_costs_what_its_author_worked_out(number: Any, segment: Any, costs: Any) -> None:
    decided = segments_of(case(number))[segment]
    assert {variant: decided["costs"][variant] for variant in costs} == costs


FLIPS = [
    ("a frontier task leaves the closed API", 2, {}, {"complexity": "frontier"}, ("2p", "2p")),
    ("jitter against a hard limit needs dedicated machines", 2, {}, {"latency_hard": True, "shared_api_jitter": True}, ("4", "4")),
    ("technical control of health data needs own hosting", 3, STAFFED, {"stance": "technical"}, ("5a", "5a")),
    ("health data that needs isolation goes to dedicated", 3, {}, {"assurance_required": "isolated"}, ("4", "4")),
    ("health data redacted and approved as public goes to the open API", 3, {}, {"data_tags": ["public"]}, ("3", "3")),
    ("health data without a BAA goes to dedicated", 3, {"baa_signed": False}, {}, ("4", "4")),
    ("a regulator leaves the desk nowhere", 5, {}, {"regulator_requires_self_host": True}, (None, None)),
    ("without frontier needs the desk waits on dedicated", 5, {"willing_to_hire": True}, {"complexity": "complex"}, ("4", "5a")),
    ("the regulator's rule lifted opens the tenant", 6, {}, {"regulator_requires_self_host": False}, ("2e", "2e")),
    ("a lesser task opens own hosting once hired", 6, {"willing_to_hire": True}, {"complexity": "complex"}, (None, "5a")),
    ("no air gap lets classified data on rented machines", 7, {}, {"air_gap_required": False}, ("5a", "5a")),
    ("classified data with a frontier task fits nowhere", 7, {}, {"complexity": "frontier"}, (None, None)),
    ("a contract against third parties needs own hosting", 10, STAFFED, {"customer_contract_forbids_third_party": True}, ("5a", "5a")),
    ("a frontier task with customer data needs the tenant", 10, {}, {"complexity": "frontier"}, ("2e", "2e")),
    ("personal data in tickets needs an agreement", 12, {}, {"data_tags": ["pii"]}, ("3r", "3r")),
    ("a strict reading of the GDPR makes dedicated cheapest", 12, {}, {"gdpr_interpretation": "strict"}, ("4", "4")),
    ("an open model that passes moves filings to the open API", 13, {}, {"complexity": "complex"}, ("3", "3")),
    ("jitter moves the voice agent to dedicated", 14, {}, {"shared_api_jitter": True}, ("4", "4")),
    ("a first token under 100 ms needs own hosting", 14, STAFFED, {"ttft_target_ms": 99}, ("5a", "5a")),
    ("a frontier task keeps the start-up on the closed API", 19, {}, {"complexity": "frontier"}, ("2p", "2p")),
    ("data that must stay outranks the ceiling of internal tools", 20, {}, {"data_must_stay_in_infra": True}, ("5a", "5a")),
    ("a strict reading of the GDPR moves HR to the tenant", 20, {}, {"gdpr_interpretation": "strict"}, ("2e", "2e")),
    ("hiring makes own hosting the target for chip rules", 22, {"willing_to_hire": True}, {}, ("4", "5a")),
    ("fine-tuning that is not justified leaves the tenant", 22, {}, {"prompt_rag_insufficient_proven": False}, ("2e", "2e")),
    ("a frontier task keeps bulk extraction on the closed API", 23, {}, {"complexity": "frontier"}, ("2p", "2p")),
    ("software that calls the model leaves the chat product", 25, {}, {"needs_programmatic_access": True}, ("3", "3")),
    ("work without a connection needs own machines", 12, OWNING, {"offline_required": True}, ("5b", "5b")),
    ("data bound to the site needs own machines", 12, OWNING, {"residency": "site"}, ("5b", "5b")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "organisation", "facts", "answer"),
    [flip[1:] for flip in FLIPS],
    ids=[flip[0] for flip in FLIPS],
)
def test_one_changed_fact_flips_a_golden_case(
    number: Any, organisation: Any, facts: Any, answer: Any
) -> None:
    entry = case(number)
    entry["organisation"] |= organisation
    entry["segments"][0]["facts"] |= facts
    decided = segments_of(entry)[0]
    assert (decided["now"], decided["target"]) == answer


def test_an_approved_tag_opens_what_a_proposal_kept_closed() -> None:
    entry = case(27)
    entry["segments"][0]["classification"] = "approved"
    assert segments_of(entry)[0]["target"] == "3"


def test_a_contractual_stance_brings_the_regulated_part_to_an_agreement() -> None:
    entry = case(17)
    entry["segments"][1]["facts"]["stance"] = "contractual"
    assert segments_of(entry)[1]["target"] == "3r"


def test_a_hybrid_is_named_by_its_classes_largest_part_first() -> None:
    content = record(decide_workload(POLICY, parse_workloads([case(17)], POLICY)[0], PRICES, AS_OF))
    assert content["headline"] == "hybrid 3 / 5a / 2"
    assert content["cost_target_usd_month"] == 183.75 + 5151.03 + 600.00
    assert content["sentence"] == (
        "Run 70 % on an open-weight API, 20 % on your own stack on rented machines and 10 % on a closed API on public terms."
    )


def test_nothing_feasible_names_the_smallest_ways_out() -> None:
    decided = segments_of(case(6))[0]
    ways = [
        (set(way["rows"]) | set(way["gates"]), way["opens"], way["grantor"], way["cost_usd_month"])
        for way in decided["relaxations"]
    ]
    team = {"TEA-386", "TEA-383", "TEA-384", "GAT-223", "GAT-205", "GAT-171"}
    assert ways == [
        ({"DAT-245"}, "2e", "reviewer", 120.0),
        ({"QUA-601"} | team, "5a", "architect and leader", 35_151.03),
    ]


def test_own_machines_are_out_of_reach_without_room_and_capital() -> None:
    assert segments_of(case(17))[1]["feasible"] == ["5a"]


def test_preferences_that_cannot_be_met_are_reported() -> None:
    dropped = [
        state["row"] for state in segments_of(case(5))[0]["preferences"] if state["state"] == "dropped"
    ]
    assert dropped == ["DAT-244", "DAT-616", "DAT-244-ISOLATED"]
