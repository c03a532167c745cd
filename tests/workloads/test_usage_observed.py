"""Measured usage as facts: a month of data, enough of it, per workload and per segment."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from statistics import stdev
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from workloads.models import UsageBucket, UsageRun, UsageSource, Workload
from workloads.selectors.usage import observed_facts, pages, spend_by_workload

pytestmark = pytest.mark.django_db
END = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
HOURS = 730  # of a month, as machines are billed; data is of 720 at most


def fill(workload: Workload, days: int, *, end: datetime = END, **figures: Any) -> None:
    """One bucket per hour of the DAYS before END."""
    source, _ = UsageSource.objects.get_or_create(name="Gateway", defaults={"kind": "csv"})
    run, _ = UsageRun.objects.get_or_create(key="k", defaults={"source": source, "as_of": END})
    given = {
        "input_tokens": 300,
        "output_tokens": 100,
        "requests": 2,
        "cost_reported": Decimal("0.5"),
    } | figures
    UsageBucket.objects.bulk_create(
        UsageBucket(
            source=source,
            source_key=uuid4(),
            traffic_key=uuid4(),
            bucket_start=end - timedelta(hours=hour + 1),
            workload=workload,
            model="m",
            cost_currency="USD" if given["cost_reported"] is not None else "",
            run=run,
            **given,
        )
        for hour in range(24 * days)
    )


def values(workload: Workload, segment_id: int | None = None, as_of: datetime = END) -> dict[str, Any]:
    facts = observed_facts([workload], as_of).of(workload.pk, segment_id)
    return {name: fact.value for name, fact in facts.items()}


def test_a_workload_is_measured_over_its_last_thirty_days_for_a_month_of_billed_hours() -> None:
    workload = factories.WorkloadFactory()
    fill(workload, 90)
    assert values(workload) == {
        "tokens_month": 400 * HOURS,
        "peak_to_avg": 1.0,
        "api_spend_month": 365.0,
        "growth_pct_month": 0.0,
        "volume_swing_pct": 0,
    }


def test_the_swing_is_the_spread_of_the_weeks_about_their_trend() -> None:
    workload = factories.WorkloadFactory()
    for week in range(9):
        fill(workload, 7, end=END - timedelta(weeks=week), output_tokens=500 if week % 2 else 100)
    steps = [math.log(2) * (1 if week % 2 else -1) for week in range(8)]
    assert values(workload)["volume_swing_pct"] == round(100 * stdev(steps) * math.sqrt(HOURS / (7 * 24)), 1)


@pytest.mark.parametrize("missing", [1, 4])
def test_a_week_without_traffic_is_a_gap_and_no_swing(missing: int) -> None:
    workload = factories.WorkloadFactory()
    for week in range(9):
        if week != missing:
            fill(workload, 7, end=END - timedelta(weeks=week))
    assert "volume_swing_pct" not in values(workload)


def test_seven_weeks_say_nothing_about_the_swing() -> None:
    workload = factories.WorkloadFactory()
    fill(workload, 55)
    assert "volume_swing_pct" not in values(workload)


def test_a_fact_says_where_it_was_measured() -> None:
    workload = factories.WorkloadFactory()
    fill(workload, 90)
    fact = observed_facts([workload], END).of(workload.pk, None)["tokens_month"]
    assert (fact.source, fact.by, fact.at) == (
        "observed",
        "Gateway: 30 days to 2026-03-02 00:00 UTC",
        END.date(),
    )


def test_a_segment_has_its_share_of_traffic_nobody_gave_to_a_segment() -> None:
    workload = factories.WorkloadFactory()
    small, large = (factories.SegmentFactory(workload=workload, share=share) for share in (25, 75))
    fill(workload, 30, cached_input_tokens=60)
    assert values(workload, small.pk) == {
        "input_tokens_month": 300 * HOURS // 4,
        "output_tokens_month": 100 * HOURS // 4,
        "requests_month": 365,
        "cached_input_share": 20.0,
    }
    assert values(workload, large.pk)["requests_month"] == 1095


def test_what_the_traffic_does_not_say_is_no_measured_zero() -> None:
    workload = factories.WorkloadFactory()
    segment = factories.SegmentFactory(workload=workload, share=100)
    fill(workload, 30, input_tokens=None, output_tokens=None, requests=None)
    assert values(workload) == {"api_spend_month": 365.0}
    assert values(workload, segment.pk) == {}


def test_shares_of_the_input_are_of_the_input_whose_part_was_reported() -> None:
    workload = factories.WorkloadFactory()
    segment = factories.SegmentFactory(workload=workload, share=100)
    fill(workload, 30)
    assert not {"cached_input_share", "cache_write_share"} & values(workload, segment.pk).keys()
    half = UsageBucket.objects.filter(bucket_start__gte=END - timedelta(days=15))
    half.update(cached_input_tokens=60, cache_write_tokens=30)
    found = values(workload, segment.pk)
    assert (found["cached_input_share"], found["cache_write_share"]) == (20.0, 10.0)


def test_a_month_without_traffic_is_a_measured_zero() -> None:
    silent, busy = factories.WorkloadFactory(), factories.WorkloadFactory()
    fill(busy, 60)
    fill(silent, 10, end=END - timedelta(days=40))
    assert values(silent)["tokens_month"] == 0


def test_a_segment_with_traffic_of_its_own_has_that_too() -> None:
    workload = factories.WorkloadFactory()
    one, two = (factories.SegmentFactory(workload=workload, share=50) for _ in range(2))
    fill(workload, 30)
    UsageBucket.objects.filter(bucket_start__gte=END - timedelta(days=10)).update(segment=one)
    assert values(workload, one.pk)["requests_month"] == round((2 * 240 + 480) * HOURS / 720)
    assert values(workload, two.pk)["requests_month"] == round(480 * HOURS / 720)


def test_ten_days_are_read_as_a_month_and_six_are_not_enough() -> None:
    ten, six = factories.WorkloadFactory(), factories.WorkloadFactory()
    fill(ten, 10)
    fill(six, 6)
    assert values(ten)["tokens_month"] == 400 * HOURS
    assert "growth_pct_month" not in values(ten)
    assert values(six) == {}


def test_a_feed_that_stopped_does_not_look_like_falling_use() -> None:
    workload = factories.WorkloadFactory()
    fill(workload, 60)
    assert values(workload, as_of=END + timedelta(days=20))["tokens_month"] == 400 * HOURS
    assert values(workload, as_of=END + timedelta(days=31)) == {}


def test_a_workload_that_fell_silent_while_its_source_goes_on_is_falling() -> None:
    workload, other = factories.WorkloadFactory(), factories.WorkloadFactory()
    fill(workload, 60, end=END - timedelta(days=15))
    fill(other, 60)
    assert values(workload)["tokens_month"] == 400 * HOURS / 2


def test_growth_is_measured_in_whole_weeks() -> None:
    workload = factories.WorkloadFactory()
    fill(workload, 60)
    UsageBucket.objects.filter(bucket_start__gte=END - timedelta(days=28)).update(input_tokens=340)
    assert values(workload)["growth_pct_month"] == round(100 * (1.1 ** (HOURS / (28 * 24)) - 1), 1)


def test_the_peak_is_the_hour_one_in_a_hundred_exceeds() -> None:
    workload = factories.WorkloadFactory()
    fill(workload, 30)
    busy = [END - timedelta(hours=24 * day + 10) for day in range(8)]
    UsageBucket.objects.filter(bucket_start__in=busy).update(input_tokens=1500)
    average = (8 * 1600 + 712 * 400) / 720
    assert values(workload)["peak_to_avg"] == round(1600 / average, 2)


@pytest.mark.parametrize(
    "figures",
    [
        {"cost_reported": None},
        {"cost_reported": Decimal(1), "cost_currency": "EUR"},
        {"cost_reported": None, "input_tokens": None, "output_tokens": None},
    ],
)
def test_a_bill_that_is_not_wholly_known_is_no_fact(figures: dict[str, Any]) -> None:
    workload = factories.WorkloadFactory()
    fill(workload, 30)
    last = UsageBucket.objects.latest("bucket_start")
    UsageBucket.objects.filter(pk=last.pk).update(**figures)
    assert "api_spend_month" not in values(workload)
    assert spend_by_workload(END) == {}


def test_an_hour_without_traffic_needs_no_cost() -> None:
    workload = factories.WorkloadFactory()
    fill(workload, 30)
    UsageBucket.objects.filter(pk=UsageBucket.objects.latest("bucket_start").pk).update(
        input_tokens=0, output_tokens=0, cost_reported=None
    )
    assert values(workload)["api_spend_month"] == round(0.5 * 719 * HOURS / 720, 2)


def test_the_bill_of_a_month_is_the_fact_of_each_workload() -> None:
    dear, eight_days, unpriced, partly, six_days = (factories.WorkloadFactory() for _ in range(5))
    fill(dear, 90)
    fill(eight_days, 8)
    fill(unpriced, 90, cost_reported=None)
    fill(partly, 15)
    fill(partly, 15, end=END - timedelta(days=15), cost_reported=None)
    fill(six_days, 6)
    assert spend_by_workload(END) == {dear.pk: Decimal(365), eight_days.pk: Decimal(365)}
    for workload in (dear, eight_days, unpriced, partly, six_days):
        assert values(workload).get("api_spend_month") == spend_by_workload(END).get(workload.pk)


def test_the_bill_of_a_feed_that_stopped_longer_than_a_month_ago_is_not_known() -> None:
    fill(factories.WorkloadFactory(), 60)
    assert spend_by_workload(END + timedelta(days=30)) != {}
    assert spend_by_workload(END + timedelta(days=31)) == {}


def test_the_bills_of_all_workloads_take_three_queries(django_assert_num_queries: Any) -> None:
    for _ in range(3):
        fill(factories.WorkloadFactory(), 10)
    with django_assert_num_queries(3):
        spend_by_workload(END)


def test_facts_take_as_many_queries_for_three_workloads_as_for_one() -> None:
    workloads = [factories.SegmentFactory().workload for _ in range(3)]
    for workload in workloads:
        fill(workload, 10)
    for some in (workloads[:1], workloads):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            observed_facts(some, END)
        assert len(queries) == 6


def test_days_are_summed_for_charts() -> None:
    workload = factories.WorkloadFactory()
    fill(workload, 2)
    days = pages.daily_usage(workload, END - timedelta(days=10), END)
    assert [(str(day.day), day.input_tokens, day.output_tokens, day.requests, day.cost) for day in days] == [
        ("2026-02-28", 7200, 2400, 48, Decimal(12)),
        ("2026-03-01", 7200, 2400, 48, Decimal(12)),
    ]
