"""Causes of a difference, months divided among them, and what a move saved: laws and worked examples."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.engine.explain import moved, reconciled
from planner.engine.reconciling import (
    Bill,
    Cause,
    Found,
    MonthBill,
    Other,
    Piece,
    Realised,
    Traffic,
    Untold,
    Window,
    at_volume,
    cause_of,
    effects,
    first_of,
    last_of,
    month_of,
    realised,
)
from tests.engine.laws import examples

ONE_PERCENT = Decimal("0.01")
USD = st.decimals(0, 10**6, places=8)
MAYBE = st.none() | USD
MILLION = 1_000_000


def cause(reported: Any, computed: Any, *others: Other, **more: Any) -> Found:
    known = [None if each is None else Decimal(str(each)) for each in (reported, computed)]
    return cause_of(Traffic(known[0], known[1], others=others, **more), ONE_PERCENT)


@pytest.mark.parametrize(
    ("reported", "computed", "expected"),
    [
        (4, 4, Cause.SAME),
        (100, 101, Cause.SAME),
        (100, "101.1", Cause.UNEXPLAINED),
        (0, 0, Cause.SAME),
        (0, 1, Cause.UNEXPLAINED),
        (None, 4, Cause.NOT_REPORTED),
        (4, None, Cause.NO_PRICE),
        (None, None, Cause.NOTHING_KNOWN),
    ],
)
def test_what_is_known_decides_first(reported: Any, computed: Any, expected: Cause) -> None:
    assert cause(reported, computed).cause == expected


def test_the_first_other_way_that_leads_to_the_reported_amount_is_the_cause() -> None:
    ways = (
        Other(Cause.BATCH, Decimal(2)),
        Other(Cause.CACHE_FULL, Decimal(5)),
        Other(Cause.CURRENCY, Decimal(5)),
    )
    assert cause(5, 4, *ways).cause == Cause.CACHE_FULL
    assert cause("5.5", 4, *ways).cause == Cause.UNEXPLAINED


def test_what_explains_all_of_it_goes_before_what_may_explain_a_part() -> None:
    ways = (Other(Cause.LONG, Decimal(8), "200000", partly=True), Other(Cause.CACHE_TWICE, Decimal(6)))
    assert cause(6, 4, *ways).cause == Cause.CACHE_TWICE
    assert cause(7, 4, *ways) == Found(Cause.LONG, "200000")
    assert cause(9, 4, *ways).cause == Cause.UNEXPLAINED
    assert cause(3, 4, *ways).cause == Cause.UNEXPLAINED


def test_a_missing_rate_and_a_price_that_stood_in_are_named() -> None:
    assert cause(None, 4, unrated="EUR") == Found(Cause.NO_RATE, "EUR")
    assert cause(5, 4, stand_in=True).cause == Cause.STAND_IN
    assert cause(4, None, why="Nobody knows it.") == Found(Cause.NO_PRICE, "Nobody knows it.")


def piece(cause: Cause = Cause.SAME, reported: Any = 4, computed: Any = 4, **more: Any) -> Piece:
    known = [None if each is None else Decimal(str(each)) for each in (reported, computed)]
    given = {"model": "llama", "provider": "groq", "source": "Gateway", "tokens": MILLION} | more
    return Piece(cause, reported_usd=known[0], computed_usd=known[1], **given)


@st.composite
def pieces(draw: st.DrawFn) -> list[Piece]:
    one = st.builds(
        Piece,
        cause=st.sampled_from(list(Cause)),
        model=st.sampled_from(["a", "b"]),
        provider=st.sampled_from(["p", "q", ""]),
        source=st.just("Gateway"),
        tokens=st.none() | st.integers(0, 10**12),
        reported_usd=MAYBE,
        computed_usd=MAYBE,
    )
    return draw(st.lists(one, max_size=12))


@settings(max_examples=examples(100))
@given(pieces())
def test_the_causes_add_up_to_the_difference(some: list[Piece]) -> None:
    month = month_of(some)
    assert sum(len(share.pieces) for share in month.shares) == len(some)
    if month.difference_usd is not None:
        assert sum((share.usd or 0 for share in month.shares), Decimal(0)) == month.difference_usd
    for share in (month.priced_share, month.reported_share):
        assert share is None or 0 <= share <= 1
    known = [each.usd is not None for each in month.causes]
    assert known == sorted(known, reverse=True)


def test_unknown_amounts_are_no_zeros() -> None:
    month = month_of([piece(Cause.NO_PRICE, 4, None), piece(Cause.NO_PRICE, 2, None, tokens=None)])
    assert (month.reported_usd, month.computed_usd, month.difference_usd) == (Decimal(6), None, None)
    assert (month.tokens, month.priced_share, month.difference_share) == (MILLION, 0, None)
    assert month_of([]).reported_usd is None
    assert month_of([piece(tokens=None)]).priced_share is None


def test_the_likely_cause_is_the_one_with_the_most_money() -> None:
    month = month_of(
        [
            piece(),
            piece(Cause.BATCH, 2, 4),
            piece(Cause.NO_PRICE, 30, None),
            piece(Cause.NOTHING_KNOWN, None, None),
        ]
    )
    assert [(share.cause, share.usd, share.unpriced_usd) for share in month.causes] == [
        (Cause.BATCH, -2, None),
        (Cause.NO_PRICE, None, 30),
        (Cause.NOTHING_KNOWN, None, None),
    ]


def test_the_difference_is_over_what_can_be_compared() -> None:
    month = month_of(
        [piece(Cause.BATCH, 20, 40), piece(Cause.NO_PRICE, 30, None), piece(Cause.NOT_REPORTED, None, 7)]
    )
    assert (month.reported_usd, month.computed_usd) == (Decimal(50), Decimal(47))
    assert [month.unpriced_usd, month.unreported_usd, month.compared_usd] == [
        Decimal(30),
        Decimal(7),
        Decimal(20),
    ]
    assert [month.difference_usd, month.difference_share] == [Decimal(-20), Decimal(-1)]
    assert not month.compares_all
    assert reconciled.verdict(month, ONE_PERCENT) == (
        "$20 less is reported than computed, 100% of the reported amount. $30 is reported where no price is known: not "
        "compared. $7 is computed where no cost is reported: not compared."
    )


@settings(max_examples=examples(100))
@given(st.lists(pieces(), max_size=4))
def test_the_differences_of_months_add_up_to_that_of_all(some: list[list[Piece]]) -> None:
    every = month_of(each for pieces in some for each in pieces)
    parts = [month_of(pieces).difference_usd for pieces in some]
    known = [part for part in parts if part is not None]
    assert every.difference_usd == (sum(known, Decimal(0)) if known else None)
    if every.reported_usd is not None:
        assert (every.compared_usd or 0) + (every.unpriced_usd or 0) == every.reported_usd


def test_amounts_of_different_traffic_are_not_compared() -> None:
    month = month_of([piece(Cause.NO_PRICE, 4, None), piece(Cause.NOT_REPORTED, None, 4)])
    assert (month.difference_usd, month.difference_share) == (None, None)
    assert "nothing can be compared" in reconciled.verdict(month, ONE_PERCENT)


NUMBER = st.floats(0, 1e6)


@settings(max_examples=examples(100))
@given(NUMBER, NUMBER, NUMBER, NUMBER)
def test_price_and_volume_make_up_the_whole_saving(p0: float, v0: float, p1: float, v1: float) -> None:
    found = effects(p0, v0, p1, v1)
    assert found.saved == pytest.approx(p0 * v0 - p1 * v1, rel=1e-9, abs=1e-3)
    assert found.saved == found.price + found.volume
    many = effects(*(np.full(3, each) for each in (p0, v0, p1, v1)))
    assert (many.price == found.price).all()
    assert (many.volume == found.volume).all()


def test_the_same_price_saves_by_volume_alone_and_the_same_volume_by_price_alone() -> None:
    assert effects(2, 10, 2, 4).volume == 12
    assert effects(2, 10, 2, 4).price == 0
    assert effects(2, 10, 0.5, 10).price == 15
    assert effects(2, 10, 0.5, 10).volume == 0
    assert at_volume(100, 50, 25) == 50


def month(
    number: int, usd: float | None = 100, tokens: int | None = 50 * MILLION, *, full: bool = True
) -> MonthBill:
    return MonthBill(date(2026, number, 1), usd, tokens, full)


MOVE = Window(date(2026, 6, 15))


def test_whole_months_on_both_sides_are_compared_and_the_month_of_the_move_is_not() -> None:
    months = [month(number) for number in range(1, 6)] + [month(6, 1e9)] + [month(7, 60), month(8, 40)]
    found = realised(months, MOVE, 3)
    assert isinstance(found, Realised)
    assert (found.before, found.after) == (Bill(100, 50, 3), Bill(50, 50, 2))
    assert (found.effects.saved, found.effects.volume) == (50, 0)


def test_a_move_on_the_first_of_a_month_has_that_month_behind_it() -> None:
    found = realised([month(5), month(6, 40)], Window(date(2026, 6, 1)), 3)
    assert isinstance(found, Realised)
    assert found.after.usd_month == 40


def test_other_moves_bound_the_months_that_count() -> None:
    months = [month(number, 100 * number) for number in range(1, 10)]
    found = realised(months, Window(date(2026, 6, 15), date(2026, 3, 10), date(2026, 8, 20)), 3)
    assert isinstance(found, Realised)
    assert (found.before, found.after) == (Bill(450, 50, 2), Bill(700, 50, 1))


@pytest.mark.parametrize(
    ("months", "window", "expected"),
    [
        ([month(7)], MOVE, Untold("before")),
        ([month(5)], MOVE, Untold("after", date(2026, 8, 1))),
        ([month(5), month(7, full=False)], MOVE, Untold("after", date(2026, 8, 1))),
        ([month(5)], Window(date(2026, 12, 5)), Untold("after", date(2027, 2, 1))),
        ([month(5)], Window(date(2026, 6, 1)), Untold("after", date(2026, 7, 1))),
        ([month(5)], Window(date(2026, 6, 15), until=date(2026, 6, 20)), Untold("after")),
        ([month(5), month(7, None)], MOVE, Untold("bill")),
        ([month(5), month(7, tokens=None)], MOVE, Untold("bill")),
        ([month(5), month(7, tokens=0)], MOVE, Untold("tokens")),
    ],
)
def test_what_cannot_be_told_says_why_and_from_when(
    months: list[MonthBill], window: Window, expected: Untold
) -> None:
    assert realised(months, window, 3) == expected


def test_months_know_their_ends() -> None:
    assert [first_of(date(2026, 12, 31), later) for later in (0, 1, -12)] == [
        date(2026, 12, 1),
        date(2027, 1, 1),
        date(2025, 12, 1),
    ]
    assert last_of(date(2028, 2, 1)) == date(2028, 2, 29)


@pytest.mark.parametrize("each", list(Cause))
def test_every_cause_has_a_sentence_that_names_the_model(each: Cause) -> None:
    details = {
        Cause.EARLIER_PRICE: "2026-10-11",
        Cause.LATER_PRICE: "2026-10-11",
        Cause.LONG: "200000",
        Cause.CURRENCY: "EUR",
        Cause.NO_RATE: "EUR",
    }
    one = piece(each, requests=100, errors=3, detail=details.get(each, "Because."))
    (share,) = month_of([one]).shares
    sentence = reconciled.cause_sentence(share)
    assert "llama at groq" in sentence
    assert sentence.endswith(".")
    assert "{" not in sentence
    assert "  " not in sentence


def test_sentences_say_the_day_the_currency_the_size_and_how_many_failed() -> None:
    def said(each: Cause, **more: Any) -> str:
        (share,) = month_of([piece(each, 4, 5, **more)]).shares
        return reconciled.cause_sentence(share)

    assert said(Cause.EARLIER_PRICE, detail="2026-10-11") == (
        "The price of llama at groq moved on 11 Oct 2026; the source still charges the one before."
    )
    assert "from 200,000 tokens on" in said(Cause.LONG, detail="200000")
    assert "3 of 1,000 requests failed" in said(Cause.FAILED, requests=1000, errors=3)
    assert "Because, and two reasons more." in said(Cause.NO_PRICE, detail="Because.", further_details=2)
    assert said(Cause.NOT_REPORTED).startswith("Gateway gives no cost for llama at groq")


def test_a_price_that_leaves_cached_tokens_out_is_named_with_its_days_and_its_source() -> None:
    first, last = date(2026, 11, 1), date(2026, 11, 20)
    one = piece(Cause.CACHE_UNPRICED, 4, 5, first_day=first, last_day=last, price_sources=("guide 003",))
    (share,) = month_of([one]).shares
    assert reconciled.cause_sentence(share) == (
        "llama at groq: the price of 1 to 20 Nov 2026 (guide 003) says nothing of cached tokens, so they are computed "
        "at the full price; the source seems to charge less for them."
    )


def test_a_missing_price_says_whether_anybody_can_supply_it() -> None:
    def said(*, helps: bool) -> str:
        one = piece(Cause.NO_PRICE, 4, None, detail="Nobody knows it.", own_price_helps=helps)
        return reconciled.cause_sentence(month_of([one]).shares[0])

    assert said(helps=True).endswith(
        "Nobody knows it. To supply: your own price for it, which an operator adds."
    )
    assert "To supply" not in said(helps=False)


def test_many_models_are_named_by_the_most_tokens() -> None:
    some = [piece(model=name, tokens=number) for number, name in enumerate("abcde")]
    assert reconciled.named(some) == "e at groq, d at groq, c at groq and two others"
    assert reconciled.named([piece(provider="")]) == "llama at an unnamed provider"


@pytest.mark.parametrize(
    ("some", "expected"),
    [
        ([piece()], "They agree."),
        ([piece(Cause.BATCH, 2, 4), piece(Cause.UNEXPLAINED, 4, 2)], "They agree on the whole."),
        (
            [piece(Cause.UNEXPLAINED, 100, 75)],
            "$25 more is reported than computed, 25% of the reported amount.",
        ),
        (
            [piece(Cause.UNEXPLAINED, 100, 120)],
            "$20 less is reported than computed, 20% of the reported amount.",
        ),
        ([piece(Cause.UNEXPLAINED, 0, 120)], "$120 less is reported than computed."),
        ([piece(Cause.NO_PRICE, 4, None)], "No price is known, so nothing can be computed."),
        ([piece(Cause.NOTHING_KNOWN, None, None)], "Neither a reported cost nor a price is known."),
        (
            [piece(Cause.NOT_REPORTED, None, 4)],
            "No cost is reported, so there is nothing to hold the computed one against.",
        ),
    ],
)
def test_a_month_has_its_verdict(some: list[Piece], expected: str) -> None:
    assert reconciled.verdict(month_of(some), ONE_PERCENT) == expected


def test_the_headline_counts_what_agrees_and_what_cannot_be_compared() -> None:
    agrees, differs = month_of([piece()]), month_of([piece(Cause.UNEXPLAINED, 100, 75)])
    unknown = month_of([piece(Cause.NO_PRICE, 4, None)])
    assert reconciled.headline([agrees, differs, unknown], ONE_PERCENT) == (
        "The reported cost is what the prices say in 1 of 2 lines; one more cannot be compared."
    )
    assert reconciled.headline([unknown], ONE_PERCENT).startswith("Nothing can be compared yet")
    assert reconciled.headline([], ONE_PERCENT) == "No usage has been counted yet."


def test_how_much_is_priced_is_said_in_words() -> None:
    half = [piece(), piece(Cause.NO_PRICE, 4, None)]
    assert reconciled.priced_words(month_of([piece()])) == "all tokens priced"
    assert reconciled.priced_words(month_of(half)) == "50% of tokens priced"
    assert reconciled.priced_words(month_of(half[1:])) == "no token priced"
    assert reconciled.priced_words(month_of([])) == "tokens unknown"


def test_a_realised_saving_is_told_by_price_and_by_volume() -> None:
    found = Realised(Bill(100, 50, 3), Bill(40, 40, 1), effects(2, 50, 1, 40))
    assert moved.realised_sentence(found, date(2026, 9, 1)) == (
        "Over one whole month after the move it saves $60 a month: $40 saved by the price, $20 saved by the volume."
    )
    dearer = Realised(Bill(40, 40, 1), Bill(100, 50, 2), effects(1, 40, 2, 50))
    assert moved.realised_sentence(dearer, date(2026, 9, 1)) == (
        "Over two whole months after the move it costs $60 a month more: $50 lost by the price, $10 lost by the volume."
    )


def test_what_cannot_be_told_yet_says_from_when() -> None:
    waits = Untold("after", date(2026, 8, 1))
    assert moved.realised_sentence(waits, date(2026, 7, 1)) == (
        "Can be told from 1 Aug 2026 on, when the first whole month after the move has ended."
    )
    assert "has not been counted to the end" in moved.realised_sentence(waits, date(2026, 8, 1))
    assert {moved.realised_sentence(Untold(why), date(2026, 8, 1)) for why in moved.WHY} == set(
        moved.WHY.values()
    )


def test_an_expectation_is_told_with_its_day_or_why_there_is_none() -> None:
    day = date(2026, 5, 1)
    assert moved.expected_sentence(1200, day) == (
        "The decision of 1 May 2026 expected that it saves $1,200 a month."
    )
    assert moved.expected_sentence(-50, day).endswith("expected that it costs $50 a month more.")
    assert moved.expected_sentence(0, day).endswith("expected no saving.")
    assert moved.expected_sentence(None, day, "nobody did.").endswith("did not know: nobody did.")
    assert moved.expected_sentence(None, None).startswith("No decision was made before the move")
    assert moved.against_sentence(100, 80).endswith("$100 was to be expected of the price; $80 came.")
    assert moved.against_sentence(80, 80.2).endswith("that is what came: $80.20.")
