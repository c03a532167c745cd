"""Laws of a policy on thousands of random segments at once, on columns that are held equal to one by one."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.engine.columns import Portfolio, Program
from planner.engine.columns.choose import members
from planner.engine.columns.table import Table
from planner.engine.decide import Basis
from planner.engine.policy import build_policy
from planner.engine.policy.load import SHIPPED, read_documents
from planner.engine.vocabulary import ASSURANCE, VARIANTS
from tests.engine.laws import examples
from tests.engine.portfolios import segments
from tests.engine.samples import AS_OF, POLICY, PRICES
from tests.engine.test_columns import given_of

NUMBER = 2000
SEGMENTS = given_of([part for part in segments(7, NUMBER) if not part.waivers])
PROGRAM = Program.of(Basis.of(POLICY, PRICES, AS_OF))
BEFORE = Portfolio.of(PROGRAM, SEGMENTS)
SENSITIVE = (
    *("customer_data", "pii", "phi", "mnpi", "classified", "itar"),
    *("legal_strategy", "industrial_ip", "financial_models"),
)
CONDITIONS = (
    "True",
    "needs_programmatic_access",
    "tokens_month > 1_000_000",
    "'public' in data_tags",
    "stage == 'production'",
    "not (ml_engineers >= 1 or 'gdpr' in regimes)",
    "task_type in ('chat', 'voice') and latency_hard",
)


def subset(one: Any, other: Any) -> bool:
    """No placement in ONE that is not in OTHER, in any segment."""
    return not np.bitwise_and(one, ~other).any()


@settings(max_examples=examples(12), deadline=None, derandomize=True)  # times 2,000 segments
@given(st.sampled_from(CONDITIONS), st.sets(st.sampled_from(VARIANTS), min_size=1))
def test_another_constraint_never_widens_a_set(condition: str, mask: set[str]) -> None:
    changed: Any = copy.deepcopy(read_documents(SHIPPED))
    row = {**changed["constraints"]["rows"][0], "id": "NEW", "when": condition, "allow": sorted(mask)}
    changed["constraints"]["rows"].append(row)
    after = Portfolio.of(Program.of(Basis.of(build_policy(changed), PRICES, AS_OF)), SEGMENTS).base
    assert subset(after.allowed, BEFORE.base.allowed)
    assert subset(after.feasible, BEFORE.base.feasible)
    assert subset(after.ready, BEFORE.base.ready)


@pytest.mark.parametrize("tag", SENSITIVE)
def test_a_more_sensitive_tag_never_allows_more_nor_lowers_assurance(tag: str) -> None:
    table = BEFORE.base.table
    bits = table.column("data_tags")
    tagged = bits | (1 << table.code("data_tags", "public"))  # some tag: without any nothing is classified
    before = BEFORE.exchanged({"data_tags": tagged})
    after = BEFORE.exchanged({"data_tags": tagged | (1 << table.code("data_tags", tag))})
    assert subset(after.allowed, before.allowed)
    both = (before.allowed != 0) & (after.allowed != 0)
    assert (lowest(after.allowed) >= lowest(before.allowed))[both].all()
    placed = (before.target >= 0) & (after.target >= 0)
    assurance = np.array([ASSURANCE[variant] for variant in VARIANTS])
    assert (assurance[after.target] >= assurance[before.target])[placed].all()


def lowest(pool: Any) -> Any:
    """The assurance of the least assured placement of each pool."""
    inside = members(pool)
    assurance = np.array([ASSURANCE[variant] for variant in VARIANTS])[:, None]
    return np.where(inside, assurance, 99).min(axis=0)


def test_an_unapproved_classification_never_loosens() -> None:
    def with_all(approved: bool) -> Any:
        readings = [(each.facts, approved) for each in SEGMENTS]
        table = Table.of(POLICY, readings)
        return Portfolio.over(PROGRAM, table, np.array([], dtype=np.int64), {}).base

    assert subset(with_all(False).allowed, with_all(True).allowed)
    assert subset(with_all(False).feasible, with_all(True).feasible)


def test_a_proposal_only_tightens() -> None:
    without = Portfolio.of(PROGRAM, [type(each)(each.facts, each.approved) for each in SEGMENTS]).base
    assert subset(BEFORE.base.allowed, without.allowed)
    assert subset(BEFORE.base.ready, without.ready)
    assert not np.array_equal(BEFORE.base.allowed, without.allowed)  # some proposal did tighten
