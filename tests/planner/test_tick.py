"""What the scheduler does every few seconds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from planner import tasks
from planner.health import LAST_TICK
from planner.jobs import LOST_AFTER, RunState
from planner.models import PlanRun
from planner.services import ticking
from tests.factories import ClassificationFactory, SegmentFactory, UserFactory, WorkloadFactory
from tests.planner.records import plan, senders
from workloads.models.classification import ClassificationState

pytestmark = pytest.mark.django_db


def ticked() -> list[int]:
    sent: list[int] = []
    ticking.tick(timezone.now(), senders(plan=sent.append))
    return sent


def test_a_plan_that_lost_its_worker_is_sent_again() -> None:
    run = plan(state=RunState.RUNNING, heartbeat_at=timezone.now() - 2 * LOST_AFTER)
    assert run.pk in ticked()
    assert PlanRun.objects.get(pk=run.pk).state == RunState.QUEUED


def test_a_plan_that_lost_its_worker_three_times_fails_in_words() -> None:
    run = plan(state=RunState.RUNNING, heartbeat_at=timezone.now() - 2 * LOST_AFTER, lost=2)
    ticked()
    run.refresh_from_db()
    assert (run.state, run.message) == (
        RunState.FAILED,
        "The worker was lost 3 times without getting further. Nothing half-done was kept.",
    )


def test_an_approval_past_its_end_expires() -> None:
    yesterday = timezone.now() - timedelta(days=1)
    row = ClassificationFactory(
        segment=SegmentFactory(workload=WorkloadFactory()),
        state=ClassificationState.APPROVED,
        decided_by=UserFactory(),
        decided_at=yesterday,
        ends_on=yesterday.date(),
        snapshot={},
    )
    ticked()
    row.refresh_from_db()
    assert row.state == ClassificationState.EXPIRED


def test_the_task_leaves_the_moment_it_ran() -> None:
    cache.delete(LAST_TICK)
    tasks.tick()
    assert abs((timezone.now() - cache.get(LAST_TICK)).total_seconds()) < 60
