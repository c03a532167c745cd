"""The full cost of each placement: its formulas on worked examples, its terms on real prices, and its laws."""

from __future__ import annotations

import math
import warnings
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.engine import parse_workloads
from planner.engine.capacity import specs
from planner.engine.capacity.rows import Kind, Row
from planner.engine.costing import (
    Terms,
    Work,
    columns_of,
    full_costs,
    many_costs,
    people_usd,
    portfolio_people_usd,
)
from planner.engine.costing.against import against
from planner.engine.costing.asked import asked_of
from planner.engine.costing.curve import machine_curve, token_curve
from planner.engine.costing.machines import Day, Need, follow, owned_terms, rented_terms, zero_scaled_hours
from planner.engine.costing.serving import gpu_kilowatts
from planner.engine.costing.spread import spreads
from planner.engine.costing.tokens import TokenPrice, seat_terms, token_terms
from planner.engine.policy import Assumptions
from tests.engine.laws import examples
from tests.engine.samples import AS_OF, POLICY, PRICES

FIGURES = Assumptions.of(POLICY, AS_OF)
UNDER = Terms(PRICES, FIGURES, ("fp8", "bf16"))
PLAIN = Work(1e6, 2e9, 3e8, 0.0, 0.0, 0.0, 1.0, 1.0, 3.0)
PRICED_BY_VOLUME = ("2p", "2e", "3", "3r", "4", "5a", "5b")


def total(terms: Any) -> float:
    return float(sum(terms.values()))


# Worked examples: a million requests of 2,000 tokens in and 300 out at 3 and 15 dollars.
def test_tokens_with_retries_cache_writes_and_batches() -> None:
    price = TokenPrice(3.0, 15.0, 0.30, 3.75)
    busy = replace(PLAIN, cached_share=0.30, written_share=0.05, batch_share=0.2)
    assert total(token_terms("2p", busy, price, FIGURES)) == pytest.approx(8_462.475, rel=1e-9)
    once = FIGURES.having({"retry_overhead": 1.0})
    assert total(token_terms("2p", PLAIN, price, once)) == pytest.approx(10_500, rel=1e-9)


def test_an_owned_node_of_eight_by_the_hour() -> None:
    figures = FIGURES.having({"pue": 1.35, "pool_fixed_5b": 0})
    terms = owned_terms(8, 330_000, 8, gpu_kilowatts("h100", figures["node_kw"]), figures)
    assert terms["power"] == pytest.approx(965.00, abs=0.01)
    assert terms["hall"] == pytest.approx(1_734)
    assert terms["maintenance"] == pytest.approx(1_375)
    assert total(terms) / (8 * 730) == pytest.approx(1.9533, abs=5e-5)
    longer = figures.having({"amort_months": 60, "residual_36m": 0.10})
    assert total(
        owned_terms(8, 330_000, 8, gpu_kilowatts("h100", figures["node_kw"]), longer)
    ) / 5_840 == pytest.approx(1.5452, abs=5e-5)
    usual = FIGURES.having({"pool_fixed_5b": 0})
    assert total(
        owned_terms(8, 330_000, 8, gpu_kilowatts("h100", usual["node_kw"]), usual)
    ) / 5_840 == pytest.approx(1.9766, abs=5e-5)


def test_ten_rented_replicas_of_two() -> None:
    needed = Need(mean_load=1.94515, load=8.336, busy=np.float64(9), spare=np.float64(1))
    terms = rented_terms("5a", needed, 2 * 2.95, FIGURES.having({"pool_fixed_5a": 0}))
    assert total(terms) - terms["adder"] == pytest.approx(43_070)
    assert total(terms) == pytest.approx(45_223.50)


def test_a_replica_that_stops_when_nobody_asks() -> None:
    hours = zero_scaled_hours(3, 10, FIGURES)
    assert hours == pytest.approx(149.549, abs=5e-4)
    assert hours * 6.50 == pytest.approx(972.07, abs=5e-3)
    assert zero_scaled_hours(24, 100, FIGURES) == 730  # never more than it would be without stopping


