"""A placement on machines held against one paid by the token: from which volume on it costs less, if from any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planner.engine.costing.breakeven import BreakEven, Pool, break_even

if TYPE_CHECKING:
    from planner.engine.costing.variants import FullCost
    from planner.engine.costing.work import Work

MILLION: Final = 1_000_000
NOT_VOLUME: Final = frozenset({"people", "pool"})  # paid however much is asked for


def pool_of(cost: FullCost, work: Work) -> Pool | None:
    """The replicas of a cost as a break-even sees them; None where it has none, or nobody can tell.

    People and the fixed cost of the pool stand beside the machines; spare replicas cost as much as the others.
    """
    needed, usd = cost.need, cost.usd_month
    if usd is None or needed is None:
        return None
    fixed = sum(amount for key, amount in cost.terms.items() if key in NOT_VOLUME)
    return Pool(
        replica_usd_month=(usd - fixed) / float(needed.replicas),
        replica_mtok_month=work.tokens_month / float(needed.load) / MILLION,
        fixed_usd_month=fixed,
        spare=float(needed.spare),
    )


def token_usd_mtok(cost: FullCost, work: Work) -> float | None:
    """What a million tokens cost at the workload's own mix, caching, retries and discounts in it, people not."""
    usd = cost.usd_month
    if usd is None or cost.price is None:
        return None
    return float((usd - cost.terms["people"]) / work.tokens_month * MILLION)


def against(own: FullCost, other: FullCost, work: Work, planned_use: float) -> BreakEven | None:
    """Every reading of the break-even of machines against tokens. The people behind the tokens are saved by moving
    only if nobody else uses them, so they stay out of it. None where either is not known.
    """
    pool, usd_mtok = pool_of(own, work), token_usd_mtok(other, work)
    if pool is None or usd_mtok is None:
        return None
    full = pool.replica_mtok_month * work.peak / planned_use
    return break_even(usd_mtok, pool, full)
