"""A lower bound on what pooling can cost: no assignment, found or not, is cheaper.

The bound is that of whole units and pools with segments in shares. It is built from cuts: the prices of a routing
prove, for every capacity at once, what tokens cost at least (Benders). A small program chooses the units that look
cheapest by all cuts so far; routing through them, and halfway between them and the best known, yields the next cuts,
until the bound is close enough.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from planner.engine.pooling.routing import missing_usd, routed
from planner.engine.pooling.slot_prices import even_prices, settle

if TYPE_CHECKING:
    from planner.engine.pooling.problem import Floats, Ints, Problem

ROUNDS: Final = 100
CLOSE: Final = 0.01  # how far above the bound the known cost may be before the bound is good enough
GAP: Final = 0.002  # asked of the small program
LOOKS: Final = 3  # routings of one capacity, each with better guesses of who is contested
TIGHT: Final = 0.001  # share of a routing's cost that its prices may fail to prove
DEAREST: Final = (
    3.0  # no replica is worth more than this multiple of its cost when the next routing is guessed
)
A_LITTLE: Final = (
    0.02  # of every kind is there in every routing: it makes prices of what is closed mean something
)
TIGHTER: Final = 0.2
LEAST: Final = 1e-5
HALFWAY: Final = 0.5
NEARER: Final = 0.3  # how much of a capacity with room for all enters into the best known
THOUSAND: Final = 1000.0
STEEPEST: Final = 100.0  # rows of the program are scaled to coefficients below it
SURE: Final = 1e-6
ROOM: Final = 1e-6


@dataclass(frozen=True, slots=True)
class LowerBound:
    """USD a month that no assignment costs less than, and how many rounds it took to prove."""

    usd_month: float
    rounds: int

    def gap(self, usd_month: float) -> float:
        """How far a cost is above the bound, as a share of the bound."""
        return usd_month / self.usd_month - 1 if self.usd_month > 0 else np.inf


def lower_bound(
    problem: Problem, units: Ints, known_usd_month: float, *, close: float = CLOSE, rounds: int = ROUNDS
) -> LowerBound:
    """A bound for a problem whose segments can all be placed; `units` [P] and their cost are a known answer."""
    proof = _Proof.of(problem, units)
    best = 0.0
    for number in range(1, rounds + 1):
        bound, sizes = proof.cheapest()
        if bound > known_usd_month * (1 + SURE):
            return LowerBound(best, number)  # a solver that proves the impossible is not believed
        best = max(best, bound)
        if known_usd_month <= best * (1 + close) or not proof.refined(sizes):
            return LowerBound(best, number)
    return LowerBound(best, rounds)


@dataclass(frozen=True, slots=True)
class Cut:
    """Tokens cost at least `usd_month` less `worth` [K] a month for every serving replica of each kind."""

    usd_month: float
    worth: Floats


@dataclass(slots=True)
class _Proof:
    """The cuts so far, the units [P] nobody would need more of, and the best capacity known.

    Pools that serve every segment alike are one kind; a capacity [K] is the serving replicas of each.
    """

    problem: Problem
    kinds: Ints  # [K] a pool of each kind
    instead: Floats  # [I] what a segment pays at most
    most: Ints
    middle: Floats  # [K]
    guess: Floats  # [K, T]
    cuts: list[Cut] = field(default_factory=list)
    met: dict[bytes, int] = field(default_factory=dict)

    @classmethod
    def of(cls, problem: Problem, units: Ints) -> _Proof:
        """With cuts around a known answer, without each of its kinds, and with each other kind."""
        kinds = np.unique(problem.kind, return_index=True)[1]
        everybody = (problem.work[:, kinds].T @ problem.requests_s).max(axis=1, initial=0.0)
        serving = np.maximum(1, np.ceil(everybody)).astype(np.int64)[problem.kind]
        most = np.minimum(problem.most, problem.units_for(serving))
        opened = np.flatnonzero(units)
        guess = settle(problem, opened, even_prices(problem), LOOKS).prices[kinds]
        proof = cls(problem, kinds, _instead(problem, kinds), most, np.zeros(len(kinds)), guess)
        known = proof.middle = proof.serving(units)
        proof.cut_at(known, A_LITTLE * 2)
        proof.cut_at(known, A_LITTLE / 4)
        for kind in range(len(known)):
            changed = known.copy()
            changed[kind] = 0.0 if known[kind] > 0 else max(1.0, known.mean())
            proof.cut_at(changed)
        return proof

    def serving(self, units: Ints) -> Floats:
        """[K] serving replicas of each kind."""
        found = np.zeros(len(self.kinds))
        np.add.at(found, self.problem.kind, self.problem.serving(units))
        return found

    def refined(self, units: Ints) -> bool:
        """Cuts at sizes [P] and halfway to the best known, which moves towards them if they have room for all; tighter
        ones each time the same sizes are met, and False once that is of no use.
        """
        times = self.met[units.tobytes()] = self.met.get(units.tobytes(), -1) + 1
        little, asked = A_LITTLE * TIGHTER**times, self.serving(units)
        if not times:
            self.cut_at(HALFWAY * asked + (1 - HALFWAY) * self.middle)
        if self.cut_at(asked, little):
            self.middle = NEARER * asked + (1 - NEARER) * self.middle
        return little > LEAST

    def cut_at(self, capacity: Floats, little: float = A_LITTLE) -> bool:
        """One more cut, tight at a capacity [K] and a little more; whether there is room for all."""
        capacity = capacity + little * np.maximum(capacity, 0.1)
        dearest = DEAREST * self.problem.replica[self.kinds][:, None]
        guess = self.guess
        for _ in range(LOOKS):
            found = routed(self.problem, self.kinds, capacity, guess, len(self.problem.names))
            proven = self._paid(found.prices)
            if proven - found.prices.sum(axis=1) @ capacity >= (1 - TIGHT) * found.usd_month:
                break
            guess = (guess + np.minimum(found.prices, dearest)) / 2
        self.cuts.append(Cut(proven, found.prices.sum(axis=1)))
        return found.overflow < ROOM

    def _paid(self, prices: Floats) -> float:
        """What all segments pay together at these prices [K, T], which is below what they can cost (weak duality)."""
        asked = self.problem.priced(self.kinds, prices).min(axis=1, initial=np.inf)
        return float(np.minimum(asked, self.instead).sum())

    def cheapest(self) -> tuple[float, Ints]:
        """USD a month no sizes cost less than by the cuts, and the sizes [P] that look cheapest."""
        problem = self.problem
        pools, steps = len(problem.pools), len(problem.steps)
        cost = np.concatenate([problem.unit, problem.fixed, problem.steps, [THOUSAND]]) / THOUSAND
        integer = np.append(np.ones(2 * pools + steps), 0)
        upper = np.concatenate([self.most, np.ones(pools + steps), [np.inf]])
        found = milp(
            cost,
            constraints=[self._sizes(), self._proven()],
            integrality=integer,
            bounds=Bounds(0, upper),
            options={"mip_rel_gap": GAP},
        )
        if found.x is None:
            return 0.0, np.zeros(pools, dtype=np.int64)
        units = np.where(np.rint(found.x[pools : 2 * pools]) > 0, np.rint(found.x[:pools]), 0)
        return found.mip_dual_bound * THOUSAND + self._tokens(), units.astype(np.int64)

    def _tokens(self) -> float:
        """Staff of the offers, if somebody has nothing else."""
        only_offer = (self.problem.barred > 0).all(axis=1)
        return self.problem.token_staff * bool(only_offer.any())

    def _sizes(self) -> LinearConstraint:
        """N <= most y, first y <= n, y <= z: in the first units one replica serves beside the spare ones."""
        problem = self.problem
        pools, steps = len(problem.pools), len(problem.steps)
        every, nothing = np.eye(pools), np.zeros((pools, pools))
        first = np.diag(problem.first)
        classes = np.zeros((pools, steps))
        classes[np.arange(pools), problem.step] = 1
        none, last = np.zeros((pools, steps)), np.zeros((pools, 1))
        table = np.block(
            [
                [every, -np.diag(self.most), none, last],
                [-every, first, none, last],
                [nothing, every, -classes, last],
            ]
        )
        return LinearConstraint(table, -np.inf, 0)

    def _proven(self) -> LinearConstraint:
        """Tokens cost at least every cut."""
        problem = self.problem
        worth = np.array([cut.worth for cut in self.cuts])[:, problem.kind] / THOUSAND
        least = np.array([cut.usd_month for cut in self.cuts]) / THOUSAND
        none = np.zeros((len(worth), len(problem.steps)))
        table = np.column_stack([worth * problem.holds, -worth * problem.spare, none, np.ones(len(worth))])
        scale = np.maximum(1.0, np.abs(table).max(axis=1) / STEEPEST)
        return LinearConstraint(table / scale[:, None], least / scale, np.inf)


def _instead(problem: Problem, kinds: Ints) -> Floats:
    """[I] an offer, or a share of a replica at any price: nobody goes without in an assignment that serves all."""
    peak = problem.requests_s.max(axis=1)[:, None] * problem.work[:, kinds] + problem.barred[:, kinds]
    share = peak.min(axis=1, initial=np.inf)
    dear = np.where(np.isfinite(share), share, 0.0) * missing_usd(problem)
    instead = np.where(problem.has_offer & (problem.offer < dear), problem.offer, dear)
    return np.where(np.isfinite(share), instead, problem.offer)
