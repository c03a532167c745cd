"""What traffic cost at the prices of its day: base prices only, because a sum of requests has no size of its own.

Five requests of 50,000 tokens are no request of 250,000: a price for long requests or for an hour of the day cannot
be put on an aggregate (OpenAI, Anthropic and Google bill per request). Where only such prices are known, the answer
is that nobody knows.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pricing.feeds import names
from pricing.feeds.base import TOKENS_PER_MTOK
from pricing.models import Choice, Offer, Quote
from pricing.models.book import IN_FORCE
from pricing.selectors.current import FeedPrice, dearest_by_feed, holds_on, with_choices
from pricing.selectors.snapshots import rates

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from pricing.selectors.snapshots import DatedRates

CENT_OF_A_CENT = Decimal("1e-8")  # as usage keeps its cost
FALLS_BACK_ON = {
    "cached_input": "input",
    "cache_write": "input",
    "cache_write_1h": "cache_write",
    "reasoning": "output",
}


@dataclass(frozen=True, slots=True)
class Traffic:
    """Tokens of one model at one provider on one day, both named as the source named them.

    `tokens` by kind: input holds cached_input and cache_write, cache_write holds cache_write_1h, output holds
    reasoning. A kind that is missing was not used; None is unknown.
    """

    provider: str
    model: str
    day: date
    tokens: Mapping[str, int | None]
    batch: bool = False
    region: str = ""


@dataclass(frozen=True, slots=True)
class Priced:
    """What traffic cost in US dollars, or None with the reason. `quotes` are the ids of the prices it was worked
    out with, `source` who says them; `why` also says what was assumed where there is an amount.
    """

    usd: Decimal | None
    why: str = ""
    quotes: tuple[int, ...] = ()
    source: str = ""

    @property
    def is_known(self) -> bool:
        return self.usd is not None


def cost_of(traffic: Traffic, *, at_first_known: bool = False) -> Priced:
    """The cost of one piece of traffic: see `costs_of`."""
    return costs_of([traffic], at_first_known=at_first_known)[0]


def costs_of(traffic: Sequence[Traffic], *, at_first_known: bool = False) -> list[Priced]:
    """The cost of each piece, in order, at the prices in use on its day; four queries, however many there are.

    AT_FIRST_KNOWN: where the price was first seen after that day, the first one known counts, and `why` says so.
    """
    if not traffic:
        return []
    book = _Book.about(traffic)
    return [book.priced(each, at_first_known=at_first_known) for each in traffic]


@dataclass(frozen=True, slots=True)
class _Book:
    """Everything ever quoted for the models asked about."""

    offers: Mapping[tuple[str, str], Sequence[Offer]]
    quotes: Mapping[int, Sequence[Quote]]
    choices: Mapping[int, Sequence[Choice]]
    rates: DatedRates

    @classmethod
    def about(cls, traffic: Iterable[Traffic]) -> _Book:
        wanted = {(names.provider_slug(each.provider), names.model_slug(each.model)) for each in traffic}
        rows = Offer.objects.filter(
            provider__slug__in={provider for provider, _ in wanted},
            model__slug__in={model for _, model in wanted},
        ).select_related("provider", "model")
        offers: dict[tuple[str, str], list[Offer]] = defaultdict(list)
        for offer in rows:
            if offer.model and (offer.provider.slug, offer.model.slug) in wanted:
                offers[offer.provider.slug, offer.model.slug].append(offer)
        ids = [offer.pk for found in offers.values() for offer in found]
        quotes: dict[int, list[Quote]] = defaultdict(list)
        said = Quote.objects.filter(offer__in=ids, state__in=IN_FORCE)
        for quote in said.select_related(
            "feed", "own_price__entered_by", "offer__provider", "offer__model"
        ).order_by("pk"):
            quotes[quote.offer_id].append(quote)
        choices: dict[int, list[Choice]] = defaultdict(list)
        for choice in Choice.objects.filter(offer__in=ids).select_related("feed", "over", "chosen_by"):
            choices[choice.offer_id].append(choice)
        return cls(offers, quotes, choices, rates())

    def priced(self, traffic: Traffic, *, at_first_known: bool) -> Priced:
        if not traffic.provider or not traffic.model:
            return Priced(None, "The traffic does not say which provider and model it went to.")
        missing = [kind for kind in ("input", "output") if traffic.tokens.get(kind) is None]
        if missing:
            return Priced(None, f"The number of {' and '.join(missing)} tokens is not known.")
        offer = self._offer(traffic)
        if isinstance(offer, str):
            return Priced(None, offer)
        quotes, day = self.quotes.get(offer.pk, ()), traffic.day
        note = ""
        if at_first_known and quotes and (first := min(quote.valid_from for quote in quotes)) > day:
            day, note = first, f"At the first price known, of {first:%-d %b %Y}."
        return self._at(offer, [quote for quote in quotes if holds_on(quote, day)], traffic, day, note)

    def _offer(self, traffic: Traffic) -> Offer | str:
        """The offer the traffic went to; a sentence where nobody can tell."""
        provider, model = names.provider_slug(traffic.provider), names.model_slug(traffic.model)
        region = traffic.region or names.region_in(traffic.model)
        offers = self.offers.get((provider, model), ())
        found = [offer for offer in offers if offer.region == region] or (
            list(offers) if not region and len(offers) == 1 else []
        )
        if found:
            return found[0]
        where = f" in {region}" if region else ""
        return f"The price book does not know {traffic.model} at {traffic.provider}{where}."

    def _at(self, offer: Offer, quotes: Sequence[Quote], traffic: Traffic, day: date, note: str) -> Priced:
        plain = [quote for quote in quotes if quote.is_plain]
        price = self._in_use(offer, plain, day)
        if price is None:
            return Priced(None, _why_none(quotes, day))
        of_entry = [quote for quote in quotes if _same_entry(quote, price)]
        if any(quote.hours_utc for quote in of_entry):
            return Priced(None, "The price depends on the hour of the day: it cannot be put on a sum.")
        batch = {quote.component: quote for quote in of_entry if quote.is_plain_batch}
        if traffic.batch and not {"input", "output"} <= batch.keys():
            return Priced(None, "No price for batches is known.")
        used = batch if traffic.batch else price.quotes
        rate = self.rates.on(day).get(price.currency)
        if rate is None:
            return Priced(None, f"There is no exchange rate for {price.currency} on {day:%-d %b %Y}.")
        bill = _bill(traffic.tokens, used)
        if isinstance(bill, str):
            return Priced(None, bill)
        why = " ".join(filter(None, (note, *bill.notes, _dearer_when_long(of_entry))))
        usd = (bill.amount * rate).quantize(CENT_OF_A_CENT)
        return Priced(usd, why, tuple(sorted(bill.quotes)), price.source)

    def _in_use(self, offer: Offer, plain: Sequence[Quote], day: date) -> FeedPrice | None:
        said = dearest_by_feed(plain).get(offer.pk, [])
        ranked = sorted(with_choices(said, self.choices.get(offer.pk, ()), day), key=lambda price: price.rank)
        return next((price for price in ranked if price.says_enough), None)


@dataclass(frozen=True, slots=True)
class _Bill:
    amount: Decimal
    quotes: frozenset[int]
    notes: tuple[str, ...]


def _bill(tokens: Mapping[str, int | None], quotes: Mapping[str, Quote]) -> _Bill | str:
    """Each kind of token at its own price; a kind without one at that of the kind it is part of, and said so."""
    amount, used, notes = Decimal(0), set(), []
    for kind, count in _apart(tokens).items():
        if count < 0:
            return "The parts of the tokens are more than the whole: the source contradicts itself."
        if not count:
            continue
        priced = kind
        while priced not in quotes:
            priced = FALLS_BACK_ON[priced]
        if priced != kind:
            notes.append(
                f"No price for {kind.replace('_', ' ')}: counted at that of {priced.replace('_', ' ')}."
            )
        amount += count * quotes[priced].amount / TOKENS_PER_MTOK
        used.add(quotes[priced].pk)
    return _Bill(amount, frozenset(used), tuple(notes))


def _apart(tokens: Mapping[str, int | None]) -> dict[str, int]:
    """Inclusive counts taken apart, so that no token is paid for twice."""
    count = {
        kind: tokens.get(kind) or 0
        for kind in ("input", "cached_input", "cache_write", "cache_write_1h", "output", "reasoning")
    }
    return {
        "input": count["input"] - count["cached_input"] - count["cache_write"],
        "cached_input": count["cached_input"],
        "cache_write": count["cache_write"] - count["cache_write_1h"],
        "cache_write_1h": count["cache_write_1h"],
        "output": count["output"] - count["reasoning"],
        "reasoning": count["reasoning"],
    }


def _same_entry(quote: Quote, price: FeedPrice) -> bool:
    first = next(iter(price.quotes.values()))
    return (quote.feed_id, quote.source_key) == (first.feed_id, first.source_key)


def _dearer_when_long(quotes: Iterable[Quote]) -> str:
    tiers = [quote.tier_from_tokens for quote in quotes if quote.tier_from_tokens]
    return f"At the base price; a request from {min(tiers):,} tokens on costs more." if tiers else ""


def _why_none(quotes: Sequence[Quote], day: date) -> str:
    if not quotes:
        return f"No price is known for {day:%-d %b %Y}."
    if any(quote.tier_from_tokens or quote.hours_utc for quote in quotes):
        return "Only prices by size of request or hour of the day are known: they cannot be put on a sum."
    return "No price for both input and output is known."
