"""Parameters: dated, cited values that rows read as P.name; values are appended, never edited."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from planner.engine.policy.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Mapping

Figure = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a value or a rule comes from: a guide, its line and the words."""

    document: str
    quote: str
    line: int


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """What a parameter is worth from a day on, who says so, and between which values it may lie where that is known."""

    value: Figure
    since: date
    reference: Reference
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named value with its history. A marker is a threshold somebody published; a guess is nobody's figure."""

    name: str
    label: str
    unit: str
    guess: bool
    marker: bool
    checked: date
    values: tuple[ParameterValue, ...]

    @property
    def kind(self) -> str:
        """The kind of value it may be compared with."""
        first = self.values[0].value
        if isinstance(first, bool):
            return "bool"
        return "text" if isinstance(first, str) else "number"

    def on(self, day: date) -> ParameterValue:
        """The value in force on a day; before the first one, the first."""
        in_force = [value for value in self.values if value.since <= day]
        return in_force[-1] if in_force else self.values[0]


def as_parameter(name: str, cells: Mapping[str, object]) -> Parameter:
    """The parameter a table of parameters.toml declares."""
    values = cells.get("values")
    if not isinstance(values, list) or not values:
        raise PolicyError(
            "parameters.toml", name, "values", "needs at least one value with from, value and reference"
        )
    dated = sorted((_dated(name, value) for value in values), key=lambda value: value.since)
    return Parameter(
        name=name,
        label=str(cells.get("label", name)),
        unit=str(cells.get("unit", "")),
        guess=bool(cells.get("guess", False)),
        marker=bool(cells.get("marker", False)),
        checked=_day(name, "checked", cells.get("checked")),
        values=tuple(dated),
    )


def as_reference(file: str, row: str, column: str, cells: object) -> Reference:
    """The cited source, complete: document, quote and line."""
    if not isinstance(cells, dict):
        raise PolicyError(
            file, row, column, 'is missing; cite it as { document = "000", line = 1, quote = "..." }'
        )
    missing = [key for key in ("document", "quote", "line") if key not in cells]
    unknown = [key for key in cells if key not in ("document", "quote", "line")]
    if missing or unknown:
        wrong = f"misses {', '.join(missing)}" if missing else f"has unknown keys {', '.join(unknown)}"
        raise PolicyError(file, row, column, f"{wrong}; it takes document, quote and line")
    return Reference(str(cells["document"]), str(cells["quote"]), int(cells["line"]))


def _dated(name: str, cells: Mapping[str, object]) -> ParameterValue:
    for key in ("from", "value", "reference"):
        if key not in cells:
            raise PolicyError(
                "parameters.toml", name, key, "is missing; every value has from, value and reference"
            )
    value = cells["value"]
    if not isinstance(value, (bool, int, float, str)):
        raise PolicyError(
            "parameters.toml", name, "value", f"{value!r} is not a number, a text, true or false"
        )
    reference = as_reference("parameters.toml", name, "reference", cells["reference"])
    low, high = (_bound(name, side, cells.get(side), value) for side in ("low", "high"))
    return ParameterValue(value, _day(name, "from", cells["from"]), reference, low, high)


def _bound(name: str, side: str, bound: object, value: Figure) -> float | None:
    """An end of the range a value may lie in; the value itself lies within it."""
    if bound is None:
        return None
    numbers = all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in (bound, value))
    if not numbers:
        raise PolicyError(
            "parameters.toml", name, side, f"{bound!r} is not a number; a range is one of numbers"
        )
    if (side == "low" and bound > value) or (side == "high" and bound < value):  # type: ignore[operator]
        wrong = "above" if side == "low" else "below"
        raise PolicyError("parameters.toml", name, side, f"{bound} is {wrong} the value {value} itself")
    return float(bound)  # type: ignore[arg-type]


def _day(name: str, column: str, value: object) -> date:
    """The date of a cell: TOML has dates of its own, a kept document has their text."""
    if isinstance(value, str):
        with suppress(ValueError):
            return date.fromisoformat(value)
    if not isinstance(value, date):
        raise PolicyError("parameters.toml", name, column, "is not a date; write it like 2026-01-31")
    return value
