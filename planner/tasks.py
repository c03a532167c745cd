"""Celery tasks: each reads the clock where it must and makes one service call."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from planner import services
from planner.health import LAST_TICK
from planner.services import policy, ticking
from pricing import tasks as pricing_tasks
from workloads import tasks as workloads_tasks


@shared_task(name="planner.run_plan")
def run_plan(*, run_id: int, **kwargs: Any) -> None:
    services.run_plan(run_id)


@shared_task(name="planner.run_impact")
def run_impact(*, run_id: int, **kwargs: Any) -> None:
    policy.run_impact(run_id)


@shared_task(name="planner.run_replay")
def run_replay(*, run_id: int, **kwargs: Any) -> None:
    services.run_replay(run_id)


@shared_task(name="planner.run_outlook")
def run_outlook(*, run_id: int, **kwargs: Any) -> None:
    services.run_outlook(run_id)


@shared_task(name="planner.run_reckoning")
def run_reckoning(*, run_id: int, **kwargs: Any) -> None:
    services.run_reckoning(run_id)


@shared_task(name="planner.tick")
def tick(**kwargs: Any) -> None:
    now = timezone.now()
    ticking.tick(
        now,
        ticking.Senders(
            plan=send_plan,
            replay=send_replay,
            impact=send_impact,
            outlook=send_outlook,
            reckoning=send_reckoning,
            feed=send_feed,
            usage=send_usage,
        ),
    )
    cache.set(LAST_TICK, now)


def send_plan(pk: int) -> None:
    run_plan.delay(run_id=pk)


def send_impact(pk: int) -> None:
    run_impact.delay(run_id=pk)


def send_outlook(pk: int) -> None:
    run_outlook.delay(run_id=pk)


def send_reckoning(pk: int) -> None:
    run_reckoning.delay(run_id=pk)


def send_replay(pk: int) -> None:
    run_replay.delay(run_id=pk)


def send_feed(pk: int) -> None:
    pricing_tasks.pull_feed.delay(run_id=pk)


def send_usage(pk: int) -> None:
    workloads_tasks.run_usage.delay(run_id=pk)
