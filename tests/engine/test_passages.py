"""First passage for many at once is first passage one by one."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.engine.passage import first_passage
from planner.engine.uncertainty.passages import first_passages, reached_by
from tests.engine.laws import examples

WALKS = st.tuples(
    st.floats(0, 1e9),
    st.floats(0.01, 1e12),
    st.floats(-0.3, 0.3),
    st.floats(1e-8, 0.5) | st.just(0.0),
)


@given(st.lists(WALKS, min_size=1, max_size=8))
@settings(max_examples=examples(40), deadline=None)
def test_many_at_once_are_what_each_is_alone(walks: list[tuple[float, float, float, float]]) -> None:
    found = first_passages(*np.array(walks).T)
    for place, walk in enumerate(walks):
        alone = first_passage(*walk)
        for name in ("ever", "p10", "p50", "p90"):
            expected = getattr(alone, name)
            if expected != pytest.approx(getattr(found, name)[place], rel=1e-6, abs=1e-12):
                assert close_to_never(alone.ever), (walk, name)


def close_to_never(ever: float) -> bool:
    """Where a share is reached only just, rounding decides whether it is at all."""
    return any(math.isclose(ever, share, rel_tol=1e-9) for share in (0.1, 0.5, 0.9))


def test_a_huge_exponent_neither_overflows_nor_jumps() -> None:
    months = np.linspace(1, 60, 400)
    chances = reached_by(months, 1.0, 0.05, 0.002)
    assert np.isfinite(chances).all()
    assert (np.diff(chances) >= 0).all()
    assert (chances[0], chances[-1]) == (0, 1)


def test_one_number_may_stand_for_a_column() -> None:
    found = first_passages(1.0, np.array([3.0, 0.5]), 0.03, 0.1)
    assert found.p50.round(1).tolist() == [31.9, 0.0]
    assert found.ever.tolist() == [1.0, 1.0]


def test_what_is_not_known_has_no_date() -> None:
    found = first_passages(np.array([np.nan, 1.0]), np.array([3.0, np.nan]), 0.03, 0.1)
    assert np.isnan([found.ever, found.p10, found.p50, found.p90]).all()
