"""Risks: the register answers for the class a segment is going to."""

from __future__ import annotations

from datetime import date

from planner.engine.facts import Fact
from planner.engine.measures import Outcome, measure
from planner.engine.policy import load_policy

POLICY = load_policy()
AS_OF = date(2026, 1, 31)


def ids(target: str, **facts: object) -> set[str]:
    given = {name: Fact(value) for name, value in facts.items()}
    measures = measure(POLICY, given, Outcome(target=target), AS_OF)
    return {row.id for row in POLICY.rows("risks") if row.holds("when", measures.values, measures.figures)}


def test_a_chat_product_carries_the_risks_of_class_one() -> None:
    assert {"CLS-109", "CLS-110"} <= ids("1")
    assert "CLS-108" in ids("1", sops_tied_to_provider=True)
    assert "CLS-108" not in ids("1", sops_tied_to_provider=False)


def test_closed_apis_and_own_hardware_carry_different_registers() -> None:
    vendor = {f"RSK-{number}" for number in range(429, 436)}
    own = {f"RSK-{number}" for number in range(436, 443)}
    assert (vendor <= ids("2p"), own & ids("2p")) == (True, set())
    assert (own <= ids("5a"), vendor & ids("5a")) == (True, set())


def test_a_risk_disappears_with_its_cause() -> None:
    assert "RSK-176" in ids("5a", gpu_stack_people=1)
    assert "RSK-176" not in ids("5a", gpu_stack_people=2)
