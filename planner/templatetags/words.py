"""How figures, times and states read on every page. Built in: templates need no load line.

Unknown is a word: every filter says "unknown" for None, never 0 and never an empty cell.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.html import format_html

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.safestring import SafeString

register = template.Library()

UNKNOWN = "unknown"
MINUS = "\N{MINUS SIGN}"
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "XXX": "¤"}  # the last: nobody says in which
MONEY_STEPS = ((Decimal(10**9), "B"), (Decimal(10**6), "M"), (Decimal(10**3), "k"))
TOKEN_STEPS = (
    (Decimal(10**12), " T"),
    (Decimal(10**9), " B"),
    (Decimal(10**6), " M"),
    (Decimal(10**3), " k"),
)
SMALL = 10  # a figure this short reads better with a decimal
CENTS_BELOW = 100
AGES = (("minute", 60), ("hour", 60), ("day", 24))


def as_decimal(value: object) -> Decimal | None:
    """The number in VALUE, or None where there is none: None, an empty text, NaN."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def plain(number: Decimal, places: int) -> str:
    """With thousands separators and at most PLACES decimals, halves away from zero."""
    rounded = abs(number).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{rounded:,f}"  # without f, nothing reads 0E-8
    return (MINUS if number < 0 and rounded else "") + text


def trimmed(number: Decimal, places: int) -> str:
    text = plain(number, places)
    return text.rstrip("0").rstrip(".") if "." in text else text


def stepped(number: Decimal, steps: Iterable[tuple[Decimal, str]]) -> str:
    """Three figures and a unit: 812 M, 2.9 B, 41k."""
    for size, unit in steps:
        scaled = number / size
        # 999.6 k reads 1 M: the step is chosen after rounding
        if abs(scaled) >= Decimal("0.9995"):
            return trimmed(scaled, 1 if abs(scaled) < SMALL else 0) + unit
    return trimmed(number, 2 if abs(number) < SMALL else 0)


def signed(text: str, currency: str) -> str:
    """The currency's sign in front of the figure, behind the minus."""
    symbol = SYMBOLS.get(currency, f"{currency} ")
    return MINUS + symbol + text[1:] if text.startswith(MINUS) else symbol + text


@register.filter
def money(value: object, currency: str = "USD") -> str:
    """$4,745 or $17.25: cents below a hundred, four decimals below one."""
    number = as_decimal(value)
    if number is None:
        return UNKNOWN
    if number == 0:
        return signed("0", currency)
    if abs(number) < 1:
        return signed(trimmed(number, 4), currency)
    return signed(plain(number, 2 if abs(number) < CENTS_BELOW else 0), currency)


@register.filter
def money_short(value: object, currency: str = "USD") -> str:
    """$412k: for tables and headlines."""
    number = as_decimal(value)
    return UNKNOWN if number is None else signed(stepped(number, MONEY_STEPS), currency)


@register.filter
def unit_price(value: object, currency: str = "USD") -> str:
    """$0.0575: a price exactly as it was quoted, no digit lost."""
    number = as_decimal(value)
    return UNKNOWN if number is None else signed(trimmed(number, 8), currency)


@register.filter
def tokens(value: object) -> str:
    """812 M."""
    number = as_decimal(value)
    return UNKNOWN if number is None else stepped(number, TOKEN_STEPS)


@register.filter
def count(value: object) -> str:
    """10,000."""
    number = as_decimal(value)
    return UNKNOWN if number is None else plain(number, 0)


@register.filter("number")
def number_words(value: object) -> str:
    """1,234.5: at most two decimals."""
    figure = as_decimal(value)
    return UNKNOWN if figure is None else trimmed(figure, 2)


@register.filter
def share(value: object) -> str:
    """62 % for 0.62; one decimal below ten percent."""
    number = as_decimal(value)
    if number is None:
        return UNKNOWN
    percent = number * 100
    return f"{trimmed(percent, 1 if abs(percent) < SMALL else 0)} %"


@register.filter
def percent(value: object) -> str:
    """62 % for 62."""
    number = as_decimal(value)
    return UNKNOWN if number is None else share(number / 100)


def as_moment(value: object) -> datetime | date | None:
    """A datetime or a date, also from the ISO text of a decision record."""
    if isinstance(value, str) and value:
        return datetime.fromisoformat(value) if "T" in value or " " in value else date.fromisoformat(value)
    return value if isinstance(value, date) else None


def in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def day_words(moment: date) -> str:
    return f"{moment.day} {moment:%b %Y}"


def age_words(moment: datetime, now: datetime) -> str:
    """3 minutes ago, in 2 hours, 6 days ago; past a month the date itself."""
    seconds = (now - moment).total_seconds()
    if abs(seconds) >= 30 * 86_400:
        return day_words(moment)
    amount, unit = abs(seconds), ""
    for name, size in AGES:
        if amount < size:
            break
        amount, unit = amount / size, name
    if not unit:
        return "just now" if seconds >= 0 else "in a moment"
    whole = int(amount)
    span = f"{whole} {unit}{'' if whole == 1 else 's'}"
    return f"{span} ago" if seconds >= 0 else f"in {span}"


@register.filter
def when(value: object) -> str | SafeString:
    """Relative, with the exact UTC time behind it; a plain date stays a date."""
    moment = as_moment(value)
    if moment is None:
        return UNKNOWN
    if not isinstance(moment, datetime):
        return format_html('<time datetime="{}">{}</time>', moment.isoformat(), day_words(moment))
    exact = in_utc(moment)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        exact.isoformat(timespec="seconds"),
        f"{day_words(exact)}, {exact:%H:%M:%S} UTC",
        age_words(exact, timezone.now()),
    )


@register.filter
def day(value: object) -> str:
    """21 Nov 2026."""
    moment = as_moment(value)
    if moment is None:
        return UNKNOWN
    return day_words(in_utc(moment) if isinstance(moment, datetime) else moment)


@register.filter("moment")
def moment_words(value: object) -> str:
    """22 Jan 2026, 06:12 UTC; a plain date stays a date."""
    at = as_moment(value)
    return f"{day(at)}, {in_utc(at):%H:%M} UTC" if isinstance(at, datetime) else day(at)


@register.filter
def and_words(items: Iterable[object]) -> str:
    """a, b and c."""
    texts = [str(item) for item in items]
    return " and ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else "".join(texts)


@register.filter
def as_json(value: object) -> str:
    """For an attribute such as data-figure; the template escapes it."""
    return json.dumps(value, cls=DjangoJSONEncoder)
