from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine
from django import forms
from django.conf import settings
from django.template import engines

from planner.templatetags import parts, words
from planner.templatetags.words import MINUS


def render(source: str, **context: object) -> str:
    return engines["django"].from_string(source).render(context).strip()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "unknown"),
        ("", "unknown"),
        (float("nan"), "unknown"),
        (0, "$0"),
        (Decimal("0.0575"), "$0.0575"),
        (Decimal("17.25"), "$17.25"),
        (4745, "$4,745"),
        (Decimal("620.5"), "$621"),
        (-168000, MINUS + "$168,000"),
        ("33333.333", "$33,333"),
    ],
)
def test_money_says_unknown_and_keeps_cents_where_they_matter(value: object, text: str) -> None:
    assert words.money(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "unknown"),
        (946, "$946"),
        (9200, "$9.2k"),
        (412_300, "$412k"),
        (999_600, "$1M"),
        (-22_000, MINUS + "$22k"),
    ],
)
def test_short_money_has_three_figures(value: object, text: str) -> None:
    assert words.money_short(value) == text


def test_money_names_its_currency() -> None:
    assert [words.money(5, code) for code in ("USD", "EUR", "CHF")] == ["$5.00", "€5.00", "CHF 5.00"]


def test_a_unit_price_loses_no_digit() -> None:
    assert words.unit_price(Decimal("0.00005750")) == "$0.0000575"


def test_a_price_of_0_reads_as_one() -> None:
    assert [words.unit_price(Decimal(text)) for text in ("0", "0E-10", "0.0000000000")] == ["$0"] * 3


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "unknown"),
        (0, "0"),
        (950, "950"),
        (812_000_000, "812 M"),
        (2_900_000_000, "2.9 B"),
        (36_500_000, "37 M"),
    ],
)
def test_tokens_are_counted_in_millions_and_billions(value: object, text: str) -> None:
    assert words.tokens(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(None, "unknown"), (0.62, "62 %"), (0.005, "0.5 %"), (1, "100 %")]
)
def test_a_share_reads_as_percent(value: object, text: str) -> None:
    assert words.share(value) == text


NOW = datetime(2026, 1, 22, 6, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "text"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=3), "3 hours ago"),
        (timedelta(days=6), "6 days ago"),
        (timedelta(days=62), "21 Nov 2025"),
        (-timedelta(hours=2), "in 2 hours"),
    ],
)
def test_a_moment_is_relative(before: timedelta, text: str) -> None:
    assert words.age_words(NOW - before, NOW) == text


@time_machine.travel(NOW, tick=False)
def test_the_exact_time_stands_behind_the_relative_one() -> None:
    time = '<time datetime="2026-01-22T03:12:00+00:00" title="22 Jan 2026, 03:12:00 UTC">3 hours ago</time>'
    assert words.when(NOW - timedelta(hours=3)) == time


def test_a_plain_date_stays_a_date() -> None:
    assert words.when("2026-01-22") == '<time datetime="2026-01-22">22 Jan 2026</time>'
    assert words.day(date(2026, 1, 22)) == words.moment_words("2026-01-22") == "22 Jan 2026"
    assert words.moment_words("2026-01-22T06:12:00+00:00") == "22 Jan 2026, 06:12 UTC"
    assert words.when(None) == words.day(None) == "unknown"


def test_a_list_reads_as_a_sentence() -> None:
    assert [words.and_words(items) for items in ([], ["a"], ["a", "b", "c"])] == ["", "a", "a, b and c"]


def test_a_figure_in_an_attribute_cannot_close_it() -> None:
    out = render('<i data-figure="{{ figure|as_json }}"></i>', figure={"title": '"><script>'})
    assert out == '<i data-figure="{&quot;title&quot;: &quot;\\&quot;&gt;&lt;script&gt;&quot;}"></i>'


NO_CLASS = (
    '<span class="cls cls-none"><span aria-hidden="true">&ndash;</span>'
    '<span class="visually-hidden">none</span></span>'
)


@pytest.mark.parametrize(
    ("variant", "chip"),
    [
        ("5a", '<abbr class="cls cls-5a" title="Self-hosted, rented">5a</abbr>'),
        ("2e", '<abbr class="cls cls-2" title="Closed API, enterprise tenant">2e</abbr>'),
        (
            None,
            NO_CLASS,
        ),
    ],
)
def test_a_chip_carries_number_tone_and_name(variant: str | None, chip: str) -> None:
    assert parts.class_chip(variant) == chip


def test_every_shape_is_in_the_sprite() -> None:
    sprite = (settings.BASE_DIR / "static" / "icons.svg").read_text(encoding="utf-8")
    used = {look.icon for look in parts.LOOKS.values()} | {
        *parts.SOURCES.values(),
        *parts.NOTE_ICONS.values(),
    }
    assert {name for name in used if f'id="i-{name}"' not in sprite} == set()


def test_a_state_without_a_look_still_says_its_name() -> None:
    assert render('{% status "held_back" %}').endswith("Held back</span>")


def test_a_move_shows_both_ends_and_a_stay_one() -> None:
    assert render('{% move "2p" "3r" %}').count("<abbr") == 2
    assert render('{% move "4" "4" %}').count("<abbr") == 1


class Volume(forms.Form):
    tokens = forms.IntegerField(min_value=0, label="Tokens a month", help_text="Input and output.")
    stance = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)


def test_an_error_names_its_field_and_leads_to_its_control() -> None:
    assert parts.errors_of(Volume({"tokens": "-1"})) == [
        {"target": "id_tokens", "words": "Tokens a month: Ensure this value is greater than or equal to 0."},
        {"target": "id_stance_0", "words": "Stance: This field is required."},
    ]


def test_a_field_keeps_what_was_typed_and_says_what_is_wrong() -> None:
    out = render(
        '{% include "components/_field.html" with unit="tokens" %}', field=Volume({"tokens": "-1"})["tokens"]
    )
    control = (
        '<input type="number" name="tokens" value="-1" min="0" class="form-control" required'
        ' aria-invalid="true" aria-describedby="id_tokens_helptext id_tokens_error" id="id_tokens">'
    )
    assert control in out
    assert '<div id="id_tokens_error"><p class="err">Error: Ensure this value' in out


@pytest.mark.parametrize(("is_open", "polls"), [(True, 1), (False, 0)])
def test_a_job_asks_again_only_while_it_runs(is_open: bool, polls: int) -> None:
    run = SimpleNamespace(
        pk=4, state="running", is_open=is_open, percent=None, message="", get_state_display="x"
    )
    out = render('{% include "components/_progress.html" with poll_url="/x/" %}', run=run)
    assert out.count('hx-get="/x/"') == out.count("<progress") == polls


def test_an_error_page_needs_no_context() -> None:
    assert "Something broke on our side" in engines["django"].get_template("500.html").render()
