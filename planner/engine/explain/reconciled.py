"""Reported against computed cost in words: what a month comes to, and every cause in one plain sentence."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from planner.engine.amounts import in_words
from planner.engine.explain.words import counted, listed, without_stop
from planner.engine.reconciling import Cause

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from planner.engine.reconciling import Month, Piece, Share

NAMED: Final = 3  # of models; the others are counted
ALL: Final = 0.9995  # reads 100 %
SENTENCES: Final = {
    Cause.SAME: "Both say the same for {what}.",
    Cause.NOTHING_KNOWN: (
        "{sources} no cost for {what}, and no price is known: {detail} A model one hosts oneself is paid for by its "
        "machines."
    ),
    Cause.NOT_REPORTED: (
        "{sources} no cost for {what}: not priced there, as a model one hosts oneself; 0 for tokens that were used "
        "is no cost either."
    ),
    Cause.NO_RATE: "{what}: reported in {detail}, without an exchange rate for the day. An operator can enter it.",
    Cause.NO_PRICE: "No price for {what}: {detail} {supply}",
    Cause.EARLIER_PRICE: "The price of {what} moved on {day}; the source still charges the one before.",
    Cause.LATER_PRICE: "The price of {what} moved on {day}; the source charged the new one before that.",
    Cause.BATCH: "{what}: reported at the price of batches, but the log does not mark batches.",
    Cause.CACHE_UNPRICED: (
        "{what}: the price of {days} ({prices}) says nothing of cached tokens, so they are computed at the full price; "
        "the source seems to charge less for them."
    ),
    Cause.CACHE_FULL: "{what}: cached tokens are reported without their discount.",
    Cause.CACHE_TWICE: "{what}: the source counts cached tokens twice, as input and as cached.",
    Cause.CACHE_LEFT_OUT: "{what}: the source leaves cached tokens out.",
    Cause.REASONING_TWICE: "{what}: the source counts reasoning twice, as output and beside it.",
    Cause.REASONING_LEFT_OUT: "{what}: the source leaves reasoning out.",
    Cause.LONG: (
        "{what}: some requests seem to have been charged at the dearer price from {detail} tokens on; sums of requests "
        "are priced at the base."
    ),
    Cause.CURRENCY: "{what}: the amounts fit {detail} taken for dollars.",
    Cause.FAILED: "{what}: {failed} of {requests} requests failed; their tokens are counted, but seem not to be charged.",
    Cause.STAND_IN: "{what}: the price of those days is not known, so the first known one stood in.",
    Cause.UNEXPLAINED: "Not explained: {what}.",
}
SUPPLY: Final = "To supply: your own price for it, which an operator adds."
NO_SUPPLY: Final = "A price of one's own is for usual requests alone, so it cannot stand in here."
OF_DAYS: Final = (Cause.EARLIER_PRICE, Cause.LATER_PRICE)


def cause_sentence(share: Share) -> str:
    """One cause with the models it was found in. Amounts stand beside it, so it names none."""
    detail = _detail(share)
    sources = listed(sorted({piece.source for piece in share.pieces}))
    verb = "give" if " and " in sources else "gives"
    sentence = SENTENCES[share.cause].format(
        what=named(share.pieces),
        detail=detail,
        day=detail,
        sources=f"{sources} {verb}",
        failed=f"{sum(piece.errors or 0 for piece in share.pieces):,}",
        requests=f"{sum(piece.requests or 0 for piece in share.pieces):,}",
        supply=SUPPLY if any(piece.own_price_helps for piece in share.pieces) else NO_SUPPLY,
        days=_days(share.pieces),
        prices=_prices(share.pieces),
    )
    return sentence.strip()


def _days(pieces: Iterable[Piece]) -> str:
    """From the first day to the last, as a reader says it."""
    first = min((piece.first_day for piece in pieces if piece.first_day), default=None)
    last = max((piece.last_day for piece in pieces if piece.last_day), default=None)
    if first is None or last is None:
        return "those days"
    if first == last:
        return f"{last:%-d %b %Y}"
    same_month = (first.year, first.month) == (last.year, last.month)
    return f"{first:{'%-d' if same_month else '%-d %b'}} to {last:%-d %b %Y}"


def _prices(pieces: Iterable[Piece]) -> str:
    """Who said those prices, each once."""
    return (
        listed(sorted({source for piece in pieces for source in piece.price_sources})) or "nobody knows whose"
    )


def named(pieces: Iterable[Piece]) -> str:
    """Each model with its provider once, the ones with most tokens first; a few by name."""
    tokens: dict[str, int] = {}
    for piece in pieces:
        name = (
            f"{piece.model} at {piece.provider}"
            if piece.provider
            else f"{piece.model} at an unnamed provider"
        )
        tokens[name] = tokens.get(name, 0) + (piece.tokens or 0)
    names = sorted(tokens, key=lambda name: -tokens[name])
    shown = names[:NAMED]
    more = len(names) - len(shown)
    return listed([*shown, counted(more, "other")] if more else shown)


def _detail(share: Share) -> str:
    """What the cause hangs on: of several, the first, and how many more there are."""
    details = sorted({piece.detail for piece in share.pieces if piece.detail})
    if not details:
        return ""
    if share.cause in OF_DAYS:
        return listed([f"{date.fromisoformat(each):%-d %b %Y}" for each in details])
    if share.cause == Cause.LONG:
        return f"{min(int(each) for each in details):,}"
    if share.cause in (Cause.CURRENCY, Cause.NO_RATE):
        return listed(details)
    more = len(details) - 1 + sum(piece.further_details for piece in share.pieces)
    return details[0] if not more else f"{without_stop(details[0])}, and {counted(more, 'reason')} more."


def verdict(month: Month, same_share: Decimal) -> str:
    """The month in one sentence: agreement, the difference, or what is missing to tell one."""
    if month.reported_usd is None and month.computed_usd is None:
        return "Neither a reported cost nor a price is known."
    if month.reported_usd is None:
        return "No cost is reported, so there is nothing to hold the computed one against."
    if month.computed_usd is None:
        return "No price is known, so nothing can be computed."
    if month.difference_usd is None:
        return "What is reported and what is priced is different traffic, so nothing can be compared."
    return " ".join((_compared(month, month.difference_usd, same_share), *left_out(month)))


def _compared(month: Month, difference: Decimal, same_share: Decimal) -> str:
    share = month.difference_share
    if not difference or (share is not None and abs(share) <= same_share):
        return "They agree." if not month.causes else "They agree on the whole."
    side = "more" if difference > 0 else "less"
    percent = f", {abs(share):.0%} of the reported amount" if share is not None else ""
    return f"{in_words(float(abs(difference)), 'USD')} {side} is reported than computed{percent}."


def left_out(month: Month) -> list[str]:
    """What the difference is not over, a sentence each: amounts without their counterpart."""
    amounts = (
        (month.unpriced_usd, "is reported where no price is known"),
        (month.unreported_usd, "is computed where no cost is reported"),
    )
    return [
        f"{in_words(float(amount), 'USD')} {words}: not compared."
        for amount, words in amounts
        if amount is not None
    ]


def priced_words(month: Month) -> str:
    """How much of the tokens the computed cost covers."""
    if month.priced_share is None:
        return "tokens unknown"
    if month.priced_share >= ALL:
        return "all tokens priced"
    return f"{month.priced_share:.0%} of tokens priced" if month.priced_share else "no token priced"


def headline(months: Sequence[Month], same_share: Decimal) -> str:
    """All months on the page in one sentence: how many agree."""
    if not months:
        return "No usage has been counted yet."
    compared = [month for month in months if month.difference_usd is not None]
    if not compared:
        return "Nothing can be compared yet: either the reported cost or the price is missing everywhere."
    agree = sum(
        month.difference_share is None or abs(month.difference_share) <= same_share for month in compared
    )
    rest = len(months) - len(compared)
    open_ = f"; {counted(rest, 'more', 'more')} cannot be compared" if rest else ""
    lines = "line" if len(compared) == 1 else "lines"
    return f"The reported cost is what the prices say in {agree} of {len(compared)} {lines}{open_}."
