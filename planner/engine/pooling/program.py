"""The same question as a mixed-integer program: which segment goes where, how many units, which pools and classes.

min  sum offers x + sum units n + sum fixed y + sum staff z, subject to: every segment has one placement; in every hour
the load of a pool is at most the replicas its units hold less the spare ones; units only in open pools; pools only in staffed classes.
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
ROUNDING: Final = 1e-9  # of the grid: what division leaves of a whole number


@dataclass(frozen=True, slots=True)
class Program:
    """Costs, rows and bounds for scipy.optimize.milp. Variables: offers, placements in pools, units, open pools,
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
    offers = np.flatnonzero(np.isfinite(problem.offer))
    members, places = np.nonzero(problem.barred == 0)
    columns = Columns(len(offers), len(members), len(problem.unit), len(problem.steps))
    rows = _rows(problem, columns, (offers, members, places), grid)
    low, high = np.full(rows.shape[0], -np.inf), np.zeros(rows.shape[0])
    low[: len(problem.offer)] = high[: len(problem.offer)] = 1.0
    most = np.ones(columns.number)
    most[columns.units : columns.open] = problem.most
    costs = np.r_[
        problem.offer[offers],
        np.zeros(len(members)),
        problem.unit,
        problem.fixed,
        problem.steps,
        problem.token_staff,
    ]
    return Program(costs, rows, low, high, most, offers, members, places, len(problem.offer))


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the variables of each kind begin."""

    offers: int
    members: int
    pools: int
    steps: int

    @property
    def units(self) -> int:
        return self.offers + self.members

    @property
    def open(self) -> int:
        return self.units + self.pools

    @property
    def staffed(self) -> int:
        return self.open + self.pools

    @property
    def tokens(self) -> int:
        return self.staffed + self.steps

    @property
    def number(self) -> int:
        return self.tokens + 1

    def block(self, height: int, *parts: tuple[Any, Any, Any]) -> Any:
        """So many rows, from (cells, row of each, column of each)."""
        from scipy import sparse  # noqa: PLC0415  scipy is loaded only where it is asked for

        cells, down, across = (np.concatenate([np.asarray(part[k]) for part in parts]) for k in range(3))
        return sparse.csr_matrix((cells, (down, across)), (height, self.number))


def _rows(problem: Problem, at: Columns, which: tuple[Ints, Ints, Ints], grid: float) -> Any:
    """One placement each; room in every hour; units in open pools only, and one that serves with its spare ones;
    members of open pools only; pools of staffed classes only; offers only where somebody looks after them.
    """
    from scipy import sparse  # noqa: PLC0415  scipy is loaded only where it is asked for

    offers, members, places = which
    pools, each, placed = at.pools, np.arange(at.pools), at.units
    one, inside, paid = np.ones(pools), np.arange(at.members), np.arange(at.offers)
    block = at.block
    rows = [
        block(len(problem.offer), (np.ones(placed), np.r_[offers, members], np.arange(placed))),
        _room(problem, at, members, places, grid),
        block(pools, (one, each, at.units + each), (-one * problem.most, each, at.open + each)),
        block(pools, (problem.first, each, at.open + each), (-one, each, at.units + each)),
        block(pools, (one, each, at.open + each), (-one, each, at.staffed + problem.step)),
    ]
    entered = (np.ones(at.members), inside, at.offers + inside)
    rows.append(block(at.members, entered, (-np.ones(at.members), inside, at.open + places)))
    tokens = np.full(at.offers, at.tokens)
    rows.append(block(at.offers, (np.ones(at.offers), paid, paid), (-np.ones(at.offers), paid, tokens)))
    return sparse.vstack(rows).tocsr()


def _room(problem: Problem, at: Columns, members: Ints, places: Ints, grid: float) -> Any:
    """In every hour the load of a pool is at most the replicas its units hold without the spare ones."""
    hours = problem.requests_s.shape[1]
    loads = problem.requests_s[members] * problem.work[members, places][:, None]
    if grid:
        loads = np.ceil(loads / grid - ROUNDING) * grid
    slot, pool = np.arange(at.pools * hours), np.repeat(np.arange(at.pools), hours)
    return at.block(
        at.pools * hours,
        (
            loads.ravel(),
            (places[:, None] * hours + np.arange(hours)).ravel(),
            np.repeat(at.offers + np.arange(at.members), hours),
        ),
        (-problem.holds[pool].astype(float), slot, at.units + pool),
        (problem.spare[pool].astype(float), slot, at.open + pool),
    )
