"""Solved outright by mixed-integer programming, and believed only when it passes every guard.

HiGHS has been seen to return "optimal" for answers two to eight times too dear, on portfolios with loads far below a
thousandth of a replica. So: loads are rounded up to a grid; the answer is held against the relaxation in which segments
may be split; its bill is worked out again from the assignment; it must not be dearer than what the heuristic found. An
answer that fails is solved again without presolve. In the end the cheapest assignment by our own bill stands, the
heuristic's among them, with what was refused on the way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.engine.pooling.bill import cost_of
from planner.engine.pooling.problem import NOWHERE
from planner.engine.pooling.program import program

if TYPE_CHECKING:
    from planner.engine.pooling.bill import Bill
    from planner.engine.pooling.problem import Floats, Ints, Problem
    from planner.engine.pooling.program import Program

SLACK: Final = 0.10  # above the relaxation: whole segments cost a little more than split ones, never so much
GAP: Final = 1e-4  # asked of the solver
TOLERANCE: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Solved:
    """An assignment with its bill, who found it, the gap the solver states (None: the heuristic's), the bound of the
    relaxation, and why answers of the solver were refused, in the order in which they were.
    """

    assignment: Ints
    bill: Bill
    by: str
    gap: float | None
    bound_usd: float | None
    refused: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Who answered, and how close to the bound it is."""
        known = bool(self.bound_usd) and self.bill.usd_month > 0
        above = f", {max(0.0, self.bill.usd_month / self.bound_usd - 1):.1%} above the bound" if known else ""  # type: ignore[operator]
        if self.by == HEURISTIC:
            why = f" The solver's answer was refused: {self.refused[-1]}" if self.refused else ""
            return f"Found by search{above}.{why}"
        again = f" A first answer was refused: {self.refused[0]}" if self.refused else ""
        return f"Solved outright{above}.{again}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the solver says: an assignment (None: none), the objective it claims, and its gap."""

    assignment: Ints | None
    claimed_usd: float
    gap: float


HEURISTIC: Final = "search"
SOLVER: Final = "solver"
WITHOUT_PRESOLVE: Final = "solver without presolve"


def solved(problem: Problem, heuristic: Ints, seconds: float) -> Solved:
    """The cheapest assignment for whole segments, or the heuristic's where the solver has nothing to be believed."""
    served = np.flatnonzero(problem.placeable)
    if len(served) < len(heuristic):
        return _with_nowhere(problem, heuristic, served, seconds)
    asked = program(problem)
    bound = bound_of(asked, seconds)
    standing = cost_of(problem, heuristic)
    best = Solved(heuristic, standing, HEURISTIC, None, bound, ())
    refused: list[str] = []
    for presolve, by in ((True, SOLVER), (False, WITHOUT_PRESOLVE)):
        answer = ask(asked, seconds, presolve=presolve)
        why = refusal(problem, answer, bound, standing)
        if answer.assignment is not None:
            bill = cost_of(problem, answer.assignment)
            if not why or (bill.nowhere, bill.usd_month) < (best.bill.nowhere, best.bill.usd_month):
                best = Solved(answer.assignment, bill, by, answer.gap, bound, ())
        if not why:
            break
        refused.append(why)
    return replace(best, refused=tuple(refused))


def _with_nowhere(problem: Problem, heuristic: Ints, served: Ints, seconds: float) -> Solved:
    """The same for those that something serves; the others stay nowhere."""
    found = solved(problem.only(served), heuristic[served], seconds)
    assignment = np.full(len(heuristic), NOWHERE, dtype=np.int64)
    assignment[served] = found.assignment
    return replace(found, assignment=assignment, bill=cost_of(problem, assignment))


def refusal(problem: Problem, answer: Answer, bound: float | None, standing: Bill) -> str:
    """Why an answer is not believed; empty where every guard lets it pass."""
    if answer.assignment is None:
        return "it found none in the time given."
    usd = cost_of(problem, answer.assignment).usd_month
    if bound is not None and answer.claimed_usd > bound * (1 + SLACK) + TOLERANCE:
        return f"it claims ${answer.claimed_usd:,.0f} where ${bound:,.0f} bounds it from below."
    allowed = max(answer.gap, GAP) * max(1.0, abs(answer.claimed_usd)) + TOLERANCE
    if abs(usd - answer.claimed_usd) > allowed and usd > answer.claimed_usd:
        return f"it claims ${answer.claimed_usd:,.0f} and its assignment costs ${usd:,.0f}."
    if answer.claimed_usd - usd > SLACK * max(1.0, usd):
        return f"it claims ${answer.claimed_usd:,.0f} and its assignment costs only ${usd:,.0f}."
    if usd > standing.usd_month * (1 + TOLERANCE) and not standing.nowhere:
        return f"at ${usd:,.0f} it is dearer than ${standing.usd_month:,.0f}, which search found."
    return ""


def bound_of(asked: Program, seconds: float) -> float | None:
    """No assignment of whole segments costs less: the optimum, or its proven bound, when segments may be split.
    None where the solver proves nothing.
    """
    found = _milp(asked, seconds, shares=True, presolve=False)
    bound = getattr(found, "mip_dual_bound", None)
    return None if bound is None or not np.isfinite(bound) else float(bound)


def ask(asked: Program, seconds: float, *, presolve: bool) -> Answer:
    """What the solver says, unguarded."""
    found = _milp(asked, seconds, shares=False, presolve=presolve)
    if found.x is None:
        return Answer(None, np.inf, np.inf)
    gap = getattr(found, "mip_gap", None)
    values: Floats = found.x
    return Answer(asked.assignment(values), float(found.fun), GAP if gap is None else float(gap))


def _milp(asked: Program, seconds: float, *, shares: bool, presolve: bool) -> Any:
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415  loaded only where it is asked for

    return milp(
        asked.costs,
        constraints=LinearConstraint(asked.rows, asked.low, asked.high),
        integrality=asked.whole(shares=shares),
        bounds=Bounds(np.zeros(len(asked.costs)), asked.most),
        options={"presolve": presolve, "time_limit": seconds, "mip_rel_gap": GAP},
    )
