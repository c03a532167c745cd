"""How typed amounts are read, and how they are refused."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.engine import load_policy
from workloads.forms.amounts import as_typed, read_amount, understood

INPUTS = load_policy().inputs


@pytest.mark.parametrize(
    ("name", "text", "value", "words"),
    [
        ("tokens_month", "1.2M", 1_200_000, "= 1,200,000 tokens a month"),
        ("tokens_month", "3 B tokens a month", 3_000_000_000, "= 3,000,000,000 tokens a month"),
        ("tokens_month", "1.2M/day", 36_500_000, "= 36,500,000 tokens a month"),
        ("tokens_month", "40k", 40_000, "= 40,000 tokens a month"),
        ("tokens_month", "60,000", 60_000, "= 60,000 tokens a month"),
        ("tokens_month", "60_000_000", 60_000_000, "= 60,000,000 tokens a month"),
        ("tokens_month", "12B per year", 1_000_000_000, "= 1,000,000,000 tokens a month"),
        ("requests_month", "40 req/min", 1_752_000, "= 1,752,000 requests a month"),
        ("ttft_target_ms", "200 ms", 200, "= 200 ms"),
        ("cached_input_share", "30%", 30, "= 30 %"),
        ("team_share", "0.125", 0.125, "= 0.125"),
        ("api_spend_month", "$300", 300, "= 300 USD a month"),
        ("growth_pct_month", "\N{MINUS SIGN}3 % a month", -3, "= -3 % a month"),
    ],
)
def test_an_amount_is_read_as_people_write_it(name: str, text: str, value: float, words: str) -> None:
    assert read_amount(INPUTS[name], text) == value
    assert understood(INPUTS[name], value) == words


@pytest.mark.parametrize(
    ("name", "text", "start"),
    [
        ("tokens_month", "-5", "-5 is negative: Tokens a month cannot be below 0. Write 0 or more"),
        ("tokens_month", "around sixty", "“around sixty” is not a number. Write one like 60M"),
        ("cached_input_share", "lots", "“lots” is not a number. Write one like 5 or 37.5, or leave it empty"),
        (
            "reasoning_multiplier",
            "lots",
            "“lots” is not a number. Write one like 2 or 12.5, or leave it empty",
        ),
        ("tokens_month", "60.000", "“60.000” can be read two ways. Write 60000"),
        ("tokens_month", "1,5", "“1,5” can be read two ways."),
        ("tokens_month", "nan", "“nan” is not a number."),
        ("tokens_month", "1e400", "“1e400” is not a number."),
        ("ttft_target_ms", "200/day", "First token within is counted in ms, not by the day"),
        ("cached_input_share", "130", "130 is too large: Cached input cannot be above 100."),
        ("seats", "2.5", "Seats is a whole number"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_way_out(name: str, text: str, start: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read_amount(INPUTS[name], text)
    assert refused.value.messages[0].startswith(start)


@given(st.integers(min_value=0, max_value=10**15) | st.floats(min_value=0, max_value=10**6))
@settings(max_examples=200, deadline=None)
def test_a_stored_number_can_be_typed_again(value: float) -> None:
    assert read_amount(INPUTS["tokens_month"], str(as_typed(value))) == value


@given(st.text(max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_number_or_a_sentence(text: str) -> None:
    try:
        read = read_amount(INPUTS["tokens_month"], text)
    except ValidationError as refused:
        read = refused.messages[0]
    assert read.endswith(".") if isinstance(read, str) else read >= 0  # type: ignore[operator]
