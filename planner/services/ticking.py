"""What the scheduler does every few seconds: send again what got lost, ask for what is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner import jobs
from planner.models import PlanRun, PolicyImpact
from planner.services import waivers
from planner.services.asking import ask_when_policy_changed
from planner.services.policy import activate_due
from pricing import services as pricing_services
from pricing.models import FeedRun
from workloads.models import UsageRun
from workloads.services import classification, usage

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    Send = Callable[[int], object]


def tick(as_of: datetime, *, send_plan: Send, send_feed: Send, send_usage: Send, send_impact: Send) -> None:
    """Lost runs are sent again, due pulls are asked for, what is past its end no longer holds, policies begin."""
    jobs.sweep(FeedRun, send_feed)
    jobs.sweep(UsageRun, send_usage)
    jobs.sweep(PlanRun, send_plan)
    jobs.sweep(PolicyImpact, send_impact)
    classification.expire_due(as_of)
    waivers.end_due(as_of, send_plan)
    activate_due(as_of, send_plan)
    pricing_services.due_feed_runs(as_of, send_feed)
    usage.due_usage_runs(as_of, send_usage)
    ask_when_policy_changed(as_of, send_plan)
