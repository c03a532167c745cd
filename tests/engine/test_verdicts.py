"""What a full cost says of a decision, in sentences."""

from __future__ import annotations

import pytest

from planner.engine.costing import FullCost
from planner.engine.explain.costing import set_aside
from planner.engine.explain.verdicts import headline, use_words, why_it_wins, why_not_the_cheapest
from planner.engine.vocabulary import VARIANTS

TERMS = {
    "3": {"input": 60.0, "reasoning": 30.0, "people": 10.0},
    "4": {"working": 500.0},
    "2e": {"output": 90.0},
}
COSTS = {
    variant: FullCost(variant, TERMS.get(variant, {}), unknown=None if variant in TERMS else "No price.")
    for variant in VARIANTS
}


def test_what_would_cost_less_comes_with_the_reason_for_setting_it_aside() -> None:
    aside = {"2e": "The decision sets it aside: sensitive data stays."}
    assert headline(COSTS, ["3", "4", "2e"], "4").endswith(" would cost $410 a month less.")
    assert why_not_the_cheapest(COSTS, ["3", "4", "2e"], "4", aside) == aside["2e"]
    assert why_not_the_cheapest(COSTS, ["4", "2e"], "4", {}).startswith("It is allowed too: ")
    assert headline(COSTS, ["3", "4"], "3").endswith("the least of what is allowed.")
    for target in ("3", "5a", None):
        assert why_not_the_cheapest(COSTS, ["3", "4", "5a"], target, aside) == ""


@pytest.mark.parametrize(
    ("feasible", "target", "words"),
    [
        (["3", "4"], "3", "An open-weight API wins: at $100 a month it costs less than"),
        (["3", "4"], "3r", "An open-weight API wins:"),
        (["3", "4"], "4", "An open-weight API would win on cost alone: at $100 a month"),
        (["3", "4", "2e"], "4", "An open-weight API does not win: it costs $100 a month, "),
        (["4"], "4", "An open-weight API would cost $100 a month, but is not allowed here."),
        (["3", "3r"], "3", "An open-weight API costs $100 a month, and no other class is allowed here."),
        (
            ["3", "5a"],
            "3",
            "An open-weight API costs $100 a month; what the other classes that are allowed cost is not known.",
        ),
    ],
)
def test_why_the_price_by_the_token_wins_or_not(feasible: list[str], target: str, words: str) -> None:
    assert words in why_it_wins(COSTS, feasible, "3", target)


def test_what_takes_money_off_is_no_part_of_a_cost() -> None:
    reduced = {"working": 500.0, "peak": 300.0, "gpu_commitment": -450.0}
    said = why_it_wins(COSTS | {"4": FullCost("4", reduced)}, ["3", "4"], "3", "3")
    assert "most of which is hours that work $500 a month and room for the peak $300 a month" in said
    spread = dict.fromkeys(("working", "planned_use", "peak", "whole", "spare"), 100.0)
    said = why_it_wins(COSTS | {"4": FullCost("4", spread)}, ["3", "4"], "3", "3")
    assert "first of all hours that work" in said


def test_a_decision_s_reason_is_taken_over() -> None:
    gates = {"state": "not_ready", "sentence": "Still open: gateway in place."}
    assert set_aside(gates) == "The decision holds it for not ready: still open: gateway in place."
    dearer = {"state": "dearer", "sentence": "It fits and costs $5. Set aside: data stays."}
    assert set_aside(dearer) == "The decision sets it aside: data stays."
    assert set_aside({"state": "dearer", "sentence": "It fits and costs $5."}) == ""


def test_how_full_a_replica_has_to_be_stands_beside_how_full_it_gets() -> None:
    assert use_words(0.48, 0.35) == "48%, 35% is reached"
    assert use_words(3.11, 0.35) == "never, 35% is reached"
