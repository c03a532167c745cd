"""What a portfolio costs today, at target and pooled, over the months ahead: laws, and the golden portfolio."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.engine import parse_workloads
from planner.engine.costing import FullCost, full_costs
from planner.engine.costing.asked import Asked, asked_of
from planner.engine.costing.cheapest import machine_terms
from planner.engine.costing.machines import Day, Need, follow, need
from planner.engine.explain.outlook import (
    bridge_entries,
    headline,
    matters_sentence,
    months_sentence,
    outlook_entry,
    part_entry,
)
from planner.engine.explain.pools import pool_entry, pool_sentence, sharing_sentence
from planner.engine.outlook.ahead import Ahead, no_luck
from planner.engine.outlook.lines import Machines, Measured, Member, bills_of, usd_of
from planner.engine.outlook.matters import average, matters
from planner.engine.outlook.portfolio import (
    MONTHS,
    POOLED,
    TARGET,
    TODAY,
    Portfolio,
    courses,
    month_now,
)
from planner.engine.outlook.ways import pool_of, ways_for
from planner.engine.policy import Assumptions
from planner.engine.pooling.bill import cost_of
from planner.engine.pooling.exact import Solved, solved
from planner.engine.pooling.problem import Demands, Problem, Staff
from planner.engine.scenarios import World, answers
from planner.engine.uncertainty.draws import Draws
from planner.engine.uncertainty.price_scenarios import PRICE_SCENARIOS
from tests.engine.laws import examples
from tests.engine.samples import AS_OF, CASES, ORGANISATION, OWNING, PLAIN, POLICY, PRICES, STAFFED

ASSUMED = Assumptions.of(POLICY, AS_OF).having({"futures_drawn": 200})
GOLDEN = World(POLICY, parse_workloads(CASES, POLICY), PRICES, ASSUMED, AS_OF)
INSIDE = STAFFED | {"data_must_stay_in_infra": True, "current_class": "5a"}
AIR_GAPPED = OWNING | {"air_gap_required": True, "data_tags": ["classified"], "gov_or_defence": True}
CASES_OF = (TODAY, TARGET, POOLED)


@cache
def golden(measured: float = 1_000.0) -> Portfolio:
    """The golden cases, each with the same bill today."""
    bills = dict.fromkeys(range(len(GOLDEN.workloads)), measured)
    return Portfolio.of(GOLDEN, answers(GOLDEN), bills)


def portfolio_of(
    *parts: dict[str, Any], profiles: dict[int, tuple[float, ...]] | None = None, bill: float = 500.0
) -> Portfolio:
    """One workload for each set of facts, measured."""
    workloads = [
        {
            "name": f"w{place}",
            "segments": [
                {"name": "all", "share": 100, "classification": "approved", "facts": {**PLAIN, **facts}}
            ],
        }
        for place, facts in enumerate(parts)
    ]
    document = {"organisation": ORGANISATION, "workloads": workloads}
    world = replace(GOLDEN, workloads=parse_workloads(document, POLICY), profiles=profiles or {})
    return Portfolio.of(world, answers(world), dict.fromkeys(range(len(parts)), bill))


# Laws
def test_bands_lie_in_order_in_every_month_of_every_case() -> None:
    for course in courses(golden(), seed=7):
        for case in CASES_OF:
            band, total = course.bands[case], course.totals[case]
            assert len(band.p50) == MONTHS + 1
            assert (band.p10 <= band.p50).all()
            assert (band.p50 <= band.p90).all()
            assert total.low <= total.usd <= total.high


def test_the_same_seed_gives_the_same_record_to_the_byte() -> None:
    one, two = (json.dumps(outlook_entry(golden(), 3), sort_keys=True) for _ in range(2))
    assert one == two
    assert json.dumps(outlook_entry(golden(), 4), sort_keys=True) != one


def test_every_case_is_looked_at_in_the_same_futures() -> None:
    alone = courses(golden(), 5, cases=(TARGET,))
    beside = courses(golden(), 5)
    for one, other in zip(alone, beside, strict=True):
        assert np.array_equal(one.bands[TARGET].p90, other.bands[TARGET].p90)


def test_this_month_without_chance_is_the_bill_of_this_month() -> None:
    found = golden()
    a = found.world.assumed
    for case in CASES_OF:
        for scenario in PRICE_SCENARIOS:
            ahead = Ahead.of(scenario, no_luck(3), a)
            first = bills_of(found.lines(case), ahead, a)[0, 0]
            assert first == pytest.approx(float(usd_of(found.lines(case), a)))


def test_the_range_of_this_month_holds_its_best_estimate() -> None:
    for case in CASES_OF:
        found = month_now(golden(), case)
        assert found.low <= found.usd <= found.high


@settings(max_examples=examples(10), deadline=None)
@given(st.floats(1.0, 5.0), st.floats(0.1, 1.0))
def test_a_figure_at_its_own_value_changes_nothing(people: float, cost: float) -> None:
    a = ASSUMED.having({"fte_class5a": people, "fte_cost": 1e5 * (1 + cost)})
    found = golden()
    assert average(found, a) == pytest.approx(average(found, dict(a)))


@settings(max_examples=examples(10), deadline=None)
@given(st.floats(0, 0.1), st.floats(0, 0.1))
def test_more_growth_never_costs_less(one: float, other: float) -> None:
    low, high = sorted((one, other))
    found = golden()
    usd = [average(found, ASSUMED.having({"demand_growth": each})) for each in (low, high)]
    assert usd[0] <= usd[1] + 1e-6


def test_sharing_never_costs_more_than_each_part_alone() -> None:
    alone = portfolio_of(INSIDE | {"tokens_month": 1e8})
    for found in (golden(), alone):
        assert month_now(found, POOLED).usd <= month_now(found, TARGET).usd
    assert alone.shared.pools == ()  # servers without GPUs cost less than a pool


# What is in it
def test_the_golden_portfolio_says_whom_it_leaves_out_and_what_to_supply() -> None:
    found = golden()
    assert found.left_out == {
        4: "No placement fits a part of it: see its decision for the ways out.",
        15: "The number of seats is not known: state it on the workload.",
    }
    bare = replace(GOLDEN, workloads=(replace(GOLDEN.workloads[0], segments=()),))
    assert Portfolio.of(bare, answers(bare), {0: 10.0}).left_out == {
        0: "It has no parts: name one with its share of the tokens."
    }
    unmeasured = Portfolio.of(GOLDEN, answers(GOLDEN), {0: 10.0})
    assert (
        unmeasured.left_out[1]
        == "Its bill today is not measured: load a week of usage or more, with a cost in USD for all of it."
    )
    assert {each.part.workload for each in unmeasured.parts} == {0}


def test_people_are_paid_once_for_each_class_in_use() -> None:
    found = golden()
    classes = {each.target for each in found.parts}
    assert {"3", "2p", "4", "5a", "5b"} <= classes
    without = sum(each.costs[each.target].usd_month or 0 for each in found.parts)
    steps = ("fte_class23", "fte_class4", "fte_class5a", "fte_class5b")
    people = sum(ASSUMED[name] for name in steps) * ASSUMED["fte_cost"] / 12
    assert month_now(found, TARGET).usd == pytest.approx(without + people)


def test_a_measured_bill_follows_the_price_of_what_it_pays_for() -> None:
    closed, opened = (portfolio_of({"tokens_month": 1e8, "current_class": name}) for name in ("2", "3"))
    ahead = Ahead.of(PRICE_SCENARIOS[1], no_luck(MONTHS), ASSUMED)
    demand = ahead.futures.demand[:, 0]
    for found, price in ((closed, "token_price"), (opened, "open_token_price")):
        line = found.lines(TODAY)[0]
        path = np.asarray(line.bills(ahead, ASSUMED))[:, 0]
        assert path == pytest.approx(500 * demand * getattr(ahead.futures, price)[:, 0])


def test_a_bill_of_which_nobody_says_what_it_is_for_is_paid_by_the_token_and_says_so() -> None:
    known, unsaid = (
        portfolio_of({"tokens_month": 1e8, "growth_pct_month": 10.0, "current_class": name})
        for name in ("2", "none")
    )
    ahead = Ahead.of(PRICE_SCENARIOS[1], no_luck(MONTHS), ASSUMED)
    path, same = (bills_of(found.lines(TODAY), ahead, ASSUMED)[:, 0] for found in (unsaid, known))
    assert path == pytest.approx(same)  # the people behind tokens in it
    assert path[24] > path[12] > path[0]
    assert "State its class today." in part_entry(unsaid.parts[0], "", ASSUMED)["assumed"]
    assert part_entry(known.parts[0], "", ASSUMED)["assumed"] == ""


def test_a_bill_of_machines_nobody_can_size_follows_the_volume_and_says_so() -> None:
    (part,) = portfolio_of({"tokens_month": 1e8, "current_class": "4"}).parts
    unsized = replace(part, costs=part.costs | {"4": FullCost("4", {}, unknown="no offer")})
    ahead = Ahead.of(PRICE_SCENARIOS[1], no_luck(MONTHS), ASSUMED)
    path = np.asarray(Measured(500.0, unsized.goes_on_like(ASSUMED)).bills(ahead, ASSUMED))
    assert path == pytest.approx(500.0 * ahead.futures.demand)
    assert "Nobody can size the machines" in part_entry(unsized, "", ASSUMED)["assumed"]
    assert part_entry(part, "", ASSUMED)["assumed"] == ""


def test_what_is_measured_is_certain_this_month_and_only_then() -> None:
    facts = INSIDE | {"tokens_month": 60e9, "requests_month": 4e7, "peak_to_avg": 4.0}
    line = portfolio_of(facts, bill=90_000.0).lines(TODAY)[0]
    for scenario in PRICE_SCENARIOS:
        bills = np.asarray(line.bills(Ahead.of(scenario, Draws.of(1, 200, 13), ASSUMED), ASSUMED))
        assert bills[0] == pytest.approx(np.full(200, 90_000.0))
        assert np.ptp(bills[12]) > 0


def test_a_growth_of_its_own_holds_for_as_long_as_it_is_believed() -> None:
    own = portfolio_of({"tokens_month": 1e8, "current_class": "2", "growth_pct_month": 10.0})
    ahead = Ahead.of(PRICE_SCENARIOS[1], no_luck(MONTHS), ASSUMED)
    path = ahead.demand(own.parts[0].growth)[:, 0]
    usual = np.exp(ASSUMED["demand_growth"])
    assert path[1] / path[0] == pytest.approx(1.1)
    believed = round(ASSUMED["own_growth_months"])
    assert path[believed] / path[0] == pytest.approx(1.1**believed)
    assert path[believed + 1] / path[believed] == pytest.approx(usual)


def test_opposite_hours_share_machines_that_the_same_hours_do_not() -> None:
    """Two workloads that must be on machines: one busy by day, one by night."""
    day = (2.0,) * 12 + (0.0,) * 12
    facts = INSIDE | {"tokens_month": 60e9, "requests_month": 4e7, "peak_to_avg": 2.0}
    together = portfolio_of(facts, facts)
    apart = portfolio_of(facts, facts, profiles={0: day, 1: day[::-1]})
    assert {each.target for each in together.parts} <= {"5a", "5b"}
    (crowded,), (shared,) = together.shared.pools, apart.shared.pools
    assert len(shared.parts) == 2
    assert shared.replicas < crowded.replicas
    assert month_now(apart, POOLED).usd < month_now(together, POOLED).usd


def test_what_the_solver_pays_for_replicas_is_what_machines_are_billed() -> None:
    """Of every pool it may open, rented or bought, however many replicas are busy."""
    found = portfolio_of(AIR_GAPPED | {"tokens_month": 2e9}, INSIDE | {"tokens_month": 2e9})
    hours = np.ones((len(found.parts), 24))
    ways = ways_for(found.parts, found.world, hours)
    assert {"5a", "5b"} <= {way.variant for way in ways}
    assert any(pool_of(way, ASSUMED).unit_replicas > 1 for way in ways)
    for way in ways:
        one = Problem.of(
            Demands(["all"], np.array([np.inf]), np.ones((1, 1)), np.ones((1, 1))),
            [pool_of(way, ASSUMED)],
            Staff({}),
            1.0,
        )
        for busy in range(1, 20):
            asked = replace(one, requests_s=np.array([[float(busy)]]))
            full = ASSUMED["rho_max"] / ASSUMED["retry_overhead"]
            line = Machines(way.variant, way.serving, (Member(0.0, busy * full, None),))
            assert cost_of(asked, np.array([0])).usd_month == pytest.approx(float(line.usd(ASSUMED)))


# Two air-gapped workloads on machines that are bought.
@pytest.mark.parametrize(
    ("facts", "tokens", "usd"),
    [
        ({"complexity": "simple"}, (2e9, 1.5e9), 44_230),  # two replicas on a DGX A100 are billed 48,571
        ({"complexity": "moderate"}, (2e10, 1.5e10), 48_571),  # four on a DGX A100, where two servers of H100 are billed 53,085
        ({"complexity": "moderate"}, (1e11, 0.75e11), 61_047),  # neither the cheapest full nor the cheapest to begin with
    ],
)  # fmt: skip
def test_of_machines_that_are_bought_the_bill_shown_decides(
    facts: dict[str, Any], tokens: tuple[float, float], usd: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    solutions: list[Solved] = []

    def kept(*given: Any) -> Solved:
        solutions.append(solved(*given))
        return solutions[-1]

    monkeypatch.setattr("planner.engine.outlook.pooled.solved", kept)
    found = portfolio_of(*(AIR_GAPPED | facts | {"tokens_month": each} for each in tokens))
    assert {way.variant for way in found.shared.pools} == {"5b"}
    assert month_now(found, POOLED).usd == pytest.approx(usd, abs=1)
    assert solutions[0].bill.usd_month == pytest.approx(month_now(found, POOLED).usd)
    assert found.shared.how == "Solved outright, 0.0% above the bound."


# Machines that follow a measured day
OFFICE = tuple(each / 0.85 for each in (0.1,) * 18 + (3.1,) * 6)
NIGHTS_OFF = (0.0,) * 16 + (3.0,) * 8
BUSY = INSIDE | {"tokens_month": 500e9, "requests_month": 4e8, "peak_to_avg": 3.0}


def page_of(found: Portfolio) -> Asked:
    """What the page of the first workload asks for."""
    world = found.world
    workload, profile = world.workloads[0], world.profiles.get(0, ())
    return asked_of(POLICY, PRICES, AS_OF, workload, workload.segments[0], own=world.own, profile=profile)


@pytest.mark.parametrize("day", [(), OFFICE, NIGHTS_OFF])
@pytest.mark.parametrize("waits_ms", [None, 500.0, 600_000.0])
def test_a_part_costs_in_the_outlook_what_its_own_page_says(
    day: tuple[float, ...], waits_ms: float | None
) -> None:
    waits = {} if waits_ms is None else {"ttft_target_ms": waits_ms}
    found = portfolio_of(BUSY | waits, profiles={0: day} if day else None)
    (part,), asked = found.parts, page_of(found)
    page = full_costs(asked.tier, asked.work, asked.seats, asked.under)
    for variant in ("4", "5a", "5b", "3", "2p"):
        alone = (page[variant].usd_month or 0) - page[variant].terms["people"]
        line = part.line(variant, ASSUMED)
        assert part.costs[variant].usd_month == pytest.approx(alone)
        assert line is not None
        assert line.usd(ASSUMED) == pytest.approx(alone)
        if variant in part.answer.feasible:
            assert part.answer.usd[variant] == pytest.approx(alone)
    assert month_now(found, TARGET).usd == pytest.approx(page[part.target].usd_month)
    assert bool(page["5a"].terms.get("stopped")) == bool(day)


@settings(max_examples=examples(50), deadline=None)
@given(
    st.floats(0.01, 50),
    st.integers(0, 2),
    st.lists(st.sampled_from((0.0, 0.2, 1.0, 3.7)), min_size=24, max_size=24).filter(any),
    st.booleans(),
)
def test_hours_that_need_not_run_are_the_same_for_one_load_and_for_many(
    load: float, spare: int, hours: list[float], to_zero: bool
) -> None:
    profile = tuple(each * 24 / sum(hours) for each in hours)
    loads = np.array([load, 2 * load])
    many = Need(loads, loads, np.maximum(1.0, np.ceil(loads - 1e-9)), np.full(2, float(spare)))
    day = Day(profile, to_zero=to_zero)
    found = follow(many, day, ASSUMED)
    for place in range(2):
        one = follow(Need(loads[place], loads[place], many.busy[place], many.spare[place]), day, ASSUMED)
        assert (found.stopped_hours[place], found.always[place]) == (one.stopped_hours, one.always)
        assert 0 <= one.stopped_hours <= (many.busy[place] + spare) * ASSUMED["hours_per_month"]


def test_in_the_months_ahead_machines_follow_the_day_at_the_volume_of_the_month() -> None:
    a = ASSUMED.having({"throughput_gain_sw": 0.0})
    (part,) = portfolio_of(BUSY, profiles={0: OFFICE}).parts
    cost, work, line = part.costs["5a"], part.answer.work, part.line("5a", a)
    assert work is not None
    assert line is not None
    assert cost.serving is not None
    ahead = Ahead.of(PRICE_SCENARIOS[1], no_luck(MONTHS), a)
    for month in (0, 12, 30):
        needed = need(work.grown(ahead.futures.demand[month, 0]), cost.request_s, a)
        usd = sum(machine_terms("5a", cost.serving, needed, a, Day(OFFICE)).values())
        assert np.asarray(line.bills(ahead, a))[month, 0] == pytest.approx(usd)


def test_only_a_part_that_has_its_machines_to_itself_follows_its_day() -> None:
    facts = INSIDE | {"tokens_month": 60e9, "requests_month": 4e7, "peak_to_avg": 2.0}
    day = (2.0,) * 12 + (0.0,) * 12
    (pool,) = portfolio_of(facts, facts, profiles={0: day, 1: day[::-1]}).shared.pools
    assert len(pool.parts) == 2
    assert pool.line.day is None
    found = portfolio_of(BUSY, profiles={0: OFFICE})
    assert month_now(found, POOLED).usd <= month_now(found, TARGET).usd


# People who have to be hired
TOO_FEW = {"ml_engineers": 1, "mlops_engineers": 1, "data_engineers": 0}


def test_people_who_have_to_be_hired_cost_the_smallest_team_once_as_the_page_says() -> None:
    team = ASSUMED["team_cost_year"] / 12
    staffed, hired, mixed = (
        portfolio_of(*facts)
        for facts in ((BUSY, BUSY), (BUSY | TOO_FEW, BUSY | TOO_FEW), (BUSY, BUSY | TOO_FEW))
    )
    assert {each.target for found in (staffed, hired, mixed) for each in found.parts} == {"5a"}
    machines = sum(each.costs["5a"].usd_month or 0 for each in staffed.parts)
    assert month_now(staffed, TARGET).usd == pytest.approx(machines + 25_000)
    for found in (hired, mixed):
        assert month_now(found, TARGET).usd == pytest.approx(machines + team)
        assert month_now(found, TODAY).usd == pytest.approx(2 * 500 + team)
        (pool,) = found.shared.pools
        assert pool.people_usd_month == pytest.approx(team)
    page = page_of(hired)
    costs = full_costs(page.tier, page.work, page.seats, page.under)
    assert costs["5a"].terms["people"] == pytest.approx(team)


def test_the_use_from_which_a_pool_pays_is_that_of_a_replica_at_full_load() -> None:
    facts = INSIDE | {"tokens_month": 60e9, "requests_month": 4e7, "peak_to_avg": 4.0}
    (pool,) = portfolio_of(facts, facts).shared.pools
    even, means = pool.break_even, sum(each.mean for each in pool.line.members)
    assert even is not None
    replica = (pool.usd_month - pool.fixed_usd_month) / pool.replicas
    full_mtok = pool.tokens_month / (means * ASSUMED["retry_overhead"]) / 1e6
    assert even.use * full_mtok * even.usd_mtok == pytest.approx(replica)


def test_what_matters_most_comes_first_and_everything_that_was_read_is_in_the_table() -> None:
    found = matters(golden())
    widths = [each.width_usd or 0 for each in found.swings]
    assert widths == sorted(widths, reverse=True)
    assert found.most[0].name == "demand_growth"
    assert {"throughput", "fte_class5b", "retry_overhead", "price_decline_open_market"} <= {
        each.name for each in found.swings
    }


def test_the_record_is_plain_data_and_its_sentences_read_it_alone() -> None:
    entry = json.loads(json.dumps(outlook_entry(golden(), 1)))
    assert entry["workloads"] == len(GOLDEN.workloads) - 2
    assert headline(entry["now"]).startswith("The portfolio costs $")
    assert " with machines shared it comes to $" in headline(entry["now"])
    assert months_sentence(entry).startswith("Over 36 months that is $")
    assert matters_sentence(entry).startswith("It hangs most on growth of demand ($")
    rows = [part_entry(each, "", ASSUMED) for each in golden().parts]
    assert {"part", "today", "target", "usd", "with", "pool", "planned", "hire", "assumed"} == set(rows[0])


def test_nothing_to_compare_is_said_and_is_not_nought() -> None:
    empty = Portfolio.of(GOLDEN, answers(GOLDEN), {})
    entry = outlook_entry(empty, 1)
    assert (entry["workloads"], entry["now"], entry["courses"]) == (0, {}, [])
    assert headline(entry["now"]) == "No workload has both a measured bill and a known cost at target yet."


def test_a_bill_of_nothing_stays_nothing() -> None:
    ahead = Ahead.of(PRICE_SCENARIOS[0], Draws.of(1, 50, 4), ASSUMED)
    assert np.all(np.asarray(Measured(0.0, golden().lines(TARGET)[0]).bills(ahead, ASSUMED)) == 0)


def test_the_steps_from_the_planning_price_add_up_to_the_full_cost() -> None:
    steps = bridge_entries(planned=1_000.0, full=4_500.0, people=25_000.0)
    assert [step["usd"] for step in steps] == [1_000.0, 3_500.0, 25_000.0, 29_500.0]
    assert sum(step["usd"] for step in steps[:-1]) == steps[-1]["usd"]


def test_a_pool_says_from_which_volume_on_it_would_pay() -> None:
    pools = outlook_entry(golden(), 1)["pools"]
    assert pools
    for pool in pools:
        assert pool["even"].startswith(
            ("Never cheaper than the open models' price", "Cheaper than the open models'")
        )
    shared = golden().shared.pools[0]
    assert shared.break_even is not None
    cheap = replace(shared, break_even=replace(shared.break_even, sustained_mtok_month=5_000.0))
    assert "from 5B tokens a month on; its parts ask for" in pool_sentence(cheap)
    assert pool_sentence(replace(shared, break_even=None)).startswith("Its break-even is not known")


def test_a_pool_is_told_hour_by_hour_with_what_its_members_would_pay_without_it() -> None:
    day = (2.0,) * 12 + (0.0,) * 12
    facts = INSIDE | {"tokens_month": 60e9, "requests_month": 4e7, "peak_to_avg": 2.0}
    found = portfolio_of(facts, facts, profiles={0: day, 1: day[::-1]}).shared.pools[0]
    entry = json.loads(json.dumps(pool_entry(found, ASSUMED)))
    loads = np.array([each["hours"] for each in entry["members"]])
    assert loads.shape == (2, 24)
    assert (loads[0, :12] > 0).all()
    assert (loads[0, 12:] == 0).all()
    assert loads.sum(axis=0).max() <= entry["replicas"] - entry["spare"]
    assert entry["usd_month"] < sum(each["target_usd"] for each in entry["members"])
    assert all(each["alone_replicas"] <= entry["replicas"] for each in entry["members"])
    assert sharing_sentence(entry).startswith("Shared by two parts: ")
    assert " they would pay $" in sharing_sentence(entry)
    entry["members"][0]["target_usd"] = None
    assert sharing_sentence(entry).endswith("they would pay an unknown amount.")


def test_over_volume_a_pool_costs_what_it_costs_today_at_today_s_volume() -> None:
    found, usd_by_token = next(
        (each, each.usd_by_token) for each in golden().shared.pools if each.usd_by_token
    )
    over = found.over_volume(ASSUMED)
    assert over is not None
    tokens, pool, paid = over
    near = int(np.abs(np.log(tokens / found.tokens_month)).argmin())
    assert pool[near] == pytest.approx(found.usd_month + found.people_usd_month, rel=0.25)
    assert (np.diff(pool) >= 0).all()
    assert paid / tokens == pytest.approx(np.full(len(tokens), usd_by_token / found.tokens_month))


def test_a_pool_without_a_price_by_the_token_says_unknown_and_draws_nothing() -> None:
    known = golden().shared.pools[0]
    found = replace(known, paid_usd=(None,) * len(known.parts), break_even=None)
    entry = pool_entry(found, ASSUMED)
    assert (entry["over_volume"], entry["even_tokens"]) == (None, None)
    assert entry["even"].startswith("Its break-even is not known")
