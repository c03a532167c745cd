"""What a portfolio costs and will cost, as a record keeps it and as sentences say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from planner.engine.explain.pools import pool_entry
from planner.engine.explain.uncertainty import swing_entry
from planner.engine.explain.words import counted, listed, lower_first, money
from planner.engine.outlook.lines import THROUGHPUT, ByVolume
from planner.engine.outlook.matters import REFERENCE, matters
from planner.engine.outlook.placed import NOWHERE
from planner.engine.outlook.portfolio import (
    MONTHS,
    POOLED,
    TARGET,
    TODAY,
    courses,
    month_now,
)
from planner.engine.uncertainty.growth import BELIEVED

if TYPE_CHECKING:
    from planner.engine.outlook.placed import Placed
    from planner.engine.outlook.portfolio import Course, Portfolio, Range
    from planner.engine.policy import Assumptions
    from planner.engine.uncertainty.outcomes import Bands
    from planner.engine.uncertainty.tornado import Swing

CENTS: Final = 2
MILLION: Final = 1_000_000
TOKENS: Final = "tokens/month"
PEOPLE: Final = "People"  # the part of a planning price that is a share of a team
CASES: Final = {TODAY: "As it runs today", TARGET: "At target", POOLED: "At target, machines shared"}
BAND: Final = ("p10", "p50", "p90")
SAME: Final = 0.005  # shares of the bill below which a difference is none
NOBODY_SAYS: Final = (
    "No class is stated for what serves it today: its bill, measured with its tokens, is taken to be paid by the token on a closed "
    "API. State its class today."
)
NO_SIZE: Final = "Nobody can size the machines it runs on today: its bill is taken to follow its volume. Enter or pull an offer of them."


def outlook_entry(portfolio: Portfolio, seed: int) -> dict[str, Any]:
    """The whole outlook for a record: figures now, the months ahead, what matters most, and the pools."""
    a = portfolio.world.assumed
    if not portfolio.parts:
        return {"seed": seed, "months": MONTHS, "workloads": 0, "now": {}, "courses": [], "pools": []}
    found = matters(portfolio)
    return {
        "seed": seed,
        "futures": round(a["futures_drawn"]),
        "months": MONTHS,
        "own_growth_months": round(a[BELIEVED]),
        "workloads": len({each.part.workload for each in portfolio.parts}),
        "now": {case: _range(month_now(portfolio, case)) for case in CASES},
        "courses": [_course(each) for each in courses(portfolio, seed)],
        "matters": {
            "scenario": REFERENCE,
            "usd_month": _cents(found.usd),
            "swings": [_swing(each, a) for each in found.swings],
        },
        "pools": [pool_entry(each, a) for each in portfolio.shared.pools],
        "pools_how": portfolio.shared.how,
        "nowhere": [list(each.part) for each in portfolio.shared.nowhere],
    }


def part_entry(each: Placed, pooled_in: str, a: Assumptions) -> dict[str, Any]:
    """A part for a row: where it runs and should, what it costs there without people, whether people for machines of
    its own would have to be hired, and what is taken for granted of its bill today.
    """
    return {
        "part": each.part.name,
        "today": each.class_today,
        "target": each.target,
        "usd": _cents(each.costs[each.target].usd_month),
        "with": each.costs[each.target].comparator,
        "planned": _planned(each),
        "pool": pooled_in,
        "hire": each.hire,
        "assumed": _assumed(each, a),
    }


def _assumed(each: Placed, a: Assumptions) -> str:
    """What is taken for granted of how a bill goes on, and what to supply instead; empty where it follows."""
    if each.class_today == NOWHERE:
        return NOBODY_SAYS
    return NO_SIZE if isinstance(each.goes_on_like(a), ByVolume) else ""


def _planned(each: Placed) -> float | None:
    """The price the decision reckoned with, its share of a team aside; None where it had none."""
    cost = each.answer.weighed.costs[each.target]
    if cost.usd_month is None:
        return None
    return _cents(cost.usd_month - sum(part.usd_month for part in cost.parts if part.label == PEOPLE))


def bridge_entries(planned: float, full: float, people: float) -> list[dict[str, Any]]:
    """From the price the decisions reckon with to the full cost of the same placements, step by step."""
    return [
        {"label": "Tokens and machines at the planning price of the decisions", "usd": planned},
        {
            "label": "Retries, caching, the peak, whole and spare replicas, pools, speed as measured",
            "usd": full - planned,
        },
        {"label": "People, once for each class in use", "usd": people},
        {"label": "In full", "usd": full + people},
    ]


def headline(now: dict[str, Any]) -> str:
    """The portfolio today, at target and pooled, in one sentence."""
    if not now:
        return "No workload has both a measured bill and a known cost at target yet."
    today, target = now[TODAY]["usd"], now[TARGET]["usd"]
    first = f"The portfolio costs {money(today)} today, people included, and {money(target)} at target"
    if POOLED not in now:
        return f"{first}."
    pooled = now[POOLED]["usd"]
    if target - pooled <= SAME * target:
        return f"{first}; sharing machines saves nothing more."
    return f"{first}; with machines shared it comes to {money(pooled)}."


def months_sentence(entry: dict[str, Any]) -> str:
    """Between which sums the months ahead lie at target, over all the ways prices may go."""
    totals = [each["totals"][TARGET] for each in entry["courses"]]
    low, high = min(each["low"] for each in totals), max(each["high"] for each in totals)
    return (
        f"Over {entry['months']} months that is {_sum(low)} to {_sum(high)} at target, "
        "depending on how token prices go and on chance."
    )


def matters_sentence(entry: dict[str, Any]) -> str:
    """The three figures that the bill hangs on most."""
    most = [each for each in entry["matters"]["swings"] if each["width_usd"]][:3]
    if not most:
        return "No figure that has a range moves it."
    named = listed([f"{lower_first(each['label'])} ({_ends(each)})" for each in most])
    return f"It hangs most on {named}, each set to the ends of its range alone."


def course_sentence(course: dict[str, Any], case: str) -> str:
    """What one way prices may go comes to."""
    total = course["totals"][case]
    return (
        f"{course['label']}: {_sum(total['usd'])} in the middle, {_sum(total['low'])} to {_sum(total['high'])} "
        "in eight of ten futures."
    )


def unpooled_words(entry: dict[str, Any]) -> str:
    number = len(entry["pools"])
    shared = sum(len(each["parts"]) for each in entry["pools"])
    if not number:
        return "No pool of machines is worth opening: every part is cheaper by the token, or where it is."
    return f"{counted(shared, 'part').capitalize()} in {counted(number, 'pool')}. {entry.get('pools_how', '')}".strip()


def _ends(swing: dict[str, Any]) -> str:
    low, high = sorted((swing["usd_at_low"], swing["usd_at_high"]))
    return f"{_sum(low)} to {money(high)}"


def _sum(usd: float) -> str:
    return money(usd).removesuffix(" a month")


def _range(found: Range) -> dict[str, float | None]:
    return {"usd": _cents(found.usd), "low": _cents(found.low), "high": _cents(found.high)}


def _course(found: Course) -> dict[str, Any]:
    return {
        "key": found.scenario.key,
        "label": found.scenario.label,
        "sentence": found.scenario.sentence,
        "bands": {case: _bands(each) for case, each in found.bands.items()},
        "totals": {case: _range(each) for case, each in found.totals.items()},
    }


def _bands(found: Bands) -> dict[str, list[float]]:
    return {name: [round(float(usd), CENTS) for usd in getattr(found, name)] for name in BAND}


def _swing(swing: Swing, assumed: Assumptions) -> dict[str, Any]:
    width = swing.width_usd
    if swing.name != THROUGHPUT:
        return swing_entry(swing, assumed) | {"width_usd": width}
    return {
        "name": THROUGHPUT,
        "label": "Throughput of a replica",
        "unit": "times the estimate",
        "guess": False,
        "low": round(swing.low, CENTS),
        "high": round(swing.high, CENTS),
        "usd_at_low": swing.usd_at_low,
        "usd_at_high": swing.usd_at_high,
        "words": f"A replica serves {swing.low:.2g} to {swing.high:.2g} times the estimate.",
        "width_usd": width,
    }


def _cents(usd: float | None) -> float | None:
    return None if usd is None else round(usd, CENTS)
