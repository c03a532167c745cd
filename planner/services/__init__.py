from planner.services.asking import ask_plan, ask_when_policy_changed, snapshot_named
from planner.services.outlooks import ask_outlook, outlook_here, run_outlook
from planner.services.plans import plan_here, run_plan
from planner.services.proving import ask_replay, run_replay
from planner.services.reckoning import ask_reckoning, reckon_here, run_reckoning

__all__ = [
    "ask_outlook",
    "ask_plan",
    "ask_reckoning",
    "ask_replay",
    "ask_when_policy_changed",
    "outlook_here",
    "plan_here",
    "reckon_here",
    "run_outlook",
    "run_plan",
    "run_reckoning",
    "run_replay",
    "snapshot_named",
]
