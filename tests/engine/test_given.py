"""The block of inputs: what was written is read back, whatever it is; a replay from it gives the same bytes."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Mapping  # noqa: TC003  read back by its annotation
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.engine import Fact, SegmentInput, WorkloadInput, decide_workload, digest, parse_workloads, record
from planner.engine.canonical import canonical, first_difference
from planner.engine.given import block_of, usage_window, workload_of
from planner.engine.policy import build_policy
from planner.engine.policy.load import SHIPPED, as_kept, read_documents
from planner.engine.record import ENGINE
from planner.engine.replay import ReplayError, replay
from tests.engine.samples import AS_OF, CASES, POLICY, PRICES, workload
from tests.engine.test_properties import CLASSIFICATIONS, FACTS, LAWS

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
MOMENTS = st.one_of(st.none(), st.dates(), st.datetimes(timezones=st.just(UTC)))
VALUES = st.one_of(
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS,
    st.frozensets(TEXTS, max_size=3),
)
ANY_FACTS = st.dictionaries(TEXTS, st.builds(Fact, VALUES, TEXTS, TEXTS, MOMENTS), max_size=4)
SEGMENTS = st.builds(
    SegmentInput, TEXTS, st.floats(0, 100), TEXTS, ANY_FACTS, st.one_of(st.none(), ANY_FACTS)
)
WORKLOADS = st.builds(WorkloadInput, TEXTS, ANY_FACTS, ANY_FACTS, st.lists(SEGMENTS, max_size=3).map(tuple))


@LAWS
@given(WORKLOADS)
def test_what_was_written_is_read_back(given_workload: Any) -> None:
    block = block_of(given_workload)
    assert workload_of(block) == given_workload
    assert workload_of(json.loads(canonical(block))) == given_workload


@LAWS
@given(FACTS, FACTS, CLASSIFICATIONS, st.one_of(st.none(), FACTS))
def test_a_record_holds_all_it_was_made_from(
    organisation: Any, facts: Any, status: Any, pending: Any
) -> None:
    def said(values: Any) -> Any:
        return {name: Fact(value, "declared", "Ana", date(2026, 1, 3)) for name, value in values.items()}

    segment = SegmentInput("all", 100.0, status, said(facts), None if pending is None else said(pending))
    first = record(
        decide_workload(POLICY, WorkloadInput("any", said(organisation), {}, (segment,)), PRICES, AS_OF)
    )
    again = replay(json.loads(canonical(first)), POLICY, PRICES)
    assert again.is_equal
    assert again.again == again.kept == digest(first)


def test_every_golden_case_replays_from_its_record_and_the_policy_as_a_database_keeps_it() -> None:
    policy = build_policy(
        json.loads(json.dumps(as_kept(read_documents(SHIPPED)), default=str, sort_keys=True))
    )
    for each in parse_workloads(CASES, POLICY):
        kept = json.loads(canonical(record(decide_workload(POLICY, each, PRICES, AS_OF))))
        assert replay(kept, policy, PRICES).is_equal


def test_a_fact_keeps_who_said_it_and_when() -> None:
    facts = {"tokens_month": Fact(5e7, "observed", "proxy: 30 days", datetime(2026, 1, 3, 7, 30, tzinfo=UTC))}
    told = WorkloadInput("any", {}, facts, ())
    assert block_of(told)["facts"]["tokens_month"] == {
        "value": 5e7,
        "source": "observed",
        "by": "proxy: 30 days",
        "at": "2026-01-03T07:30:00+00:00",
    }
    assert usage_window(told) == ["proxy: 30 days"]
    assert usage_window(workload()) == []


@dataclasses.dataclass(frozen=True, slots=True)
class Waived:
    row: str
    until: date


@dataclasses.dataclass(frozen=True, slots=True)
class Later(WorkloadInput):
    """A workload with a field more."""

    exceptions: tuple[Waived, ...] = ()
    history: Mapping[str, tuple[date, ...]] = dataclasses.field(default_factory=dict)


def test_a_field_added_to_an_input_joins_the_block_where_it_says_something() -> None:
    plain = workload()
    cells = {field.name: getattr(plain, field.name) for field in dataclasses.fields(plain)}
    assert block_of(Later(**cells)) == block_of(plain)  # records made before the field stay as they are
    block = block_of(Later(**cells, exceptions=(Waived("DAT-243", date(2026, 3, 1)),)))
    assert block["exceptions"] == [{"row": "DAT-243", "until": "2026-03-01"}]


def test_every_kind_of_field_is_read_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.engine.given.WorkloadInput", Later)
    plain = workload()
    cells = {field.name: getattr(plain, field.name) for field in dataclasses.fields(plain)}
    history = {"TRG-1": (date(2026, 1, 1), date(2026, 2, 1))}
    richer = Later(**cells, exceptions=(Waived("DAT-243", date(2026, 3, 1)),), history=history)
    assert workload_of(json.loads(canonical(block_of(richer)))) == richer


def kept() -> Any:
    return json.loads(canonical(record(decide_workload(POLICY, workload(), PRICES, AS_OF))))


def test_a_record_that_was_tampered_with_shows_the_first_place() -> None:
    content = kept()
    content["segments"][0]["target"] = "5b"
    found = replay(content, POLICY, PRICES)
    assert not found.is_equal
    assert found.difference
    assert (found.difference.path, found.difference.one, found.difference.other) == (
        "segments[0].target",
        "5b",
        "3",
    )


def test_other_facts_in_the_block_are_another_decision() -> None:
    content = kept()
    content["inputs"]["segments"][0]["facts"]["tokens_month"]["value"] += 1
    found = replay(content, POLICY, PRICES)
    assert found.difference
    assert found.difference.path.startswith("segments[0].facts[")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"engine": "1", "inputs": None}, "made by engine 1, whose records do not hold the facts"),
        ({"engine": "0"}, f"made by engine 0; this is engine {ENGINE}"),
        ({"inputs": {"name": "x", "colour": 1}}, "inputs cannot be read"),
        ({"inputs": 5}, "inputs cannot be read"),
    ],
)
def test_what_cannot_be_replayed_says_why(changes: Any, words: str) -> None:
    content = copy.deepcopy(kept()) | changes
    content = {name: value for name, value in content.items() if value is not None}
    with pytest.raises(ReplayError, match=words):
        replay(content, POLICY, PRICES)


def test_facts_that_the_policy_does_not_know_cannot_be_replayed() -> None:
    content = kept()
    content["inputs"]["facts"]["colour"] = {"value": 1, "source": "declared", "by": "", "at": None}
    with pytest.raises(ReplayError, match="takes its facts no more"):
        replay(content, POLICY, PRICES)


def test_the_first_difference_is_the_first() -> None:
    one = {"a": [1, {"b": 2.0}], "c": 1}
    assert first_difference(one, {"c": 1.0, "a": (1, {"b": 2})}) is None
    for other, path in (
        ({"a": [1, {"b": 3}], "c": 2}, "a[1].b"),
        ({"a": [1], "c": 1}, "a[1]"),
        ({"a": [1, {"b": 2}]}, "c"),
        (5, "(everything)"),
    ):
        assert first_difference(one, other).path == path


def test_one_content_has_one_spelling() -> None:
    assert canonical({"b": 1e22, "a": -0.0}) == b'{"a":0,"b":10000000000000000000000}'
    assert canonical([7.205759403792143e16, 100.0]) == b"[72057594037921430,100]"
    assert canonical({"a": 0.1, "b": "é"}) == '{"a":0.1,"b":"é"}'.encode()
    assert digest([True]) != digest([1])
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical(float("nan"))
