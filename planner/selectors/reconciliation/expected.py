"""What a decision expected a move to save: the cost of all parts where they ran against where they went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date
from typing import TYPE_CHECKING, Any

from planner.engine.vocabulary import CLASS_LABELS
from planner.selectors.standing import class_of

if TYPE_CHECKING:
    from planner.models import Decision

MILLION = 1_000_000


@dataclass(frozen=True)
class Expected:
    """Dollars a month (None: the decision did not know, and why), at so many million tokens a month (None: unknown)."""

    day: date | None = None
    usd_month: float | None = None
    mtok_month: float | None = None
    why: str = ""


def expected(decision: Decision | None, was: str, became: str) -> Expected:
    """Of a move between two classes, from the costs the decision before it was made with."""
    if decision is None:
        return Expected()
    segments: list[dict[str, Any]] = decision.record.record["segments"]
    day = decision.run.as_of.astimezone(UTC).date()
    costs = {name: [_cost(segment, name) for segment in segments] for name in (was, became)}
    for name, amounts in costs.items():
        if None in amounts:
            why = f"the cost of class {name} ({CLASS_LABELS.get(name, name)}) was unknown then."
            return Expected(day, None, None, why)
    saved = sum(amount or 0 for amount in costs[was]) - sum(amount or 0 for amount in costs[became])
    return Expected(day, saved, _volume(segments))


def _cost(segment: dict[str, Any], name: str) -> float | None:
    """The part's cost in a class: of its target there, else of the cheapest allowed placement, else of the cheapest."""
    known: dict[str, float] = {
        variant: usd
        for variant, usd in segment["costs"].items()
        if usd is not None and class_of(variant) == name
    }
    if segment["target"] in known:
        return known[segment["target"]]
    allowed = [usd for variant, usd in known.items() if variant in segment["feasible"]]
    return min(allowed or known.values(), default=None)


def _volume(segments: list[dict[str, Any]]) -> float | None:
    """Millions of tokens a month the decision reckoned with."""
    for segment in segments:
        for fact in segment["facts"]:
            if fact["name"] == "tokens_month" and fact["value"]:
                return float(fact["value"]) / MILLION
    return None
