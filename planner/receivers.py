"""Listens to what workloads and pricing announce: each asks for a plan, and for prices on what was counted."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from planner import services
from planner.tasks import send_plan, send_reckoning
from pricing.signals import prices_changed
from workloads.signals import classification_decided, facts_changed, usage_ingested


def _ask(reason: str) -> None:
    services.ask_plan(reason=reason, as_of=timezone.now(), send=send_plan)


def _reckon(reason: str) -> None:
    services.ask_reckoning(reason=reason, as_of=timezone.now(), send=send_reckoning)


@receiver(prices_changed)
def plan_after_prices(**kwargs: Any) -> None:
    _ask("new prices")


@receiver(prices_changed)
def reckon_after_prices(**kwargs: Any) -> None:
    _reckon("new prices")


@receiver(usage_ingested)
def plan_after_usage(**kwargs: Any) -> None:
    _ask("new usage")


@receiver(usage_ingested)
def reckon_after_usage(**kwargs: Any) -> None:
    _reckon("new usage")


@receiver(classification_decided)
def plan_after_classification(**kwargs: Any) -> None:
    _ask("a classification changed")


@receiver(facts_changed)
def plan_after_facts(**kwargs: Any) -> None:
    _ask("facts changed")


@receiver(facts_changed)
def reckon_after_facts(**kwargs: Any) -> None:
    """Traffic may belong to another workload now."""
    _reckon("facts changed")
