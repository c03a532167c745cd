"""The volume from which own machines pay: the worked examples, and what follows on a trigger."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from planner.engine.economics import NEVER, Replica, break_even_tokens
from tests.engine.samples import AS_OF, POLICY, decide, recorded

BIG = 1e15


@pytest.mark.parametrize(
    ("price", "replica", "expected"),
    [
        (4, Replica(4500, 2000, 25_000), 18_625),
        (6, Replica(5000, 3000, 25_000), 7_500),
        (6, Replica(5000, 3000, 0), 1_666.666667),
        (1, Replica(5000, 4000, 25_000), NEVER),
    ],
)
def test_example_20_of_the_economics(price: float, replica: Replica, expected: float) -> None:
    assert break_even_tokens(price, replica, spare=1) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("price", "usd", "fixed", "expected"),
    [
        (6.0, 621, 0, 103.5),
        (0.0575, 621, 0, 10_800),
        (0.64, 4745, 0, 7_414.0625),
        (6.0, 14_540, 25_000, 6_590),
    ],
)
def test_example_7_one_machine_of_any_capacity(
    price: float, usd: float, fixed: float, expected: float
) -> None:
    assert break_even_tokens(price, Replica(usd, BIG, fixed)) == pytest.approx(expected, rel=1e-6)


def bill(tokens: float, replica: Replica) -> float:
    return max(1, math.ceil(tokens / replica.tokens - 1e-9)) * replica.usd + replica.fixed_usd


@given(
    st.floats(0.1, 10), st.floats(100, 10_000), st.floats(100, 10_000), st.floats(0, 50_000), st.floats(1, 50)
)
@example(1.0, 100.0, 101.0, 9802.0, 1.0)
def test_above_the_break_even_own_machines_are_cheaper_at_every_volume(
    price: float, usd: float, tokens: float, fixed: float, factor: float
) -> None:
    replica = Replica(usd, tokens, fixed)
    volume = break_even_tokens(price, replica)
    if volume == NEVER:
        assert price * tokens <= usd
        return
    larger = volume * factor * (1 + 1e-6)
    assert bill(larger, replica) <= price * larger * (1 + 1e-6)
    just_below = volume * (1 - 1e-9)
    assert bill(just_below, replica) >= price * just_below * (1 - 1e-5)


def trigger(pk: str, **facts: Any) -> dict[str, Any]:
    found = recorded(**facts)["segments"][0]["triggers"]
    return next(each for each in found if each["id"] == pk)


def test_a_marker_shows_the_computed_break_even_beside_the_published_number() -> None:
    marker = trigger("TRG-147", tokens_month=300_000_000, growth_pct_month=5)
    assert (marker["state"], marker["fire"], marker["confirmed"]) == ("fired", 200_000_000, False)
    assert marker["source"]["line"] == 136
    assert marker["break_even"] == {
        "tokens_month": None,
        "never": True,
        "words": "Never by volume: a full replica costs more than the tokens it serves.",
    }
    assert marker["expected"]["words"] == "The computed break-even: never."


def test_against_a_dear_model_the_break_even_is_a_volume_with_a_date() -> None:
    facts = {"current_class": "2", "complexity": "complex", "growth_pct_month": 10}
    early, late = (trigger("ECO-407", tokens_month=tokens, **facts) for tokens in (6 * 10**9, 60 * 10**9))
    assert (early["state"], early["confirmed"], late["confirmed"]) == ("fired", False, True)
    assert 6 * 10**9 < early["break_even"]["tokens_month"] < 60 * 10**9
    assert early["expected"]["words"].startswith("The computed break-even: P10 ")
    assert late["expected"] is None


def test_use_and_payback_follow_from_what_the_machines_cost() -> None:
    own = decide(tokens_month=300_000_000, peak_to_avg=1.2).costs["5a"]
    use = trigger("TRG-338", tokens_month=300_000_000, peak_to_avg=1.2)["value"]
    planned = POLICY.figures(AS_OF)["util"]
    assert (own.replicas, use) == (1, pytest.approx(100 * own.load * planned / 1.2))
    payback = trigger("ECO-613", tokens_month=300_000_000)
    assert (payback["value"], payback["state"]) == (120, "armed")
