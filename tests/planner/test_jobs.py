"""The job model: one attempt at a time, late writers refused, what got lost is sent again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from planner import jobs
from workloads.models import UsageRun, UsageSource

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def run() -> UsageRun:
    source = UsageSource.objects.create(name="Gateway", kind="csv")
    return UsageRun.objects.create(key="one", source=source, as_of=NOW)


def lose(run: UsageRun) -> None:
    long_ago = timezone.now() - timedelta(minutes=1)
    UsageRun.objects.filter(pk=run.pk).update(heartbeat_at=long_ago)


def claimed(run: UsageRun) -> UsageRun:
    mine = UsageRun.claim(run.pk)
    assert mine is not None
    return mine


def test_a_run_is_claimed_once(run: UsageRun) -> None:
    assert claimed(run).attempt == 1
    assert UsageRun.claim(run.pk) is None


def test_a_lost_run_is_claimed_again_and_the_late_writer_is_refused(run: UsageRun) -> None:
    first = claimed(run)
    lose(run)
    second = claimed(run)
    with pytest.raises(jobs.SupersededError), transaction.atomic():
        first.fence(progress_done=10)
    second.fence(progress_done=20)
    run.refresh_from_db()
    assert (run.attempt, run.progress_done) == (2, 20)


def test_a_finished_run_is_not_claimed(run: UsageRun) -> None:
    claimed(run).finish("Nothing to do.")
    assert UsageRun.claim(run.pk) is None


def test_asking_twice_for_the_same_key_is_one_run_sent_once(
    run: UsageRun, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[int] = []
    with django_capture_on_commit_callbacks(execute=True):
        asked = [jobs.ask(UsageRun, "two", sent.append, source=run.source, as_of=NOW) for _ in range(2)]
    assert [created for _, created in asked] == [True, False]
    assert sent == [asked[0][0].pk]


def test_a_dead_broker_leaves_the_run_waiting_and_says_so(run: UsageRun) -> None:
    def refuse(pk: int) -> None:
        raise ConnectionError("no broker")

    assert jobs.send_run(run, refuse) is False
    run.refresh_from_db()
    assert (run.state, run.sent_at) == ("queued", None)
    assert run.message == "Waiting for the queue: the message broker does not answer."


def test_the_sweep_sends_again_what_was_never_sent(run: UsageRun) -> None:
    UsageRun.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    sent: list[int] = []
    assert jobs.sweep(UsageRun, sent.append) == 1
    assert sent == [run.pk]


def test_a_run_that_loses_its_worker_three_times_without_progress_fails(run: UsageRun) -> None:
    for _ in range(jobs.MAX_LOST_ATTEMPTS):
        claimed(run)
        lose(run)
        jobs.sweep(UsageRun, lambda pk: None)
        run.refresh_from_db()
    assert run.state == "failed"
    assert run.message.startswith("The worker was lost 3 times")


def test_moving_the_cursor_forgets_earlier_losses(run: UsageRun) -> None:
    claimed(run)
    lose(run)
    jobs.sweep(UsageRun, lambda pk: None)
    claimed(run).fence(cursor={"line": 100}, lost=0)
    run.refresh_from_db()
    assert run.lost == 0
