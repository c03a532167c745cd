"""Why a placement is out, who said so, and which rows the answer hangs on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

from planner.engine import Fact, SegmentInput, WorkloadInput, decide_workload, parse_workloads, record
from planner.engine.binding import binding
from planner.engine.choose import Scale
from planner.engine.explain.findings import reason
from planner.engine.vocabulary import VARIANTS
from tests.engine.laws import examples
from tests.engine.samples import AS_OF, CASES, POLICY, PRICES, recorded, workload
from tests.engine.test_properties import FACTS, LAWS
from tests.engine.test_properties import decide as decide_any

FIGURES = POLICY.figures(AS_OF)
EXPLORING = next(entry for entry in CASES if "exploring in a chat UI" in entry["title"])


def reason_of(row_id: str, table: str = "constraints", column: str = "when", **facts: Any) -> str:
    row = next(row for row in POLICY.rows(table) if row.id == row_id)
    return reason(POLICY, row.expressions[column], {**POLICY.assumptions, **facts}, FIGURES)


@pytest.mark.parametrize(
    ("row", "facts", "words"),
    [
        ("LAT-403", {"latency_hard": True, "ttft_target_ms": 150}, "Hard latency limit: yes; First token within: 150 ms, below 200 ms"),
        ("LAT-403", {"latency_hard": True, "ttft_target_ms": 900}, "First token within: 900 ms, at least 200 ms"),
        ("LAT-403", {"latency_hard": False, "ttft_target_ms": 150}, "Hard latency limit: no"),
        ("LAT-403", {"latency_hard": True, "ttft_target_ms": None}, "First token within: not known"),
        ("DAT-506", {"data_tags": {"source_code", "pii"}}, "Data tags: Source code"),
        ("DAT-246", {"data_tags": set(), "gov_or_defence": True}, "Government or defence: yes"),
        ("DAT-144", {"residency": "eu"}, "Residency: EU, not Anywhere"),
        ("DAT-144", {"residency": "none"}, "Residency: Anywhere"),
    ],
)  # fmt: skip
def test_a_reason_names_the_tests_that_settle_the_condition(row: str, facts: Any, words: str) -> None:
    assert reason_of(row, **facts) == words


def test_a_gate_says_what_keeps_it_open_and_what_closed_it() -> None:
    assert (
        reason_of("TEA-386", "gates", "closed_when", selfhost_headcount=1)
        == "Platform team: 1 FTE, below 2.5 FTE"
    )
    assert reason_of("GAT-331", "gates", "closed_when", dpa_signed=True) == "Data-processing agreement: yes"
    assert (
        reason_of("GAT-331", "gates", "closed_when", dpa_signed=False)
        == "Data-processing agreement: no; Enterprise terms: no"
    )


def test_each_of_the_eight_placements_says_why_or_why_not() -> None:
    segment = recorded(data_tags=["phi"])["segments"][0]
    entries = {each["variant"]: each for group in segment["classes"] for each in group["variants"]}
    assert list(entries) == list(VARIANTS)
    for variant, entry in entries.items():
        assert entry["sentence"].endswith(".")
        assert (entry["state"] == "excluded") is bool(entry["rows"])
        assert set(entry["rows"]) == set(segment["excluded"].get(variant, ()))
    rule = segment["rows"]["DAT-243"]
    assert rule["reason"] == "Data tags: Health data (PHI)"
    assert rule["waiver"] == "The reviewer may waive it."
    assert rule["leaves"] == ["2e", "4", "5a", "5b"]


def test_a_rule_says_who_may_waive_it() -> None:
    air_gapped = recorded(air_gap_required=True, regulator_requires_self_host=True, data_tags=["classified"])
    rows = air_gapped["segments"][0]["rows"]
    assert rows["DAT-161"]["waiver"] == "Statutory: nobody here may waive it."
    assert (
        rows["DAT-245"]["waiver"]
        == "Marked as statute: nobody here may waive it; were it only guidance, the reviewer might."
    )
    unapproved = record(decide_workload(POLICY, workload(classification="proposed"), PRICES, AS_OF))
    assert unapproved["segments"][0]["rows"]["INT-TAGS"]["waiver"] == "Nobody may waive it."


def test_a_fact_names_who_supplied_and_who_approved_it() -> None:
    day, later = date(2026, 1, 2), date(2026, 1, 9)
    tags = Fact(frozenset({"phi"}), "approved", "Ana", day, "Rita", later)
    given = workload()
    part = replace(given.segments[0], facts={**given.segments[0].facts, "data_tags": tags})
    decided = record(decide_workload(POLICY, replace(given, segments=(part,)), PRICES, AS_OF))
    fact = decided["segments"][0]["rows"]["DAT-243"]["facts"][0]
    assert (fact["by"], fact["at"]) == ("Ana", "2026-01-02")
    assert (fact["approved_by"], fact["approved_at"]) == ("Rita", "2026-01-09")


def test_a_shared_volume_keeps_who_stands_behind_it() -> None:
    volume = Fact(1e9, "approved", "Ana", AS_OF, "Rita", AS_OF)
    parts = tuple(SegmentInput(name, 50, "approved", {}) for name in ("a", "b"))
    decided = decide_workload(POLICY, WorkloadInput("x", {}, {"tokens_month": volume}, parts), PRICES, AS_OF)
    assert decided.segments[0].reading.facts["tokens_month"] == replace(volume, value=5e8)


def test_a_rule_only_a_proposal_makes_fire_reads_the_proposal() -> None:
    waiting = workload(pending={"data_tags": ["phi"]})
    rows = record(decide_workload(POLICY, waiting, PRICES, AS_OF))["segments"][0]["rows"]
    assert (rows["DAT-243"]["proposed"], rows["CLS-102"]["proposed"]) == (True, False)
    assert rows["DAT-243"]["facts"][0]["value"] == ["phi"]


def binding_of(segment: Any) -> set[str]:
    found = {row["id"] for row in segment["rows"].values() if row["binding"]}
    found |= {gate["id"] for gate in segment["gates"] if gate["binding"]}
    return found | {each["row"] for each in segment["preferences"] if each["binding"]}


def test_binding_rows_are_those_the_answer_hangs_on() -> None:
    assert binding_of(recorded(data_tags=["phi"])["segments"][0]) == {"DAT-243"}
    assert binding_of(recorded(air_gap_required=True, data_tags=["classified"])["segments"][0]) == set()
    moving = recorded({"willing_to_hire": True}, data_tags=["mnpi"])["segments"][0]
    assert "DAT-244" in binding_of(moving)


def test_a_preference_that_decides_says_so_even_where_its_price_is_unknown() -> None:
    explore = record(decide_workload(POLICY, parse_workloads([EXPLORING], POLICY)[0], PRICES, AS_OF))[
        "segments"
    ][0]
    wish = next(each for each in explore["preferences"] if each["row"] == "CLS-101")
    assert wish["binding"]
    assert wish["sentence"].endswith("What honouring it costs is not known.")


def without(policy: Any, ids: set[str]) -> Any:
    """The policy without these rows: what leaving one out really means."""
    tables = {
        name: tuple(row for row in rows if not (name in LIMITS and row.id in ids))
        for name, rows in policy.tables.items()
    }
    return replace(policy, tables=tables)


LIMITS = ("constraints", "preferences", "gates")


@settings(LAWS, max_examples=examples(40))
@given(FACTS)
def test_a_row_binds_exactly_when_the_answer_without_it_is_another(facts: Any) -> None:
    decided = decide_any(facts)
    scale = Scale.of(POLICY, decided.reading.values, FIGURES, decided.amounts)
    binds = binding(scale, decided)
    rows = {row.id for row in decided.fired} | {each.row.id for each in decided.choice.preferences}
    rows |= {gate.row.id for gate in decided.gates}
    for row in rows:
        other = decide_any(facts, policy=without(POLICY, {row}))
        assert ((other.now, other.target) != (decided.now, decided.target)) is (row in binds), row
