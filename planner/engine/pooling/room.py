"""Pools fitted to the room they have: who is too many leaves for an offer, another pool, or in the end nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from planner.engine.pooling.bill import ROUNDING, loads_of
from planner.engine.pooling.problem import NOWHERE
from planner.engine.pooling.trade import Trade

if TYPE_CHECKING:
    from planner.engine.pooling.problem import Floats, Ints, Problem

FITTINGS: Final = 3


def within_limits(problem: Problem, assignment: Ints, prices: Floats) -> Ints:
    """The assignment with no pool past its most units; whoever then finds no room is NOWHERE."""
    used = np.zeros(len(problem.pools), dtype=bool)
    used[assignment[assignment >= 0]] = True
    serving = np.where(used, problem.serving(problem.most), 0)
    assignment = fitted(problem, assignment, prices, serving)
    load = loads_of(problem, assignment)
    for pool in np.flatnonzero((load > serving[:, None] + ROUNDING).any(axis=1)):
        assignment = _without_the_largest(problem, assignment, int(pool), serving[pool])
    return assignment


def fitted(problem: Problem, assignment: Ints, prices: Floats, serving: Ints) -> Ints:
    """Every pool cut or filled to its serving replicas [P]; whoever has no offer is moved before it overflows."""
    for _ in range(FITTINGS):
        for pool in np.flatnonzero(serving):
            trade = Trade.with_offers(problem, assignment, int(pool))
            load = loads_of(problem, assignment)[pool]
            assignment = trade.resized(assignment, load, serving[pool])
        moved = _made_room(problem, assignment, prices, serving)
        if moved is None:
            break
        assignment = moved
    return assignment


def _without_the_largest(problem: Problem, assignment: Ints, pool: int, serving: int) -> Ints:
    """The pool with its smallest members, as many as fit."""
    assignment = assignment.copy()
    members = np.flatnonzero(assignment == pool)
    loads = problem.loads(members, pool)
    order = np.argsort(loads.max(axis=1), kind="stable")
    fits = (np.cumsum(loads[order], axis=0) <= serving + ROUNDING).all(axis=1)
    assignment[members[order[~fits]]] = NOWHERE
    return assignment


def _made_room(problem: Problem, assignment: Ints, prices: Floats, serving: Ints) -> Ints | None:
    """Moves a segment without an offer out of each overflowing pool into another; None where nothing overflows."""
    load = loads_of(problem, assignment)
    over = np.flatnonzero((load > serving[:, None] + ROUNDING).any(axis=1) & (serving > 0))
    if not len(over):
        return None
    assignment = assignment.copy()
    for pool in over:
        members = np.flatnonzero(assignment == pool)
        others = np.flatnonzero((serving > 0) & (np.arange(len(serving)) != pool))
        if not len(members) or not len(others):
            continue
        asked = problem.only(members).priced(others, prices[others])
        hours = load[pool] > serving[pool] + ROUNDING
        relief = problem.loads(members, int(pool))[:, hours].min(axis=1)
        needed = (load[pool] - serving[pool]).max()
        able = np.isfinite(asked).any(axis=1) & (relief > 0)
        if not able.any():
            continue
        # the smallest who is enough alone, else the one who helps most
        enough = able & (relief >= needed)
        rank = np.where(enough, relief, np.inf) if enough.any() else np.where(able, -relief, np.inf)
        mover = int(rank.argmin())
        assignment[members[mover]] = others[asked[mover].argmin()]
    return assignment
