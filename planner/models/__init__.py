from planner.models.activation import PolicyActivation
from planner.models.benchmark import OwnBenchmark, OwnBenchmarkEvent
from planner.models.decision import Decision, DecisionRecord
from planner.models.draft import (
    DraftEvent,
    DraftState,
    ImpactOpened,
    ImpactRow,
    PolicyApproval,
    PolicyDraft,
    PolicyEdit,
    PolicyImpact,
)
from planner.models.outlook import Outlook, OutlookRow
from planner.models.plan import PlanRun
from planner.models.policy import PolicyVersion
from planner.models.reckoned import ReckonedDay, Reckoning
from planner.models.replay import ReplayRun
from planner.models.trigger import AnswerKind, TriggerAnswer, TriggerReading
from planner.models.waiver import Waiver, WaiverEvent, WaiverState

__all__ = [
    "AnswerKind",
    "Decision",
    "DecisionRecord",
    "DraftEvent",
    "DraftState",
    "ImpactOpened",
    "ImpactRow",
    "Outlook",
    "OutlookRow",
    "OwnBenchmark",
    "OwnBenchmarkEvent",
    "PlanRun",
    "PolicyActivation",
    "PolicyApproval",
    "PolicyDraft",
    "PolicyEdit",
    "PolicyImpact",
    "PolicyVersion",
    "ReckonedDay",
    "Reckoning",
    "ReplayRun",
    "TriggerAnswer",
    "TriggerReading",
    "Waiver",
    "WaiverEvent",
    "WaiverState",
]
