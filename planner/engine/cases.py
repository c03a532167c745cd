"""Cases decided, for what they say about the policy itself: which values every input takes in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.engine.decide import decide_workload
from planner.engine.document import parse_workloads
from planner.engine.measures import Outcome, measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from planner.engine.decision import SegmentDecision
    from planner.engine.facts import PriceSnapshot, WorkloadInput
    from planner.engine.policy import Policy


def case_values(
    policy: Policy, document: object, prices: PriceSnapshot, as_of: date
) -> Iterator[Mapping[str, Any]]:
    """For each segment of each case, every input's value once it is decided; FactError for a case that cannot be read."""
    for workload in parse_workloads(document, policy):
        yield from decided_values(policy, workload, prices, as_of)


def decided_values(
    policy: Policy, workload: WorkloadInput, prices: PriceSnapshot, as_of: date
) -> Iterator[Mapping[str, Any]]:
    """Every input's value for each segment of a workload, with what follows from the decision on it."""
    for segment in decide_workload(policy, workload, prices, as_of).segments:
        yield _values(policy, segment, as_of)


def _values(policy: Policy, segment: SegmentDecision, as_of: date) -> Mapping[str, Any]:
    outcome = Outcome(
        segment.allowed, segment.amounts, segment.now, segment.target, segment.status, segment.classification
    )
    return measure(policy, segment.reading.known, outcome, as_of).values
