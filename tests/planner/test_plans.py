"""Plan runs with the shipped policy and the reference prices."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import InternalError, transaction
from django.db.models import F

from planner import services
from planner.jobs import LOST_AFTER, RunState
from planner.models import Decision, DecisionRecord, PlanRun, PolicyVersion
from planner.selectors import basis, current_decision, runs
from planner.services import plans
from pricing import services as pricing_services
from tests.factories import ClassificationFactory, SegmentFactory, WorkloadFactory
from workloads import signals
from workloads.models import Workload

pytestmark = pytest.mark.django_db
AS_OF = datetime(2026, 1, 22, 6, 0, tzinfo=UTC)


def workload(name: str, **facts: object) -> Workload:
    """A FAQ bot on 50 million tokens a month, with whatever else is said."""
    told = {
        "stage": "production",
        "tokens_month": 50_000_000,
        "current_class": "2",
        "needs_programmatic_access": True,
    }
    found = WorkloadFactory(name=name, facts=told | facts)
    SegmentFactory(workload=found, name="all", facts={"task_type": "faq"})
    return found


def ask(as_of: datetime = AS_OF, reason: str = "asked for") -> PlanRun:
    return services.ask_plan(
        reason=reason, as_of=as_of, snapshot=pricing_services.reference_snapshot_row(), send=lambda _: None
    )


def finished(as_of: datetime = AS_OF) -> PlanRun:
    run = ask(as_of)
    services.run_plan(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.DONE, run.message
    return run


def test_a_plan_decides_every_workload_in_use() -> None:
    bot, other = workload("Bot"), workload("Other")
    workload("Gone").__class__.objects.filter(name="Gone").update(archived_at=AS_OF)
    run = finished()
    assert set(run.decisions.values_list("workload", flat=True)) == {bot.pk, other.pk}
    assert (run.counts, run.progress_done, run.progress_total) == (
        {"decided": 2, "moved": 0, "failed": 0},
        2,
        2,
    )
    assert run.message == "2 workloads decided, none moved."
    assert current_decision(bot).record.record["snapshot"] == "reference-2026-01"


def test_the_same_inputs_give_the_same_digest_and_no_second_record() -> None:
    workload("Bot")
    first, second = finished(), finished()
    assert [each.record_id for each in first.decisions.all()] == [
        each.record_id for each in second.decisions.all()
    ]
    assert DecisionRecord.objects.count() == 1
    assert Decision.objects.count() == 2


def test_wrong_facts_of_one_workload_are_kept_as_its_error_and_stop_nobody() -> None:
    broken, fine = workload("Broken", tokens_month=-5), workload("Fine")
    run = finished()
    assert [each.workload for each in run.decisions.all()] == [fine]
    (error,) = run.errors
    assert (error["workload"], error["name"], error["fact"]) == (broken.pk, "Broken", "tokens_month")
    assert "-5" in error["message"]
    assert run.message == "1 workload decided, none moved, 1 could not be decided."


def test_a_killed_plan_goes_on_after_the_last_finished_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "BATCH", 1)
    names = [workload(name).name for name in ("A", "B", "C")]
    run = ask()
    killed = PlanRun.claim(run.pk)
    plans.begin(killed)
    assert plans.decide_next(killed)
    services.run_plan(run.pk)  # somebody else while the first is alive: refused
    assert run.decisions.count() == 1
    PlanRun.objects.filter(pk=run.pk).update(heartbeat_at=F("heartbeat_at") - 2 * LOST_AFTER)
    services.run_plan(run.pk)
    run.refresh_from_db()
    assert [str(each.workload) for each in run.decisions.order_by("workload__name")] == names
    assert (run.state, run.attempt, run.counts["decided"]) == (RunState.DONE, 2, 3)


def test_a_late_attempt_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "BATCH", 1)
    workload("A")
    late = PlanRun.claim(ask().pk)
    plans.begin(late)
    PlanRun.objects.filter(pk=late.pk).update(attempt=7)
    with pytest.raises(plans.SupersededError), transaction.atomic():
        plans.decide_next(late)
    assert Decision.objects.count() == 0


def test_asking_before_a_plan_begins_joins_it_with_the_later_moment() -> None:
    first = services.ask_plan(reason="new prices", as_of=AS_OF, send=lambda _: None)
    later = AS_OF + timedelta(minutes=5)
    second = services.ask_plan(reason="new usage", as_of=later, send=lambda _: None)
    assert (second.pk, second.reason, second.as_of) == (first.pk, "new prices, new usage", later)


def test_asking_after_a_plan_began_is_another_plan() -> None:
    first = ask()
    PlanRun.claim(first.pk)
    assert ask().pk != first.pk


def test_what_moved_is_kept_with_the_decision() -> None:
    bot = workload("Bot", data_policy_defined=True)
    finished()
    Workload.objects.filter(pk=bot.pk).update(
        facts=bot.facts | {"tokens_month": None, "needs_programmatic_access": True}
    )
    before = current_decision(bot).record.record["segments"][0]
    ClassificationFactory(
        segment=bot.segments.get(), facts={"data_tags": ["itar"], "stance": "technical", "regimes": ["itar"]}
    )
    Workload.objects.filter(pk=bot.pk).update(facts=bot.facts)
    run = finished()
    decision = current_decision(bot)
    after = decision.record.record["segments"][0]
    assert before["target"] != after["target"]
    assert decision.moves == [
        {
            "segment": "all",
            "was": {key: before[key] for key in ("status", "now", "target")},
            "is": {key: after[key] for key in ("status", "now", "target")},
        }
    ]
    assert run.counts["moved"] == 1
    assert runs.moved_lines(run)[0].startswith("Bot / all: ")


def test_a_waiting_classification_is_decided_both_ways() -> None:
    bot = workload("Bot")
    ClassificationFactory(segment=bot.segments.get(), facts={"data_tags": ["public"]})
    finished()
    decision = current_decision(bot)
    assert decision.record.record["segments"][0]["classification"] == "proposed"
    assert decision.if_approved.record["segments"][0]["classification"] == "approved"


def test_nothing_said_about_the_data_has_one_answer() -> None:
    bot = workload("Bot")
    finished()
    assert current_decision(bot).if_approved is None


def test_a_record_and_a_policy_cannot_be_changed() -> None:
    workload("Bot")
    finished()
    for change in (
        lambda: DecisionRecord.objects.update(record={}),
        lambda: PolicyVersion.objects.update(version="other"),
        lambda: PolicyVersion.objects.all().delete(),
    ):
        with pytest.raises((InternalError, Exception), match=r"Cannot|protected"), transaction.atomic():
            change()


def test_the_kept_policy_proves_its_own_hash() -> None:
    workload("Bot")
    kept = finished().policy
    canonical = json.dumps(kept.document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(canonical.encode()).hexdigest() == kept.sha == basis.policy().sha


@pytest.mark.parametrize(
    ("announce", "reason"),
    [
        (lambda: signals.facts_changed.send(sender=None, workload_id=1), "facts changed"),
        (lambda: signals.usage_ingested.send(sender=None, run_id=1), "new usage"),
        (
            lambda: signals.classification_decided.send(sender=None, segment_id=1, state="approved"),
            "a classification changed",
        ),
    ],
)
def test_what_is_announced_asks_for_a_plan(announce: object, reason: str) -> None:
    announce()  # type: ignore[operator]
    assert [run.reason for run in PlanRun.objects.all()] == [reason]


def test_new_prices_ask_for_a_plan() -> None:
    from pricing.signals import prices_changed  # noqa: PLC0415  two modules are called signals

    prices_changed.send(sender=None, run_id=1)
    assert [run.reason for run in PlanRun.objects.all()] == ["new prices"]


def test_a_new_policy_asks_for_one_plan() -> None:
    workload("Bot")
    run = finished()
    assert services.ask_when_policy_changed(AS_OF, lambda _: None) is None
    other = PolicyVersion.objects.create(sha="b" * 64, version="old", document={}, first_used_at=AS_OF)
    PlanRun.objects.filter(pk=run.pk).update(policy=other)
    asked = services.ask_when_policy_changed(AS_OF, lambda _: None)
    assert asked.reason == "new policy"
    assert services.ask_when_policy_changed(AS_OF, lambda _: None) is None


def test_the_command_plans_now_and_prints_the_outcome() -> None:
    workload("Bot")
    workload("Broken", tokens_month=-5)
    out, err = StringIO(), StringIO()
    call_command("plan", "--snapshot", "reference-2026-01", "--as-of", "2026-01-22", stdout=out, stderr=err)
    assert out.getvalue().splitlines()[-1] == "1 workload decided, none moved, 1 could not be decided."
    assert err.getvalue().startswith("Broken: ")


def test_the_command_names_the_snapshots_it_knows() -> None:
    pricing_services.reference_snapshot_row()
    with pytest.raises(CommandError, match=r"No snapshot is called 'spring'. Known: reference-2026-01\."):
        call_command("plan", "--snapshot", "spring")


def test_a_kept_policy_is_read_again_as_it_was() -> None:
    shipped = basis.policy()
    plans.keep_policy(shipped, AS_OF)
    again = basis.policy_of(shipped.sha)
    assert again.sha == shipped.sha
    assert again.figures(AS_OF.date()) == shipped.figures(AS_OF.date())