def test_replicas_that_follow_the_hours_of_the_day_are_not_paid_when_they_stop() -> None:
    needed = Need(mean_load=1.0, load=3.6, busy=np.float64(4), spare=np.float64(1))
    office = (0.0,) * 16 + (3.0,) * 8
    kept = follow(needed, Day(office), FIGURES)
    assert kept.stopped_hours == pytest.approx(16 * 3 / 24 * 730)  # of four replicas one keeps running
    assert kept.always == 2
    waits = 2 * (600 + 90) / 3600  # of the last one and of the spare one
    to_zero = follow(needed, Day(office, to_zero=True), FIGURES)
    assert to_zero.stopped_hours == pytest.approx((16 * 5 - waits) / 24 * 730)
    assert to_zero.always == 0
    assert follow(needed, Day((1.0,) * 24, to_zero=True), FIGURES).stopped_hours == 0


def test_only_hours_that_are_paid_are_committed_and_carry_the_adder() -> None:
    """Four replicas and a spare one at $10 an hour; two of them always run, three stop for sixteen hours."""
    needed = Need(mean_load=1.0, load=3.6, busy=np.float64(4), spare=np.float64(1))
    figures = FIGURES.having({"gpu_commit_share": 1})
    terms = rented_terms("5a", needed, 10.0, figures, Day((0.0,) * 16 + (3.0,) * 8))
    paid = (5 * 730 - 3 * 16 / 24 * 730) * 10.0
    off = 2 * 730 * 10.0 * figures["commit_discount_1y"]
    assert terms["gpu_commitment"] == pytest.approx(-off)
    assert terms["adder"] == pytest.approx((paid - off) * figures["cloud_adder"])
    assert total(terms) - terms["pool"] == pytest.approx((paid - off) * (1 + figures["cloud_adder"]))


def test_a_measured_day_makes_managed_machines_cheaper_and_owned_ones_not() -> None:
    daily = replace(UNDER, profile=(0.1,) * 16 + (2.8,) * 8)
    plain = full_costs(POLICY.tiers["moderate"], work(tokens_month=500e9), None, UNDER)
    followed = full_costs(POLICY.tiers["moderate"], work(tokens_month=500e9), None, daily)
    assert followed["4"].terms["stopped"] < 0
    assert (followed["4"].usd_month or 0) < (plain["4"].usd_month or 0)
    assert followed["5b"].terms == plain["5b"].terms
    busy = work(tokens_month=500e9)
    ranges = spreads(followed, busy, None, daily)
    for variant in ("4", "5a"):
        usd = followed[variant].usd_month
        assert usd is not None
        assert ranges[variant].low <= usd <= ranges[variant].high
        line = machine_curve(variant, POLICY.tiers["moderate"], busy, daily, np.array([0.5, 1.0]))
        assert line is not None
        assert line[1] == pytest.approx(usd)


def test_seats_and_their_administration() -> None:
    assert seat_terms(100, FIGURES) == pytest.approx({"seats": 2_000, "administration": 200})


def test_the_people_of_a_class_are_paid_once_however_many_use_it() -> None:
    assert people_usd("5a", FIGURES) == pytest.approx(25_000)
    assert people_usd("5a", FIGURES, 0.1) == pytest.approx(2_500)
    assert people_usd("5a", FIGURES, hire=True) == pytest.approx(400_000 / 12)
    users = [(variant, False) for variant in ("5a", "5a", "3", "2p", "1", None)]
    assert portfolio_people_usd(users, FIGURES) == pytest.approx(25_000 + 200_000 * 0.1 / 12)


# The reference snapshot: every placement, its terms, and what is missing.
def work(**values: Any) -> Work:
    facts = {"tokens_month": 10e9, "peak_to_avg": 3.0, "cached_input_share": 0.0, **values}
    made = Work.of(facts, facts, FIGURES)
    assert made is not None
    return made


def test_every_placement_says_what_it_consists_of() -> None:
    costs = full_costs(POLICY.tiers["moderate"], work(), 50, UNDER)
    assert {variant: cost.unknown for variant, cost in costs.items() if cost.unknown} == {}
    rented = costs["5a"]
    assert rented.usd_month == pytest.approx(total(rented.terms))
    assert rented.terms["people"] == pytest.approx(25_000)
    assert rented.need is not None
    assert rented.need.replicas == rented.need.busy + 1
    assert costs["3"].comparator == "groq gpt-oss-120b"
    assert (costs["3"].usd_month or 0) < (rented.usd_month or 0)


