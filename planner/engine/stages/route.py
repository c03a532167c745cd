"""The route: from the class today to the target, by the stops that the policy asks for and the data permits."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from planner.engine.stages.step import Leg, Removed, rung
from planner.engine.vocabulary import CLASS_OF, STOP

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from planner.engine.measures import Measures, Outcome
    from planner.engine.policy import Row


def direct(measures: Measures, outcome: Outcome) -> Leg:
    """The whole way in one leg."""
    values = measures.values
    return Leg(str(values["current_class"] or "none"), str(values["target_class"]), outcome.target or "")


def legs_of(
    rows: Iterable[Row], measures: Measures, outcome: Outcome, reachable: Collection[str]
) -> tuple[tuple[Leg, ...], tuple[Removed, ...]]:
    """The legs from stop to stop, and the stops that were due but lie where the data may not go."""
    whole = direct(measures, outcome)
    stops, removed = [], []
    for row in _stops_between(rows, whole, CLASS_OF.get(outcome.now or "", "none")):
        if not row.holds("when", measures.values, measures.figures):
            continue
        variant = _cheapest(row.cell("at"), outcome, reachable)
        if variant is None:
            removed.append(Removed(row, str(row.cell("out_of_reach"))))
        elif row.holds("barred", measures.values, measures.figures, default=False):
            removed.append(Removed(row, str(row.cell("because"))))
        else:
            stops.append((row, variant))
    points = [(whole.origin, "", None), *((row.cell("at"), variant, row) for row, variant in stops)]
    points.append((whole.destination, whole.variant, None))
    legs = [Leg(start[0], end[0], end[1], end[2]) for start, end in pairwise(points)]
    return tuple(legs), tuple(removed)


def _stops_between(rows: Iterable[Row], whole: Leg, ready: str) -> list[Row]:
    """The stops above what runs or could run today and below the target, in the order of the ladder."""
    floor = max(rung(whole.origin), rung(ready) - 1)
    stops = [row for row in rows if row.cell("kind") == STOP]
    between = [row for row in stops if floor < rung(row.cell("at")) < rung(whole.destination)]
    return sorted(between, key=lambda row: rung(row.cell("at")))


def _cheapest(name: str, outcome: Outcome, reachable: Collection[str]) -> str | None:
    """The placement of a class that the segment may use and that costs least; None where it may use none."""
    variants = [variant for variant, of in CLASS_OF.items() if of == name and variant in reachable]
    return min(variants, key=lambda variant: _usd(outcome, variant), default=None)


def _usd(outcome: Outcome, variant: str) -> float:
    usd = outcome.costs.get(variant)
    return float("inf") if usd is None else float(usd)
