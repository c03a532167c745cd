"""One pool in use: who shares it, hour by hour, what it costs, and what its members would pay without it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.engine.costing.breakeven import BreakEven, break_even
from planner.engine.costing.breakeven import Pool as CostPool
from planner.engine.costing.cheapest import replica_usd_month
from planner.engine.costing.machines import FIXED, ROUNDING
from planner.engine.outlook.lines import Machines, Member
from planner.engine.outlook.ways import pool_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from planner.engine.outlook.placed import Placed
    from planner.engine.outlook.ways import Way
    from planner.engine.policy import Assumptions

    Floats = NDArray[np.float64]

OPEN_MODELS: Final = "3"
MILLION: Final = 1_000_000
POINTS: Final = 49
DECADES: Final = (-1.5, 2.0)
BEYOND: Final = 3.0  # times the break-even, so that the lines are seen to cross


@dataclass(frozen=True, slots=True)
class Shared:
    """One pool in use. `loads` [members, 24] are the replicas each keeps busy at planned use, hour by hour;
    `usd_month` is for machines and the pool, people aside, and `own_usd` what each member pays at its target by
    itself, people aside; `alone_replicas` are those of this kind it would need alone; `paid_usd` what each would pay the cheapest open model by the token, whether it may or not; None is not known.
    """

    variant: str
    name: str
    replicas: int
    spare: int
    loads: Floats
    use: float
    usd_month: float
    fixed_usd_month: float
    people_usd_month: float
    parts: tuple[Placed, ...]
    alone_replicas: tuple[int, ...]
    own_usd: tuple[float | None, ...]
    paid_usd: tuple[float | None, ...]
    tokens_month: float
    break_even: BreakEven | None  # against the open models' price by the token
    line: Machines

    @property
    def busiest_hour(self) -> int:
        return int(self.loads.sum(axis=0).argmax())

    @property
    def usd_by_token(self) -> float | None:
        """What all members would pay by the token; None where one of them has no such price."""
        known = [usd for usd in self.paid_usd if usd is not None]
        return sum(known) if len(known) == len(self.paid_usd) else None

    def over_volume(self, a: Assumptions) -> tuple[Floats, Floats, Floats] | None:
        """Tokens a month, what the pool then costs with the people of its class, and what its members would pay by
        the token; None where a price or a volume is not known.
        """
        paid = self.usd_by_token
        if paid is None or self.tokens_month <= 0:
            return None
        low, high = (10.0**decades for decades in DECADES)
        crossing = self.break_even.sustained_mtok_month * MILLION if self.break_even else np.inf
        if np.isfinite(crossing):
            high = max(high, BEYOND * crossing / self.tokens_month)
        multiples = np.geomspace(low, high, POINTS)
        grown = (Member(each.mean * multiples, each.peak * multiples, None) for each in self.line.members)
        usd = replace(self.line, members=tuple(grown)).usd(a) + self.people_usd_month
        return self.tokens_month * multiples, np.asarray(usd), paid * multiples


def shared(
    way: Way,
    parts: tuple[Placed, ...],
    requests_s: Floats,
    seconds: Floats,
    people_usd: float,
    a: Assumptions,
) -> Shared:
    """The pool these parts share, sized for its busiest hour. `requests_s` [members, 24] hold the retries; `seconds`
    [members] of a replica a request takes; `people_usd` a month are those of its class.
    """
    loads = requests_s * seconds[:, None] / a["rho_max"]
    busiest = loads[:, loads.sum(axis=0).argmax()]
    means = [_mean(each, a, taken) for each, taken in zip(parts, seconds, strict=True)]
    line = _line(way, parts, means, busiest, a)
    peak, spare = float(busiest.sum()), round(a["n_plus"])
    replicas = _serving(peak) + spare
    busy, usd = sum(means) * a["retry_overhead"], float(line.usd(a))
    paid = tuple(each.costs[OPEN_MODELS].usd_month for each in parts)
    tokens = sum(each.answer.work.tokens_month for each in parts if each.answer.work)
    return Shared(
        variant=way.variant,
        name=pool_of(way, a).name,
        replicas=replicas,
        spare=spare,
        loads=loads,
        use=busy / replicas,
        usd_month=usd,
        fixed_usd_month=a[FIXED[way.variant]],
        people_usd_month=people_usd,
        parts=parts,
        alone_replicas=tuple(_serving(load) + spare for load in loads.max(axis=1)),
        own_usd=tuple(each.costs[each.target].usd_month for each in parts),
        paid_usd=paid,
        tokens_month=tokens,
        break_even=_break_even(_as_cost(way, _carried(tokens, peak), people_usd, a), paid, tokens, busy),
        line=line,
    )


def _as_cost(way: Way, carried_mtok: float, people_usd: float, a: Assumptions) -> CostPool:
    """The pool as a break-even sees it, with the people of its class beside the machines."""
    together = way.serving.unit_gpus / way.serving.gpus if way.variant == "5b" else 1.0
    usd = replica_usd_month(way.variant, way.serving, a)
    return CostPool(usd, carried_mtok, a[FIXED[way.variant]] + people_usd, a["n_plus"], together)


def _line(
    way: Way, parts: tuple[Placed, ...], means: list[float], peaks: Floats, a: Mapping[str, float]
) -> Machines:
    """As a line of the bill, which adds planned use and retries itself. Only a part that has the pool to itself stops
    machines at its quiet hours.
    """
    full = a["rho_max"] / a["retry_overhead"]
    members = (
        Member(mean, float(peak) * full, each.growth)
        for each, mean, peak in zip(parts, means, peaks, strict=True)
    )
    alone = parts[0].answer.under.day(way.variant) if len(parts) == 1 else None
    return Machines(way.variant, way.serving, tuple(members), alone)


def _serving(load: float) -> int:
    return max(1, int(np.ceil(load - ROUNDING)))


def _carried(tokens: float, replicas: float) -> float:
    """Millions of tokens a month that each of so many replicas carries; 0 where there is nothing to carry."""
    return tokens / replicas / MILLION if replicas > 0 else 0.0


def _break_even(
    pool: CostPool, paid: tuple[float | None, ...], tokens: float, busy: float
) -> BreakEven | None:
    """From which volume of its members on the pool, the people behind its class in it, costs less than their tokens
    would, and from which use of a replica; None where a price by the token or the load is not known. `busy` are the
    replicas that the tokens would keep at full load.
    """
    full_mtok_month = _carried(tokens, busy)
    if None in paid or not full_mtok_month:
        return None
    usd_mtok = sum(each for each in paid if each is not None) / tokens * MILLION
    return break_even(usd_mtok, pool, full_mtok_month)


def _mean(each: Placed, a: Mapping[str, float], seconds: float) -> float:
    """Replica-loads at full use over the month, without retries."""
    work = each.answer.work
    return 0.0 if work is None else float(work.requests_s(a["hours_per_month"]) * seconds)
