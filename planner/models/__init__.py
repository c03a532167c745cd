from planner.models.decision import Decision, DecisionRecord
from planner.models.plan import PlanRun
from planner.models.policy import PolicyVersion
from planner.models.trigger import AnswerKind, TriggerAnswer, TriggerReading

__all__ = [
    "AnswerKind",
    "Decision",
    "DecisionRecord",
    "PlanRun",
    "PolicyVersion",
    "TriggerAnswer",
    "TriggerReading",
]
