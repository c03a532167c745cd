"""What a move is worth, in words."""

from __future__ import annotations

import math

from planner.engine.costing.overtime import Move
from planner.engine.explain.moving import Worth, move_words
from planner.engine.policy import Assumptions
from tests.engine.samples import AS_OF, POLICY


def test_a_move_that_pays_says_when_and_how_much_it_is_worth() -> None:
    assert Worth(14.0, 1_234_567.0, 36).words == (
        "Moving now pays back in month 14 and is worth $1.23M over 36 months, in today's money."
    )


def test_a_move_that_does_not_pay_says_what_it_loses() -> None:
    worth = Worth(math.inf, -60_000.0, 36)
    assert worth.words == "Moving now does not pay back and loses $60k over 36 months, in today's money."
    assert worth.payback_words == "not within 36 months"


def test_what_a_move_is_taken_to_cost_is_said() -> None:
    figures = Assumptions.of(POLICY, AS_OF)
    assert move_words(Move(0, 60_000, lead_months=4.5, parallel_months=1), figures) == (
        "A move is taken to cost $60k once, with both bills for 1 month after 4.5 months of hiring; savings are "
        "discounted at 10% a year."
    )
