"""The saving a move was expected to bring against the one it brought, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planner.engine.amounts import in_words
from planner.engine.explain.words import counted
from planner.engine.reconciling import Realised, Untold

if TYPE_CHECKING:
    from datetime import date

PER_MONTH: Final = "USD/month"
WHY: Final = {
    "before": "There is no whole month of usage before the move to compare with: its saving cannot be measured.",
    "after": "It moved on before a whole month had passed: the saving of this move cannot be measured.",
    "bill": "Not all traffic of those months has a reported cost or a price. Supply the missing price, or the bill.",
    "tokens": "No tokens were measured on one side of the move.",
}
NEAR: Final = 0.5  # dollars: less is nothing


def realised_sentence(found: Realised | Untold, as_of: date) -> str:
    """What the move brought a month by price and by volume, or why and from when it can be told."""
    if isinstance(found, Realised):
        return _measured(found)
    if found.reason == "after" and found.first_day is not None:
        when = f"{found.first_day:%-d %b %Y}"
        if found.first_day > as_of:
            return f"Can be told from {when} on, when the first whole month after the move has ended."
        return f"The first whole month after the move ended before {when}, but its usage has not been counted to the end."
    return WHY[found.reason]


def _measured(found: Realised) -> str:
    effects = found.effects
    months = counted(found.after.months, "whole month")
    parts = f"{_saved(effects.price)} by the price, {_saved(effects.volume)} by the volume"
    return f"Over {months} after the move it {_saves(effects.saved)}: {parts}."


def _saves(usd_month: float) -> str:
    if abs(usd_month) < NEAR:
        return "saves nothing"
    return f"{'saves' if usd_month > 0 else 'costs'} {in_words(abs(usd_month), PER_MONTH)}{'' if usd_month > 0 else ' more'}"


def _saved(usd_month: float) -> str:
    if abs(usd_month) < NEAR:
        return "nothing"
    return f"{in_words(abs(usd_month), 'USD')} {'saved' if usd_month > 0 else 'lost'}"


def expected_sentence(usd_month: float | None, day: date | None, why: str = "") -> str:
    """What the decision before the move expected of it; WHY is the reason where nobody can tell."""
    if day is None:
        return "No decision was made before the move, so nothing was expected of it."
    told = f"The decision of {day:%-d %b %Y}"
    if usd_month is None:
        return f"{told} did not know: {why}"
    verb = "expected no saving" if abs(usd_month) < NEAR else f"expected that it {_saves(usd_month)}"
    return f"{told} {verb}."


def against_sentence(expected_usd_month: float, realised_usd_month: float) -> str:
    """The expectation at the volume measured afterwards, against what the price brought."""
    expected, brought = in_words(expected_usd_month, "USD"), in_words(realised_usd_month, "USD")
    if abs(expected_usd_month - realised_usd_month) < NEAR:
        return f"At the volume measured since, that is what came: {brought}."
    return f"At the volume measured since, {expected} was to be expected of the price; {brought} came."
