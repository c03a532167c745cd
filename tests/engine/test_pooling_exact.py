"""Solved outright: equal to trying everything, and a false optimum of the solver is caught."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.engine.pooling.bill import cost_of
from planner.engine.pooling.exact import SOLVER, Answer, ask, bound_of, refusal, solved
from planner.engine.pooling.problem import NOWHERE, OFFER, Demands, Pool, Problem, Staff
from planner.engine.pooling.program import program
from planner.engine.pooling.slot_prices import even_prices, settle
from planner.management.bench.shared import portfolio
from tests.engine.laws import examples

SECONDS = 60.0
FALSE_OPTIMUM = 1  # a seed of sixty segments with loads down to 1.5e-8 replicas


def searched(problem: Problem) -> Any:
    return settle(problem, np.arange(len(problem.pools)), even_prices(problem), 12).assignment


@pytest.fixture(scope="module")
def tiny_loads() -> Problem:
    return portfolio(60, FALSE_OPTIMUM)


def test_the_solver_returns_a_false_optimum_on_loads_as_they_are(tiny_loads: Problem) -> None:
    claimed = ask(program(tiny_loads, grid=0), SECONDS, presolve=True)
    true = solved(tiny_loads, searched(tiny_loads), SECONDS)
    assert claimed.gap < 1e-3  # it says that it is done
    assert claimed.claimed_usd > 2 * true.bill.usd_month


def test_the_guard_refuses_the_false_optimum_and_says_why(tiny_loads: Problem) -> None:
    unguarded = program(tiny_loads, grid=0)
    claimed = ask(unguarded, SECONDS, presolve=True)
    bound = bound_of(program(tiny_loads), SECONDS)
    standing = cost_of(tiny_loads, searched(tiny_loads))
    why = refusal(tiny_loads, claimed, bound, standing)
    assert why.startswith("it claims $")
    assert "bounds it from below." in why


def test_on_the_grid_the_right_answer_is_found_and_proven_near_its_bound(tiny_loads: Problem) -> None:
    found = solved(tiny_loads, searched(tiny_loads), SECONDS)
    assert (found.by, found.refused) == (SOLVER, ())
    assert found.bound_usd is not None
    assert found.bound_usd <= found.bill.usd_month <= 1.1 * found.bound_usd
    assert found.sentence.startswith("Solved outright, ")


def test_an_answer_whose_assignment_costs_more_than_it_claims_is_refused(tiny_loads: Problem) -> None:
    found = solved(tiny_loads, searched(tiny_loads), SECONDS)
    lie = Answer(found.assignment, found.bill.usd_month * 0.97, 1e-4)
    assert "its assignment costs $" in refusal(tiny_loads, lie, None, found.bill)


def test_an_answer_dearer_than_what_search_found_is_refused(tiny_loads: Problem) -> None:
    found = solved(tiny_loads, searched(tiny_loads), SECONDS)
    cheaper = replace(found.bill, tokens_usd_month=found.bill.tokens_usd_month - 1_000)
    answer = Answer(found.assignment, found.bill.usd_month, 1e-4)
    assert "dearer than" in refusal(tiny_loads, answer, None, cheaper)


def test_without_an_answer_in_time_search_stands_and_says_so(tiny_loads: Problem) -> None:
    heuristic = searched(tiny_loads)
    found = solved(tiny_loads, heuristic, 1e-3)
    assert (found.assignment == heuristic).all()
    assert "Found by search" in found.sentence


def test_a_doubted_answer_cheaper_than_search_stands_with_the_doubt() -> None:
    """Whole segments may cost far more than split ones where there are few: four offers at $12 against a bound of
    $10.50, and a search that ended at $20.
    """
    demands = Demands(
        ["a", "b", "c", "d"],
        np.array([1.0, 1.0, 3.0, 7.0]),
        np.array([[0.0, 0.0]] * 3 + [[0.0, 2.0]]),
        np.array([[0.1, 0.1]] * 3 + [[0.1, 0.4]]),
    )
    pools = [Pool("one", "4", 10.0, 0.0, 1, 9), Pool("two", "5a", 10.0, 0.0, 0, 9)]
    problem = Problem.of(demands, pools, Staff({}, 0.0), 0.7)
    found = solved(problem, np.array([0, 0, 0, 0]), SECONDS)
    assert found.bill.usd_month == pytest.approx(12)
    assert "bounds it from below" in found.sentence


@st.composite
def small(draw: Any) -> Problem:
    """Up to four segments, two pools of up to four replicas a unit, two hours."""
    number = draw(st.integers(1, 4))
    numbers = st.floats(0.5, 400)
    offers = [draw(st.one_of(numbers, st.just(np.inf))) for _ in range(number)]
    requests = [[draw(st.floats(0, 3)) for _ in range(2)] for _ in range(number)]
    seconds = [[draw(st.sampled_from((0.1, 0.4, np.inf))) for _ in range(2)] for _ in range(number)]
    pools = [
        Pool(
            name,
            step,
            unit_usd_month=draw(st.floats(10, 200)),
            fixed_usd_month=draw(st.floats(0, 50)),
            spare=draw(st.integers(0, 1)),
            max_units=9,
            unit_replicas=draw(st.integers(1, 4)),
        )
        for name, step in (("one", "4"), ("two", "5a"))
    ]
    staff = Staff({"4": draw(st.floats(0, 50)), "5a": draw(st.floats(0, 50))}, draw(st.floats(0, 20)))
    demands = Demands(
        [str(place) for place in range(number)], np.array(offers), np.array(requests), np.array(seconds)
    )
    return Problem.of(demands, pools, staff, 0.7)


def cheapest_by_trying(problem: Problem) -> float:
    choices = [
        ([OFFER] if np.isfinite(problem.offer[place]) else [])
        + [int(pool) for pool in np.flatnonzero(problem.barred[place] == 0)]
        or [NOWHERE]
        for place in range(len(problem.names))
    ]
    return min(cost_of(problem, np.array(each, dtype=np.int64)).usd_month for each in product(*choices))


@settings(max_examples=examples(25), deadline=None)
@given(small())
def test_it_is_as_cheap_as_trying_everything(problem: Problem) -> None:
    found = solved(problem, searched(problem), SECONDS)
    assert found.bill.usd_month == pytest.approx(cheapest_by_trying(problem), rel=2e-3, abs=0.05)
