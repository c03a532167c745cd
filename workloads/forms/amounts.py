"""Amounts as people write them: 1.2M, 3 B tokens a month, 40k/day, 200 ms. What can be read two ways is asked about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from planner.engine import FactError, Input
from workloads.selectors.declarations import hours_per_month, unit_words, value_words

if TYPE_CHECKING:
    from planner.engine.facts import Value

RATE = re.compile(
    r"(?P<amount>.*?)\s*(?:/|\bper\b|\ban?\b)\s*(?P<span>min|minute|h|hour|d|day|week|mo|month|year)s?",
    re.IGNORECASE,
)
HOURS = {
    "min": 1 / 60,
    "h": 1.0,
    "d": 24.0,
    "week": 168.0,
}  # of each span; months and years are counted in months
TRAILING_WORD = re.compile(r"(?<=[\d kmbt])\s*(?P<word>[a-z%]{2,}|%)$", re.IGNORECASE)
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
LOOKS_GROUPED_BY_POINT = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+")
LEAVE_OPEN = "or leave it empty if you do not know."


def read_amount(given: Input, text: str) -> Value:
    """The number in TEXT, in the unit of the input; refused with what was wrong and the way out."""
    bare, factor = _without_rate(given, text.strip().replace("\N{MINUS SIGN}", "-"))
    bare = _without_unit(given, bare)
    _refuse_ambiguous(bare)
    try:
        number = float(_plainly(given, bare)) * factor
    except FactError:
        raise ValidationError(
            f"“{text}” is not a number. Write one like {_such_as(given)}, {LEAVE_OPEN}"
        ) from None
    _refuse_outside(given, number)
    whole = round(number) if factor != 1 and abs(number) >= 1 else number
    try:
        return given.parse(whole)
    except FactError:
        raise ValidationError(
            f"{given.label} is a whole number: write one without a fraction, {LEAVE_OPEN}"
        ) from None


def _such_as(given: Input) -> str:
    """Numbers as people write this one."""
    if given.unit.startswith("%"):
        return "5 or 37.5"
    return "2 or 12.5" if given.unit in ("x", "ratio", "share") else "60M, 1.2 B, 40k or 2500"


def _plainly(given: Input, text: str) -> Any:
    """The engine reads suffixes; limits are checked afterwards, in the words of a form."""
    unlimited = Input(given.name, given.label, "number", given.scope, given.supplied_by)
    return unlimited.parse(text)


def _without_rate(given: Input, text: str) -> tuple[str, float]:
    """The text before "a day", and by what a figure for that span is multiplied to be one for a month."""
    match = RATE.fullmatch(text)
    if match is None:
        return text, 1.0
    if not given.unit.endswith("/month"):
        raise ValidationError(
            f"{given.label} is counted in {unit_words(given) or 'plain numbers'}, not by the {match['span'].lower()}: "
            f"write the number alone."
        )
    span = match["span"].lower()
    if span.startswith("mo"):
        return match["amount"], 1.0
    if span == "year":
        return match["amount"], 1 / 12
    hours = next(hours for start, hours in HOURS.items() if span.startswith(start[0]))
    return match["amount"], hours_per_month() / hours


def _without_unit(given: Input, text: str) -> str:
    """Leaves out the unit's own name, whole or shortened: tokens, req, ms, %, $."""
    names = {given.unit.lower(), given.unit.split("/")[0].split(" ")[0].lower()}
    text = text.lstrip("$ ") if "usd" in "".join(names) else text
    match = TRAILING_WORD.search(text)
    if match and any(name and name.startswith(match["word"].lower()) for name in names):
        return text[: match.start()].strip()
    return text


def _refuse_ambiguous(text: str) -> None:
    if ("," in text and not GROUPED.fullmatch(re.sub(r"\s*[kmbt]$", "", text, flags=re.IGNORECASE))) or (
        LOOKS_GROUPED_BY_POINT.fullmatch(text)
    ):
        whole = re.sub(r"[.,]", "", text)
        raise ValidationError(
            f"“{text}” can be read two ways. Write {whole} without separators for the large number, "
            f"or a point and one or two decimals for the small one."
        )


def _refuse_outside(given: Input, number: float) -> None:
    shown = value_words(None, number)
    low, high = given.minimum, given.maximum
    if low is not None and number < low:
        what = "negative" if number < 0 else "too small"
        raise ValidationError(
            f"{shown} is {what}: {given.label} cannot be below {value_words(None, low)}. "
            f"Write {value_words(None, low)} or more, {LEAVE_OPEN}"
        )
    if high is not None and number > high:
        raise ValidationError(
            f"{shown} is too large: {given.label} cannot be above {value_words(None, high)}. "
            f"Write {value_words(None, high)} or less, {LEAVE_OPEN}"
        )


def understood(given: Input, value: Any) -> str:
    """What was read, in full: = 36,500,000 tokens a month."""
    return f"= {value_words(given, value)}"


def as_typed(value: Any) -> Any:
    """A stored number as somebody would type it: 200M, 1.5B, 2,500, 0.25."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    for size, suffix in ((1e9, "B"), (1e6, "M")):
        if abs(value) >= size and (value / size * 1000).is_integer():
            return f"{value / size:.3f}".rstrip("0").rstrip(".") + suffix
    return f"{value:,}" if isinstance(value, int) else repr(value)


class AmountField(forms.CharField):
    """A number with its unit; empty is unknown."""

    def __init__(self, given: Input) -> None:
        self.given = given
        super().__init__(
            required=False,
            max_length=60,
            widget=forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off", "class": "amount"}),
        )

    def prepare_value(self, value: Any) -> Any:
        return as_typed(value)

    def clean(self, value: Any) -> Value | None:
        text = super().clean(value)
        return read_amount(self.given, text) if text else None
