"""Small parts of sentences: lists, money, and placements by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planner.engine.amounts import in_words
from planner.engine.vocabulary import VARIANT_PHRASES

if TYPE_CHECKING:
    from collections.abc import Sequence

PER_MONTH: Final = "USD/month"
FEW: Final = 3
NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def listed(parts: Sequence[str], last: str = "and") -> str:
    """One part, or several as a reader lists them: a; a and b; a, b and c."""
    if len(parts) <= 1:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def money(usd_month: float | None) -> str:
    """The amount with its period, or the word for an amount nobody knows."""
    return "an unknown amount" if usd_month is None else in_words(usd_month, PER_MONTH)


def placed(variant: str | None) -> str:
    return VARIANT_PHRASES.get(variant or "", "nowhere")


def counted(number: int, singular: str, plural: str = "") -> str:
    word = NUMBERS[number] if number < len(NUMBERS) else str(number)
    return f"{word} {singular if number == 1 else plural or singular + 's'}"


def lower_first(text: str) -> str:
    """For use inside a sentence; abbreviations keep their capitals."""
    return text if text[:2].isalpha() and text[:2].isupper() else text[:1].lower() + text[1:]


def without_stop(sentence: str) -> str:
    return sentence.rstrip().removesuffix(".")


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
