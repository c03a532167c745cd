"""The lines of a portfolio's bill: each is known under other figures, and in every month of every future."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from planner.engine.costing.cheapest import machine_terms
from planner.engine.costing.machines import ROUNDING, Need, server_need, server_terms
from planner.engine.costing.people import classes_in_use, portfolio_people_usd
from planner.engine.costing.tokens import OPEN, TokenPrice, seat_terms, token_terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from planner.engine.costing import Work
    from planner.engine.costing.machines import Day
    from planner.engine.costing.serving import Serving
    from planner.engine.economics import Priced
    from planner.engine.outlook.ahead import Ahead

Floats: TypeAlias = NDArray[np.float64]
Figures: TypeAlias = "Mapping[str, Any]"  # numbers, or columns of draws
THROUGHPUT: Final = "throughput"  # the factor on what a replica serves, where figures are moved


class Line(Protocol):
    """Something that is paid for every month."""

    def usd(self, a: Figures) -> Any:
        """Dollars a month now, under these figures."""
        ...

    def bills(self, ahead: Ahead, a: Figures) -> Floats | float:
        """Dollars a month, months down and futures across."""
        ...


@dataclass(frozen=True, slots=True)
class Tokens:
    """Paid by the token at one offer."""

    variant: str
    work: Work
    priced: Priced
    growth: float | None

    def usd(self, a: Figures) -> Any:
        return sum(token_terms(self.variant, self.work, TokenPrice.of(self.priced, a), a).values())

    def bills(self, ahead: Ahead, a: Figures) -> Floats:
        return self.usd(a) * _token_path(ahead, self.growth, opened=self.variant in OPEN)


@dataclass(frozen=True, slots=True)
class Member:
    """Who keeps replicas busy: seconds of a replica a request, and the requests at the hour that counts. `mean` and
    `peak` are replica-loads at full use, without retries; numbers, or columns of them.
    """

    mean: Any
    peak: Any
    growth: float | None


@dataclass(frozen=True, slots=True)
class Machines:
    """Whole replicas for all members at once, and the spare ones; bought where the class is 5b, else rented. With a
    `day` they are not paid in the hours they need not run.
    """

    variant: str
    serving: Serving
    members: tuple[Member, ...]
    day: Day | None = None

    def usd(self, a: Figures) -> Any:
        served = a.get(THROUGHPUT, 1.0)
        mean = sum(each.mean for each in self.members) * a["retry_overhead"] / served
        peak = sum(each.peak for each in self.members) * a["retry_overhead"] / served
        return self._bill(mean, peak, a)[0]

    def bills(self, ahead: Ahead, a: Figures) -> Floats:
        busy = sum(each.peak * ahead.demand(each.growth) for each in self.members)
        busy = busy * a["retry_overhead"] / (ahead.futures.capacity * a.get(THROUGHPUT, 1.0))
        usd, fixed = self._bill(busy, busy, a)
        if self.variant == "5b":
            return np.asarray(usd)
        return np.asarray((usd - fixed) * ahead.futures.gpu_price + fixed)

    def _bill(self, mean: Any, peak: Any, a: Figures) -> tuple[Any, Any]:
        """Everything, and of it what is paid for the pool however many replicas it has."""
        load = peak / a["rho_max"]
        busy = np.maximum(1.0, np.ceil(load - ROUNDING))
        needed = Need(mean, load, busy, np.zeros_like(busy) + a["n_plus"])
        terms = machine_terms(self.variant, self.serving, needed, a, self.day)
        return sum(terms.values()), terms["pool"]


@dataclass(frozen=True, slots=True)
class Servers:
    """Servers without GPUs for a small model."""

    work: Work
    growth: float | None

    def usd(self, a: Figures) -> Any:
        return sum(server_terms(server_need(self.work, a), a).values())

    def bills(self, ahead: Ahead, a: Figures) -> Floats:
        grown = self.work.grown(ahead.demand(self.growth))
        return np.asarray(sum(server_terms(server_need(grown, a), a).values()))


@dataclass(frozen=True, slots=True)
class Seats:
    """A chat product: as many people whatever the months bring."""

    seats: float

    def usd(self, a: Figures) -> Any:
        return sum(seat_terms(self.seats, a).values())

    def bills(self, ahead: Ahead, a: Figures) -> float:
        return float(self.usd(a))


@dataclass(frozen=True, slots=True)
class People:
    """Once for each operating class in use, whoever uses it. `users` are placements, and whether their people have to
    be hired.
    """

    users: tuple[tuple[str, bool], ...]

    @classmethod
    def of(cls, users: Iterable[tuple[str, bool]]) -> People:
        return cls(tuple(sorted(classes_in_use(users).items())))

    def usd(self, a: Figures) -> Any:
        return portfolio_people_usd(self.users, a)

    def bills(self, ahead: Ahead, a: Figures) -> float:
        return float(self.usd(a))


@dataclass(frozen=True, slots=True)
class Measured:
    """A bill that was measured, and goes on like the line it is paid for: certain this month, whatever a computed bill
    would be. `like` is None where it stays what it is.
    """

    usd_month: float
    like: Line | None

    def usd(self, a: Figures) -> Any:
        return self.usd_month

    def bills(self, ahead: Ahead, a: Figures) -> Floats | float:
        if self.like is None:
            return self.usd_month
        path = np.asarray(self.like.bills(ahead, a))
        return self.usd_month * np.divide(path, path[0], out=np.ones_like(path), where=path[0] > 0)


@dataclass(frozen=True, slots=True)
class ByTheToken:
    """How a bill goes on that is paid by the token, at whatever offer."""

    opened: bool
    growth: float | None

    def usd(self, a: Figures) -> float:
        return 1.0

    def bills(self, ahead: Ahead, a: Figures) -> Floats:
        return _token_path(ahead, self.growth, opened=self.opened)


@dataclass(frozen=True, slots=True)
class ByVolume:
    """How a bill goes on of which no more is known than that it follows the volume."""

    growth: float | None

    def usd(self, a: Figures) -> float:
        return 1.0

    def bills(self, ahead: Ahead, a: Figures) -> Floats:
        return ahead.demand(self.growth)


def _token_path(ahead: Ahead, growth: float | None, *, opened: bool) -> Floats:
    futures = ahead.futures
    return ahead.demand(growth) * (futures.open_token_price if opened else futures.token_price)


def usd_of(lines: Sequence[Line], a: Figures) -> Any:
    """The whole bill now."""
    return sum((each.usd(a) for each in lines), 0.0)


def bills_of(lines: Sequence[Line], ahead: Ahead, a: Figures) -> Floats:
    """The whole bill, months down and futures across."""
    total = np.zeros_like(ahead.futures.demand)
    for each in lines:
        total += each.bills(ahead, a)
    return total
