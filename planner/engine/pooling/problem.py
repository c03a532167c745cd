"""What is to be shared out: segments with their load by hour, the pools they may share, and what each costs.

The load of segment i in pool p and hour t is requests_s[i, t] * work[i, p] replicas, with work the replica-seconds
of a request over the planned use of a replica. Replica-seconds add up across whoever shares a pool, which is what
keeps the problem linear. Replicas are had by the unit: one by one where they are rented, as many as a machine holds
where whole machines are bought.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

OFFER: Final = -1  # in an assignment: the segment stays with its offer per token
NOWHERE: Final = -2  # in an assignment: nothing serves the segment


@dataclass(frozen=True, slots=True)
class Pool:
    """One model on one kind of replica in one place, open to whoever may use it.

    A unit is what is had at once, with room for `unit_replicas`; `unit_usd_month` is None where its price is not known.
    `spare` replicas, not units, stand by once the pool is open; `max_units` holds them too.
    """

    name: str
    operating_class: str
    unit_usd_month: float | None
    fixed_usd_month: float
    spare: int
    max_units: int
    unit_replicas: int = 1


@dataclass(frozen=True, slots=True)
class Staff:
    """What running a class takes a month, once for all that use it; a class not named takes nobody."""

    pools: Mapping[str, float]
    tokens: float = 0.0


@dataclass(frozen=True, slots=True)
class Demands:
    """The segments as columns.

    `offer_usd_month` [I]: the cheapest eligible offer per token; infinity where there is none, NaN where nobody
    knows. `requests_s` [I, T]: requests a second by hour of the day. `seconds` [I, P]: replica-seconds of a request
    in each pool; infinity where the pool is barred to the segment, NaN where the throughput is not known.
    """

    names: Sequence[str]
    offer_usd_month: Floats
    requests_s: Floats
    seconds: Floats


@dataclass(frozen=True, slots=True)
class Problem:
    """Demands and pools, checked. What is not known is no placement, and listed; it is never free."""

    names: tuple[str, ...]
    pools: tuple[Pool, ...]
    offer: Floats  # [I] USD a month, infinity where there is none
    requests_s: Floats  # [I, T]
    work: Floats  # [I, P] replica-seconds of a request over the planned use; 0 where barred
    barred: Floats  # [I, P] infinity where the segment may not use the pool, else 0
    unit: Floats  # [P] USD a month
    holds: Ints  # [P] replicas a unit has room for
    fixed: Floats  # [P] USD a month, once a pool is open
    spare: Ints  # [P]
    most: Ints  # [P] the most units
    kind: Ints  # [P] equal for pools that serve every segment alike, whatever they cost
    step: Ints  # [P] which of the staff steps the class of the pool takes
    steps: Floats  # [K] USD a month
    token_staff: float  # USD a month, once anybody pays per token
    rho_max: float  # planned use of a replica at the peak
    unknown: Bools  # [I] whether a price or a throughput of the segment is not known

    @classmethod
    def of(cls, demands: Demands, pools: Sequence[Pool], staff: Staff, rho_max: float) -> Problem:
        """Raises ValueError for shapes that do not fit, negative figures, or a planned use outside (0, 1]."""
        offer, requests_s, seconds = _checked(demands, pools, rho_max)
        priced = np.array([pool.unit_usd_month is not None for pool in pools], dtype=bool)
        unknown = np.isnan(offer) | (np.isnan(seconds) | (np.isfinite(seconds) & ~priced)).any(axis=1)
        work = np.where(np.isfinite(seconds) & priced, seconds, 0.0) / rho_max
        most = np.array([pool.max_units for pool in pools], dtype=np.int64)
        holds = np.array([pool.unit_replicas for pool in pools], dtype=np.int64)
        spare = np.array([pool.spare for pool in pools], dtype=np.int64)
        peak = requests_s.max(axis=1, initial=0.0)[:, None] * work
        room = most * holds - spare
        usable = np.isfinite(seconds) & priced & (peak <= room) & (room > 0)
        classes = tuple(dict.fromkeys(pool.operating_class for pool in pools))
        return cls(
            names=tuple(demands.names),
            pools=tuple(pools),
            offer=_fixed(np.where(np.isnan(offer), np.inf, offer)),
            requests_s=_fixed(requests_s),
            work=_fixed(np.where(usable, work, 0.0)),
            barred=_fixed(np.where(usable, 0.0, np.inf)),
            unit=_fixed(np.array([pool.unit_usd_month or 0.0 for pool in pools], dtype=float)),
            holds=_fixed(holds),
            fixed=_fixed(np.array([pool.fixed_usd_month for pool in pools], dtype=float)),
            spare=_fixed(spare),
            most=_fixed(most),
            kind=_fixed(_kinds(np.where(usable, work, np.inf))),
            step=_fixed(np.array([classes.index(pool.operating_class) for pool in pools], dtype=np.int64)),
            steps=_fixed(np.array([staff.pools.get(name, 0.0) for name in classes], dtype=float)),
            token_staff=staff.tokens,
            rho_max=rho_max,
            unknown=_fixed(unknown),
        )

    @property
    def placeable(self) -> Bools:
        """[I] Whether any placement serves the segment at all, room in pools aside."""
        return np.isfinite(self.offer) | (self.barred == 0).any(axis=1)

    @property
    def has_offer(self) -> Bools:
        """[I] Whether the segment could pay per token."""
        return np.isfinite(self.offer)

    @property
    def replica(self) -> Floats:
        """[P] USD a month a replica costs in a unit that is full."""
        return self.unit / self.holds

    def serving(self, units: Ints) -> Ints:
        """[..., P] replicas that serve in so many units, the spare ones apart; none without a unit, or too few."""
        return np.maximum(units * self.holds - self.spare, 0)

    def units_for(self, serving: Ints) -> Ints:
        """[..., P] units that hold so many serving replicas and the spare ones."""
        return -(-(serving + self.spare) // self.holds)

    @property
    def first(self) -> Ints:
        """[P] units a pool opens with: one replica serves, beside the spare ones."""
        return self.units_for(np.ones_like(self.spare))

    def loads(self, segments: Ints | slice, pool: int) -> Floats:
        """[segments, T] replicas each of the segments keeps busy in one pool, hour by hour."""
        return self.requests_s[segments] * self.work[segments, pool][:, None]

    def priced(self, pools: Ints, prices: Floats) -> Floats:
        """[I, Q] USD a month every segment would be charged in some pools at prices [Q, T] of their hours.

        Infinity where a pool is barred to the segment.
        """
        return self.requests_s @ prices.T * self.work[:, pools] + self.barred[:, pools]

    def only(self, segments: Ints) -> Problem:
        """The same pools for some of the segments."""
        return replace(
            self,
            names=tuple(self.names[place] for place in segments),
            offer=self.offer[segments],
            requests_s=self.requests_s[segments],
            work=self.work[segments],
            barred=self.barred[segments],
            unknown=self.unknown[segments],
        )


def _checked(demands: Demands, pools: Sequence[Pool], rho_max: float) -> tuple[Floats, Floats, Floats]:
    number = len(demands.names)
    offer = np.array(demands.offer_usd_month, dtype=float)
    requests_s = np.array(demands.requests_s, dtype=float)
    seconds = np.array(demands.seconds, dtype=float).reshape(number, len(pools))
    if offer.shape != (number,) or requests_s.ndim != 2 or len(requests_s) != number:  # noqa: PLR2004  segments, hours
        raise ValueError(f"{number} segments need one offer and one row of hours each")
    if not requests_s.shape[1]:
        raise ValueError("a day needs at least one hour")
    if not 0 < rho_max <= 1:
        raise ValueError(f"the planned use of a replica is a share above 0 and up to 1, not {rho_max}")
    if not np.isfinite(requests_s).all() or (requests_s < 0).any():
        raise ValueError(
            "requests a second are numbers from 0 up: leave out a segment whose volume is not known"
        )
    if (offer < 0).any() or (seconds < 0).any():
        raise ValueError("costs and replica-seconds are not negative")
    if any(pool.unit_replicas < 1 for pool in pools):
        raise ValueError("a unit holds one replica at least")
    return offer, requests_s, seconds


def _kinds(work: Floats) -> Ints:
    """[P] the same number for the same column."""
    numbers: dict[bytes, int] = {}
    return np.array([numbers.setdefault(column.tobytes(), len(numbers)) for column in work.T], dtype=np.int64)


def _fixed(array: NDArray[Any]) -> NDArray[Any]:
    array.setflags(write=False)
    return array
