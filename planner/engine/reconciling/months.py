"""A month of a workload: reported against computed, and the difference divided among its causes to the last cent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from planner.engine.reconciling.causes import Cause

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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

    @property
    def difference_usd(self) -> Decimal | None:
        """Its part of the month's difference: an amount without its counterpart counts whole. None: unknown."""
        if self.reported_usd is None and self.computed_usd is None:
            return None
        return (self.reported_usd or Decimal(0)) - (self.computed_usd or Decimal(0))


@dataclass(frozen=True, slots=True)
class Share:
    """What one cause makes up of the difference, with the traffic it was found in. None: unknown."""

    cause: Cause
    usd: Decimal | None
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Month:
    """All of a month. A total is None where none of it is known; a share tells how much of it the total covers."""

    pieces: Sequence[Piece]
    reported_usd: Decimal | None
    computed_usd: Decimal | None
    tokens: int | None
    priced_share: float | None  # of tokens
    reported_share: float | None  # of tokens
    shares: Sequence[Share]

    @property
    def difference_usd(self) -> Decimal | None:
        """Reported less computed: positive where the source says more. None where one of them is unknown."""
        if self.reported_usd is None or self.computed_usd is None:
            return None
        return self.reported_usd - self.computed_usd

    @property
    def difference_share(self) -> Decimal | None:
        """The difference as a share of what was reported (0.12 = 12 %)."""
        if self.difference_usd is None or not self.reported_usd:
            return None
        return self.difference_usd / self.reported_usd

    @property
    def causes(self) -> list[Share]:
        """Every cause but agreement, the one with the most money first; unknown amounts last."""
        worth = [share for share in self.shares if share.cause != Cause.SAME]
        return sorted(
            worth, key=lambda share: (share.usd is None, -abs(share.usd or Decimal(0)), PLACES(share.cause))
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
        tokens=tokens,
        priced_share=_covered(tokens, (p for p in counted if p.computed_usd is not None)),
        reported_share=_covered(tokens, (p for p in counted if p.reported_usd is not None)),
        shares=[
            Share(cause, _total(piece.difference_usd for piece in group), group)
            for cause, found in groupby(every, key=lambda piece: piece.cause)
            for group in [list(found)]
        ],
    )


def _total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def _covered(tokens: int | None, pieces: Iterable[Piece]) -> float | None:
    return sum(piece.tokens or 0 for piece in pieces) / tokens if tokens else None
