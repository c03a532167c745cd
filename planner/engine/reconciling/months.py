"""A month of a workload: reported against computed, and the difference divided among its causes to the last cent.

Only traffic of which both are known is compared: an amount without its counterpart stands beside the difference, it
is no part of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from planner.engine.reconciling.causes import Cause

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

PLACES = list(Cause).index


@dataclass(frozen=True, slots=True)
class Piece:
    """Traffic of one model with one cause within the month. Amounts in US dollars; None is unknown."""

    cause: Cause
    model: str
    provider: str
    source: str
    tokens: int | None
    reported_usd: Decimal | None
    computed_usd: Decimal | None
    requests: int | None = None
    errors: int | None = None
    detail: str = ""
    further_details: int = 0  # how many more there are than the one given
    first_day: date | None = None
    last_day: date | None = None
    price_sources: tuple[str, ...] = ()  # who says the prices it was computed with
    offer: int | None = None  # what it was computed with the price of
    own_price_helps: bool = False  # whether a price somebody enters would be put on it

    @property
    def is_compared(self) -> bool:
        return self.reported_usd is not None and self.computed_usd is not None

    @property
    def difference_usd(self) -> Decimal | None:
        """Reported less computed: its part of the month's difference. None where one of them is unknown."""
        if self.reported_usd is None or self.computed_usd is None:
            return None
        return self.reported_usd - self.computed_usd

    @property
    def unpriced_usd(self) -> Decimal | None:
        """What is reported of it where no price is known."""
        return self.reported_usd if self.computed_usd is None else None

    @property
    def unreported_usd(self) -> Decimal | None:
        """What it comes to where no cost is reported."""
        return self.computed_usd if self.reported_usd is None else None


@dataclass(frozen=True, slots=True)
class Share:
    """What one cause makes up of the difference (None: nothing of it can be compared), with the traffic it was found
    in, and what of that is reported without a price or priced without a reported cost.
    """

    cause: Cause
    usd: Decimal | None
    pieces: Sequence[Piece]
    unpriced_usd: Decimal | None = None
    unreported_usd: Decimal | None = None

    @property
    def order(self) -> tuple[bool, bool, Decimal, int]:
        """Parts of the difference before what cannot be compared, unknown amounts last, the most money first."""
        alone = self.unpriced_usd if self.unpriced_usd is not None else self.unreported_usd
        amount = self.usd if self.usd is not None else alone
        return self.usd is None, amount is None, -abs(amount or Decimal(0)), PLACES(self.cause)


@dataclass(frozen=True, slots=True)
class Month:
    """All of a month. A total is None where none of it is known; a share tells how much of it the total covers."""

    pieces: Sequence[Piece]
    reported_usd: Decimal | None
    computed_usd: Decimal | None
    unpriced_usd: Decimal | None  # of the reported: no price is known for it
    unreported_usd: Decimal | None  # of the computed: no cost is reported for it
    compared_usd: Decimal | None  # of the reported: what the difference is over
    difference_usd: Decimal | None  # reported less computed where both are known; None: nowhere
    tokens: int | None
    priced_share: float | None  # of tokens
    reported_share: float | None  # of tokens
    shares: Sequence[Share]

    @property
    def difference_share(self) -> Decimal | None:
        """The difference as a share of the reported amount it is over (0.12 = 12 %)."""
        if self.difference_usd is None or not self.compared_usd:
            return None
        return self.difference_usd / self.compared_usd

    @property
    def compares_all(self) -> bool:
        """Whether the difference is over all that is reported and all that is computed."""
        return self.unpriced_usd is None and self.unreported_usd is None

    @property
    def causes(self) -> list[Share]:
        """Every cause but agreement, the one with the most money first; what cannot be compared after."""
        return sorted(
            (share for share in self.shares if share.cause != Cause.SAME), key=lambda each: each.order
        )


def month_of(pieces: Iterable[Piece]) -> Month:
    """The month these pieces make up. The shares of all causes add up to the difference where there is one."""
    every = sorted(pieces, key=lambda piece: (PLACES(piece.cause), piece.provider, piece.model, piece.source))
    counted = [piece for piece in every if piece.tokens is not None]
    tokens = sum(piece.tokens or 0 for piece in counted) if counted else None
    return Month(
        pieces=every,
        reported_usd=_total(piece.reported_usd for piece in every),
        computed_usd=_total(piece.computed_usd for piece in every),
        unpriced_usd=_total(piece.unpriced_usd for piece in every),
        unreported_usd=_total(piece.unreported_usd for piece in every),
        compared_usd=_total(piece.reported_usd for piece in every if piece.is_compared),
        difference_usd=_total(piece.difference_usd for piece in every),
        tokens=tokens,
        priced_share=_covered(tokens, (p for p in counted if p.computed_usd is not None)),
        reported_share=_covered(tokens, (p for p in counted if p.reported_usd is not None)),
        shares=[_share(cause, list(group)) for cause, group in groupby(every, key=lambda piece: piece.cause)],
    )


def _share(cause: Cause, pieces: list[Piece]) -> Share:
    return Share(
        cause,
        _total(piece.difference_usd for piece in pieces),
        pieces,
        _total(piece.unpriced_usd for piece in pieces),
        _total(piece.unreported_usd for piece in pieces),
    )


def _total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def _covered(tokens: int | None, pieces: Iterable[Piece]) -> float | None:
    return sum(piece.tokens or 0 for piece in pieces) / tokens if tokens else None
