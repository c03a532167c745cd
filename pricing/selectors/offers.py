"""One offer with the price in use, why it is that one, and what is known of the thing and of who sells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pricing.feeds import names
from pricing.selectors.current import FeedPrice, prices_on
from pricing.selectors.ends import standing
from pricing.selectors.snapshots import DOLLAR, is_stale, rates

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from decimal import Decimal

    from pricing.models import Certificate, FxRate, Offer, Quote, Withdrawal


@dataclass(frozen=True, slots=True)
class Line:
    """A component of the price in use, in its currency and in dollars (None: no rate), and of each GPU of several."""

    quote: Quote
    usd: Decimal | None
    each_gpu: Decimal | None


@dataclass(frozen=True, slots=True)
class OfferPage:
    """Everything the page of an offer says of it on a day. `rate` turns its currency into dollars."""

    offer: Offer
    day: date
    prices: Sequence[FeedPrice]
    certificates: Sequence[Certificate]
    ends: Sequence[Withdrawal]
    rate: FxRate | None

    @property
    def price(self) -> FeedPrice | None:
        return self.prices[0] if self.prices else None

    @property
    def why(self) -> str:
        """Why this price is in use, in one sentence."""
        if self.price is None:
            return "No price holds today."
        if self.price.own:
            return "An operator entered it: it is used whatever feeds say."
        if self.price.choice:
            return f"An operator chose it over {self.price.choice.over}, until one of the two changes."
        if len(self.prices) == 1:
            return "No other feed has a price for it."
        others = ", ".join(str(price.feed) for price in self.prices[1:])
        if not all(price.says_enough for price in self.prices):
            return f"Of the feeds that say enough to plan with, it counts first; the others: {others}."
        return f"It counts before {others}."

    @property
    def lines(self) -> list[Line]:
        return [self._line(quote) for quote in self.price.quotes.values()] if self.price else []

    @property
    def in_use(self) -> set[int]:
        """The ids of the quotes the price in use is made of."""
        return {quote.pk for quote in self.price.quotes.values()} if self.price else set()

    @property
    def in_dollars(self) -> bool:
        return self.price is not None and self.price.currency == DOLLAR

    @property
    def currency_is_unknown(self) -> bool:
        return self.price is not None and self.price.currency == names.NO_CURRENCY

    @property
    def rate_is_stale(self) -> bool:
        return self.rate is not None and is_stale(self.rate.day, self.day)

    @property
    def gpu_memory_gb(self) -> int | None:
        return names.gpu_memory_gb(self.offer.gpu)

    def _line(self, quote: Quote) -> Line:
        several = self.offer.gpu_count > 1 and quote.component == "gpu_hour"
        return Line(
            quote,
            quote.amount * self.rate.usd_per_unit if self.rate else None,
            quote.amount / self.offer.gpu_count if several else None,
        )


def offer_page(offer: Offer, as_of: datetime) -> OfferPage:
    """Five queries."""
    day = as_of.date()
    prices = prices_on(day, [offer.pk]).get(offer.pk, [])
    said = rates().said_on(day)
    rows = offer.provider.certificates.filter(taken_out_at=None).order_by("name")
    return OfferPage(
        offer,
        day,
        prices,
        [row for row in rows if row.holds_on(day)],
        list(standing(as_of).filter(offer=offer).order_by("ends_on")),
        said.get(prices[0].currency) if prices else None,
    )