def test_reasoning_counts_only_where_nobody_counted_the_output() -> None:
    assert "reasoning_multiplier" in work().stand_in
    stated = work(reasoning_multiplier=5)
    assert (stated.reasoning, "reasoning_multiplier" in stated.stand_in) == (5, False)
    counted = work(reasoning_multiplier=5, input_tokens_month=7.5e9, output_tokens_month=2.5e9)
    assert (counted.reasoning, "reasoning_multiplier" in counted.stand_in) == (1, False)


def test_the_rest_of_the_total_is_what_nobody_counted() -> None:
    by_input, by_output = work(input_tokens_month=9e9), work(output_tokens_month=1e9)
    for counted in (by_input, by_output):
        assert (counted.input_tokens_month, counted.output_tokens_month) == (9e9, 1e9)
        assert "in_out_ratio" not in counted.stand_in
    # A rest of a total holds no reasoning yet; an output that was counted does.
    assert ("reasoning_multiplier" in by_input.stand_in, "reasoning_multiplier" in by_output.stand_in) == (
        True,
        False,
    )
    all_input = work(tokens_month=290e6, input_tokens_month=290e6)
    assert (all_input.input_tokens_month, all_input.output_tokens_month) == (290e6, 0)


@pytest.mark.parametrize("name", ["input_tokens_month", "output_tokens_month"])
def test_a_part_larger_than_the_total_says_nothing_about_the_mix(name: str) -> None:
    found = work(**{name: 11e9, "reasoning_multiplier": 2})
    assert (found.input_tokens_month, found.output_tokens_month, found.reasoning) == (7.5e9, 2.5e9, 2)
    assert "in_out_ratio" in found.stand_in


def test_requests_of_the_workload_count_where_nobody_counted_those_of_the_part() -> None:
    by_workload = work(queries_month=5e6)
    assert (by_workload.requests_month, "tokens_per_request" in by_workload.stand_in) == (5e6, False)
    assert work(queries_month=5e6, requests_month=4e6).requests_month == 4e6
    assert "tokens_per_request" in work(queries_month=0).stand_in


def test_requests_of_the_workload_are_divided_by_the_share_of_the_tokens() -> None:
    facts = {"task_type": "support", "tokens_month": 10e9, "queries_month": 5e6}
    parts = [
        {"name": name, "share": share, "classification": "approved", "facts": {}}
        for name, share in (("small", 20), ("large", 80))
    ]
    (found,) = parse_workloads({"workloads": [{"name": "bot", "facts": facts, "segments": parts}]}, POLICY)
    asked = [asked_of(POLICY, PRICES, AS_OF, found, part).work for part in found.segments]
    assert [(each.requests_month, each.tokens_month) for each in asked if each] == [(1e6, 2e9), (4e6, 8e9)]


def test_no_more_is_written_to_the_cache_than_is_not_read_from_it() -> None:
    found = work(cached_input_share=80, cache_write_share=60)
    assert (found.cached_share, found.written_share) == (0.8, pytest.approx(0.2))
    assert work(cached_input_share=30, cache_write_share=60).written_share == 0.6


def test_an_unknown_volume_is_unknown_and_names_the_way_out() -> None:
    assert Work.of({"tokens_month": 5e9}, {}, FIGURES) is None  # assumed, nobody said it
    costs = full_costs(POLICY.tiers["simple"], None, None, UNDER)
    assert {cost.usd_month for cost in costs.values()} == {None}
    assert (
        costs["3"].unknown
        == "The monthly volume is not known, or 0: measure it, or state it on the workload."
    )
    assert costs["1"].unknown == "The number of seats is not known: state it on the workload."


def test_a_snapshot_without_offers_names_what_to_enter() -> None:
    bare = replace(UNDER, prices=replace(PRICES, token_offers=(), gpu_offers=()))
    costs = full_costs(POLICY.tiers["complex"], work(), None, bare)
    assert costs["3"].unknown == (
        "The snapshot has no comparable price for deepseek-v3.2 or llama-4-maverick: enter or pull one."
    )
    assert costs["5b"].unknown == (
        "The snapshot has no owned GPUs whose speed is known for deepseek-v3.2 or llama-4-maverick: "
        "enter or pull an offer of machines."
    )


