"""How sure we are, as a page says it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from planner.engine.explain.uncertainty import (
    band_sentence,
    outlook_entry,
    outlook_sentence,
    switch_sentence,
    trend_sentence,
)
from planner.engine.uncertainty.outcomes import Bands, Outlook
from tests.engine.futures import DRIFT

INF = math.inf
LATE = Outlook(0.37, 21.0, INF, INF, 27.0, 38.0, 48)
SOON = Outlook(0.89, 11.0, 19.0, INF, 18.0, 17.0, 48)


def test_the_chance_comes_first_and_then_when() -> None:
    assert outlook_sentence(LATE) == (
        "Breaks even within 48 months in 37 of 100 futures; where it does, the median is month 27."
    )
    assert (
        outlook_sentence(SOON) == "Breaks even within 48 months in 89 of 100 futures; the median is month 19."
    )


@pytest.mark.parametrize(
    ("within", "words"),
    [
        (0.002, "fewer than 1 of 100 futures"),
        (0.005, "in 1 of 100 futures"),
        (0.995, "in 99 of 100 futures"),
        (0.9951, "more than 99 of 100 futures"),
        (1.0, "every future looked at"),
    ],
)
def test_few_is_never_said_as_none_nor_nearly_all_as_all(within: float, words: str) -> None:
    assert words in outlook_sentence(replace(SOON, within=within))


def test_never_is_a_value_of_its_own() -> None:
    none = Outlook(0.0, INF, INF, INF, INF, INF, 48)
    assert outlook_sentence(none) == "Does not break even within 48 months in any future looked at."
    assert switch_sentence(none) == "On average switching does not pay within 48 months."
    assert outlook_entry(LATE)["p50_words"] == "later than month 48 or never"


def test_this_month_is_said_as_such() -> None:
    now = replace(SOON, within=1.0, p10=0.0, p50=0.0, best_switch=0.0)
    assert outlook_entry(now)["p10_words"] == "this month"
    assert outlook_sentence(now).endswith("in every future looked at; the median is this month.")
    assert switch_sentence(now) == "On average switching now costs least."
    assert outlook_entry(SOON)["switch_words"] == "On average switching in month 17 costs least."


@pytest.mark.parametrize(
    ("growth", "decline", "months", "words"),
    [
        (0.01, 0.02, INF, "Not on current trends: spend shrinks by 1 % a month."),
        (0.02, 0.02, INF, "Not on current trends: spend neither grows nor shrinks."),
        (0.05, 0.02, 41.45, "In 41 months on current trends: spend grows by 3 % a month."),
        (0.05, 0.02, INF, "Not on current trends, although spend grows by 3 % a month."),
        (0.05, 0.02, 0.0, "It pays this month."),
    ],
)
def test_a_trend_says_when_or_that_it_never_gets_there(
    growth: float, decline: float, months: float, words: str
) -> None:
    assert trend_sentence(replace(DRIFT, growth=growth, price_decline=decline), months) == words


def test_a_band_says_where_eight_of_ten_futures_lie() -> None:
    month = np.array([0.0, 10_000.0])
    found = Bands(month, 2 * month, 4 * month, 2 * month)
    assert band_sentence(found, 1) == (
        "Month 1: $10k a month to $40k a month in eight of ten futures, $20k a month in the middle."
    )
