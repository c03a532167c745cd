"""Pooling solved as a mixed-integer program, believed only as far as the guards allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from planner.engine.pooling.guard import refusal
from planner.engine.pooling.model import THOUSAND, Model
from planner.engine.pooling.slot_prices import Placed

if TYPE_CHECKING:
    from planner.engine.pooling.problem import Problem

GRID: Final = 1e-4  # replicas: loads are rounded up to it, which is what keeps the solver from false optima
GAP: Final = 1e-4
HEURISTIC: Final = "heuristic"
SOLVER: Final = "solver"
SOLVER_AGAIN: Final = "solver without presolve"


@dataclass(frozen=True, slots=True)
class Solved:
    """The best assignment known, who found it, and each answer of the solver that was refused, with the reason.

    `gap` is how far above the solver's own bound the cost is, on loads rounded up to the grid; None where no
    answer of the solver was believed.
    """

    placed: Placed
    by: str
    gap: float | None
    refused: tuple[str, ...]


def solved(
    problem: Problem,
    known: Placed,
    *,
    seconds: float | None = None,
    gap: float = GAP,
    grid: float | None = GRID,
) -> Solved:
    """The known assignment or a cheaper one; every segment of the problem must have a placement."""
    if known.bill.nowhere:
        return Solved(
            known, HEURISTIC, None, ("Not every segment finds room, so there was nothing to solve.",)
        )
    model = Model(problem, grid)
    in_shares = _in_shares_usd(problem, known, seconds, gap)
    refused: list[str] = []
    for by, presolve in ((SOLVER, True), (SOLVER_AGAIN, False)):
        found = model.solve(whole=True, presolve=presolve, gap=gap, seconds=seconds)
        reason = refusal(model, found, in_shares, known.assignment, gap)
        if reason is None:
            answer = Placed.at(problem, model.assignment(found.x), known.prices)
            bound = found.mip_dual_bound * THOUSAND
            better = answer.better_than(known)
            best = answer if better else known
            above = max(0.0, best.bill.usd_month / bound - 1) if bound > 0 else 0.0
            return Solved(best, by if better else HEURISTIC, above, tuple(refused))
        refused.append(reason)
    return Solved(known, HEURISTIC, None, tuple(refused))


def _in_shares_usd(problem: Problem, known: Placed, seconds: float | None, gap: float) -> float:
    """What the problem costs at most with segments in shares, loads rounded down; what is known if that fails too."""
    model = Model(problem, GRID, down=True)
    for presolve in (True, False):
        found = model.solve(whole=False, presolve=presolve, gap=gap, seconds=seconds)
        if found.x is not None and found.fun * THOUSAND <= known.bill.usd_month * (1 + gap):
            return float(found.fun * THOUSAND)
    return known.bill.usd_month