def test_a_time_per_token_nothing_can_hold_is_said() -> None:
    hasty = replace(UNDER, figures=FIGURES.having({"itl_target_ms": 0.1}))
    assert "at 0.1 ms a token" in str(full_costs(POLICY.tiers["complex"], work(), None, hasty)["5a"].unknown)


def test_what_stands_in_for_facts_is_named() -> None:
    assert {"tokens_per_request", "in_out_ratio"} <= work().stand_in
    told = work(input_tokens_month=8e9, output_tokens_month=2e9, requests_month=7e6)
    assert not {"tokens_per_request", "in_out_ratio", "peak_to_mean_workload"} & told.stand_in


def test_requests_that_only_read_have_a_cost_on_machines_too() -> None:
    reading = work(input_tokens_month=1e9, output_tokens_month=0.0, requests_month=1e6)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        costs = full_costs(POLICY.tiers["moderate"], reading, None, UNDER)
    assert (costs["5a"].usd_month or 0) > 0
    assert costs["3"].terms["output"] == 0


def test_a_benchmark_of_ones_own_comes_before_what_others_measured() -> None:
    usual = full_costs(POLICY.tiers["complex"], work(), None, UNDER)["5a"]
    assert usual.serving is not None
    known = (usual.serving.model, usual.serving.gpu, usual.serving.gpus, usual.serving.precision)
    model, gpu = specs.model(known[0]).name, specs.gpu(known[1]).name
    slow = Row("mine", model, gpu, known[3], known[2], Kind.CLOSED, 1155.0, 211.0, 64.0, out_tok_s=1_500.0)
    slower = full_costs(POLICY.tiers["complex"], work(), None, replace(UNDER, own=(slow,)))["5a"]
    assert slower.usd_month is not None
    assert usual.usd_month is not None
    assert slower.usd_month > usual.usd_month


WORKS = st.builds(
    Work,
    requests_month=st.floats(1e2, 1e8),
    input_tokens_month=st.floats(1e6, 1e11),
    output_tokens_month=st.floats(1e5, 1e11),
    cached_share=st.floats(0, 0.9),
    written_share=st.floats(0, 0.1),
    batch_share=st.floats(0, 1),
    reasoning=st.floats(1, 5),
    longer=st.floats(1, 2),
    peak=st.floats(1, 20),
)


@settings(max_examples=examples(15), deadline=None)
@given(st.lists(WORKS, min_size=1, max_size=6), st.sampled_from(sorted(POLICY.tiers)))
def test_many_at_once_equal_one_at_a_time(works: list[Work], tier: str) -> None:
    warnings.simplefilter("error")
    many = many_costs(POLICY.tiers[tier], columns_of(works), UNDER)
    for place, each in enumerate(works):
        one = full_costs(POLICY.tiers[tier], each, None, UNDER)
        for variant in PRICED_BY_VOLUME:
            usd = one[variant].usd_month
            if usd is None:
                assert np.isnan(many[variant][place])
            else:
                assert many[variant][place] == pytest.approx(usd, rel=1e-9)


@settings(max_examples=examples(15), deadline=None)
@given(WORKS, st.floats(1, 10), st.sampled_from(sorted(POLICY.tiers)))
def test_more_of_the_same_work_never_costs_less(each: Work, factor: float, tier: str) -> None:
    now = many_costs(POLICY.tiers[tier], columns_of([each]), UNDER)
    grown = many_costs(POLICY.tiers[tier], columns_of([each.grown(factor)]), UNDER)
    for variant in PRICED_BY_VOLUME:
        if not np.isnan(now[variant][0]):
            assert grown[variant][0] >= now[variant][0] * (1 - 1e-9)


