"""Where machines of one's own get cheaper than tokens: by volume, by spend and by use; existence comes first.

Volumes are in millions of tokens a month, prices in dollars per million tokens of input and output together at the
workload's own mix, idle time included. Every number may be one or a column of them, and both answer alike; NaN in a
column is unknown as None is for one number, and infinity is never.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from planner.engine.economics import NEVER

if TYPE_CHECKING:
    from collections.abc import Sequence

Number: TypeAlias = Any  # a float, or a column of them
MILLION: Final = 1_000_000
SECONDS_PER_HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class Pool:
    """Replicas of one model: what one costs a month and carries at planned load, what is paid beside them however
    many there are (people, storage), how many stand by, and how many come together because a machine that is bought
    holds them.
    """

    replica_usd_month: Number
    replica_mtok_month: Number
    fixed_usd_month: Number
    spare: Number
    together: Number = 1.0

    def paying(self, share: Number) -> Pool:
        """The same where busy replicas are paid for such a share of the time; spare ones stand by all of it."""
        standing = self.spare * self.replica_usd_month * (1 - share)
        return replace(
            self,
            replica_usd_month=self.replica_usd_month * share,
            fixed_usd_month=self.fixed_usd_month + standing,
        )


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The volume from which a pool is cheaper at every larger one (whole replicas), the same on a smooth line for
    charts, the bill at that volume, and the share of a replica's full capacity from which it costs less than tokens.
    """

    usd_mtok: Number
    sustained_mtok_month: Number
    smooth_mtok_month: Number
    spend_usd_month: Number
    use: Number

    def at(self, sustained_mtok_month: Number) -> BreakEven:
        """The same with the volume worked out otherwise."""
        spend = sustained_mtok_month * self.usd_mtok
        return replace(self, sustained_mtok_month=sustained_mtok_month, spend_usd_month=spend)


def blended_usd_mtok(input_usd: Number, output_usd: Number, in_out_ratio: Number) -> Number:
    """Dollars per million tokens where so many tokens go in for each that comes out."""
    return (in_out_ratio * input_usd + output_usd) / (in_out_ratio + 1)


def routed_usd_mtok(shares: Sequence[Number], prices_usd_mtok: Sequence[Number]) -> Number:
    """Dollars per million tokens where each share of the volume has a price of its own."""
    return sum(share * price for share, price in zip(shares, prices_usd_mtok, strict=True))


def carried_mtok_month(
    tokens_a_request: Number,
    replica_s_a_request: Number,
    hours: Number,
    planned_use: Number = 1.0,
    peak: Number = 1.0,
) -> Number:
    """Millions of tokens a replica carries a month that is sized for the peak; at its full capacity without them."""
    rate = tokens_a_request / replica_s_a_request
    return rate * hours * SECONDS_PER_HOUR * planned_use / peak / MILLION


def sustained_mtok_month(usd_mtok: Number, pool: Pool) -> Number:
    """The volume from which whole machines are cheaper at every larger one.

    A replica at planned load that costs more than the tokens it carries never pays, whatever the volume. Otherwise the
    bill of n machines starts where n - 1 of them are full; from the first n on that is no dearer there than tokens,
    nor any after it, every step pays, and so does the step before it from where tokens reach its bill.
    """
    together, carried = pool.together, pool.replica_mtok_month
    columns = (usd_mtok, pool.replica_usd_month, carried, pool.fixed_usd_month, pool.spare)
    many = any(isinstance(each, np.ndarray) for each in columns)
    saved, machine = usd_mtok * carried, together * pool.replica_usd_month
    if not many and saved <= pool.replica_usd_month:
        return NEVER
    up, most, least = (np.ceil, np.maximum, np.minimum) if many else (math.ceil, max, min)
    with np.errstate(divide="ignore", invalid="ignore"):
        paying = (pool.fixed_usd_month + saved * (together + pool.spare)) / (together * saved - machine)
        machines = most(up((1 + pool.spare) / together), up(paying) - 1)
        bill = machines * machine + pool.fixed_usd_month
        volume = least(bill / usd_mtok, (machines * together - pool.spare) * carried)
    if not many:
        return volume
    return _or_never(volume, saved <= pool.replica_usd_month, pool.fixed_usd_month + saved)


def smooth_mtok_month(usd_mtok: Number, pool: Pool) -> Number:
    """The break-even as if replicas came in any size: for the line of a chart, always below the sustained one."""
    margin = usd_mtok - pool.replica_usd_month / pool.replica_mtok_month
    fixed = pool.fixed_usd_month + pool.spare * pool.replica_usd_month
    if not isinstance(margin, np.ndarray) and not isinstance(fixed, np.ndarray):
        return NEVER if margin <= 0 else fixed / margin
    with np.errstate(divide="ignore", invalid="ignore"):
        return _or_never(fixed / margin, margin <= 0, fixed + margin)


def use_from_which_it_pays(replica_usd_month: Number, usd_mtok: Number, full_mtok_month: Number) -> Number:
    """The share of a replica's full capacity at which it costs what its tokens would: above 1 it never pays."""
    return replica_usd_month / (usd_mtok * full_mtok_month)


def break_even(usd_mtok: Number, pool: Pool | None, full_mtok_month: Number) -> BreakEven | None:
    """Every reading of the break-even of a pool against a price; None where the price or the pool is not known."""
    if usd_mtok is None or pool is None:
        return None
    volume = sustained_mtok_month(usd_mtok, pool)
    return BreakEven(
        usd_mtok=usd_mtok,
        sustained_mtok_month=volume,
        smooth_mtok_month=smooth_mtok_month(usd_mtok, pool),
        spend_usd_month=volume * usd_mtok,
        use=use_from_which_it_pays(pool.replica_usd_month, usd_mtok, full_mtok_month),
    )


def _or_never(volume: Number, never: Number, known: Number) -> Number:
    """Infinity where it never pays; what rests on something unknown stays unknown."""
    return np.where(np.isnan(known), np.nan, np.where(never, NEVER, volume))
