"""Laws that hold whatever the facts are."""

from __future__ import annotations

import copy
import random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.engine import SegmentInput, WorkloadInput, decide_workload, digest, record
from planner.engine.facts import Fact
from planner.engine.policy import build_policy
from planner.engine.policy.load import SHIPPED, read_documents
from planner.engine.vocabulary import ASSURANCE, VARIANTS
from tests.engine.laws import examples
from tests.engine.samples import AS_OF, POLICY, PRICES

SUPPLIED = [declared for declared in POLICY.inputs.values() if declared.supplied_by != "derived"]
SENSITIVE = (
    "customer_data",
    "pii",
    "phi",
    "mnpi",
    "classified",
    "itar",
    "legal_strategy",
    "industrial_ip",
    "financial_models",
)
LAWS = settings(
    max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def values_of(declared: Any) -> Any:
    if declared.type == "bool":
        return st.booleans()
    if declared.type == "enum":
        return st.sampled_from(declared.values)
    if declared.type == "set":
        return st.frozensets(st.sampled_from(declared.values), max_size=4)
    low = declared.minimum if declared.minimum is not None else -100
    high = declared.maximum if declared.maximum is not None else 1e12
    return (
        st.integers(int(low) if low == int(low) else int(low) + 1, int(high))
        if declared.type == "int"
        else st.floats(low, high)
    )


FACTS = st.fixed_dictionaries({}, optional={declared.name: values_of(declared) for declared in SUPPLIED})
CLASSIFICATIONS = st.sampled_from(["approved", "proposed"])


def workload(facts: Any, classification: Any = "approved", pending: Any = None) -> Any:
    as_facts = {name: Fact(value) for name, value in facts.items()}
    proposed = None if pending is None else {name: Fact(value) for name, value in pending.items()}
    return WorkloadInput("any", {}, {}, (SegmentInput("all", 100, classification, as_facts, proposed),))


def decide(facts: Any, classification: Any = "approved", pending: Any = None, policy: Any = POLICY) -> Any:
    return decide_workload(policy, workload(facts, classification, pending), PRICES, AS_OF).segments[0]


@LAWS
@given(FACTS, CLASSIFICATIONS)
def test_valid_facts_are_always_decided_and_recorded(facts: Any, classification: Any) -> None:
    decision = decide_workload(POLICY, workload(facts, classification), PRICES, AS_OF)
    content = record(decision)
    assert digest(content) == digest(
        record(decide_workload(POLICY, workload(facts, classification), PRICES, AS_OF))
    )


@LAWS
@given(FACTS, CLASSIFICATIONS)
def test_the_answer_is_allowed_and_now_is_ready(facts: Any, classification: Any) -> None:
    decided = decide(facts, classification)
    assert set(decided.ready) <= set(decided.feasible) <= set(decided.allowed)
    assert decided.target is None or decided.target in decided.feasible
    assert decided.now is None or decided.now in decided.ready
    assert (decided.target is None) == (decided.feasible == ())
    assert bool(decided.relaxations) == (decided.feasible == ())


@LAWS
@given(FACTS)
def test_a_proposal_never_allows_more_than_its_approval(facts: Any) -> None:
    approved, proposed = decide(facts), decide(facts, "proposed")
    assert set(proposed.allowed) <= set(approved.allowed)


@LAWS
@given(FACTS, FACTS)
def test_a_newer_proposal_only_tightens(facts: Any, pending: Any) -> None:
    before, after = decide(facts), decide(facts, pending=pending)
    assert set(after.allowed) <= set(before.allowed)
    assert set(after.ready) <= set(before.ready)


@LAWS
@given(FACTS, st.sampled_from(SENSITIVE))
def test_a_more_sensitive_tag_never_allows_more_nor_lowers_assurance(facts: Any, tag: Any) -> None:
    tags = facts.get("data_tags", frozenset()) | {"public"}
    before = decide({**facts, "data_tags": tags})
    after = decide({**facts, "data_tags": tags | {tag}})
    assert set(after.allowed) <= set(before.allowed)
    if before.allowed and after.allowed:
        assert min(ASSURANCE[each] for each in after.allowed) >= min(
            ASSURANCE[each] for each in before.allowed
        )
    if before.target and after.target:
        assert ASSURANCE[after.target] >= ASSURANCE[before.target]


def documents() -> Any:
    return read_documents(SHIPPED)


def shuffled() -> Any:
    changed = documents()
    random.Random(7).shuffle(changed["constraints"]["rows"])
    return build_policy(changed)


SHUFFLED = shuffled()


@LAWS
@given(FACTS, CLASSIFICATIONS)
def test_the_order_of_constraints_does_not_matter(facts: Any, classification: Any) -> None:
    one, other = decide(facts, classification), decide(facts, classification, policy=SHUFFLED)
    assert (one.now, one.target, one.status, one.allowed, one.feasible) == (
        other.now, other.target, other.status, other.allowed, other.feasible,
    )  # fmt: skip


CONDITIONS = (
    "True",
    "needs_programmatic_access",
    "tokens_month > 1_000_000",
    "'public' in data_tags",
    "stage == 'production'",
)


@settings(LAWS, max_examples=examples(25))
@given(FACTS, st.sampled_from(CONDITIONS), st.sets(st.sampled_from(VARIANTS), min_size=1))
def test_another_constraint_never_widens(facts: Any, condition: Any, mask: Any) -> None:
    changed = documents()
    row = copy.deepcopy(changed["constraints"]["rows"][0]) | {
        "id": "NEW",
        "when": condition,
        "allow": sorted(mask),
    }
    changed["constraints"]["rows"].append(row)
    policy = build_policy(changed)
    before, after = decide(facts), decide(facts, policy=policy)
    assert set(after.allowed) <= set(before.allowed)
    assert set(after.feasible) <= set(before.feasible)


@LAWS
@given(FACTS)
def test_a_way_out_is_smallest_and_really_opens_its_placement(facts: Any) -> None:
    decided = decide({**facts, "regulator_requires_self_host": True, "complexity": "frontier"})
    ways = [frozenset(row.id for row in (*way.rows, *way.gates)) for way in decided.relaxations]
    assert len(set(ways)) == len(ways)
    assert not any(one < other for one in ways for other in ways)
    for way in decided.relaxations:
        against = {row.id for row in decided.rows_against(way.variant)}
        barred = {gate.row.id for gate in decided.gates_before(way.variant) if not gate.closable}
        assert against | barred == {row.id for row in (*way.rows, *way.gates)}
