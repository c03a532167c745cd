"""The rules engine: facts, policy, prices and a day come in; a decision that explains itself comes out."""

from planner.engine.canonical import digest
from planner.engine.decide import decide_workload
from planner.engine.decision import SegmentDecision, WorkloadDecision
from planner.engine.document import parse_workloads
from planner.engine.facts import (
    Fact,
    FactError,
    GpuOffer,
    PriceSnapshot,
    SegmentInput,
    TokenOffer,
    Waiver,
    WorkloadInput,
)
from planner.engine.policy import Archetype, Input, Policy, PolicyError, load_policy
from planner.engine.record import record, summary

__all__ = [
    "Archetype",
    "Fact",
    "FactError",
    "GpuOffer",
    "Input",
    "Policy",
    "PolicyError",
    "PriceSnapshot",
    "SegmentDecision",
    "SegmentInput",
    "TokenOffer",
    "Waiver",
    "WorkloadDecision",
    "WorkloadInput",
    "decide_workload",
    "digest",
    "load_policy",
    "parse_workloads",
    "record",
    "summary",
]