def test_months_are_a_last_axis_of_the_same_answer() -> None:
    each = columns_of([work(), work(tokens_month=50e9)])
    growth = 1.05 ** np.arange(3)
    over = replace(
        each,
        **{
            name: value[:, None] * (growth if "month" in name else 1) for name, value in each.arrays().items()
        },
    )
    monthly = many_costs(POLICY.tiers["moderate"], over, UNDER)
    for month, factor in enumerate(growth):
        at_once = many_costs(POLICY.tiers["moderate"], each.grown(factor), UNDER)
        for variant in PRICED_BY_VOLUME:
            assert monthly[variant][:, month] == pytest.approx(at_once[variant], rel=1e-12)


# 70B in FP8 on two H100 against 2.50 and 10 dollars: 1,366 tokens a request, 5.5 in for one out.
def test_the_break_even_of_a_pool_against_tokens() -> None:
    offers = tuple(
        replace(offer, amount_per_hour=Decimal("2.95"), id="h100", gpu_count=1)
        for offer in PRICES.gpu_offers
        if offer.gpu == "h100" and offer.arrangement == "rented" and offer.gpu_count == 1
    )
    token = replace(
        PRICES.token_offers[0],
        id="closed",
        model="closed",
        open_weights=False,
        input_usd_per_mtok=Decimal("2.5"),
        output_usd_per_mtok=Decimal(10),
    )
    prices = replace(PRICES, gpu_offers=offers, token_offers=(token,))
    tier = replace(POLICY.tiers["moderate"], open=("llama-3.1-70b",), closed=("closed",))
    figures = FIGURES.having({"retry_overhead": 1, "pool_fixed_5a": 0})
    each = Work(1e6, 1155.846e6, 210.154e6, 0.0, 0.0, 0.0, 1.0, 1.0, 3.0)
    under = Terms(prices, figures, ("fp8",), corrected=False)
    costs = full_costs(tier, each, None, under)
    own = costs["5a"]
    assert own.serving is not None
    assert (own.serving.gpus, own.batch) == (2, 54)
    assert own.request_s == pytest.approx(0.194219, rel=1e-5)
    found = against("5a", tier, costs["2p"], each, under)
    assert found is not None
    assert found.way == own.serving
    assert found.reading.usd_mtok == pytest.approx(3.653846, rel=1e-5)
    assert found.reading.sustained_mtok_month == pytest.approx(13_030.6, rel=1e-4)
    assert found.reading.smooth_mtok_month == pytest.approx(11_331.8, rel=1e-4)


def test_where_a_side_is_unknown_the_break_even_is_unknown() -> None:
    tier = POLICY.tiers["moderate"]
    costs = full_costs(tier, work(), None, UNDER)
    bare = replace(UNDER, prices=replace(PRICES, gpu_offers=()))
    assert against("5a", tier, costs["3"], work(), bare) is None
    assert against("5a", tier, replace(costs["3"], unknown="No price."), work(), UNDER) is None


def test_the_cheapest_offer_is_that_of_the_whole_bill_not_of_the_list() -> None:
    """$0.15 and $0.60 with the cache at the price of input, $0.16 and $0.60 with it at a tenth; 70 % is cached."""
    listed, cached = (
        replace(
            PRICES.token_offers[0],
            id=name,
            model="closed",
            open_weights=False,
            input_usd_per_mtok=Decimal(given),
            cached_input_usd_per_mtok=Decimal(again),
            output_usd_per_mtok=Decimal("0.60"),
        )
        for name, given, again in (("listed", "0.15", "0.15"), ("cached", "0.16", "0.016"))
    )
    tier = replace(POLICY.tiers["moderate"], closed=("closed",))
    under = replace(UNDER, prices=replace(PRICES, token_offers=(listed, cached)))
    for share, offer in ((0.0, "listed"), (70.0, "cached")):
        each = work(cached_input_share=share)
        cost = full_costs(tier, each, None, under)["2p"]
        assert cost.offer == offer
        assert many_costs(tier, columns_of([each]), under)["2p"][0] == pytest.approx(cost.usd_month)


OFFICE = (0.1,) * 14 + (2.26,) * 10
LOW, HIGH = 1e8, 3e12  # tokens a month


