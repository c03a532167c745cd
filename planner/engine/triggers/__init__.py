"""Triggers: how far each level is away, when it may be reached, and whether the computed economics agree."""

from planner.engine.triggers.advance import ARMED, FIRED, NEAR, NOT_EVALUATED, RESOLVED
from planner.engine.triggers.evaluate import TriggerState, evaluate
from planner.engine.triggers.expected import Expected
from planner.engine.triggers.past import as_data, as_past

__all__ = [
    "ARMED",
    "FIRED",
    "NEAR",
    "NOT_EVALUATED",
    "RESOLVED",
    "Expected",
    "TriggerState",
    "as_data",
    "as_past",
    "evaluate",
]
