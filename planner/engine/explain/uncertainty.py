"""How sure we are, in words: in how many futures something pays, when, and which assumptions move it most."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from planner.engine.amounts import in_words
from planner.engine.explain.words import PER_MONTH, lower_first, money

if TYPE_CHECKING:
    from planner.engine.policy import Assumptions
    from planner.engine.uncertainty.outcomes import Bands, Outlook
    from planner.engine.uncertainty.paths import Drift
    from planner.engine.uncertainty.tornado import Swing, Tornado

HUNDRED: Final = 100
HALF_A_PERCENT: Final = 0.005


def outlook_entry(outlook: Outlook) -> dict[str, Any]:
    """An outlook as a page shows it: the chance first, then when."""
    return {
        "within": outlook.within,
        "horizon_months": outlook.horizon,
        "words": outlook_sentence(outlook),
        "p10_words": month_words(outlook.p10, outlook.horizon),
        "p50_words": month_words(outlook.p50, outlook.horizon),
        "p90_words": month_words(outlook.p90, outlook.horizon),
        "switch_words": switch_sentence(outlook),
    }


def outlook_sentence(outlook: Outlook) -> str:
    """Breaks even within 48 months in 37 of 100 futures; where it does, the median is month 21."""
    if outlook.within == 0:
        return f"Does not break even within {outlook.horizon} months in any future looked at."
    sentence = f"Breaks even within {outlook.horizon} months in {_futures(outlook.within)}"
    if not math.isinf(outlook.p50):
        return f"{sentence}; the median is {month_words(outlook.p50, outlook.horizon)}."
    return f"{sentence}; where it does, the median is {month_words(outlook.median_where_it_does, outlook.horizon)}."


def month_words(month: float, horizon: int) -> str:
    """A month of the row: this one, a numbered one, or later than all of them."""
    if math.isinf(month):
        return f"later than month {horizon} or never"
    return "this month" if month == 0 else f"month {month:.0f}"


def switch_sentence(outlook: Outlook) -> str:
    if math.isinf(outlook.best_switch):
        return f"On average switching does not pay within {outlook.horizon} months."
    when = "now" if outlook.best_switch == 0 else f"in month {outlook.best_switch:.0f}"
    return f"On average switching {when} costs least."


def trend_sentence(drift: Drift, months: float) -> str:
    """When the bill reaches what one's own would cost on current trends alone, without chance."""
    spend = drift.growth - drift.price_decline
    words = f"{_percent(abs(math.expm1(spend)))} a month"
    if months == 0:
        return "It pays this month."
    if _percent(abs(math.expm1(spend))) == _percent(0):
        return "Not on current trends: spend neither grows nor shrinks."
    if spend < 0:
        return f"Not on current trends: spend shrinks by {words}."
    if math.isinf(months):
        return f"Not on current trends, although spend grows by {words}."
    return f"In {months:.0f} months on current trends: spend grows by {words}."


def band_sentence(bands: Bands, month: int) -> str:
    """Between which bills eight in ten futures lie in a month of the row."""
    low, middle, high = (float(each[month]) for each in (bands.p10, bands.p50, bands.p90))
    when = month_words(month, len(bands.p50))
    return (
        f"{when[:1].upper()}{when[1:]}: {in_words(low, PER_MONTH)} to {in_words(high, PER_MONTH)} "
        f"in eight of ten futures, {in_words(middle, PER_MONTH)} in the middle."
    )


def tornado_sentence(found: Tornado, assumed: Assumptions) -> str:
    """The assumptions that matter most, each with what it moves the cost by."""
    if not found.most:
        return "No assumption that was tried moves the cost."
    moves = [f"{lower_first(assumed.figures[each.name].label)} ({_moves(each)})" for each in found.most]
    return f"What matters most: {'; '.join(moves)}."


def swing_entry(swing: Swing, assumed: Assumptions) -> dict[str, Any]:
    """One bar of the tornado: the assumption with its range, and the cost at either end."""
    figure = assumed.figures[swing.name]
    return {
        "name": swing.name,
        "label": figure.label,
        "unit": figure.unit,
        "guess": figure.guess,
        "low": swing.low,
        "high": swing.high,
        "usd_at_low": swing.usd_at_low,
        "usd_at_high": swing.usd_at_high,
        "words": f"{figure.label}, {swing.low:g} to {swing.high:g} {figure.unit}: {_moves(swing)}.",
    }


def _moves(swing: Swing) -> str:
    return f"{_cost(swing.usd_at_low)} to {_cost(swing.usd_at_high)}"


def _cost(usd: float | None) -> str:
    return "never" if usd is not None and math.isinf(usd) else money(usd)


def _futures(share: float) -> str:
    """Whole futures of a hundred; few and nearly all are said, and never rounded to none or all."""
    if share == 1:
        return "every future looked at"
    if share < HALF_A_PERCENT:
        return "fewer than 1 of 100 futures"
    if share > 1 - HALF_A_PERCENT:
        return "more than 99 of 100 futures"
    return f"{min(max(round(share * HUNDRED), 1), HUNDRED - 1)} of 100 futures"


def _percent(share: float) -> str:
    return f"{share * HUNDRED:.2g} %"
