"""Costs: which offer counts, how many replicas carry the peak, and when nobody can tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from planner.engine import (
    Fact,
    GpuOffer,
    PriceSnapshot,
    SegmentInput,
    TokenOffer,
    WorkloadInput,
    decide_workload,
)
from planner.engine.reading import facts_of
from tests.engine.samples import AS_OF, POLICY, PRICES, decide, recorded, workload


def priced(prices: Any, **facts: Any) -> Any:
    return decide_workload(POLICY, workload(**facts), prices, AS_OF).segments[0].costs


def token(
    name: Any, price: Any, currency: Any = "USD", model: Any = "llama-3.1-8b", cached: Any = None
) -> Any:
    amount = Decimal(price)
    return TokenOffer(name, name, model, True, amount, amount, cached, currency)


def snapshot(*offers: Any, gpus: Any = (), fx: Any = None) -> Any:
    return PriceSnapshot("test", date(2026, 1, 1), tuple(offers), tuple(gpus), fx or {})


def test_the_cheapest_comparable_offer_counts() -> None:
    cost = priced(snapshot(token("dear", "2"), token("cheap", "1"), token("other", "0.1", model="tiny")))["3"]
    assert (cost.offer, cost.usd_month, cost.comparator) == ("cheap", 300.0, "cheap llama-3.1-8b")


def test_a_currency_without_a_rate_is_never_read_one_to_one() -> None:
    offers = (token("euro", "1", "EUR"), token("dollar", "2"))
    assert priced(snapshot(*offers))["3"].offer == "dollar"
    assert priced(snapshot(*offers, fx={"EUR": Decimal("1.1")}))["3"].usd_month == 330.0


def test_no_price_at_all_is_unknown_and_not_free() -> None:
    costs = priced(snapshot(token("free", "0")))
    assert costs["3"].usd_month is None
    assert costs["3"].unknown == "The snapshot has no comparable price for llama-3.1-8b."
    assert costs["4"].unknown == "The snapshot has no comparable price for 1 x l4, managed."


def test_a_known_split_replaces_the_assumed_mix() -> None:
    costs = decide(input_tokens_month=300_000_000, output_tokens_month=0).costs
    assert costs["2p"].usd_month == 75.0
    assert costs["2p"].parts[0].guess is False


@pytest.mark.parametrize(
    ("counted", "tokens", "guess"),
    [
        ({"input_tokens_month": 90_000_000}, (90, 20), False),  # two tokens written for each of the rest
        ({"output_tokens_month": 10_000_000}, (90, 10), False),  # what was counted holds the reasoning
        ({"input_tokens_month": 110_000_000}, (75, 50), True),  # more than the total: the usual mix
        ({"output_tokens_month": 110_000_000}, (75, 50), True),
    ],
)
def test_what_nobody_counted_is_the_rest_of_the_total(counted: Any, tokens: Any, guess: bool) -> None:
    facts = {"tokens_month": 100_000_000, "reasoning_multiplier": 2, **counted}
    offer = TokenOffer("asks", "asks", "llama-3.1-8b", True, Decimal(1), Decimal(4), None, "USD")
    cost = priced(snapshot(offer), **facts)["3"]
    assert cost.usd_month == tokens[0] + 4 * tokens[1]
    assert decide(**facts).costs["2p"].parts[0].guess is guess


def test_a_share_of_a_whole_number_is_one_where_it_can_be() -> None:
    """57 % of a billion: a part that is all of the tokens of its segment fits them."""
    facts = {"tokens_month": Fact(1_000_000_000)}
    part = SegmentInput("all", 57, "approved", {})
    assert facts_of(POLICY, WorkloadInput("any", {}, facts, (part,)), part)["tokens_month"].value == 570e6


def test_the_assumed_mix_is_marked_as_a_guess() -> None:
    assert decide().costs["2p"].parts[0].guess is True


def test_cached_input_costs_the_cached_price_where_there_is_one() -> None:
    offer = token("cache", "1", cached=Decimal("0.1"))
    facts = {"input_tokens_month": 100_000_000, "output_tokens_month": 0, "cached_input_share": 50}
    assert priced(snapshot(offer), **facts)["3"].usd_month == 55.0
    assert priced(snapshot(token("plain", "1")), **facts)["3"].usd_month == 100.0


def test_hidden_reasoning_is_paid_where_nobody_counted_the_output() -> None:
    """100 M tokens, three in to one out: 75 M in and 25 M read, five times as many written."""
    offer = token("thinks", "1")
    costs = priced(snapshot(offer), tokens_month=100_000_000, reasoning_multiplier=5)
    assert costs["3"].usd_month == 75 + 5 * 25
    assert (
        "125.0 M output at $1 per million, 5 tokens written for one that is shown"
        in costs["3"].parts[0].formula
    )
    split = {"input_tokens_month": 75_000_000, "output_tokens_month": 25_000_000}
    assert priced(snapshot(offer), **split, reasoning_multiplier=5)["3"].usd_month == 100


def test_batches_are_discounted() -> None:
    assert decide(batch_share=100).amounts["2p"] == 103.13  # half of 206.25, half a cent upwards


def test_a_wordier_open_model_costs_more() -> None:
    assert decide(open_token_multiplier=2).amounts["3"] == 34.50


@pytest.mark.parametrize(
    ("tokens", "replicas"),
    [(1, 1), (2_055_000_000, 1), (2_056_000_000, 2), (20_000_000_000, 10)],
)
def test_replicas_carry_the_peak(tokens: Any, replicas: Any) -> None:
    """460 tok/s x 0.85 x 730 h = 1.0275 B output tokens a month; a quarter of the tokens, twice the average."""
    assert decide(tokens_month=tokens, complexity="moderate").costs["4"].replicas == replicas


def test_a_whole_node_outranks_single_machines() -> None:
    node = GpuOffer("node", "p", "h100", 8, "owned", None, Decimal(250_000), Decimal(350_000))
    single = GpuOffer("single", "p", "h100", 1, "owned", None, Decimal(30_000), Decimal(40_000))
    assert priced(snapshot(gpus=(single, node)), complexity="complex")["5b"].offer == "node"
    assert priced(snapshot(gpus=(single,)), complexity="complex")["5b"].offer == "single"


def test_a_team_paid_in_part_is_charged_in_part() -> None:
    parts = {part.label: part.usd_month for part in decide(team_share=0.1).costs["5a"].parts}
    assert parts == {"Machines": 941.70, "People": 3333.33}


def test_the_chat_product_costs_its_seats_when_they_are_known() -> None:
    assert decide(seats=50, needs_programmatic_access=False).amounts["1"] == 1000.0
    assert decide(needs_programmatic_access=False).costs["1"].unknown == "The number of seats is not known."


def test_every_part_says_how_it_was_worked_out() -> None:
    parts = recorded()["segments"][0]["cost_parts"]
    assert parts["3"]["parts"] == [
        {
            "label": "Tokens",
            "usd_month": 17.25,
            "formula": "225.0 M input at $0.05 + 75.0 M output at $0.08 per million",
            "source": "guide 000, January 2026",
            "guess": True,
        }
    ]
    assert parts["5b"]["parts"][0]["formula"] == (
        "1 replica of $35,000, written off over 36 months, times 1.3 for power, room and repair"
    )


def test_the_cheapest_wins_and_equals_go_to_the_more_portable() -> None:
    dear = tuple(
        replace(
            offer,
            input_usd_per_mtok=offer.input_usd_per_mtok * 12,
            output_usd_per_mtok=offer.output_usd_per_mtok * 12,
        )
        if offer.open_weights
        else offer
        for offer in PRICES.token_offers
    )
    # twelve times $17.25 is $207, within a tenth of $206.25
    prices = PriceSnapshot("dear", AS_OF, dear, PRICES.gpu_offers)
    assert decide_workload(POLICY, workload(), prices, AS_OF).segments[0].target == "3"
