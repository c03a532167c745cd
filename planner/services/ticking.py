"""What the scheduler does every few seconds: send again what got lost, ask for what is due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner import jobs
from planner.models import Outlook, PlanRun, PolicyImpact, Reckoning, ReplayRun
from planner.services import outlooks, reckoning, waivers
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


@dataclass(frozen=True)
class Senders:
    """What hands a run to a worker, by kind of run."""

    plan: Send
    replay: Send
    impact: Send
    outlook: Send
    reckoning: Send
    feed: Send
    usage: Send


def tick(as_of: datetime, send: Senders) -> None:
    """Lost runs are sent again, due pulls are asked for, what is past its end no longer holds, policies begin."""
    jobs.sweep(FeedRun, send.feed)
    jobs.sweep(UsageRun, send.usage)
    jobs.sweep(PlanRun, send.plan)
    jobs.sweep(ReplayRun, send.replay)
    jobs.sweep(PolicyImpact, send.impact)
    jobs.sweep(Outlook, send.outlook)
    jobs.sweep(Reckoning, send.reckoning)
    classification.expire_due(as_of)
    waivers.end_due(as_of, send.plan)
    activate_due(as_of, send.plan)
    pricing_services.due_feed_runs(as_of, send.feed)
    usage.due_usage_runs(as_of, send.usage)
    ask_when_policy_changed(as_of, send.plan)
    outlooks.ask_when_planned(as_of, send.outlook)
    reckoning.ask_when_never(as_of, send.reckoning)
