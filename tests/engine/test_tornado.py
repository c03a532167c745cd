"""Which assumptions matter most."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.engine.explain.uncertainty import swing_entry, tornado_sentence
from planner.engine.explain.words import lower_first
from planner.engine.uncertainty.tornado import Range, Swing, ranges_of, tornado
from tests.engine.futures import ASSUMED
from tests.engine.laws import examples

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = ("fte_class5a", "fte_cost", "gpu_h100_rent", "n_plus")


def cost(changed: Mapping[str, float]) -> float:
    """Two H100 and a spare one, and people."""
    figures = ASSUMED.having(changed)
    people = figures["fte_class5a"] * figures["fte_cost"] / 12
    return (2 + 2 * figures["n_plus"]) * figures["gpu_h100_rent"] * figures["hours_per_month"] + people


def test_the_widest_swing_comes_first_with_both_its_ends() -> None:
    found = tornado(cost, ranges_of(ASSUMED, NAMES))
    assert found.usd == pytest.approx(33_614)
    assert [each.name for each in found.swings] == ["fte_class5a", "fte_cost", "gpu_h100_rent", "n_plus"]
    assert [round(each.width_usd) for each in found.swings] == [66_667, 22_500, 15_126, 8_614]
    first = found.swings[0]
    assert (first.low, first.high) == (1.0, 5.0)
    assert (round(first.usd_at_low), round(first.usd_at_high)) == (25_281, 91_947)


def test_the_three_that_matter_most_are_said() -> None:
    assert tornado_sentence(tornado(cost, ranges_of(ASSUMED, NAMES)), ASSUMED) == (
        f"What matters most: {label('fte_class5a')} ($25.3k a month to $91.9k a month); "
        f"{label('fte_cost')} ($23.6k a month to $46.1k a month); "
        f"{label('gpu_h100_rent')} ($30k a month to $45.1k a month)."
    )


def label(name: str) -> str:
    """In the middle of a sentence: small, unless it begins with an abbreviation."""
    return lower_first(ASSUMED.figures[name].label)


def test_what_changes_nothing_is_not_among_those_that_matter() -> None:
    found = tornado(lambda changed: 5.0, [Range("fte_cost", 1, 2)])
    assert (found.most, found.swings[0].width_usd) == ((), 0.0)
    assert tornado_sentence(found, ASSUMED) == "No assumption that was tried moves the cost."


def test_an_end_that_cannot_be_worked_out_comes_last_and_is_not_nought() -> None:
    known = {"fte_cost": 1.0, "n_plus": None}
    found = tornado(
        lambda changed: known[next(iter(changed))] if changed else 3.0,
        [Range("n_plus", 0, 2), Range("fte_cost", 1, 2)],
    )
    assert [(each.name, each.width_usd) for each in found.swings] == [("fte_cost", 0.0), ("n_plus", None)]
    assert swing_entry(found.swings[1], ASSUMED)["words"].endswith("an unknown amount to an unknown amount.")


def test_never_at_both_ends_is_no_swing_and_at_one_end_the_widest() -> None:
    never = Swing("a", 0, 1, math.inf, math.inf)
    assert never.width_usd == 0
    assert replace(never, usd_at_low=1.0).width_usd == math.inf


def test_a_figure_without_a_range_is_left_out() -> None:
    without = next(name for name, each in ASSUMED.figures.items() if each.low is None)
    assert [each.name for each in ranges_of(ASSUMED, [without, "fte_cost"])] == ["fte_cost"]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=12))
@settings(max_examples=examples(50))
def test_equally_wide_swings_keep_their_order(widths: list[int]) -> None:
    ranges = [Range(str(place), 0, width) for place, width in enumerate(widths)]
    found = tornado(lambda changed: sum(changed.values()), ranges)
    assert [int(each.name) for each in found.swings] == sorted(
        range(len(widths)), key=lambda place: -widths[place]
    )
