"""Whether a reading as a whole can be right: most prices far off, in another currency, or most offers gone is nonsense.

Single moves are held one by one when a reading is written; what is judged here is never written at all.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING, Any

from planner.engine import load_policy
from pricing.models import Quote, QuoteState
from pricing.selectors.current import in_force

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from pricing.feeds.base import QuoteRow, Reading
    from pricing.models import Feed

REFUSED = "Refused as a whole:"


@dataclass(frozen=True, slots=True)
class Rules:
    """From when a reading cannot be right. The figures are parameters of the policy, each with its reason."""

    known_min: int
    most: Decimal
    far: Decimal
    same: Decimal

    @classmethod
    def on(cls, day: date) -> Rules:
        def figure(name: str) -> Decimal:
            return Decimal(str(load_policy().parameter(name, day).value))

        return cls(
            int(figure("price_feed_known_min")),
            figure("price_feed_most"),
            figure("price_feed_far"),
            figure("price_feed_same"),
        )

    def are_most(self, count: int, of: int) -> bool:
        return count > self.most * of

    def are_same(self, one: Decimal, other: Decimal) -> bool:
        return abs(one / other - 1) <= self.same


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a reading is refused as a whole, in a sentence, with how many of how many prices showed it."""

    rule: str  # far | currency | factor | gone
    sentence: str
    count: int
    of: int

    def document(self) -> dict[str, Any]:
        return {"rule": self.rule, "sentence": self.sentence, "count": self.count, "of": self.of}


@dataclass(frozen=True, slots=True)
class Pair:
    """A price as it is in the book, and the same line as the reading has it."""

    known: Quote
    row: QuoteRow

    @property
    def factor(self) -> Decimal:
        """How many times the old amount the new one is; the old amount is never 0 here."""
        return self.row.amount / self.known.amount

    @property
    def same_currency(self) -> bool:
        return self.known.currency == self.row.currency

    def __str__(self) -> str:
        return (
            f"{self.known.part} of {self.known.offer} from {_amount(self.known.amount)} {self.known.currency} "
            f"to {_amount(self.row.amount)} {self.row.currency}"
        )


def _amount(amount: Decimal) -> str:
    """Six decimals at most: a sentence is read, not computed with."""
    return f"{amount:.6f}".rstrip("0").rstrip(".")


def verdict_on(
    reading: Reading, feed: Feed, rates: Mapping[str, Decimal], day: date, rules: Rules
) -> Verdict | None:
    """Why the reading cannot be right, compared with what the book has of the feed on DAY; None where it can."""
    known = _known(feed, reading, day)
    if len(known) < rules.known_min:
        return None
    pairs = _pairs(known, reading, day)
    return (
        _gone(known, reading, rules)
        or _other_currency(pairs, rules)
        or _far(pairs, rules)
        or _same_factor(pairs, rates, rules)
    )


def _known(feed: Feed, reading: Reading, day: date) -> list[Quote]:
    """What the book has of the feed on DAY and the feed has not dropped before, of the sellers the reading is about."""
    quotes = in_force(day).filter(feed=feed, state=QuoteState.USED, missing_since=None)
    if reading.whose:
        quotes = quotes.filter(offer__provider__slug__in=reading.whose)
    return list(quotes.select_related("offer__provider", "offer__model").order_by("valid_from", "pk"))


def _pairs(known: Sequence[Quote], reading: Reading, day: date) -> list[Pair]:
    """Each known price that is not 0 with the reading's row of the same line that holds on DAY."""
    by_line = {quote.line: quote for quote in known if quote.amount}
    rows = {
        row.line: row
        for row in sorted(reading.rows, key=lambda row: str(row.valid_from or ""))
        if (row.valid_from is None or row.valid_from <= day) and (row.valid_to is None or row.valid_to > day)
    }
    return [Pair(quote, rows[line]) for line, quote in by_line.items() if line in rows]


def _gone(known: Sequence[Quote], reading: Reading, rules: Rules) -> Verdict | None:
    before, now = {quote.source_key for quote in known}, {row.source_key for row in reading.rows}
    gone = len(before - now)
    if not rules.are_most(gone, len(before)):
        return None
    sentence = f"{REFUSED} {gone:,} of {len(before):,} known entries are gone at once."
    return Verdict("gone", sentence, gone, len(before))


def _other_currency(pairs: Sequence[Pair], rules: Rules) -> Verdict | None:
    changed = [pair for pair in pairs if not pair.same_currency]
    if not rules.are_most(len(changed), len(pairs)):
        return None
    sentence = (
        f"{REFUSED} {len(changed):,} of {len(pairs):,} known prices are in another currency at once, "
        f"for example {changed[0]}."
    )
    return Verdict("currency", sentence, len(changed), len(pairs))


def _far(pairs: Sequence[Pair], rules: Rules) -> Verdict | None:
    up = [pair for pair in pairs if pair.factor > rules.far]
    down = [pair for pair in pairs if pair.factor * rules.far < 1]
    moved, way = max((up, "up"), (down, "down"), key=lambda side: len(side[0]))
    if not rules.are_most(len(moved), len(pairs)):
        return None
    sentence = (
        f"{REFUSED} {len(moved):,} of {len(pairs):,} known prices went {way} by a factor of more than "
        f"{rules.far.normalize():f} at once, for example {moved[0]}."
    )
    return Verdict("far", sentence, len(moved), len(pairs))


def _same_factor(pairs: Sequence[Pair], rates: Mapping[str, Decimal], rules: Rules) -> Verdict | None:
    """One factor for most prices: another currency under the old label. Sellers do not move together."""
    moved = [pair for pair in pairs if pair.row.amount and not rules.are_same(pair.factor, Decimal(1))]
    if not rules.are_most(len(moved), len(pairs)):
        return None
    middle = median(pair.factor for pair in moved)
    alike = [pair for pair in moved if rules.are_same(pair.factor, middle)]
    currency = _currency_of(middle, rates, rules)
    sellers = Counter(pair.known.offer.provider_id for pair in alike)
    if not rules.are_most(len(alike), len(pairs)) or (currency is None and len(sellers) == 1):
        return None
    guess = f", as if {currency} stood for US dollars or the reverse" if currency else ""
    sentence = (
        f"{REFUSED} {len(alike):,} of {len(pairs):,} known prices moved by the same factor of {middle:.3f}{guess}, "
        f"for example {alike[0]}."
    )
    return Verdict("factor", sentence, len(alike), len(pairs))


def _currency_of(factor: Decimal, rates: Mapping[str, Decimal], rules: Rules) -> str | None:
    """The currency whose rate, or its inverse, the factor is."""
    return next(
        (
            currency
            for currency, rate in sorted(rates.items())
            if rules.are_same(factor, rate) or rules.are_same(factor, 1 / rate)
        ),
        None,
    )
