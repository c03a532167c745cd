"""The worked examples of the economics, as one table: what our code comes to, beside what was worked out by hand.

Closed forms hold to a millionth, the roofline to a thousandth, random futures as each line says. Examples of the parts
that have a test file of their own stand there; together they are all twenty-nine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest

from planner.engine.capacity.calibration import Calibration
from planner.engine.capacity.load import SERVED_CONTEXT, UNLIMITED, Load
from planner.engine.capacity.replica import replica
from planner.engine.capacity.service import service
from planner.engine.costing.breakeven import (
    Pool,
    blended_usd_mtok,
    carried_mtok_month,
    routed_usd_mtok,
    smooth_mtok_month,
    sustained_mtok_month,
    use_from_which_it_pays,
)
from planner.engine.costing.machines import owned_terms
from planner.engine.costing.overtime import (
    Move,
    first_lasting_month,
    months_to_repay,
    months_until,
    payback_month,
    saved_by,
    spend_that_repays,
)
from planner.engine.costing.serving import gpu_kilowatts
from planner.engine.costing.tokens import TokenPrice, token_terms
from planner.engine.costing.work import Work
from planner.engine.economics import NEVER
from planner.engine.passage import first_passage
from planner.engine.uncertainty.draws import Draws
from planner.engine.uncertainty.outcomes import Outlook
from tests.engine.futures import ASSUMED, DRIFT, looked_at, pool, tokens

if TYPE_CHECKING:
    from collections.abc import Callable

ELSEWHERE: Final = {
    "test_costing.py": (4, 5, 22),
    "test_roofline.py": (9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 23),
    "test_correction.py": (16,),
}
POOLED: Final = (24, 25)  # tests of pooling
CLOSED_FORM: Final = 1e-6
ROOFLINE: Final = 1e-3
HOURS: Final = ASSUMED["hours_per_month"]
ENDLESS: Final = 1e15  # tokens: a machine of any capacity
H100_USD: Final = {"rented": 2.49, "managed": 6.50}


@dataclass(frozen=True)
class Example:
    """A line of the table; the number of the example is not its place."""

    number: int
    what: str
    computed: Callable[[], Any]
    expected: float
    rel: float = CLOSED_FORM


def token_bill(days: float, times: float = 1.0) -> float:
    """Ten million tokens in and two million out a day, at 2.50 and 10."""
    work = Work(1e4, 10e6, 2e6, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0).grown(days * times)
    price = TokenPrice(2.5, 10.0, 2.5, 2.5)
    return float(sum(token_terms("2p", work, price, ASSUMED.having({"retry_overhead": 1.0})).values()))


def hybrid(own_usd_mtok: float) -> float:
    return float(routed_usd_mtok((0.7, 0.2, 0.1), (0.88, own_usd_mtok, blended_usd_mtok(3, 15, 3))))


def node_running_usd_month() -> float:
    """Eight H100 of one's own: power, data hall and maintenance, without what they cost to buy."""
    figures = ASSUMED.having({"pue": 1.35})
    terms = owned_terms(8, 330_000, 8, gpu_kilowatts("h100", figures["node_kw"]), figures)
    return float(terms["power"] + terms["hall"] + terms["maintenance"])


def repaid_in(usd_gpu_hour: float) -> float:
    return float(months_to_repay(330_000, 8 * usd_gpu_hour * HOURS, node_running_usd_month()))


def one_machine(usd_month: float, usd_mtok: float, staff: float = 0.0) -> float:
    return float(sustained_mtok_month(usd_mtok, Pool(usd_month, ENDLESS, staff, 0)))


def node_rate_tok_s(usd_mtok: float) -> float:
    """Output tokens a second at which eight rented H100 cost so much a million of them."""
    return 8 * H100_USD["rented"] / 3600 / usd_mtok * 1e6


def node_use(tokens_a_request: float, output_tokens: float) -> float:
    """From which use eight rented H100 (2,919 measured output tokens a second) cost less than 3.50 a million."""
    full = carried_mtok_month(tokens_a_request, output_tokens / 2919, HOURS)
    return float(use_from_which_it_pays(8 * H100_USD["rented"] * HOURS, 3.50, full))


