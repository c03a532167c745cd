"""What goes in: facts with who stands behind them, segments and workloads, and the prices of one day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

Value = bool | int | float | str | frozenset[str]


class FactError(ValueError):
    """A fact that cannot be read: names the fact, what is wrong with it and the way out."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name
        self.message = message


@dataclass(frozen=True, slots=True)
class Fact:
    """A value and who stands behind it: declared, observed, derived, assumed, approved or archetype.

    `by` supplied it on `at`; `approved_by` approved it on `approved_at`, where somebody did.
    """

    value: Value
    source: str = "declared"
    by: str = ""
    at: datetime | date | None = None
    approved_by: str = ""
    approved_at: datetime | date | None = None


Facts = Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier runs said of one trigger: the state they left it in, since when, and the days on which its
    level was found passed (True) or not (False). What a run could not evaluate leaves no trace here.
    """

    state: str
    since: date
    crossings: tuple[tuple[date, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Waiver:
    """An exception to one rule until the end of a day, with who granted it and why."""

    row: str
    until: date
    granted_by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SegmentInput:
    """A part of a workload: `share` is its percentage of the workload's tokens (0 to 100).

    `pending` holds the facts of a newer classification that nobody has approved yet: every constraint is
    asked of both readings, so that a proposal can tighten the answer and never loosen it. `history` is what
    earlier runs said of its triggers, by the id of the row.
    """

    name: str
    share: float
    classification: str
    facts: Facts
    pending: Facts | None = None
    waivers: tuple[Waiver, ...] = ()
    history: Mapping[str, Past] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WorkloadInput:
    """A workload as the engine sees it; organisation facts include those of the offerings it may use."""

    name: str
    organisation: Facts
    facts: Facts
    segments: tuple[SegmentInput, ...]
    waivers: tuple[Waiver, ...] = ()  # of the whole workload; a segment may have its own besides


@dataclass(frozen=True, slots=True)
class TokenOffer:
    """What one provider asks for a million tokens of one model, in `currency`."""

    id: str
    provider: str
    model: str
    open_weights: bool
    input_usd_per_mtok: Decimal
    output_usd_per_mtok: Decimal
    cached_input_usd_per_mtok: Decimal | None = None
    currency: str = "USD"
    source: str = ""
    valid_from: date | None = None
    checked_at: datetime | date | None = None


@dataclass(frozen=True, slots=True)
class GpuOffer:
    """What GPUs cost: by the hour when managed or rented, as capital when owned."""

    id: str
    provider: str
    gpu: str
    gpu_count: int
    arrangement: str  # managed | rented | owned
    amount_per_hour: Decimal | None = None
    capex_low: Decimal | None = None
    capex_high: Decimal | None = None
    currency: str = "USD"
    source: str = ""
    valid_from: date | None = None
    checked_at: datetime | date | None = None


@dataclass(frozen=True, eq=False)
class PriceSnapshot:
    """The prices of one day. `fx` is US dollars per unit of a currency; an absent currency is not comparable.
    `sha` identifies what is in it, whatever it is called.

    Two snapshots are the same only if they are one object: offers are looked up in it by the thousand.
    """

    name: str
    as_of: date
    token_offers: tuple[TokenOffer, ...] = ()
    gpu_offers: tuple[GpuOffer, ...] = ()
    fx: Mapping[str, Decimal] = field(default_factory=dict)
    sha: str = ""

    def usd_per(self, currency: str) -> float | None:
        """Dollars for one unit of a currency, or None when the snapshot cannot say."""
        if currency == "USD":
            return 1.0
        rate = self.fx.get(currency)
        return None if rate is None else float(rate)
