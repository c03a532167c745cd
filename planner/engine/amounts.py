"""A value in words: money, tokens, times and shares the way people write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

SCALES: Final = ((1e9, "B"), (1e6, "M"), (1e3, "k"))
HUNDRED: Final = 100
TEN_THOUSAND: Final = 10_000
BARE: Final = ("count", "ratio", "share", "x")  # a number alone says it


def in_words(value: object, unit: str = "", labels: Mapping[str, str] | None = None) -> str:
    """The value with its unit: "$14k a month", "1.5B tokens a month", "441 ms", "yes", "Health data (PHI)"."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return _number(float(value), unit)
    members = sorted(value) if isinstance(value, (set, frozenset, list, tuple)) else [value]
    return ", ".join((labels or {}).get(str(member), str(member)) for member in members) or "none"


def _number(value: float, unit: str) -> str:
    if unit.startswith("USD"):
        return f"{'-' if value < 0 else ''}${_dollars(abs(value))}{_per(unit.removeprefix('USD'))}"
    if unit.startswith("%"):
        return f"{_short(value)} %{unit.removeprefix('%')}".replace("/", " a ")
    name, _, period = ("" if unit in BARE else unit).partition("/")
    return f"{_short(value)} {name}{f' a {period}' if period else ''}".strip()


def _dollars(value: float) -> str:
    """Cents only where they matter."""
    return f"{value:.2f}".removesuffix(".00") if value < HUNDRED else _short(value)


def _per(rest: str) -> str:
    return rest.replace("/", " a ")


def _short(value: float) -> str:
    """Three figures and a scale from ten thousand on; plain below."""
    size = abs(value)
    if size < TEN_THOUSAND:
        return f"{value:,.0f}" if size >= HUNDRED or value == int(value) else f"{value:.3g}"
    rounded = float(f"{value:.3g}")  # first, so that 999,990 is a million and not a thousand thousands
    scale, letter = next(each for each in SCALES if abs(rounded) >= each[0])
    return f"{rounded / scale:.4g}{letter}"
