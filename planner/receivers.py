"""Listens to what workloads and pricing announce: each asks for a plan."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from planner import services
from planner.tasks import send_plan
from pricing.signals import prices_changed
from workloads.signals import classification_decided, facts_changed, usage_ingested


def _ask(reason: str) -> None:
    services.ask_plan(reason=reason, as_of=timezone.now(), send=send_plan)


@receiver(prices_changed)
def plan_after_prices(**kwargs: Any) -> None:
    _ask("new prices")


@receiver(usage_ingested)
def plan_after_usage(**kwargs: Any) -> None:
    _ask("new usage")


@receiver(classification_decided)
def plan_after_classification(**kwargs: Any) -> None:
    _ask("a classification changed")


@receiver(facts_changed)
def plan_after_facts(**kwargs: Any) -> None:
    _ask("facts changed")