def pair_of_h100() -> tuple[float, Pool]:
    """70B in FP8 on two H100 at 1,366 tokens a request, 5.5 in for one out: seconds a request, and its pool."""
    calibration = Calibration.of(ASSUMED)
    machine = replica("Llama-3.1-70B", "h100_sxm", 2, "fp8", calibration)
    lengths = Load(1366 * 5.5 / 6.5, 1366 / 6.5, UNLIMITED, 512, SERVED_CONTEXT)
    seconds = float(service(machine, lengths, 0.050, calibration).request_s)
    carried = carried_mtok_month(1366, seconds, HOURS, planned_use=0.7, peak=3)
    return seconds, Pool(2 * 2.95 * 1.05 * HOURS, carried, 25_000, 1)


def from_today(own: float, api: list[float]) -> tuple[float, float]:
    """The first lasting month, and the one in which a move then has paid back its six."""
    bills = np.array(api)
    costs = np.full_like(bills, own)
    month = float(first_lasting_month(costs, bills, 3))
    return month, float(payback_month(saved_by(costs, bills, Move(int(month), 6.0))))


GPT_4O: Final = blended_usd_mtok(2.5, 10, 5.5)
ONE_DIGIT: Final = 2e-3  # the examples show months with one digit after the point
API: Final = [10.0, 13.0, 11.0, 14.0, 15.0, 16.0]

EXAMPLES: Final = (
    Example(1, "a day", lambda: token_bill(1), 45),
    Example(1, "thirty days", lambda: token_bill(30), 1350),
    Example(1, "a month of 730 h", lambda: token_bill(HOURS / 24), 1368.75),
    Example(1, "ten times as much", lambda: token_bill(30, 10), 13_500),
    Example(2, "Groq 8B at 3:1", lambda: blended_usd_mtok(0.05, 0.08, 3), 0.0575),
    Example(2, "Groq 70B at 3:1", lambda: blended_usd_mtok(0.59, 0.79, 3), 0.64),
    Example(2, "GPT-4o-mini at 3:1", lambda: blended_usd_mtok(0.15, 0.60, 3), 0.2625),
    Example(2, "GPT-4o at 3:1", lambda: blended_usd_mtok(2.5, 10, 3), 4.375),
    Example(2, "GPT-5.2 at 3:1", lambda: blended_usd_mtok(1.75, 14, 3), 4.8125),
    Example(2, "Sonnet at 3:1", lambda: blended_usd_mtok(3, 15, 3), 6.0),
    Example(2, "Opus at 3:1", lambda: blended_usd_mtok(5, 25, 3), 10.0),
    Example(2, "GPT-4o at 5.5:1", lambda: GPT_4O, 3.653846),
    Example(2, "GPT-5.2 at 5.5:1", lambda: blended_usd_mtok(1.75, 14, 5.5), 3.634615),
    Example(2, "Sonnet at 5.5:1", lambda: blended_usd_mtok(3, 15, 5.5), 4.846154),
    Example(3, "own at nothing", lambda: hybrid(0), 1.216),
    Example(3, "own at 0.32", lambda: hybrid(0.32), 1.28),
    Example(3, "own at 1.5", lambda: hybrid(1.5), 1.516),
    Example(6, "pay-back against 2.49", lambda: repaid_in(2.49), 31.53, 2e-4),
    Example(6, "pay-back against 6.50", lambda: repaid_in(6.50), 9.74, 2e-4),
    Example(6, "in 12", lambda: spend_that_repays(330_000, node_running_usd_month(), 12), 31_574, 2e-5),
    Example(6, "in 18", lambda: spend_that_repays(330_000, node_running_usd_month(), 18), 22_407, 2e-5),
    Example(7, "L4 against Sonnet", lambda: one_machine(621, 6.0), 103.5),
    Example(7, "L4 against Groq 8B", lambda: one_machine(621, 0.0575), 10_800),
    Example(7, "H100 against Groq 70B", lambda: one_machine(4_745, 0.64), 7_414.0625),
    Example(7, "node and people against Sonnet", lambda: one_machine(14_540, 6.0, 25_000), 6_590),
    Example(8, "rate behind 5.47", lambda: node_rate_tok_s(5.47), 1_011.58, 1e-5),
    Example(8, "use behind 5.47", lambda: node_rate_tok_s(5.47) / 2919, 0.3465, 2e-4),
    Example(8, "break-even use, output only", lambda: node_use(1000, 1000), 0.5416, 1e-4),
    Example(8, "break-even use, in and out", lambda: node_use(2000, 1000), 0.2708, 1e-4),
    Example(20, "ten replicas", lambda: sustained_mtok_month(4, Pool(4500, 2000, 25_000, 1)), 18_625),
    Example(20, "ten, smooth", lambda: smooth_mtok_month(4, Pool(4500, 2000, 25_000, 1)), 16_857.142857),
    Example(20, "three replicas", lambda: sustained_mtok_month(6, Pool(5000, 3000, 25_000, 1)), 7_500),
    Example(20, "three, smooth", lambda: smooth_mtok_month(6, Pool(5000, 3000, 25_000, 1)), 6_923.076923),
    Example(20, "nobody", lambda: sustained_mtok_month(6, Pool(5000, 3000, 0, 1)), 1_666.666667),
    Example(20, "never", lambda: sustained_mtok_month(1, Pool(5000, 4000, 25_000, 1)), NEVER),
    Example(21, "seconds a request", lambda: pair_of_h100()[0], 0.194219, ROOFLINE),
    Example(21, "a replica a month", lambda: pair_of_h100()[1].replica_usd_month, 4_522.35),
    Example(21, "carried a month", lambda: pair_of_h100()[1].replica_mtok_month, 4_312.82, ROOFLINE),
    Example(21, "break-even", lambda: sustained_mtok_month(GPT_4O, pair_of_h100()[1]), 13_030.6, ROOFLINE),
    Example(21, "smooth", lambda: smooth_mtok_month(GPT_4O, pair_of_h100()[1]), 11_331.8, ROOFLINE),
    Example(26, "the single month 1 does not count", lambda: from_today(12, API)[0], 3),
    Example(26, "six are back in month 5", lambda: from_today(12, API)[1], 5),
    Example(27, "at 3 % a month", lambda: months_until(9_692.31, 33_614, 0.03), 41.45, 2e-4),
    Example(27, "at 5 % a month", lambda: months_until(9_692.31, 33_614, 0.05), 24.87, 2e-4),
    Example(28, "threefold, P10", lambda: first_passage(1, 3, 0.03, 0.1).p10, 16.5, ONE_DIGIT),
    Example(28, "threefold, P50", lambda: first_passage(1, 3, 0.03, 0.1).p50, 31.9, ONE_DIGIT),
    Example(28, "threefold, P90", lambda: first_passage(1, 3, 0.03, 0.1).p90, 62.8, ONE_DIGIT),
    Example(28, "ever, shrinking", lambda: first_passage(1, 3, -0.01, 0.1).ever, 0.1111, 2e-4),
    Example(28, "spend, P10", lambda: spend_passage().p10, 22.9, ONE_DIGIT),
    Example(28, "spend, P50", lambda: spend_passage().p50, 38.2, ONE_DIGIT),
    Example(28, "spend, P90", lambda: spend_passage().p90, 64.1, ONE_DIGIT),
)


