"""A whole plan replayed as a job."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from planner import services
from planner.jobs import LOST_AFTER, RunState
from planner.models import ReplayRun
from planner.services import proving
from tests.planner.records import decided, segment, senders
from tests.planner.test_plans import AS_OF, finished, workload

pytestmark = pytest.mark.django_db


def asked(plan: Any, by: Any) -> ReplayRun:
    return services.ask_replay(plan, as_of=AS_OF, asked_by=by, send=lambda _: None)


def replayed(plan: Any, by: Any) -> ReplayRun:
    run = asked(plan, by)
    services.run_replay(run.pk)
    run.refresh_from_db()
    return run


def test_every_record_of_a_plan_is_proved(adam: Any) -> None:
    for name in "ABC":
        workload(name)
    run = replayed(finished(), adam)
    assert (run.state, run.progress_done, run.progress_total, run.unproved) == (RunState.DONE, 3, 3, [])
    assert run.message == "3 records computed again, all equal to the byte."


def test_what_is_not_proved_is_kept_with_the_reason(adam: Any) -> None:
    bot = workload("Bot")
    plan = finished()
    other = workload("Older")
    old = decided(other, segment("2", "3r"), run=plan)
    run = replayed(plan, adam)
    assert run.message == "1 of 2 records equal to the byte, 1 not proved."
    (found,) = run.unproved
    assert (found["digest"], found["name"]) == (old.record_id, "Older")
    assert found["words"].startswith("It was made by engine 1")
    assert bot.name not in str(run.unproved)


def test_of_very_many_that_are_not_proved_the_first_are_named(
    adam: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proving, "NAMED", 1)
    plan = finished()
    for name in "AB":
        decided(workload(name), segment("2", "3r"), run=plan)
    run = replayed(plan, adam)
    assert (len(run.unproved), run.counts) == (1, {"unproved": 2})
    assert run.message == "0 of 2 records equal to the byte, 2 not proved."


def test_a_killed_replay_goes_on_after_the_last_batch(adam: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "BATCH", 1)
    for name in "ABC":
        workload(name)
    run = asked(finished(), adam)
    killed = ReplayRun.claim(run.pk)
    assert killed is not None
    assert proving.replay_next(killed, proving.begin(killed))
    services.run_replay(run.pk)  # somebody else while the first is alive: refused
    assert ReplayRun.objects.get(pk=run.pk).progress_done == 1
    ReplayRun.objects.filter(pk=run.pk).update(heartbeat_at=F("heartbeat_at") - 2 * LOST_AFTER)
    services.run_replay(run.pk)
    run.refresh_from_db()
    assert (run.state, run.attempt, run.progress_done) == (RunState.DONE, 2, 3)


def test_asking_again_before_it_ended_is_the_same_replay(adam: Any) -> None:
    workload("Bot")
    plan = finished()
    first = asked(plan, adam)
    assert asked(plan, adam).pk == first.pk
    services.run_replay(first.pk)
    assert asked(plan, adam).pk != first.pk


def test_an_auditor_replays_a_plan_in_the_browser(adam: Any) -> None:
    workload("Bot")
    plan, client = finished(), Client()
    client.force_login(adam)
    address = reverse("planner:replay_plan", args=[plan.pk])
    assert "Not replayed yet" in client.get(address).content.decode()
    assert client.post(address).status_code == 302
    run = plan.replays.get()
    assert "Waits for a worker." in client.get(address).content.decode()
    assert client.get(address, headers={"HX-Request": "true"}).status_code == 200
    services.run_replay(run.pk)
    answer = client.get(address, headers={"HX-Request": "true"})
    assert answer.status_code == 286
    assert "all equal to the byte" in answer.content.decode()
    assert "Replay all" in client.get(reverse("planner:run", args=[plan.pk])).content.decode()


def test_whoever_sees_one_team_only_may_not_replay_a_plan(ana: Any) -> None:
    workload("Bot")
    plan, client = finished(), Client()
    client.force_login(ana)
    assert client.post(reverse("planner:replay_plan", args=[plan.pk])).status_code == 403
    assert "Replay all" not in client.get(reverse("planner:run", args=[plan.pk])).content.decode()


def test_a_replay_that_lost_its_worker_is_sent_again(adam: Any) -> None:
    from planner.services import ticking  # noqa: PLC0415  beside the job it sweeps

    workload("Bot")
    run = asked(finished(), adam)
    long_ago = timezone.now() - 2 * LOST_AFTER
    ReplayRun.objects.update(state=RunState.RUNNING, heartbeat_at=long_ago)
    sent: list[int] = []
    ticking.tick(AS_OF, senders(replay=sent.append))
    assert sent == [run.pk]
