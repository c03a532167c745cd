"""Ways out: the smallest sets of rules and gates whose absence would open a placement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.engine.decision import GateState, Relaxation
from planner.engine.vocabulary import VARIANTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.engine.policy import Row


def relaxations(
    fired: Sequence[Row],
    gates: Sequence[GateState],
    usd_month: Mapping[str, float | None],
    variants: Sequence[str] = VARIANTS,
) -> tuple[Relaxation, ...]:
    """The ways to one of these placements, subset-minimal, fewest changes first and then the cheapest.

    Empty sets never appear: a placement with nothing against it needs no way out.
    """
    ways = [way for variant in variants if (way := _way(variant, fired, gates, usd_month)).rows or way.gates]
    smallest = [way for way in ways if not any(_ids(other) < _ids(way) for other in ways)]
    return tuple(sorted(_cheapest_of_each(smallest), key=_effort))


def _way(
    variant: str, fired: Sequence[Row], gates: Sequence[GateState], usd_month: Mapping[str, float | None]
) -> Relaxation:
    rows = tuple(row for row in fired if variant not in row.mask)
    closed_for_good = tuple(
        gate.row for gate in gates if gate.open and not gate.closable and variant in gate.variants
    )
    return Relaxation(variant, rows, closed_for_good, usd_month.get(variant))


def _cheapest_of_each(ways: Sequence[Relaxation]) -> list[Relaxation]:
    """One way for each set: several placements may open with the same changes."""
    best: dict[frozenset[str], Relaxation] = {}
    for way in ways:
        known = best.get(_ids(way))
        if known is None or _usd(way) < _usd(known):
            best[_ids(way)] = way
    return list(best.values())


def _ids(way: Relaxation) -> frozenset[str]:
    return frozenset(row.id for row in (*way.rows, *way.gates))


def _usd(way: Relaxation) -> float:
    return float("inf") if way.usd_month is None else way.usd_month


def _effort(way: Relaxation) -> tuple[int, float, int]:
    return len(way.rows) + len(way.gates), _usd(way), VARIANTS.index(way.variant)
