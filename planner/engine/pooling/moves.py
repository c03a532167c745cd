"""One pool closed, opened or exchanged for another, as long as that saves money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from planner.engine.pooling.slot_prices import settle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.engine.pooling.problem import Floats, Ints, Problem
    from planner.engine.pooling.slot_prices import Placed

WORTH_A_MOVE: Final = 0.0005  # share of the cost below which a move is not made
ROUNDS: Final = 6  # of each kind of move
GLANCES: Final = 2  # rounds of prices a move is judged by
LOOKS: Final = 6  # rounds of prices the best move gets


def moved(problem: Problem, found: Placed) -> Placed:
    """As good as the pools it started from, or better: drops first, then exchanges, then additions."""
    for kind in (_dropped, _swapped, _added, _dropped):
        for _ in range(ROUNDS):
            better = _best(problem, found, kind(problem, found))
            if better is None:
                break
            found = better
    return found


def _best(problem: Problem, found: Placed, tries: Iterator[tuple[Ints, Floats]]) -> Placed | None:
    best: Placed | None = None
    for opened, prices in tries:
        glance = settle(problem, opened, prices, GLANCES)
        if best is None or glance.better_than(best):
            best = glance
    if best is None:
        return None
    look = settle(problem, best.bill.opened, best.prices, LOOKS)
    best = look if look.better_than(best) else best
    return best if best.better_than(found, WORTH_A_MOVE) else None


def _dropped(problem: Problem, found: Placed) -> Iterator[tuple[Ints, Floats]]:
    opened = found.bill.opened
    for place in opened:
        yield opened[opened != place], found.prices


def _swapped(problem: Problem, found: Placed) -> Iterator[tuple[Ints, Floats]]:
    opened = found.bill.opened
    for place in opened:
        for other in _closed(problem, opened):
            prices = found.prices.copy()
            # the newcomer starts with the busy hours of the pool it replaces
            prices[other] = found.prices[place] / problem.replica[place] * problem.replica[other]
            yield np.sort(np.append(opened[opened != place], other)), prices


def _added(problem: Problem, found: Placed) -> Iterator[tuple[Ints, Floats]]:
    opened = found.bill.opened
    for other in _closed(problem, opened):
        yield np.sort(np.append(opened, other)), found.prices


def _closed(problem: Problem, opened: Ints) -> Ints:
    return np.setdiff1d(np.arange(len(problem.pools)), opened)
