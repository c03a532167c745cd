"""A lower bound on what pooling can cost: no assignment, found or not, is cheaper.

The bound is that of whole replicas and pools with segments in shares. It is built from cuts: each proves, for every
capacity at once, what routing costs at least (Benders). A small program chooses the replicas that look cheapest by
all cuts so far; pricing their hours yields the next cuts, until the bound is close enough or nothing new comes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from planner.engine.pooling.hour_prices import FINE, Cut, Market

if TYPE_CHECKING:
    from planner.engine.pooling.problem import Floats, Ints, Problem

ROUNDS: Final = 60
CLOSE: Final = 0.01  # how far above the bound the known cost may be before the bound is good enough
FAR: Final = 0.05
COARSE_GAP: Final = 0.02
FINE_GAP: Final = 0.003
THOUSAND: Final = 1000.0
STEEPEST: Final = 100.0  # rows of the program are scaled to coefficients below it
SURE: Final = 1e-6


@dataclass(frozen=True, slots=True)
class LowerBound:
    """USD a month that no assignment costs less than, and how many rounds it took to prove."""

    usd_month: float
    rounds: int

    def gap(self, usd_month: float) -> float:
        """How far a cost is above the bound, as a share of the bound."""
        return usd_month / self.usd_month - 1 if self.usd_month > 0 else np.inf


def lower_bound(
    problem: Problem, replicas: Ints, known_usd_month: float, *, close: float = CLOSE, rounds: int = ROUNDS
) -> LowerBound:
    """A bound for a problem whose segments can all be placed; `replicas` [P] and their cost are a known answer."""
    proof = _Proof.of(problem)
    serving = proof.serving(replicas)
    proof.seed(serving)
    met: dict[bytes, int] = {}
    best = 0.0
    for number in range(1, rounds + 1):
        near = known_usd_month < best * (1 + FAR)
        bound, sizes = proof.cheapest(FINE_GAP if near else COARSE_GAP)
        if bound > known_usd_month * (1 + SURE):
            return LowerBound(best, number)  # a solver that proves the impossible is not believed
        best = max(best, bound)
        times = met[sizes.tobytes()] = met.get(sizes.tobytes(), 0) + 1
        if known_usd_month <= best * (1 + close) or not proof.refined(proof.serving(sizes), serving, times):
            return LowerBound(best, number)
    return LowerBound(best, rounds)


@dataclass(frozen=True, slots=True)
class _Proof:
    """The cuts so far, and the replicas [P] nobody would need more of."""

    problem: Problem
    market: Market
    everybody: Floats  # [K] replicas each kind would keep busy if all came who may
    most: Ints
    cuts: list[Cut]

    @classmethod
    def of(cls, problem: Problem) -> _Proof:
        market = Market.of(problem)
        everybody = (problem.work[:, market.kinds].T @ problem.requests_s).max(axis=1, initial=0.0)
        serving = np.maximum(1, np.ceil(everybody)).astype(np.int64)[problem.kind]
        return cls(problem, market, everybody, np.minimum(problem.most, serving + problem.spare), [])

    def serving(self, replicas: Ints) -> Floats:
        """[K] serving replicas of each kind."""
        found = np.zeros(len(self.everybody))
        np.add.at(found, self.problem.kind, np.where(replicas > 0, replicas - self.problem.spare, 0))
        return found

    def seed(self, known: Floats) -> None:
        """First cuts: around the known answer, without each of its kinds, and with each kind alone."""
        self._cut_near(known, self._mixed(known), 0.05)
        self._cut_near(known, self.everybody, 0.01)
        for kind in range(len(known)):
            alone = np.zeros(len(known))
            alone[kind] = max(1.0, np.ceil(self.everybody[kind] / 2))
            self._cut_near(alone, self.everybody, 0.02)
            changed = known.copy()
            changed[kind] = 0.0 if known[kind] > 0 else 1.0
            self._cut_near(changed, self._mixed(known), 0.05)

    def refined(self, serving: Floats, known: Floats, times: int) -> bool:
        """More cuts around a capacity, finer each time it is met; False where finer ones are of no use."""
        mixed = self._mixed(known)
        if times == 1:
            self._cut_near(serving, mixed, 0.05)
            self._cut_near(serving, self.everybody, 0.02)
            self._cut_near(serving, np.ones(len(serving)), 0.02)
            self._cut_near(0.7 * serving + 0.3 * known, mixed, 0.05)
        elif times == 2:  # noqa: PLR2004  the second time
            self._cut_near(serving, mixed, 0.01, FINE, 200)
            self._cut_near(serving, self.everybody, 0.003, FINE, 200)
        elif times == 3:  # noqa: PLR2004  the third
            self._cut_near(serving, mixed, 0.003, (*FINE, FINE[-1] / 4), 500)
        return times <= 3  # noqa: PLR2004

    def _mixed(self, known: Floats) -> Floats:
        return np.maximum(known, 0.1)

    def _cut_near(self, serving: Floats, towards: Floats, by: float, *how: Any) -> None:
        """A little of every kind is added: it makes prices of what is closed mean something."""
        self.cuts.append(self.market.cut(serving + by * towards, *how))

    def cheapest(self, gap: float) -> tuple[float, Ints]:
        """USD a month no sizes cost less than by the cuts, and the sizes [P] that look cheapest."""
        problem = self.problem
        pools, steps = len(problem.pools), len(problem.steps)
        cost = np.concatenate([problem.replica, problem.fixed, problem.steps, [THOUSAND]]) / THOUSAND
        integer = np.append(np.ones(2 * pools + steps), 0)
        upper = np.concatenate([self.most, np.ones(pools + steps), [np.inf]])
        found = milp(
            cost,
            constraints=[self._sizes(), self._proven()],
            integrality=integer,
            bounds=Bounds(0, upper),
            options={"mip_rel_gap": gap},
        )
        if found.x is None:
            return 0.0, np.zeros(pools, dtype=np.int64)
        replicas = np.where(np.rint(found.x[pools : 2 * pools]) > 0, np.rint(found.x[:pools]), 0)
        return found.mip_dual_bound * THOUSAND + self._tokens(), replicas.astype(np.int64)

    def _tokens(self) -> float:
        """Staff of the offers, if somebody has nothing else."""
        only_offer = (self.problem.barred > 0).all(axis=1)
        return self.problem.token_staff * bool(only_offer.any())

    def _sizes(self) -> LinearConstraint:
        """N <= most y, (1 + spare) y <= n, y <= z."""
        problem = self.problem
        pools, steps = len(problem.pools), len(problem.steps)
        every, nothing = np.eye(pools), np.zeros((pools, pools))
        classes = np.zeros((pools, steps))
        classes[np.arange(pools), problem.step] = 1
        none, last = np.zeros((pools, steps)), np.zeros((pools, 1))
        table = np.block(
            [
                [every, -np.diag(self.most), none, last],
                [-every, np.diag(1 + problem.spare), none, last],
                [nothing, every, -classes, last],
            ]
        )
        return LinearConstraint(table, -np.inf, 0)

    def _proven(self) -> LinearConstraint:
        """Tokens cost at least every cut."""
        kind = self.problem.kind
        worth = np.array([cut.worth for cut in self.cuts])[:, kind] / THOUSAND
        least = np.array([cut.usd_month for cut in self.cuts]) / THOUSAND
        none = np.zeros((len(worth), len(self.problem.steps)))
        table = np.column_stack([worth, -worth * self.problem.spare, none, np.ones(len(worth))])
        scale = np.maximum(1.0, np.abs(table).max(axis=1) / STEEPEST)
        return LinearConstraint(table / scale[:, None], least / scale, np.inf)
