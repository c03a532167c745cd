"""Inputs: the facts a policy may read, each declared once, and how a value for one is read from JSON or a form."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from planner.engine.expression import suggestion
from planner.engine.facts import FactError, Value
from planner.engine.policy.errors import PolicyError
from planner.engine.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

BLOCK = "block"
WORDS_FOR_TRUE = ("true", "yes", "on", "1")
WORDS_FOR_FALSE = ("false", "no", "off", "0")
LARGEST = 1e18
SUFFIXES = {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}
AMOUNT = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)\s*([kmbt]?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Input:
    """A fact the policy may read: its type and limits, who supplies it, and the words that ask for it."""

    name: str
    label: str
    type: str
    scope: str
    supplied_by: str
    theme: str = "basics"
    unit: str = ""
    values: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    question: str = ""
    help: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    unknown: Value = BLOCK
    essential: bool = False
    ratio: tuple[str, ...] = ()  # the two inputs it is the quotient of

    @property
    def assumed(self) -> Value | None:
        """What is taken when nobody knows: the policy's assumption, or nothing."""
        if self.blocks:
            return frozenset() if self.type == Kind.SET else None
        return self.unknown

    @property
    def blocks(self) -> bool:
        """Whether no answer is firm while this is unknown."""
        return self.unknown == BLOCK

    @property
    def may_be_unknown(self) -> bool:
        """Whether a condition can meet it without a value: nobody gave one, or it could not be worked out."""
        if self.type in (Kind.INT, Kind.NUMBER):
            return self.blocks or bool(self.ratio) or self.supplied_by == "derived"
        return self.blocks and self.type != Kind.SET

    @property
    def shared_by_volume(self) -> bool:
        """Whether a workload's amount is divided among its segments by their share of the tokens."""
        return self.scope == "workload" and self.unit.endswith("/month") and not self.unit.startswith("%")

    def parse(self, raw: object) -> Value:
        """The value as the engine reads it, from JSON, Python or the text of a form."""
        match self.type:
            case Kind.BOOL:
                return self._bool(raw)
            case Kind.ENUM:
                return self._enum(raw)
            case Kind.SET:
                return self._set(raw)
            case _:
                return self._amount(raw)

    def refuse(self, problem: str) -> FactError:
        return FactError(self.name, f"{self.label} ({self.name}): {problem}")

    def _bool(self, raw: object) -> bool:
        if isinstance(raw, bool):
            return raw
        word = str(raw).strip().lower()
        if isinstance(raw, str) and word in WORDS_FOR_TRUE:
            return True
        if isinstance(raw, str) and word in WORDS_FOR_FALSE:
            return False
        raise self.refuse(f"{raw!r} is neither yes nor no. Give true or false.")

    def _enum(self, raw: object) -> str:
        if isinstance(raw, str) and raw.strip() in self.values:
            return raw.strip()
        raise self.refuse(f"{raw!r} is not one of its values{self._hint(raw)}")

    def _set(self, raw: object) -> frozenset[str]:
        parts: Iterable[object]
        if isinstance(raw, str):
            parts = [part.strip() for part in raw.split(",") if part.strip()]
        elif isinstance(raw, (list, tuple, set, frozenset)):
            parts = raw
        else:
            raise self.refuse(f"{raw!r} is not a list. Give a list of: {', '.join(self.values)}.")
        for part in parts:
            if part not in self.values:
                raise self.refuse(f"{part!r} is not one of its values{self._hint(part)}")
        return frozenset(str(part) for part in parts)

    def _hint(self, raw: object) -> str:
        close = suggestion(str(raw), dict.fromkeys(self.values))
        return (
            f"{close} It takes: {', '.join(self.values)}."
            if close
            else f". It takes: {', '.join(self.values)}."
        )

    def _amount(self, raw: object) -> int | float:
        number = self._number(raw)
        if not abs(number) <= LARGEST:  # also catches "not a number"
            raise self.refuse(f"{raw!r} is not a number anybody can have measured.")
        if self.minimum is not None and number < self.minimum:
            raise self.refuse(
                f"{_plain(number)} is below the smallest allowed value, {_plain(self.minimum)}."
            )
        if self.maximum is not None and number > self.maximum:
            raise self.refuse(f"{_plain(number)} is above the largest allowed value, {_plain(self.maximum)}.")
        if number.is_integer():
            return int(number)
        if self.type == Kind.INT:
            raise self.refuse(f"{_plain(number)} is not a whole number.")
        return number

    def _number(self, raw: object) -> float:
        if isinstance(raw, (int, float)) and not isinstance(raw, bool):
            try:
                return float(raw)
            except OverflowError:
                return math.inf
        if isinstance(raw, str):
            match = AMOUNT.fullmatch(raw.strip().replace("_", "").replace(",", "").replace("\u00a0", ""))
            if match:
                return float(match[1]) * SUFFIXES[match[2].lower()]
        raise self.refuse(f"{raw!r} is not a number. Write it like 60000000, 60_000_000, 60M or 1.2 B.")


def _plain(number: float) -> str:
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,}"


def as_input(name: str, cells: Mapping[str, Any]) -> Input:
    """The input a table of inputs.toml declares."""
    known = dict(cells)
    known["values"] = tuple(known.get("values", ()))
    known["ratio"] = tuple(known.get("ratio", ()))
    if isinstance(known.get("unknown"), list):
        known["unknown"] = frozenset(known["unknown"])
    return Input(name=name, **known)


def check_value(file: str, row: str, column: str, declared: Input, value: object) -> None:
    """Raises PolicyError where a file gives an input a value it does not take."""
    try:
        declared.parse(value)
    except FactError as error:
        raise PolicyError(file, row, column, error.message) from error