def spend_passage() -> Any:
    return first_passage(1, math.exp(1.24361), 0.03, 0.08)


@pytest.mark.parametrize("each", EXAMPLES, ids=lambda each: f"{each.number}-{each.what}")
def test_it_comes_to_what_was_worked_out_by_hand(each: Example) -> None:
    assert float(each.computed()) == pytest.approx(each.expected, rel=each.rel)


def test_example_27_starts_from_bills_our_own_options_make() -> None:
    from_options = (tokens().usd_month, float(sum(_first_bill())))
    assert from_options == pytest.approx((9_692.31, 33_614), rel=1e-6)


def _first_bill() -> tuple[float, float]:
    """Two replicas (one of them spare) of two H100, and one and a half people."""
    return 2 * pool().replica_usd_hour * HOURS, ASSUMED["fte_class5a"] * ASSUMED["fte_cost"] / 12


@pytest.mark.parametrize("seed", range(6))
def test_example_29_many_futures_whatever_the_seed(seed: int) -> None:
    found = looked_at(DRIFT, Draws.of(seed, 10_000, 48))
    assert isinstance(found, Outlook)
    assert 0.36 <= found.within <= 0.40
    assert found.p10 == pytest.approx(21, abs=1)
    assert (found.p50, found.p90) == (NEVER, NEVER)


def test_all_twenty_nine_are_here_or_where_their_part_is_tested() -> None:
    here = {each.number for each in EXAMPLES} | {29}
    elsewhere = {number for numbers in ELSEWHERE.values() for number in numbers} | set(POOLED)
    assert all(Path(__file__).with_name(name).exists() for name in ELSEWHERE)
    assert here.isdisjoint(elsewhere)
    assert here | elsewhere == set(range(1, 30))
