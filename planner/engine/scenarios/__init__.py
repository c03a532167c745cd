"""What may happen to a portfolio: named sets of assumptions, decided by the same engine and set beside today."""

from planner.engine.scenarios.answers import Answer, Answers, Part, answers
from planner.engine.scenarios.compared import Change, Comparison, compared, most_used_model
from planner.engine.scenarios.insurance import Insurance, Preparation, insurances
from planner.engine.scenarios.named import Scenario, ScenarioError, read, shipped, shipped_sha
from planner.engine.scenarios.reasons import Reason, reasons
from planner.engine.scenarios.world import World, under

__all__ = [
    "Answer",
    "Answers",
    "Change",
    "Comparison",
    "Insurance",
    "Part",
    "Preparation",
    "Reason",
    "Scenario",
    "ScenarioError",
    "World",
    "answers",
    "compared",
    "insurances",
    "most_used_model",
    "read",
    "reasons",
    "shipped",
    "shipped_sha",
    "under",
]
