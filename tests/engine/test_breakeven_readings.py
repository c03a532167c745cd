"""The break-even of a pool by volume, spend and use, for one and for a column of them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.engine.costing.breakeven import (
    Pool,
    blended_usd_mtok,
    break_even,
    carried_mtok_month,
    smooth_mtok_month,
    sustained_mtok_month,
    use_from_which_it_pays,
)
from planner.engine.economics import NEVER
from planner.engine.explain.breakeven import break_even_sentence
from tests.engine.laws import examples

POOL = Pool(replica_usd_month=4500, replica_mtok_month=2000, fixed_usd_month=25_000, spare=1)
PRICES = st.floats(0.05, 20)
POOLS = st.builds(
    Pool,
    st.floats(100, 50_000),
    st.floats(10, 100_000),
    st.floats(0, 50_000),
    st.integers(0, 2),
)


def test_every_reading_is_of_the_same_break_even() -> None:
    found = break_even(4.0, POOL, 2000 * 3 / 0.7)
    assert (found.sustained_mtok_month, found.spend_usd_month) == (18_625, 74_500)
    assert found.smooth_mtok_month == pytest.approx(16_857.142857)
    assert found.use == pytest.approx(4500 / (4 * 2000 * 3 / 0.7))
    assert break_even_sentence(found, "GPT-4o") == (
        "Cheaper than GPT-4o at $4 a million tokens from 18.6B tokens a month on, where both cost $74.5k a month."
    )


def test_a_full_replica_dearer_than_its_tokens_never_pays_at_any_volume() -> None:
    found = break_even(2.25, POOL, 2000)
    assert (found.sustained_mtok_month, found.smooth_mtok_month, found.spend_usd_month) == (NEVER,) * 3
    assert break_even_sentence(found, "Groq 8B") == (
        "Never cheaper than Groq 8B at $2.25 a million tokens: a replica at planned load costs more than the tokens it carries."
    )


def test_what_nobody_knows_has_no_break_even() -> None:
    assert break_even(None, POOL, 2000) is None
    assert break_even(4.0, None, 2000) is None
    assert break_even_sentence(None, "GPT-4o") == (
        "The break-even against GPT-4o is not known: its price or what a machine carries is missing."
    )


def test_in_a_column_the_unknown_stays_unknown_beside_never() -> None:
    found = sustained_mtok_month(np.array([4.0, 1.0, np.nan]), POOL)
    assert found[:2].tolist() == [18_625, NEVER]
    assert np.isnan(found[2])
    smooth = smooth_mtok_month(np.array([4.0, 1.0, np.nan]), POOL)
    assert smooth[1] == NEVER
    assert np.isnan(smooth[2])


def test_a_replica_sized_for_the_peak_carries_less_than_it_could() -> None:
    full = carried_mtok_month(1366, 0.2, 730)
    assert full == pytest.approx(1366 / 0.2 * 730 * 3600 / 1e6)
    assert carried_mtok_month(1366, 0.2, 730, planned_use=0.7, peak=3) == pytest.approx(full * 0.7 / 3)


@given(st.lists(st.tuples(PRICES, POOLS), min_size=1, max_size=20))
@settings(max_examples=examples(50))
def test_one_by_one_and_in_columns_the_break_even_is_the_same(contests: list[tuple[float, Pool]]) -> None:
    prices = np.array([price for price, _ in contests])
    columns = (
        np.array([getattr(pool, name) for _, pool in contests], dtype=float) for name in Pool.__slots__
    )
    pool = Pool(*columns)
    alone = [break_even(price, each, each.replica_mtok_month) for price, each in contests]
    together = break_even(prices, pool, pool.replica_mtok_month)
    for name in ("sustained_mtok_month", "smooth_mtok_month", "spend_usd_month", "use"):
        assert [getattr(each, name) for each in alone] == getattr(together, name).tolist()


@given(PRICES, POOLS)
@settings(max_examples=examples(100))
def test_the_smooth_line_never_lies_above_whole_replicas(price: float, pool: Pool) -> None:
    assert smooth_mtok_month(price, pool) <= sustained_mtok_month(price, pool) * (1 + 1e-9)


@given(PRICES, POOLS)
@settings(max_examples=examples(100))
def test_without_staff_the_break_even_is_never_later(price: float, pool: Pool) -> None:
    bare = replace(pool, fixed_usd_month=0.0)
    assert sustained_mtok_month(price, bare) <= sustained_mtok_month(price, pool) * (1 + 1e-9)


@given(PRICES, PRICES, st.floats(0.1, 100))
@settings(max_examples=examples(50))
def test_a_blend_lies_between_its_two_prices(input_usd: float, output_usd: float, ratio: float) -> None:
    low, high = sorted((input_usd, output_usd))
    blended = blended_usd_mtok(input_usd, output_usd, ratio)
    assert low * (1 - 1e-9) <= blended <= high * (1 + 1e-9)
    column = blended_usd_mtok(np.array([input_usd]), np.array([output_usd]), np.array([ratio]))
    assert column.tolist() == [blended]


@given(PRICES, POOLS)
@settings(max_examples=examples(50))
def test_above_its_break_even_use_a_replica_costs_less_than_its_tokens(price: float, pool: Pool) -> None:
    use = use_from_which_it_pays(pool.replica_usd_month, price, pool.replica_mtok_month)
    never = math.isinf(sustained_mtok_month(price, pool))
    assert (use >= 1 - 1e-12) if never else (use < 1)
