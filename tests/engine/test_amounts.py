"""Amounts in words."""

from __future__ import annotations

import pytest

from planner.engine.amounts import in_words


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (999_990.0, "tokens/day", "1M tokens a day"),
        (999_400.0, "tokens/day", "999k tokens a day"),
        (12_345.0, "USD/month", "$12.3k a month"),
        (9_999.6, "", "10,000"),
        (1_500_000_000, "tokens/month", "1.5B tokens a month"),
        (-20_000, "USD/month", "-$20k a month"),
        (0.125, "", "0.125"),
        (None, "USD", "not known"),
    ],
)
def test_an_amount_is_said_with_three_figures_and_the_scale_it_rounds_to(
    value: float | None, unit: str, words: str
) -> None:
    assert in_words(value, unit) == words
