"""The portfolio with machines shared: who shares which pool, and what is paid for it.

Every part may use what its rules and gates leave it, and of that the cheapest offer per token or a replica that
serves one of its own models. People are paid once for each operating class in use.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.engine.costing.people import classes_in_use, people_usd
from planner.engine.costing.terms import ARRANGEMENT, TOKENS
from planner.engine.outlook.lines import People
from planner.engine.outlook.shared import Shared, shared
from planner.engine.outlook.ways import Way, pool_of, ways_for
from planner.engine.pooling.exact import solved
from planner.engine.pooling.heuristic import shared_out
from planner.engine.pooling.problem import NOWHERE, OFFER, Demands, Problem, Staff

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.engine.costing import Work
    from planner.engine.outlook.lines import Line
    from planner.engine.outlook.placed import Placed
    from planner.engine.policy import Assumptions
    from planner.engine.scenarios import World

    Floats = NDArray[np.float64]

HOURS: Final = 24
OUTRIGHT: Final = 200  # parts up to which the solver answers within seconds
SECONDS: Final = 20.0
BY_OFFER: Final = ("1", *TOKENS)


@dataclass(frozen=True, slots=True)
class Pooled:
    """The lines of the bill with machines shared, the pools, the parts that no pool or offer serves, and how it was found."""

    lines: tuple[Line, ...]
    pools: tuple[Shared, ...]
    nowhere: tuple[Placed, ...]
    how: str = ""


def pooled(parts: Sequence[Placed], world: World) -> Pooled:
    """The portfolio shared out. A part whose day nobody measured keeps its peak in every hour, which is dear and never
    too little.
    """
    if not parts:
        return Pooled((), (), ())
    requests_s = _requests_s(parts, world.assumed)
    ways = ways_for(parts, world, requests_s)
    offers = [_offer(each) for each in parts]
    demands = Demands(
        names=[f"{each.part.workload}/{each.part.name}" for each in parts],
        offer_usd_month=np.array([usd for usd, _ in offers]),
        requests_s=requests_s,
        seconds=np.stack([each.seconds for each in ways], axis=1) if ways else np.empty((len(parts), 0)),
    )
    pools = [pool_of(each, world.assumed) for each in ways]
    problem = Problem.of(demands, pools, _staff(parts, world.assumed), world.assumed["rho_max"])
    assignment, how = _solved(problem)
    told = _told(parts, ways, [variant for _, variant in offers], requests_s, assignment, world.assumed)
    return replace(told, how=how)


def _solved(problem: Problem) -> tuple[NDArray[np.int64], str]:
    """Where each part goes, and how that was found: by search, and outright where it is small."""
    found = shared_out(problem)
    if len(problem.names) > OUTRIGHT or not len(problem.pools):
        return found.assignment, "Found by search; too many parts to solve outright."
    best = solved(problem, found.assignment, SECONDS)
    return best.assignment, best.sentence


def _staff(parts: Sequence[Placed], a: Assumptions) -> Staff:
    """The people of each class, hired where that is so for a part that may use it: who will is not known yet."""
    may = classes_in_use((variant, each.hire) for each in parts for variant in each.answer.feasible)
    pools = {variant: float(people_usd(variant, a, hire=may.get(variant, False))) for variant in ARRANGEMENT}
    return Staff(pools, float(people_usd("3", a)))


def _offer(each: Placed) -> tuple[float, str]:
    """The cheapest placement that needs no GPUs; infinite where there is none."""
    servers = (
        ("5a",) if each.costs["5a"].serving is None else ()
    )  # those without GPUs serve one model, shared or not
    known: dict[str, float] = {
        variant: usd
        for variant in (*BY_OFFER, *servers)
        if variant in each.answer.feasible and (usd := each.costs[variant].usd_month) is not None
    }
    best = min(known, key=known.__getitem__, default="")
    return (known[best], best) if best else (np.inf, "")


def _requests_s(parts: Sequence[Placed], a: Assumptions) -> Floats:
    """Requests a second by hour of the day, retries in it: the busiest hour carries the part's own peak."""
    rows = []
    for each in parts:
        work = each.answer.work
        shape = np.asarray(each.answer.under.profile or (1.0,) * HOURS)
        rows.append(_hours(work, shape, a) if work else np.zeros(HOURS))
    return np.array(rows) * a["retry_overhead"]


def _hours(work: Work, shape: Floats, a: Assumptions) -> Floats:
    return np.asarray(
        work.requests_s(a["hours_per_month"]) * work.peak * shape / max(float(shape.max()), 1e-9)
    )


def _told(
    parts: Sequence[Placed],
    ways: Sequence[Way],
    by_offer: Sequence[str],
    requests_s: Floats,
    assignment: NDArray[np.int64],
    a: Assumptions,
) -> Pooled:
    """The assignment as lines of a bill."""
    lines: list[Line] = []
    users: list[tuple[str, bool]] = []
    for each, place, variant in zip(parts, assignment, by_offer, strict=True):
        line = each.line(variant, a) if place == OFFER else None
        if line is not None:
            lines.append(line)
            users.append((variant, each.hire))
    sharing = {
        place: [parts[i] for i in np.flatnonzero(assignment == place).tolist()] for place in range(len(ways))
    }
    users += [(ways[place].variant, each.hire) for place, who in sharing.items() for each in who]
    hired = classes_in_use(users)
    pools = []
    for place, way in enumerate(ways):
        members = np.flatnonzero(assignment == place)
        if members.size:
            who, team = tuple(sharing[place]), float(people_usd(way.variant, a, hire=hired[way.variant]))
            pools.append(shared(way, who, requests_s[members], way.seconds[members], team, a))
    nowhere = tuple(parts[i] for i in np.flatnonzero(assignment == NOWHERE).tolist())
    return Pooled((*lines, *(each.line for each in pools), People.of(users)), tuple(pools), nowhere)
