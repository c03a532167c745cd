"""Triggers over time: exactly once, sustained and cleared through the database, and what people say about them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, ProgrammingError, transaction
from django.http import Http404

from planner import access, services
from planner.engine.facts import Past
from planner.models import Decision, PlanRun, TriggerAnswer, TriggerReading
from planner.selectors import basis, current_decision, trigger_history
from planner.services import plans
from planner.services import triggers as trigger_services
from pricing import services as pricing_services
from tests.factories import SegmentFactory, WorkloadFactory
from workloads.models import Segment, Workload

pytestmark = pytest.mark.django_db
AS_OF = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)
WEEK = timedelta(weeks=1)


def workload(team: Any = None, **facts: object) -> Workload:
    """A bot on class 2 with a bill of its own."""
    over = {"team": team} if team else {}
    told = {"stage": "production", "tokens_month": 50_000_000, "current_class": "2"}
    found = WorkloadFactory(name="Bot", facts=told | {"api_spend_month": 4_000} | facts, **over)
    SegmentFactory(workload=found, name="all", facts={"task_type": "faq"})
    return found


def planned(as_of: datetime) -> PlanRun:
    run = services.ask_plan(
        reason="a test", as_of=as_of, snapshot=pricing_services.reference_snapshot_row(), send=lambda _: None
    )
    services.run_plan(run.pk)
    run.refresh_from_db()
    return run


def says(found: Workload, **facts: object) -> None:
    Workload.objects.filter(pk=found.pk).update(facts=found.facts | facts)


def trigger(found: Workload, pk: str = "TRG-462") -> dict[str, Any]:
    parts = current_decision(found).record.record["segments"]
    return next(each for each in parts[0]["triggers"] if each["id"] == pk)


def readings(pk: str = "TRG-462") -> list[tuple[str, date | None, float | None]]:
    rows = TriggerReading.objects.filter(trigger=pk).order_by("as_of", "run_id")
    return list(rows.values_list("state", "since", "value"))


def test_a_state_is_kept_when_it_changes_and_once_a_week() -> None:
    bot = workload()
    for day, spend in enumerate((4_000, 4_000, 9_000, 9_100, 12_000, 9_500, 8_000)):
        says(bot, api_spend_month=spend)
        planned(AS_OF + timedelta(days=day))
    assert readings() == [
        ("armed", date(2026, 1, 5), 4_000), ("near", date(2026, 1, 7), 9_000), ("fired", date(2026, 1, 9), 12_000),
        ("fired", date(2026, 1, 9), 9_500), ("resolved", date(2026, 1, 11), 8_000),
    ]  # fmt: skip
    planned(AS_OF + WEEK)
    assert readings()[-1] == ("resolved", date(2026, 1, 11), 8_000)
    assert len(readings()) == 6


def test_a_slow_answer_fires_in_its_second_week_and_its_record_says_from_what() -> None:
    bot = workload()
    Segment.objects.update(
        facts={"task_type": "faq", "latency_hard": True, "p95_target_ms": 500, "p95_measured_ms": 620}
    )
    planned(AS_OF)
    assert trigger(bot, "TRG-317")["state"] == "near"
    planned(AS_OF + WEEK)
    found = trigger(bot, "TRG-317")
    assert (found["state"], found["since"]) == ("fired", "2026-01-12")
    assert found["past"] == {"state": "near", "since": "2026-01-05", "crossings": [["2026-01-05", True]]}


def test_plans_of_one_moment_or_one_steady_day_say_the_same_and_keep_nothing_twice() -> None:
    bot = workload()
    first, again = planned(AS_OF), planned(AS_OF)
    assert [each.record_id for each in first.decisions.all()] == [
        each.record_id for each in again.decisions.all()
    ]
    later, evening = planned(AS_OF + timedelta(hours=1)), planned(AS_OF + timedelta(hours=9))
    assert [each.record_id for each in later.decisions.all()] == [
        each.record_id for each in evening.decisions.all()
    ]
    assert trigger(bot)["since"] == "2026-01-05"
    assert TriggerReading.objects.filter(run__in=[later, evening]).count() == 0


def test_a_run_that_starts_again_under_another_policy_keeps_its_readings_once() -> None:
    workload()
    run = planned(AS_OF)
    kept = readings()
    PlanRun.objects.filter(pk=run.pk).update(state="running", policy=None)
    run.refresh_from_db()
    plans.begin(run)
    assert (readings(), Decision.objects.count()) == ([], 0)
    while plans.decide_next(run):
        pass
    assert readings() == kept == [("armed", date(2026, 1, 5), 4_000)]


def test_a_batch_that_fails_keeps_neither_decision_nor_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    workload()
    asked = services.ask_plan(
        reason="a test", as_of=AS_OF, snapshot=pricing_services.reference_snapshot_row(), send=lambda _: None
    )
    run = PlanRun.claim(asked.pk)
    assert run is not None
    plans.begin(run)
    PlanRun.objects.filter(pk=run.pk).update(attempt=7)  # a newer attempt took over
    with pytest.raises(plans.SupersededError):
        plans.decide_next(run)
    assert (TriggerReading.objects.count(), Decision.objects.count()) == (0, 0)


def test_the_database_refuses_a_second_reading_of_a_run_and_any_change() -> None:
    workload()
    run = planned(AS_OF)
    row = TriggerReading.objects.filter(trigger="TRG-462").get()
    with pytest.raises(IntegrityError), transaction.atomic():
        TriggerReading.objects.create(
            segment=row.segment, trigger=row.trigger, run=run, as_of=AS_OF, state="armed", since=row.since
        )
    with pytest.raises(ProgrammingError), transaction.atomic():
        TriggerReading.objects.filter(pk=row.pk).update(state="fired")
    with pytest.raises(IntegrityError), transaction.atomic():
        TriggerReading.objects.create(segment=row.segment, trigger="X", run=run, as_of=AS_OF, state="armed")


def test_what_was_not_evaluated_leaves_the_past_as_it_was() -> None:
    bot = workload()
    Segment.objects.update(facts={"task_type": "faq"})
    says(bot, outage_minutes_month=60)
    planned(AS_OF)
    says(bot)
    planned(AS_OF + timedelta(days=1))
    assert [state for state, *_ in readings("RSK-432")] == ["fired", "not_evaluated"]
    run = PlanRun(as_of=AS_OF + timedelta(days=2))
    history = trigger_history.history_before(run, [bot.segments.get().pk], basis.policy())
    assert history.pasts[bot.segments.get().pk]["RSK-432"] == Past("fired", date(2026, 1, 5), ())


@pytest.mark.parametrize("parts", [1, 3])
def test_history_takes_three_queries(parts: int, django_assert_num_queries: Any) -> None:
    bot = workload()
    for number in range(1, parts):
        SegmentFactory(workload=bot, name=f"part {number}", share=1)
    run, ids, policy = planned(AS_OF), list(Segment.objects.values_list("pk", flat=True)), basis.policy()
    with django_assert_num_queries(3):
        trigger_history.history_before(run, ids, policy)


@pytest.fixture
def fired(team: Any) -> Segment:
    bot = workload(team, api_spend_month=12_000)
    planned(AS_OF)
    return bot.segments.get()


def say(segment: Segment, by: Any, kind: str, **over: Any) -> TriggerAnswer:
    return trigger_services.answer(segment, "TRG-462", by=by, kind=kind, as_of=AS_OF, **over)


def holding(segment: Segment, today: date = AS_OF.date()) -> set[str]:  # noqa: B008  a date never changes
    """What is said of the trigger as its decision stands."""
    found = trigger(segment.workload)
    stands = {(segment.pk, "TRG-462"): f"{found['state']} {found['since']}"}
    return {each.kind for each in trigger_history.answers_that_hold([segment.pk], stands, today).values()}


def test_a_snooze_holds_until_its_day(fired: Segment, ana: Any) -> None:
    say(fired, ana, "snoozed", reason="Contract ends in March.", until=date(2026, 3, 1))
    assert holding(fired, date(2026, 2, 28)) == {"snoozed"}
    assert holding(fired, date(2026, 3, 1)) == set()


def test_what_was_said_ends_when_the_trigger_fires_anew(fired: Segment, ana: Any) -> None:
    say(fired, ana, "resolved", reason="Moved to a smaller model.")
    assert holding(fired) == {"resolved"}
    for day, spend in ((1, 1_000), (2, 12_000)):
        says(fired.workload, api_spend_month=spend)
        planned(AS_OF + timedelta(days=day))
    assert trigger(fired.workload)["state"] == "fired"
    assert holding(fired) == set()


def test_saying_something_else_replaces_it_and_taking_it_back_is_kept_too(fired: Segment, ana: Any) -> None:
    say(fired, ana, "acknowledged")
    row = say(fired, ana, "snoozed", reason="Later.", until=date(2026, 2, 1))
    trigger_services.take_back(fired, "TRG-462")
    assert TriggerAnswer.objects.count() == 0
    events = row.events.model.objects.order_by("pgh_id").values_list("pgh_label", "kind")
    assert list(events) == [("insert", "acknowledged"), ("update", "snoozed"), ("delete", "snoozed")]


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"kind": "ignored"}, {"kind"}),
        ({"kind": "snoozed"}, {"until", "reason"}),
        ({"kind": "snoozed", "until": AS_OF.date(), "reason": "Later."}, {"until"}),
        ({"kind": "resolved", "reason": "  "}, {"reason"}),
    ],
)
def test_what_is_missing_is_named_by_field(
    fired: Segment, ana: Any, said: dict[str, Any], fields: set[str]
) -> None:
    with pytest.raises(ValidationError) as caught:
        say(fired, ana, **said)
    assert set(caught.value.message_dict) == fields
    assert TriggerAnswer.objects.count() == 0


def test_an_armed_trigger_asks_nothing(team: Any, ana: Any) -> None:
    bot = workload(team)
    planned(AS_OF)
    with pytest.raises(ValidationError, match="nothing to answer"):
        say(bot.segments.get(), ana, "acknowledged")


def test_architects_of_the_team_and_leaders_answer(
    fired: Segment, ana: Any, lena: Any, rita: Any, omar: Any, cleo: Any
) -> None:
    assert access.get_watched_for(ana, fired.pk) == fired
    assert access.get_watched_for(lena, fired.pk) == fired
    for watcher in (rita, omar):
        with pytest.raises(PermissionDenied):
            access.get_watched_for(watcher, fired.pk)
    with pytest.raises(Http404):
        access.get_watched_for(cleo, fired.pk)


@pytest.mark.parametrize(
    "broken",
    [
        {"kind": "snoozed", "reason": "Later."},
        {"kind": "acknowledged", "until": date(2026, 2, 1)},
        {"kind": "resolved", "reason": " "},
    ],
)
def test_the_database_refuses_what_the_service_would(
    fired: Segment, ana: Any, broken: dict[str, Any]
) -> None:
    fields = {"state": "fired", "since": AS_OF.date(), "by": ana, "said_at": AS_OF} | broken
    with pytest.raises(IntegrityError), transaction.atomic():
        TriggerAnswer.objects.create(segment=fired, trigger="TRG-462", **fields)