@pytest.mark.parametrize("profile", [(), OFFICE], ids=["every hour", "office hours"])
@pytest.mark.parametrize("variant", ["4", "5a", "5b"])
@pytest.mark.parametrize("name", ["simple", "moderate"])
def test_the_break_even_is_where_the_lines_cross_for_good_whatever_the_volume_is_today(
    name: str, variant: str, profile: tuple[float, ...]
) -> None:
    """Followed step by step: from the break-even on the line of the machines stays below the tokens' one."""
    tier, under = POLICY.tiers[name], replace(UNDER, profile=profile)
    small, large = work(tokens_month=1e9, peak_to_avg=4.0), work(tokens_month=4e11, peak_to_avg=4.0)
    closed = full_costs(tier, small, None, under)["2p"]
    found = against(variant, tier, closed, small, under)
    other = against(variant, tier, full_costs(tier, large, None, under)["2p"], large, under)
    assert found is not None
    assert other is not None
    tokens = found.reading.sustained_mtok_month * 1e6
    assert other.reading.sustained_mtok_month * 1e6 == pytest.approx(tokens)
    assert LOW < tokens < HIGH
    after = np.concatenate(([1.0001], np.geomspace(1.0002, HIGH / tokens, 20_000)))
    for share, cheaper in ((after, True), (np.array([0.999]), False)):
        multiples = share * tokens / small.tokens_month
        machines = machine_curve(variant, tier, small, under, multiples)
        paid = token_curve(closed, small, under, multiples)
        assert machines is not None
        assert paid is not None
        assert (machines <= paid).all() == cheaper


def test_servers_without_gpus_follow_no_day() -> None:
    """Where nobody offers GPUs for rent, a small model runs on servers that are paid in every hour."""
    tier = POLICY.tiers["simple"]
    offers = tuple(offer for offer in PRICES.gpu_offers if offer.arrangement != "rented")
    steady = replace(UNDER, prices=replace(PRICES, gpu_offers=offers))
    each = work(tokens_month=1e9, peak_to_avg=4.0)
    closed = full_costs(tier, each, None, steady)["2p"]
    dear = replace(closed, terms={**closed.terms, "output": 100_000.0})
    found = [against("5a", tier, dear, each, under) for under in (steady, replace(steady, profile=OFFICE))]
    assert [each.way for each in found if each] == [None, None]
    steadily, daily = (each.reading for each in found if each)
    assert math.isfinite(steadily.sustained_mtok_month)
    assert daily == steadily


# Ranges
def test_terms_of_an_enterprise_and_the_price_of_a_machine_have_ranges_of_their_own() -> None:
    each, tier = work(), POLICY.tiers["moderate"]
    costs = full_costs(tier, each, None, UNDER)
    found = spreads(costs, each, None, UNDER)
    assert found["2e"].high > found["2p"].high
    offers = tuple(
        replace(offer, capex_low=mid, capex_high=mid)
        if (mid := ((offer.capex_low or 0) + (offer.capex_high or 0)) / 2)
        else offer
        for offer in PRICES.gpu_offers
    )
    firm = replace(UNDER, prices=replace(PRICES, gpu_offers=offers))
    same = full_costs(tier, each, None, firm)
    assert same["5b"].usd_month == pytest.approx(costs["5b"].usd_month)
    sure = spreads(same, each, None, firm)["5b"]
    assert sure.high - sure.low < found["5b"].high - found["5b"].low


def test_the_range_of_a_cost_holds_its_best_estimate_and_a_figure_taken_at_its_word_narrows_it() -> None:
    each = work()
    costs = full_costs(POLICY.tiers["moderate"], each, 50, UNDER)
    ranges = spreads(costs, each, 50, UNDER)
    for variant, cost in costs.items():
        assert cost.usd_month is not None
        assert ranges[variant].low <= cost.usd_month <= ranges[variant].high
    said = replace(UNDER, figures=FIGURES.having({"fte_class5a": 1.0}))
    narrower = spreads(full_costs(POLICY.tiers["moderate"], each, 50, said), each, 50, said)["5a"]
    assert narrower.high - narrower.low < ranges["5a"].high - ranges["5a"].low


def test_the_same_draws_give_the_same_range() -> None:
    each = work()
    costs = full_costs(POLICY.tiers["simple"], each, None, UNDER)
    assert spreads(costs, each, None, UNDER) == spreads(costs, each, None, UNDER)
    assert "1" not in spreads(costs, each, None, UNDER)
