"""When a move pays: the first month that lasts, pay-back with its lead, and what the savings are worth today."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.engine.costing.overtime import (
    Commitment,
    Move,
    first_lasting_month,
    months_to_repay,
    months_until,
    npv_usd,
    payback_month,
    saved_by,
    spend_that_repays,
    trended,
)
from planner.engine.economics import NEVER
from tests.engine.laws import examples

API = np.array([10.0, 13, 11, 14, 15, 16])
OWN = np.full(6, 12.0)
BILLS = st.lists(st.floats(1, 100), min_size=6, max_size=6).map(np.array)


def test_a_single_cheap_month_does_not_count() -> None:
    assert first_lasting_month(OWN, API, 3) == 3
    assert first_lasting_month(OWN, API, 1) == 1


def test_three_months_are_not_in_a_row_when_the_row_ends() -> None:
    assert first_lasting_month(OWN[:5], API[:5], 3) == NEVER
    assert first_lasting_month(OWN[:2], API[:2], 3) == NEVER


def test_many_futures_are_answered_side_by_side() -> None:
    both = np.array([API, API - 5])
    assert first_lasting_month(OWN, both, 3).tolist() == [3, NEVER]
    assert payback_month(saved_by(OWN, both, Move(3, 6.0))).tolist() == [5, NEVER]


def test_a_lead_puts_the_pay_back_off_and_both_bills_are_paid_while_both_run() -> None:
    saved = saved_by(OWN, API, Move(decided=1, one_off_usd=6, lead_months=1.5, parallel_months=1))
    assert saved.tolist() == [0, -6, 0, -12, 3, 4]
    assert payback_month(saved) == NEVER
    assert saved_by(OWN, API, Move(1, 6, lead_months=1)).tolist() == [0, -6, -1, 2, 3, 4]


def test_what_is_paid_later_is_worth_less_and_a_commitment_is_taken_off() -> None:
    assert npv_usd(np.full(13, 1.0), 0.0) == pytest.approx(13)
    assert npv_usd(np.array([0.0] * 12 + [110.0]), 0.1) == pytest.approx(100)
    owed = npv_usd(np.zeros(12), 0.1, Commitment(110.0, 1))
    assert owed == pytest.approx(-100)
    assert npv_usd(np.zeros(12), 0.0, Commitment(5.0, 4)) == pytest.approx(-20)


def test_commitments_of_many_options_end_each_in_its_own_month() -> None:
    owed = Commitment(np.array([5.0, 5.0, 0.0]), np.array([4, 1, 9]))
    assert npv_usd(np.zeros((3, 12)), 0.0, owed).tolist() == [-20, -5, 0]


def test_what_neither_grows_nor_lies_ahead_has_no_date() -> None:
    assert months_until(10, 20, math.log(2) / 12) == pytest.approx(12)
    assert months_until(10, 20, 0.0) == NEVER
    assert months_until(10, 20, -0.01) == NEVER
    assert months_until(0, 20, 0.1) == NEVER
    assert months_until(20, 20, -0.01) == 0


def test_unknown_stays_unknown_in_a_column_of_dates() -> None:
    found = months_until(np.array([10.0, 10.0, np.nan, 30.0]), 20.0, np.array([0.1, -0.1, 0.1, -0.1]))
    assert found[[1, 3]].tolist() == [NEVER, 0]
    assert found[0] == pytest.approx(math.log(2) / 0.1)
    assert np.isnan(found[2])


def test_capital_that_saves_nothing_is_never_repaid() -> None:
    assert months_to_repay(330_000, 4_000, 4_074) == NEVER
    assert months_to_repay(330_000, np.array([4_000, np.nan, 34_074]), 4_074)[2] == pytest.approx(11)
    assert months_to_repay(12_000, spend_that_repays(12_000, 500, 10), 500) == pytest.approx(10)


@given(st.floats(1, 100), st.floats(0.1, 1000), st.floats(-0.2, 0.2))
@settings(max_examples=examples(50))
def test_one_by_one_and_in_columns_dates_are_the_same(now: float, level: float, drift: float) -> None:
    alone = months_until(now, level, drift)
    column = months_until(np.array([now]), np.array([level]), np.array([drift]))
    assert column.tolist() == pytest.approx([alone])


@given(st.floats(1, 100), st.floats(1.1, 5), st.floats(0.01, 0.2))
@settings(max_examples=examples(50))
def test_month_by_month_and_in_closed_form_the_date_is_the_same(
    now: float, factor: float, drift: float
) -> None:
    months = months_until(now, now * factor, drift)
    row = trended(now, drift, 200)
    found = float(first_lasting_month(np.full(200, now * factor), row, 3))
    if months > 190:
        assert found == NEVER or found > 190
    else:
        assert abs(found - math.floor(months) - 1) <= (0 if abs(months - round(months)) > 1e-9 else 1)


@given(BILLS, BILLS, st.floats(0, 50), st.floats(0, 50))
@settings(max_examples=examples(50))
def test_a_dearer_move_never_pays_back_sooner(
    own: np.ndarray, api: np.ndarray, cost: float, more: float
) -> None:
    early, late = (payback_month(saved_by(own, api, Move(1, usd))) for usd in (cost, cost + more))
    assert early <= late
