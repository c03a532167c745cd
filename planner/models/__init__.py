from planner.models.decision import Decision, DecisionRecord
from planner.models.plan import PlanRun
from planner.models.policy import PolicyVersion
from planner.models.replay import ReplayRun

__all__ = ["Decision", "DecisionRecord", "PlanRun", "PolicyVersion", "ReplayRun"]
