"""Prices put on counted usage: once, at the price of the day, kept; and the cause where the source says otherwise."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.models import F

from planner import services
from planner.engine.reconciling import Cause
from planner.jobs import LOST_AFTER, RunState
from planner.models import ReckonedDay, Reckoning
from planner.services import reckoning, ticking
from pricing import services as pricing_services
from pricing.models import Offer
from tests.factories import WorkloadFactory
from tests.planner.counted import MILLION, NOW, PRICED, bucket, prices, reckoned, source, standing
from tests.planner.records import senders
from workloads import signals
from workloads.models import UsageBucket, UsageRun, Workload

pytestmark = pytest.mark.django_db
MOVED = PRICED + timedelta(days=40)  # 11 October


def found() -> Any:
    """The one row that counts."""
    (row,) = standing()
    return row


def cause(**given: Any) -> tuple[str, str]:
    bucket(**given)
    reckoned()
    return found().cause, found().detail


def test_traffic_is_priced_at_the_price_of_its_day_and_the_prices_are_kept() -> None:
    prices()
    bot = WorkloadFactory()
    bucket(bot)
    assert reckoned().message == "1 new line, 0 changed, 0 priced otherwise."
    row = found()
    assert (row.workload, row.day, row.computed_usd, row.reported_usd) == (bot, date(2026, 10, 5), 4, 4)
    assert (row.cause, row.price_source, len(row.quotes)) == (Cause.SAME, "LiteLLM price file", 2)


def test_buckets_of_one_day_and_kind_are_one_line() -> None:
    prices()
    for _ in range(3):
        bucket()
    bucket(day=date(2026, 10, 6))
    reckoned()
    assert [(row.day.day, row.computed_usd) for row in standing()] == [(5, 12), (6, 4)]


def test_what_was_computed_stays_when_the_book_learns_another_price_for_the_past(omar: Any) -> None:
    prices()
    bucket()
    reckoned()
    own = {"input": Decimal(9), "output": Decimal(9)}
    pricing_services.enter_own_price(
        Offer.objects.get().pk,
        pricing_services.Price(own, "USD", date(2026, 10, 1)),
        reason="Contract.",
        source="4711",
        by=omar,
        as_of=NOW,
    )
    assert reckoned().counts == {"new": 0, "changed": 0, "priced": 0}
    assert found().computed_usd == 4
    again = reckoned(again=True, reason="Omar asked")
    assert (again.counts["priced"], found().computed_usd) == (1, 27)
    before = ReckonedDay.objects.exclude(superseded_at=None).get()
    assert (before.computed_usd, before.superseded_at) == (Decimal(4), NOW)


def test_what_was_unknown_is_tried_again_until_there_is_a_price() -> None:
    bucket()
    reckoned()
    assert (found().computed_usd, found().why) == (None, "The price book does not know llama at groq.")
    reckoned()
    assert ReckonedDay.objects.count() == 1
    prices()
    assert reckoned().counts["priced"] == 1
    assert found().computed_usd == 4


def test_before_the_first_price_that_one_stands_in_and_it_is_said() -> None:
    prices()
    bucket(day=date(2026, 8, 3))
    reckoned()
    assert (found().computed_usd, found().stand_in) == (4, True)
    assert found().why == "At the first price known, of 1 Sep 2026."


def test_late_data_and_traffic_given_to_another_workload_replace_a_line() -> None:
    prices()
    bot, other = WorkloadFactory(), WorkloadFactory()
    kept = bucket(bot)
    reckoned()
    bucket(bot)
    assert reckoned().counts["changed"] == 1
    assert found().computed_usd == 8
    UsageBucket.objects.update(workload=other)
    reckoned()
    assert (found().workload, found().computed_usd) == (other, 8)
    UsageBucket.objects.exclude(pk=kept.pk).delete()
    reckoned()
    assert found().computed_usd == 4


def test_a_workload_that_is_deleted_leaves_nothing_counted_twice() -> None:
    prices()
    bot = WorkloadFactory()
    bucket(bot)
    bucket()
    reckoned()
    Workload.objects.all().delete()
    reckoned()
    assert (found().workload, found().computed_usd) == (None, 8)


def test_a_sum_is_never_priced_by_size_and_the_dearer_price_is_named_as_the_cause() -> None:
    prices(input_cost_per_token_above_200k_tokens=4e-6)
    assert cause(cost_reported=Decimal(6)) == (Cause.LONG, "200000")


def test_prices_by_size_alone_are_no_price() -> None:
    prices(input_cost_per_token_above_200k_tokens=4e-6, input_cost_per_token=None, output_cost_per_token=None)
    name, detail = cause()
    assert (name, detail.startswith("Only prices by size")) == (Cause.NO_PRICE, True)


def test_a_source_without_a_cost_and_traffic_nobody_can_price_have_their_own_causes() -> None:
    prices()
    assert cause(cost_reported=None) == (Cause.NOT_REPORTED, "")


def test_neither_reported_nor_priced_says_why_there_is_no_price() -> None:
    assert cause(cost_reported=None) == (
        Cause.NOTHING_KNOWN,
        "The price book does not know llama at groq.",
    )


def test_a_cost_in_another_currency_needs_the_rate_of_its_day(omar: Any) -> None:
    prices()
    assert cause(cost_currency="EUR", cost_reported=Decimal("3.2")) == (Cause.NO_RATE, "EUR")
    rate = {"currency": "EUR", "usd_per_unit": Decimal("1.25"), "source": "ECB"}
    pricing_services.enter_rate(**rate, day=date(2026, 10, 1), by=omar, as_of=NOW)
    reckoned()
    assert (found().reported_usd, found().cause) == (4, Cause.SAME)


def test_euros_taken_for_dollars_are_recognised(omar: Any) -> None:
    prices()
    rate = {"currency": "EUR", "usd_per_unit": Decimal("1.25"), "source": "ECB"}
    pricing_services.enter_rate(**rate, day=date(2026, 10, 1), by=omar, as_of=NOW)
    assert cause(cost_reported=Decimal("3.2")) == (Cause.CURRENCY, "EUR")


def test_a_source_that_charges_the_price_of_before_a_move_is_recognised() -> None:
    prices()
    prices(MOVED, 1.2, 2)
    assert cause(day=date(2026, 10, 20), cost_reported=Decimal(4)) == (Cause.EARLIER_PRICE, "2026-10-11")
    assert found().computed_usd == Decimal("4.4")


def test_a_source_that_knew_the_new_price_before_the_book_is_recognised() -> None:
    prices()
    prices(MOVED, 1.2, 2)
    assert cause(cost_reported=Decimal("4.4")) == (Cause.LATER_PRICE, "2026-10-11")


CACHED = {"cache_read_input_token_cost": 0.1e-6}


@pytest.mark.parametrize(
    ("reported", "expected"),
    [
        ("3.1", Cause.SAME),
        ("4", Cause.CACHE_FULL),
        ("4.1", Cause.CACHE_TWICE),
        ("3", Cause.CACHE_LEFT_OUT),
        ("3.5", Cause.UNEXPLAINED),
    ],
)
def test_cached_tokens_counted_in_another_way_are_recognised(reported: str, expected: Cause) -> None:
    prices(**CACHED)
    assert cause(cached_input_tokens=MILLION, cost_reported=Decimal(reported))[0] == expected


def test_cached_tokens_without_a_price_in_the_book_explain_a_lower_cost() -> None:
    prices()
    assert cause(cached_input_tokens=MILLION, cost_reported=Decimal("3.1"))[0] == Cause.CACHE_UNPRICED


def test_batches_reasoning_and_failures_are_recognised() -> None:
    batches = {"input_cost_per_token_batches": 0.5e-6, "output_cost_per_token_batches": 1e-6}
    prices(**batches, output_cost_per_reasoning_token=2e-6)
    days = (date(2026, 10, number) for number in range(1, 6))
    bucket(day=next(days), cost_reported=Decimal(2))
    bucket(day=next(days), reasoning_tokens=MILLION // 2, cost_reported=Decimal(5))
    bucket(day=next(days), reasoning_tokens=MILLION // 2, cost_reported=Decimal(3))
    bucket(day=next(days), errors=20, cost_reported=Decimal("3.4"))
    bucket(day=next(days), dimensions={"metadata.batch": "true"}, cost_reported=Decimal(2))
    reckoned()
    assert [row.cause for row in standing()] == [
        Cause.BATCH,
        Cause.REASONING_TWICE,
        Cause.REASONING_LEFT_OUT,
        Cause.FAILED,
        Cause.SAME,
    ]


def test_other_service_tiers_are_not_priced_as_the_usual_one() -> None:
    prices()
    name, detail = cause(dimensions={"metadata.service_tier": "priority"})
    assert (name, detail) == (Cause.NO_PRICE, "Prices of the service tier priority are not used here.")


def test_costs_and_tokens_known_for_a_part_only_are_kept_apart() -> None:
    prices()
    bucket()
    bucket(cost_reported=None)
    bucket(input_tokens=None)
    reckoned()
    assert sorted((row.cause, row.computed_usd) for row in standing() if row.computed_usd) == [
        (Cause.NOT_REPORTED, 4),
        (Cause.SAME, 4),
    ]
    assert [row.why for row in standing() if not row.tokens_known] == [
        "The number of input tokens is not known."
    ]


def test_a_computed_amount_cannot_be_changed_or_deleted_by_plain_sql() -> None:
    prices()
    bucket()
    reckoned()
    with pytest.raises(DatabaseError), transaction.atomic():
        ReckonedDay.objects.update(computed_usd=F("computed_usd") * 2)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReckonedDay.objects.all().delete()


def test_asking_before_it_began_is_the_same_run_for_both_reasons(omar: Any) -> None:
    def ask(reason: str, **more: Any) -> Reckoning:
        return services.ask_reckoning(reason=reason, as_of=NOW, send=lambda _: None, **more)

    first = ask("new usage")
    second = ask("Omar asked", again=True, asked_by=omar)
    assert (second.pk, second.again, second.asked_by) == (first.pk, True, omar)
    assert second.reason == "new usage, Omar asked"
    services.run_reckoning(first.pk)
    assert ask("new usage").pk != first.pk


def test_new_usage_new_prices_and_traffic_that_moved_ask_for_it(
    django_capture_on_commit_callbacks: Any,
) -> None:
    run = UsageRun.objects.create(key="k", source=source(), as_of=NOW)
    with django_capture_on_commit_callbacks():
        signals.usage_ingested.send(sender=UsageRun, run_id=run.pk)
        signals.facts_changed.send(sender=Workload, workload_id=1)
    assert Reckoning.objects.get().reason == "new usage, facts changed"


def test_the_tick_asks_for_usage_counted_before_and_sends_lost_runs_again() -> None:
    sent: list[int] = []
    ticking.tick(NOW, senders())
    assert not Reckoning.objects.exists()
    bucket()
    ticking.tick(NOW, senders())
    run = Reckoning.objects.get()
    Reckoning.objects.update(state=RunState.RUNNING, heartbeat_at=NOW - 2 * LOST_AFTER)
    ticking.tick(NOW, senders(reckoning=sent.append))
    assert sent == [run.pk]


def test_an_error_of_the_program_keeps_what_stood(monkeypatch: pytest.MonkeyPatch) -> None:
    prices()
    bucket()
    reckoned()
    bucket()

    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(reckoning, "computed", broken)
    assert reckoned().state == RunState.FAILED
    assert found().computed_usd == 4


@pytest.mark.parametrize("many", [1, 3])
def test_a_reckoning_costs_as_many_queries_for_one_line_as_for_three(
    many: int, django_assert_num_queries: Any
) -> None:
    prices(**CACHED)
    for number in range(many):
        bucket(WorkloadFactory(), day=date(2026, 10, 1 + number), cost_reported=Decimal(7))
    run = services.ask_reckoning(reason="test", as_of=NOW, send=lambda _: None)
    with django_assert_num_queries(22):
        services.run_reckoning(run.pk)
