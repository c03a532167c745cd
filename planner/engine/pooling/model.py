"""The problem as a mixed-integer program: who is placed where, how many replicas, which pools and classes exist.

min  offers x + replica n + fixed y + staff z
every segment once; for every pool and hour: load of x <= n - spare y; (1 + spare) y <= n <= most y; y <= z
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from planner.engine.pooling.problem import OFFER

if TYPE_CHECKING:
    from planner.engine.pooling.problem import Floats, Ints, Problem

THOUSAND: Final = 1000.0  # solved in thousands: figures near 1 are what the solver's tolerances are made for
HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Model:
    """The program of a problem whose segments can all be placed. Columns: offers, pools, n, y, z, staff of offers.

    `grid`: loads are rounded to so many replicas, up or `down`; None leaves them as they are.
    """

    problem: Problem
    grid: float | None
    down: bool = False

    @property
    def with_offer(self) -> Ints:
        return np.flatnonzero(self.problem.has_offer)

    @property
    def pairs(self) -> tuple[Ints, Ints]:
        """Segments and pools of the columns for placements in pools."""
        segments, pools = np.nonzero(self.problem.barred == 0)
        return segments, pools

    @property
    def placements(self) -> int:
        return len(self.with_offer) + len(self.pairs[0])

    def loads(self) -> Floats:
        """[pairs, T] replicas kept busy, on the grid."""
        segments, pools = self.pairs
        return self.rounded(self.problem.requests_s[segments] * self.problem.work[segments, pools][:, None])

    def rounded(self, loads: Floats) -> Floats:
        if self.grid is None:
            return loads
        steps = loads / self.grid
        # what is on the grid already stays there, whatever the last digit says
        whole = np.floor(steps + HALF / 1e3) if self.down else np.ceil(steps - HALF / 1e3)
        return whole * self.grid

    def most(self) -> Ints:
        """[P] replicas nobody would need more of: for everybody who may come, or as many as there are."""
        _, pools = self.pairs
        everybody = np.zeros((len(self.problem.pools), self.problem.requests_s.shape[1]))
        np.add.at(everybody, pools, self.loads())
        serving = np.maximum(1, np.ceil(everybody.max(axis=1, initial=0.0))).astype(np.int64)
        return np.minimum(self.problem.most, serving + self.problem.spare)

    def solve(self, *, whole: bool, presolve: bool, gap: float, seconds: float | None) -> Any:
        """SciPy's answer as it is, in thousands. `whole`: every segment in one place, else in shares."""
        problem = self.problem
        pools, steps = len(problem.pools), len(problem.steps)
        standing = [problem.replica, problem.fixed, problem.steps, [problem.token_staff]]
        cost = np.concatenate([problem.offer[self.with_offer], np.zeros(len(self.pairs[0])), *standing])
        integer = np.ones(len(cost))
        integer[: self.placements] = float(whole)
        upper = np.concatenate([np.ones(self.placements), self.most(), np.ones(pools + steps + 1)])
        options: dict[str, Any] = {"presolve": presolve, "mip_rel_gap": gap}
        if seconds is not None:
            options["time_limit"] = seconds
        return milp(
            cost / THOUSAND,
            constraints=[self._once(len(cost)), self._limits(len(cost))],
            integrality=integer,
            bounds=Bounds(0, upper),
            options=options,
        )

    def assignment(self, values: Floats) -> Ints:
        """Each segment where the values of the columns have most of it."""
        table = np.zeros((len(self.problem.names), len(self.problem.pools) + 1))
        segments, pools = self.pairs
        table[self.with_offer, -1] = values[: len(self.with_offer)]
        table[segments, pools] = values[len(self.with_offer) : self.placements]
        return np.append(np.arange(len(self.problem.pools)), OFFER)[table.argmax(axis=1)]

    def _once(self, columns: int) -> LinearConstraint:
        rows = np.concatenate([self.with_offer, self.pairs[0]])
        places = (rows, np.arange(len(rows)))
        shape = (len(self.problem.names), columns)
        return LinearConstraint(sparse.csr_matrix((np.ones(len(rows)), places), shape), 1, 1)

    def _limits(self, columns: int) -> LinearConstraint:
        """Room by hour, replicas of an open pool, staff of its class, staff of the offers: everything <= 0."""
        problem, first = self.problem, self.placements
        pools, hours = len(problem.pools), problem.requests_s.shape[1]
        every = np.arange(pools)
        replicas, opened, staffed = first + every, first + pools + every, first + 2 * pools + problem.step
        row, load = self._room_rows()
        hour = np.arange(pools * hours)
        pool = hour // hours
        size = pools * hours
        tokens = size + 3 * pools
        entries = [
            (row, np.repeat(len(self.with_offer) + np.arange(len(self.pairs[0])), hours), load),
            (hour, replicas[pool], -np.ones(size)),
            (hour, opened[pool], problem.spare[pool]),
            (size + every, replicas, np.ones(pools)),
            (size + every, opened, -self.most()),
            (size + pools + every, replicas, -np.ones(pools)),
            (size + pools + every, opened, 1 + problem.spare),
            (size + 2 * pools + every, opened, np.ones(pools)),
            (size + 2 * pools + every, staffed, -np.ones(pools)),
            (
                np.full(len(self.with_offer), tokens),
                np.arange(len(self.with_offer)),
                np.ones(len(self.with_offer)),
            ),
            (np.array([tokens]), np.array([columns - 1]), -np.array([float(len(self.with_offer))])),
        ]
        rows, places, values = (np.concatenate([entry[part] for entry in entries]) for part in range(3))
        kept = values != 0
        table = sparse.csr_matrix((values[kept], (rows[kept], places[kept])), (tokens + 1, columns))
        return LinearConstraint(table, -np.inf, 0)

    def _room_rows(self) -> tuple[Ints, Floats]:
        hours = self.problem.requests_s.shape[1]
        rows = self.pairs[1][:, None] * hours + np.arange(hours)
        return rows.ravel(), self.loads().ravel()
