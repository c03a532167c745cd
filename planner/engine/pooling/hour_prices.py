"""The hours of every kind of pool priced so that a given capacity is worth as much as can be proven of it.

Segments pay for hours or take their offer, whichever is less; what they pay together, less what the capacity is
worth at those prices, is below the cost of every way to route them through it (weak duality). The prices are found
by a smoothed ascent; what they prove is computed from them exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import minimize

from planner.engine.pooling.routing import missing_usd

if TYPE_CHECKING:
    from planner.engine.pooling.problem import Floats, Ints, Problem

SAMPLED: Final = (
    1500  # the largest segments, and as many of the others, stand for all while prices are sought
)
SMOOTH: Final = (
    0.05,
    0.01,
)  # how blurred the choice between two placements is, as a share of what a segment pays
FINE: Final = (0.05, 0.01, 0.002)
NEARLY_NOTHING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Cut:
    """Routing costs at least `usd_month` less `worth` [K] a month for every serving replica of each kind."""

    usd_month: float
    worth: Floats


@dataclass(frozen=True, slots=True)
class Market:
    """Segments against kinds of pools: columns of pools that serve every segment alike are one kind."""

    problem: Problem
    kinds: Ints  # [K] a pool of each kind
    instead: Floats  # [I] what a segment pays at most: its offer, or its share of a replica at any price
    sample: Ints
    weight: Floats  # how many segments each of the sample stands for

    @classmethod
    def of(cls, problem: Problem) -> Market:
        kinds = np.unique(problem.kind, return_index=True)[1]
        peak = problem.requests_s.max(axis=1)[:, None] * problem.work[:, kinds] + problem.barred[:, kinds]
        share = peak.min(axis=1, initial=np.inf)
        # any finite price keeps the proof: nobody goes without in an assignment that serves all
        dear = np.where(np.isfinite(share), share, 0.0) * missing_usd(problem)
        instead = np.where(problem.has_offer & (problem.offer < dear), problem.offer, dear)
        instead = np.where(np.isfinite(share), instead, problem.offer)
        sample, weight = _sampled(instead)
        return cls(problem, kinds, instead, sample, weight)

    def cut(self, serving: Floats, smooth: tuple[float, ...] = SMOOTH, steps: int = 60) -> Cut:
        """What can be proven of capacities near this one [K], true of every capacity."""
        scale = np.maximum(self.problem.replica[self.kinds], 1.0)[:, None] / self.problem.requests_s.shape[1]
        point = np.ones((len(self.kinds), self.problem.requests_s.shape[1]))
        best = -np.inf, point
        for blur in smooth:
            found = _Ascent.of(self, serving, scale, blur, point)
            point = minimize(
                found.value,
                point.ravel(),
                jac=True,
                method="L-BFGS-B",
                bounds=[(0, None)] * point.size,
                options={"maxiter": steps},
            ).x.reshape(point.shape)
            proven = self.proven(point * scale) - float((point * scale).sum(axis=1) @ serving)
            best = max(best, (proven, point), key=lambda each: each[0])
        prices = best[1] * scale
        return Cut(self.proven(prices), prices.sum(axis=1))

    def proven(self, prices: Floats) -> float:
        """What all segments pay together at these prices [K, T]."""
        asked = self.problem.priced(self.kinds, prices).min(axis=1, initial=np.inf)
        return float(np.minimum(asked, self.instead).sum())


@dataclass(frozen=True, slots=True)
class _Ascent:
    """The blurred bound on the sample, and its slope."""

    requests_s: Floats
    work: Floats
    barred: Floats
    instead: Floats
    weight: Floats
    serving: Floats
    scale: Floats
    blur: Floats  # [sample] USD a month

    @classmethod
    def of(cls, market: Market, serving: Floats, scale: Floats, blur: float, point: Floats) -> _Ascent:
        problem, sample = market.problem, market.sample
        grid = np.ix_(sample, market.kinds)
        asked = problem.priced(market.kinds, point * scale)[sample].min(axis=1, initial=np.inf)
        instead = market.instead[sample]
        pays = np.maximum(np.minimum(asked, instead), instead / 100) + NEARLY_NOTHING
        return cls(
            problem.requests_s[sample],
            problem.work[grid],
            problem.barred[grid],
            instead,
            market.weight,
            serving,
            scale,
            blur * pays,
        )

    def value(self, flat: Floats) -> tuple[float, Floats]:
        """The negative of the blurred bound in thousands, as a minimiser wants it, with its gradient."""
        prices = flat.reshape(len(self.serving), -1) * self.scale
        asked = self.requests_s @ prices.T * self.work + self.barred
        least = np.minimum(asked.min(axis=1, initial=np.inf), self.instead)
        chance = np.exp((least[:, None] - asked) / self.blur[:, None])
        alone = np.exp((least - self.instead) / self.blur)
        total = chance.sum(axis=1) + alone
        pays = (self.weight * (least - self.blur * np.log(total))).sum()
        bought = (chance * (self.weight / total)[:, None] * self.work).T @ self.requests_s
        bound = pays - float(prices.sum(axis=1) @ self.serving)
        slope = (bought - self.serving[:, None]) * self.scale
        return -bound / 1000, -slope.ravel() / 1000


def _sampled(size: Floats) -> tuple[Ints, Floats]:
    """The largest, and every so-manieth of the others, with how many each stands for."""
    order = np.argsort(-size, kind="stable")
    if len(order) <= 2 * SAMPLED:
        return order, np.ones(len(order))
    rest = order[SAMPLED:]
    stride = -(-len(rest) // SAMPLED)
    taken = rest[stride // 2 :: stride]
    weight = np.concatenate([np.ones(SAMPLED), np.full(len(taken), len(rest) / len(taken))])
    return np.concatenate([order[:SAMPLED], taken]), weight
