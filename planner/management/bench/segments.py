"""Many different segments to measure with: the golden cases, each again and again with other volumes and facts."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

from planner.engine import Fact, SegmentInput, WorkloadInput, parse_workloads
from planner.engine.columns import Given
from planner.engine.policy.load import SHIPPED
from planner.engine.reading import facts_of
from planner.engine.vocabulary import APPROVED, Kind

if TYPE_CHECKING:
    from planner.engine import Policy

CHANGED = 4  # facts changed in each copy
SPREAD = 1.0  # volumes between a tenth and ten times the case's


def golden(policy: Policy) -> tuple[WorkloadInput, ...]:
    """The golden cases that ship."""
    return parse_workloads(json.loads((SHIPPED / "cases.json").read_text("utf-8")), policy)


def many(policy: Policy, number: int, seed: int = 1) -> list[Given]:
    """So many segments, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311  not for secrets
    parts = [(workload, segment) for workload in golden(policy) for segment in workload.segments]
    return [_varied(policy, *parts[place % len(parts)], chance) for place in range(number)]


def _varied(policy: Policy, workload: WorkloadInput, segment: SegmentInput, chance: random.Random) -> Given:
    facts = facts_of(policy, workload, segment)
    if "tokens_month" in facts:
        factor = 10 ** chance.uniform(-SPREAD, SPREAD)
        facts["tokens_month"] = Fact(float(facts["tokens_month"].value) * factor)  # type: ignore[arg-type]
    for name in chance.sample(sorted(facts), CHANGED):
        facts[name] = Fact(_other(policy, name, facts[name].value, chance))
    return Given(facts, segment.classification == APPROVED)


def _other(policy: Policy, name: str, value: Any, chance: random.Random) -> Any:
    declared = policy.inputs[name]
    if declared.type == Kind.BOOL:
        return not value
    if declared.type == Kind.ENUM:
        return chance.choice(declared.values)
    if declared.type == Kind.SET:
        return frozenset({chance.choice(declared.values)})
    return value
