"""What traffic cost: at the base price of its own day, each token once, and unknown where nobody can tell."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pricing import services
from pricing.models import Conflict, Offer
from pricing.selectors import Priced, Traffic, cost_of, costs_of
from tests.pricing.said import DAY, TODAY, entry, genai, litellm, pulled

pytestmark = pytest.mark.django_db
MILLION = 1_000_000
SOME = {"input": 2 * MILLION, "output": MILLION}


def cost(
    tokens: dict[str, int | None] | None = None, *, model: str = "llama", day: date = TODAY, **other: Any
) -> Priced:
    """Two million in, one million out of the model at Groq on DAY."""
    at_first_known = other.pop("at_first_known", False)
    traffic = Traffic(other.pop("provider", "groq"), model, day, SOME if tokens is None else tokens, **other)
    return cost_of(traffic, at_first_known=at_first_known)


def test_tokens_cost_what_the_book_says() -> None:
    litellm(llama=entry(0.5, 2))
    found = cost()
    assert (found.usd, found.why, found.source) == (Decimal(3), "", "LiteLLM price file")
    assert len(found.quotes) == 2


def test_a_source_may_call_provider_and_model_as_it_likes() -> None:
    prices = {"input_mtok": 1, "output_mtok": 1}
    pulled(
        "genai-prices", DAY, [{"id": "groq", "models": [{"id": "llama-3.1-8b-instant", "prices": prices}]}]
    )
    assert cost(model="groq/llama-3.1-8b-instant", provider="Groq").usd == 3


def test_parts_are_taken_out_of_the_whole_and_paid_for_once() -> None:
    litellm(
        llama=entry(
            1,
            10,
            cache_read_input_token_cost=0.1e-6,
            cache_creation_input_token_cost=1.25e-6,
            output_cost_per_reasoning_token=20e-6,
        )
    )
    tokens = {
        "input": 10 * MILLION,
        "cached_input": 6 * MILLION,
        "cache_write": 2 * MILLION,
        "output": 3 * MILLION,
        "reasoning": MILLION,
    }
    assert cost(tokens).usd == 2 * 1 + 6 * Decimal("0.1") + 2 * Decimal("1.25") + 2 * 10 + 1 * 20


def test_a_kind_without_a_price_costs_what_the_whole_costs_and_that_is_said() -> None:
    litellm(llama=entry(1, 2))
    found = cost(SOME | {"cached_input": MILLION})
    assert (found.usd, found.why) == (Decimal(4), "No price for cached input: counted at that of input.")


def test_a_sum_of_requests_is_priced_at_the_base_whatever_its_size() -> None:
    litellm(llama=entry(1.25, 10, input_cost_per_token_above_200k_tokens=2.5e-6))
    found = cost({"input": 250_000, "output": 0})
    assert found.usd == Decimal("0.3125")
    assert found.why == "At the base price; a request from 200,000 tokens on costs more."


def test_only_prices_by_size_or_hour_are_no_price_for_a_sum() -> None:
    litellm(
        llama=entry(0, 0, input_cost_per_token_above_200k_tokens=2.5e-6)
        | {"input_cost_per_token": None, "output_cost_per_token": None}
    )
    found = cost()
    assert (found.usd, found.quotes) == (None, ())
    assert found.why.startswith("Only prices by size of request or hour of the day are known")


def test_a_price_that_depends_on_the_hour_cannot_be_put_on_a_sum() -> None:
    services.pull_here("genai-prices", as_of=DAY, source="shipped")
    found = cost(provider="deepseek", model="deepseek-chat")
    assert (found.usd, "depends on the hour" in found.why) == (None, True)


def test_batches_have_their_own_price_or_none() -> None:
    litellm(llama=entry(1, 2))
    assert (cost(batch=True).usd, cost(batch=True).why) == (None, "No price for batches is known.")
    litellm(
        DAY + timedelta(days=1),
        llama=entry(1, 2, input_cost_per_token_batches=0.5e-6, output_cost_per_token_batches=1e-6),
    )
    assert cost(batch=True, day=TODAY + timedelta(days=1)).usd == 2
    assert cost(day=TODAY + timedelta(days=1)).usd == 4


def test_each_day_is_priced_as_it_was() -> None:
    litellm(llama=entry(1, 2))
    litellm(DAY + timedelta(days=9), llama=entry(1.2, 2))
    asked = [Traffic("groq", "llama", TODAY + timedelta(days=days), SOME) for days in (0, 8, 9)]
    assert [found.usd for found in costs_of(asked)] == [Decimal(4), Decimal(4), Decimal("4.4")]


def test_before_the_first_price_nobody_knows_unless_that_one_may_stand_in() -> None:
    litellm(llama=entry(1, 2))
    before = TODAY - timedelta(days=90)
    assert cost(day=before).why == "No price is known for 23 Aug 2026."
    stood_in = cost(day=before, at_first_known=True)
    assert (stood_in.usd, stood_in.why) == (Decimal(4), "At the first price known, of 21 Nov 2026.")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"provider": ""}, "does not say which provider"),
        ({"model": "unheard-of"}, "The price book does not know unheard-of at groq."),
        ({"region": "eu"}, "does not know llama at groq in eu."),
        ({"tokens": {"input": None, "output": 3}}, "The number of input tokens is not known."),
        ({"tokens": {"input": 1, "cached_input": 3, "output": 3}}, "contradicts itself"),
    ],
)
def test_what_cannot_be_priced_says_why(asked: dict[str, Any], words: str) -> None:
    litellm(llama=entry(1, 2))
    found = cost(**asked)
    assert (found.usd, found.is_known, words in found.why) == (None, False, True)


def test_nothing_was_used_costs_nothing() -> None:
    litellm(llama=entry(1, 2))
    assert cost({"input": 0, "output": 0}).usd == 0


def test_an_own_price_and_a_choice_count_here_as_everywhere(omar: Any) -> None:
    litellm(llama=entry(1, 2))
    genai(llama=(1.1, 2))
    services.choose_feed(Conflict.objects.get().pk, "litellm", reason="Right.", by=omar, as_of=DAY)
    assert cost().usd == 4
    later = DAY + timedelta(days=1)
    services.enter_own_price(
        Conflict.objects.get().offer_id,
        services.Price({"input": Decimal("0.4"), "output": Decimal("0.8")}, "USD", later.date()),
        reason="Contract.",
        source="4711",
        by=omar,
        as_of=later,
    )
    assert [cost(day=day).usd for day in (TODAY, later.date())] == [Decimal(4), Decimal("1.6")]


def test_another_currency_needs_the_rate_of_that_day(omar: Any) -> None:
    litellm(llama=entry(1, 2))
    services.enter_own_price(
        Offer.objects.get().pk,
        services.Price({"input": Decimal(1), "output": Decimal(1)}, "EUR", TODAY),
        reason="Contract.",
        source="4711",
        by=omar,
        as_of=DAY,
    )
    assert cost().why == "There is no exchange rate for EUR on 21 Nov 2026."
    services.enter_rate(
        currency="EUR", usd_per_unit=Decimal("1.08"), day=TODAY, source="ECB", by=omar, as_of=DAY
    )
    assert cost().usd == Decimal("3.24")


@pytest.mark.parametrize("models", [("llama",), ("llama", "gemma", "qwen")])
def test_traffic_is_four_queries_however_much_there_is(
    models: tuple[str, ...], django_assert_num_queries: Any
) -> None:
    litellm(**{model: entry(1, 2) for model in models})
    asked = [
        Traffic("groq", model, TODAY + timedelta(days=days), SOME) for model in models for days in range(3)
    ]
    with django_assert_num_queries(4):
        assert [found.usd for found in costs_of(asked)] == [Decimal(4)] * len(asked)
