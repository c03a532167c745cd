"""Machines shared: worked examples, and what holds for any portfolio."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.engine.costing.machines import NODE_GPUS
from planner.engine.pooling.alone import alone
from planner.engine.pooling.bill import BarredError, cost_of
from planner.engine.pooling.bound import lower_bound
from planner.engine.pooling.exact import solved
from planner.engine.pooling.heuristic import shared_out
from planner.engine.pooling.problem import NOWHERE, OFFER, Demands, Pool, Problem, Staff
from planner.engine.pooling.sizing import Sized, expected
from planner.engine.pooling.slot_prices import even_prices
from planner.management.bench.shared import KINDS, portfolio
from tests.engine.laws import examples
from tests.engine.test_pooling_exact import small

ALL_TOGETHER = np.zeros(3, dtype=np.int64)


# Two workloads, twenty requests a second in opposite halves of the day and two in the other; 0.1 s, use 0.7, one spare.
def test_opposite_days_share_five_replicas_where_each_alone_takes_four() -> None:
    day = np.r_[np.full(12, 20.0), np.full(12, 2.0)]
    pool = Pool("pool", "5a", 1_000.0, 0.0, 1, 50)
    both = Problem.of(
        Demands(["a", "b"], np.full(2, np.inf), np.stack([day, day[::-1]]), np.full((2, 1), 0.1)),
        [pool],
        Staff({}),
        0.7,
    )
    alone = both.only(np.array([0]))
    assert cost_of(both, np.zeros(2, dtype=np.int64)).units.tolist() == [5]
    assert cost_of(alone, np.zeros(1, dtype=np.int64)).units.tolist() == [4]


# One pool (replica 2,000, fixed 500, staff 1,000, one spare); offers 6,000, 5,000 and 400; loads 0.6, 0.5 and 0.4.
@pytest.fixture
def three() -> Problem:
    pool = Pool("pool", "5a", 2_000.0, 500.0, 1, 50)
    offers, loads = np.array([6_000.0, 5_000.0, 400.0]), np.array([[0.6], [0.5], [0.4]])
    return Problem.of(
        Demands(["a", "b", "c"], offers, loads, np.ones((3, 1))), [pool], Staff({"5a": 1_000.0}), 1.0
    )


def test_all_three_share_where_the_third_fits_into_what_is_paid_anyway(three: Problem) -> None:
    assert cost_of(three, ALL_TOGETHER).usd_month == pytest.approx(7_500)
    assert cost_of(three, np.array([0, 0, OFFER])).usd_month == pytest.approx(7_900)
    assert cost_of(three, np.full(3, OFFER)).usd_month == pytest.approx(11_400)
    assert shared_out(three).bill.usd_month == pytest.approx(7_500)
    assert solved(three, np.full(3, OFFER), 60.0).bill.usd_month == pytest.approx(7_500)


# Four segments of 0.9 replicas that must share; a machine at 4,000 has room for four, a replica by itself costs 1,500.
@pytest.fixture
def machines() -> Problem:
    pools = [
        Pool("machines", "5b", 4_000.0, 0.0, 1, 9, unit_replicas=4),
        Pool("rented", "5a", 1_500.0, 0.0, 1, 9),
    ]
    return Problem.of(
        Demands(list("abcd"), np.full(4, np.inf), np.full((4, 1), 0.9), np.ones((4, 2))),
        pools,
        Staff({}),
        1.0,
    )


@pytest.mark.parametrize(
    ("members", "machines_usd", "rented_usd"),
    [(1, 4_000, 3_000), (2, 4_000, 4_500), (3, 4_000, 6_000), (4, 8_000, 7_500)],
)
def test_machines_are_bought_whole_and_one_replica_of_them_is_spare(
    machines: Problem, members: int, machines_usd: float, rented_usd: float
) -> None:
    """Three segments fill one machine with its spare replica; the fourth takes a second machine, and renting wins."""
    some = machines.only(np.arange(members))
    for pool, usd in enumerate((machines_usd, rented_usd)):
        assert cost_of(some, np.full(members, pool)).usd_month == pytest.approx(usd)
    cheapest = min(machines_usd, rented_usd, 7_000 if members == 4 else np.inf)
    found = shared_out(some)
    assert found.bill.usd_month == pytest.approx(cheapest)
    assert solved(some, np.zeros(members, dtype=np.int64), 60.0).bill.usd_month == pytest.approx(cheapest)
    assert alone(some).usd_month == pytest.approx(3_000 * members)


def test_a_unit_without_room_for_a_replica_is_refused(three: Problem) -> None:
    empty = replace(three.pools[0], unit_replicas=0)
    with pytest.raises(ValueError, match="a unit holds one replica at least"):
        Problem.of(Demands([], np.empty(0), np.empty((0, 1)), np.empty((0, 1))), [empty], Staff({}), 1.0)


def test_a_placement_that_is_barred_is_refused_by_name(three: Problem) -> None:
    barred = Problem.of(
        Demands(["a"], np.array([np.inf]), np.array([[0.5]]), np.array([[np.inf]])),
        three.pools,
        Staff({}),
        1.0,
    )
    with pytest.raises(BarredError, match="a may not be placed there"):
        cost_of(barred, np.zeros(1, dtype=np.int64))
    assert shared_out(barred).assignment.tolist() == [NOWHERE]  # nothing serves it, and it is not dropped


@settings(max_examples=examples(25), deadline=None)
@given(small())
def test_search_never_beats_the_optimum_and_never_uses_what_is_barred(problem: Problem) -> None:
    found = shared_out(problem)
    assert cost_of(problem, found.assignment).usd_month == pytest.approx(found.bill.usd_month)
    if not found.bill.nowhere:
        assert found.bill.usd_month >= solved(problem, found.assignment, 60.0).bill.usd_month * (1 - 1e-6)


@settings(max_examples=examples(4), deadline=None)
@given(st.integers(0, 1_000))
def test_sharing_never_costs_more_than_each_alone(seed: int) -> None:
    problem = portfolio(40, seed)
    problem = problem.only(np.flatnonzero(problem.placeable))
    alone = sum(
        shared_out(problem.only(np.array([place]))).bill.usd_month for place in range(len(problem.names))
    )
    assert shared_out(problem).bill.usd_month <= alone * (1 + 1e-9)


def test_the_same_portfolio_is_shared_out_the_same_way_each_time() -> None:
    first, again = (shared_out(portfolio(60, 3)) for _ in range(2))
    assert (first.assignment == again.assignment).all()


@settings(max_examples=examples(10), deadline=None)
@given(small())
def test_nothing_costs_less_than_the_lower_bound(problem: Problem) -> None:
    served = problem.only(np.flatnonzero(problem.placeable))
    found = shared_out(served)
    best = solved(served, found.assignment, 60.0).bill
    bound = lower_bound(served, found.bill.units, found.bill.usd_month, close=0.0, rounds=8)
    assert bound.usd_month <= best.usd_month * (1 + 1e-6)


def in_machines(problem: Problem) -> Problem:
    """The same where what is owned is bought in machines of eight GPUs, at as much a replica."""
    owned = np.array([pool.operating_class == "5b" for pool in problem.pools])
    fit = [NODE_GPUS // gpus for _, _, _, _, gpus, _ in KINDS]
    holds = np.where(owned, np.resize(fit, len(owned)), 1)
    return replace(problem, unit=problem.unit * holds, holds=holds)


@pytest.mark.parametrize("segments", [40, 200])
def test_search_stays_near_the_lower_bound(segments: int) -> None:
    problem = portfolio(segments, 1)
    problem = problem.only(np.flatnonzero(problem.placeable))
    found = shared_out(problem).bill
    bound = lower_bound(problem, found.units, found.usd_month, close=0.02, rounds=30)
    assert 0 <= bound.gap(found.usd_month) <= 0.02


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_search_stays_near_the_optimum_where_machines_are_bought_whole(seed: int) -> None:
    problem = in_machines(portfolio(60, seed))
    problem = problem.only(np.flatnonzero(problem.placeable))
    found = shared_out(problem)
    best = solved(problem, found.assignment, 60.0)
    assert found.bill.usd_month <= best.bill.usd_month * 1.01


def test_what_a_size_nearby_costs_is_expected_about_right() -> None:
    problem = portfolio(200, 1)
    problem = problem.only(np.flatnonzero(problem.placeable))
    units = shared_out(problem).bill.units
    size = Sized.at(problem, units, even_prices(problem), len(problem.names))
    larger = units + np.eye(len(units), dtype=np.int64)[np.flatnonzero(units)[0]]
    routed = Sized.at(problem, larger, size.prices, len(problem.names))
    assert not size.short
    assert expected(problem, units[None, :], [size])[0] == pytest.approx(size.usd_month)
    assert expected(problem, larger[None, :], [size])[0] <= routed.usd_month * (1 + 1e-9)
