"""The same question as a mixed-integer program: which segment goes where, how many replicas, which pools and classes.

min  sum offers x + sum replicas n + sum fixed y + sum staff z, subject to: every segment has one placement; in every hour
the load of a pool is at most its replicas less the spare ones; replicas only in open pools; pools only in staffed classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.engine.pooling.problem import OFFER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.engine.pooling.problem import Floats, Ints, Problem

GRID: Final = 1e-4  # replicas: loads are rounded up to it; finer ones have led the solver to wrong optima


@dataclass(frozen=True, slots=True)
class Program:
    """Costs, rows and bounds for scipy.optimize.milp. Variables: offers, placements in pools, replicas, open pools,
    staffed classes, and whether anybody pays by the token.
    """

    costs: Floats
    rows: Any  # sparse
    low: Floats
    high: Floats
    most: Floats
    offers: Ints  # segments with an offer
    members: Ints  # segment of each placement in a pool
    places: Ints  # pool of each placement
    segments: int

    @property
    def placements(self) -> int:
        return len(self.offers) + len(self.members)

    def whole(self, *, shares: bool) -> NDArray[np.int64]:
        """Which variables are whole numbers; with shares a segment may be split between placements."""
        kinds = np.ones(len(self.costs), dtype=np.int64)
        kinds[: self.placements] = 0 if shares else 1
        return kinds

    def assignment(self, values: Floats) -> Ints:
        """The placement of each segment in a solution."""
        found = np.full(self.segments, OFFER, dtype=np.int64)
        inside = values[len(self.offers) : self.placements] > 0.5  # noqa: PLR2004 - whole up to tolerance
        found[self.members[inside]] = self.places[inside]
        return found


def program(problem: Problem, grid: float = GRID) -> Program:
    """The program of a problem, loads rounded up to the grid; with a grid of 0 as they are."""
    from scipy import sparse  # noqa: PLC0415  scipy is loaded only where it is asked for

    offers = np.flatnonzero(np.isfinite(problem.offer))
    members, places = np.nonzero(problem.barred == 0)
    segments, hours, pools = len(problem.offer), problem.requests_s.shape[1], len(problem.replica)
    loads = problem.requests_s[members] * problem.work[members, places][:, None]
    if grid:
        loads = np.ceil(loads / grid - 1e-9) * grid
    placed, steps = len(offers) + len(members), len(problem.steps)
    first = {"replicas": placed, "open": placed + pools, "staffed": placed + 2 * pools}
    tokens = first["staffed"] + steps
    width, each = tokens + 1, np.arange(pools)

    def block(height: int, *parts: tuple[Any, Any, Any]) -> Any:
        cells, down, across = (np.concatenate([np.asarray(part[k]) for part in parts]) for k in range(3))
        return sparse.csr_matrix((cells, (down, across)), (height, width))

    one_place = block(segments, (np.ones(placed), np.r_[offers, members], np.arange(placed)))
    slot, pool = np.arange(pools * hours), np.repeat(each, hours)
    room = block(
        pools * hours,
        (
            loads.ravel(),
            (places[:, None] * hours + np.arange(hours)).ravel(),
            np.repeat(len(offers) + np.arange(len(members)), hours),
        ),
        (-np.ones(len(slot)), slot, first["replicas"] + pool),
        (problem.spare[pool].astype(float), slot, first["open"] + pool),
    )
    opened = block(
        pools,
        (np.ones(pools), each, first["replicas"] + each),
        (-problem.most.astype(float), each, first["open"] + each),
    )
    serving = block(  # an open pool has a replica that serves, and its spare ones
        pools,
        (1.0 + problem.spare, each, first["open"] + each),
        (-np.ones(pools), each, first["replicas"] + each),
    )
    entered = block(
        len(members),
        (np.ones(len(members)), np.arange(len(members)), len(offers) + np.arange(len(members))),
        (-np.ones(len(members)), np.arange(len(members)), first["open"] + places),
    )
    staffed = block(
        pools,
        (np.ones(pools), each, first["open"] + each),
        (-np.ones(pools), each, first["staffed"] + problem.step),
    )
    paying = block(
        len(offers),
        (np.ones(len(offers)), np.arange(len(offers)), np.arange(len(offers))),
        (-np.ones(len(offers)), np.arange(len(offers)), np.full(len(offers), tokens)),
    )
    rows = sparse.vstack([one_place, room, opened, serving, entered, staffed, paying]).tocsr()
    height = rows.shape[0]
    low, high = np.full(height, -np.inf), np.zeros(height)
    low[:segments] = high[:segments] = 1.0
    costs = np.r_[
        problem.offer[offers],
        np.zeros(len(members)),
        problem.replica,
        problem.fixed,
        problem.steps,
        problem.token_staff,
    ]
    most = np.ones(width)
    most[first["replicas"] : first["open"]] = problem.most
    return Program(costs, rows, low, high, most, offers, members, places, segments)
