"""Triggers: how far each level is away, when it may be reached, and whether the computed economics agree."""

from planner.engine.triggers.advance import (
    ARMED,
    FIRED,
    LONGEST,
    NEAR,
    NOT_EVALUATED,
    PERIOD,
    RESOLVED,
    last_of_each,
)
from planner.engine.triggers.evaluate import TriggerState, evaluate
from planner.engine.triggers.expected import Expected
from planner.engine.triggers.past import as_data, as_past

__all__ = [
    "ARMED",
    "FIRED",
    "LONGEST",
    "NEAR",
    "NOT_EVALUATED",
    "PERIOD",
    "RESOLVED",
    "Expected",
    "TriggerState",
    "as_data",
    "as_past",
    "evaluate",
    "last_of_each",
]
