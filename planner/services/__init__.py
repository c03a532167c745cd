from planner.services.asking import ask_plan, ask_when_policy_changed, snapshot_named
from planner.services.plans import plan_here, run_plan

__all__ = ["ask_plan", "ask_when_policy_changed", "plan_here", "run_plan", "snapshot_named"]
