"""A model its provider will end: feeds say so, and the trigger of every workload that runs on it fires."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from planner import services
from planner.selectors import current_decision
from planner.selectors.inputs import portfolio_inputs
from pricing import services as pricing_services
from pricing.models import Withdrawal
from tests.factories import SegmentFactory, WorkloadFactory
from tests.pricing.said import DAY, entry, litellm, pulled
from workloads.models import Segment, UsageBucket, UsageRun, UsageSource, Workload

pytestmark = pytest.mark.django_db
FACT = "deprecation_notice_open"
TOLD = {
    "stage": "production",
    "tokens_month": 50_000_000,
    "current_class": "2",
    "needs_programmatic_access": True,
}


def workload(name: str = "Bot", **facts: Any) -> Workload:
    found = WorkloadFactory(name=name, facts=TOLD | facts)
    SegmentFactory(workload=found, name="all", facts={"task_type": "faq"})
    return found


def uses(
    found: Workload, model: str, *, provider: str = "groq", days_ago: int = 1, segment: Segment | None = None
) -> None:
    """An hour of traffic to the model."""
    source, _ = UsageSource.objects.get_or_create(name="Gateway", defaults={"kind": "csv"})
    run, _ = UsageRun.objects.get_or_create(key="k", defaults={"source": source, "as_of": DAY})
    UsageBucket.objects.create(
        source=source,
        source_key=uuid4(),
        traffic_key=uuid4(),
        bucket_start=DAY - timedelta(days=days_ago),
        workload=found,
        segment=segment,
        provider=provider,
        model=model,
        input_tokens=300,
        output_tokens=100,
        run=run,
    )


def told(found: Workload, at: Any = DAY) -> Any:
    """What the engine reads of the first segment: value and who said it; None where nobody can tell."""
    ((_, given),) = portfolio_inputs([found], at)
    fact = given.segments[0].facts.get(FACT)
    return None if fact is None else (fact.value, fact.by)


def test_an_announced_end_of_the_model_in_use_is_a_fact_with_its_feed_and_day() -> None:
    litellm(llama=entry(1, 2, deprecation_date="2027-03-01"))
    bot = workload()
    uses(bot, "groq/llama")
    assert told(bot) == (True, "LiteLLM price file: llama at Groq ends on 1 Mar 2027")


def test_a_feed_that_says_deprecated_without_a_day_counts_too() -> None:
    cost = {"input": 1, "output": 2}
    model = {"cost": cost, "status": "deprecated", "open_weights": True}
    pulled("models-dev", DAY, {"groq": {"models": {"llama": model}}})
    bot = workload()
    uses(bot, "llama")
    assert told(bot) == (True, "models.dev: llama at Groq ends on a day it does not name")


def test_a_model_that_is_listed_without_an_end_has_none() -> None:
    litellm(llama=entry(1, 2))
    bot = workload()
    uses(bot, "llama")
    assert told(bot) == (False, "LiteLLM price file: llama at Groq is listed without an end")


@pytest.mark.parametrize(
    ("model", "provider", "days_ago"),
    [("unheard-of", "groq", 1), ("llama", "", 1), ("llama", "together", 1), ("llama", "groq", 60)],
)
def test_nothing_is_said_of_what_no_feed_knows(model: str, provider: str, days_ago: int) -> None:
    litellm(llama=entry(1, 2, deprecation_date="2027-03-01"))
    bot = workload()
    uses(bot, model, provider=provider, days_ago=days_ago)
    assert told(bot) is None


def test_silence_of_a_feed_that_was_read_long_ago_is_no_promise() -> None:
    litellm(llama=entry(1, 2))
    bot, later = workload(), DAY + timedelta(days=20)
    uses(bot, "llama")
    assert told(bot, later) is None


def test_an_end_that_was_taken_back_is_over() -> None:
    litellm(llama=entry(1, 2, deprecation_date="2027-03-01"))
    bot, later = workload(), DAY + timedelta(days=1)
    uses(bot, "llama")
    litellm(later, llama=entry(1, 2))
    assert (told(bot)[0], told(bot, later)[0]) == (True, False)
    assert Withdrawal.objects.get().taken_back_at == later


def test_another_day_is_news_and_the_first_one_stays_in_the_record() -> None:
    litellm(llama=entry(1, 2, deprecation_date="2027-03-01"))
    run = litellm(DAY + timedelta(days=1), llama=entry(1, 2, deprecation_date="2027-06-01"))
    assert run.counts["ends"] == 1
    assert [str(row.ends_on) for row in Withdrawal.objects.order_by("pk")] == ["2027-03-01", "2027-06-01"]
    assert Withdrawal.objects.filter(taken_back_at=None).count() == 1


def test_what_an_offer_no_longer_listed_was_said_to_be_stands() -> None:
    litellm(llama=entry(1, 2, deprecation_date="2027-03-01"), gemma=entry(1, 2))
    litellm(DAY + timedelta(days=1), gemma=entry(1, 2))
    assert Withdrawal.objects.get().taken_back_at is None


def test_each_part_hears_of_its_own_model_and_of_traffic_given_to_none() -> None:
    litellm(llama=entry(1, 2, deprecation_date="2027-03-01"), gemma=entry(1, 2))
    bot = workload()
    other = SegmentFactory(workload=bot, name="other", facts={"task_type": "faq"})
    uses(bot, "gemma", segment=bot.segments.get(name="all"))
    uses(bot, "llama", segment=other)
    ((_, given),) = portfolio_inputs([bot], DAY)
    assert [segment.facts[FACT].value for segment in given.segments] == [False, True]


def test_what_somebody_declared_stands_unless_a_feed_read_of_an_end() -> None:
    litellm(llama=entry(1, 2), gemma=entry(1, 2, deprecation_date="2027-03-01"))
    bot = workload(**{FACT: True})
    uses(bot, "llama")
    ((_, given),) = portfolio_inputs([bot], DAY)
    assert (FACT in given.segments[0].facts, given.facts[FACT].value) == (False, True)


def test_the_plan_fires_the_trigger_and_asks_for_an_answer() -> None:
    litellm(llama=entry(1, 2, deprecation_date="2027-03-01"))
    bot = workload()
    uses(bot, "llama")
    run = services.ask_plan(
        reason="test", as_of=DAY, snapshot=pricing_services.reference_snapshot_row(), send=lambda _: None
    )
    services.run_plan(run.pk)
    (segment,) = current_decision(bot).record.record["segments"]
    trigger = next(each for each in segment["triggers"] if each["id"] == "RSK-430")
    fact = next(each for each in segment["facts"] if each["name"] == FACT)
    assert trigger["state"] == "fired"
    assert fact["by"] == "LiteLLM price file: llama at Groq ends on 1 Mar 2027"


@pytest.mark.parametrize("count", [1, 3])
def test_notices_are_six_queries_however_many_workloads(count: int, django_assert_num_queries: Any) -> None:
    from planner.selectors.announced import with_notices  # noqa: PLC0415  beside the road it is usually taken on

    litellm(llama=entry(1, 2), gemma=entry(1, 2, deprecation_date="2027-03-01"))
    rows = [workload(f"Bot {number}") for number in range(count)]
    for row in rows:
        uses(row, "llama")
        uses(row, "gemma")
    given = portfolio_inputs(rows, DAY)
    with django_assert_num_queries(6):
        assert len(with_notices(given, DAY)) == count
