"""A condition after parsing: few kinds of nodes, each testing one input against constants, hashable and plain.

Unknown values (None) follow one law in every backend: a comparison with one is not true, whatever the operator;
`not` turns that round like any other answer.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
MIRRORED: Final = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Figure:
    """A parameter of the policy: a constant, once the day is known."""

    name: str


Constant = bool | int | float | str | Figure


@dataclass(frozen=True, slots=True)
class Truth:
    """Always the same answer."""

    value: bool


@dataclass(frozen=True, slots=True)
class Switch:
    """Whether a true-or-false parameter is set."""

    figure: Figure


@dataclass(frozen=True, slots=True)
class Check:
    """A parameter against a literal value."""

    figure: Figure
    operator: str
    value: Constant


@dataclass(frozen=True, slots=True)
class Flag:
    """Whether a true-or-false input is true."""

    name: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """An input against one constant."""

    name: str
    operator: str
    value: Constant


@dataclass(frozen=True, slots=True)
class Member:
    """Whether an input's value is one of a list."""

    name: str
    members: frozenset[Any]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Whether a set input holds any of these values."""

    name: str
    members: frozenset[str]


@dataclass(frozen=True, slots=True)
class Negation:
    part: Node


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple[Node, ...]


Atom = Flag | Comparison | Member | Overlap
Node = Truth | Switch | Check | Atom | Negation | All | Either


def atoms(node: Node) -> Iterator[Atom]:
    """The tests of inputs in a condition, from left to right."""
    match node:
        case All(parts) | Either(parts):
            for part in parts:
                yield from atoms(part)
        case Negation(part):
            yield from atoms(part)
        case Flag() | Comparison() | Member() | Overlap():
            yield node


def settled(node: Node, figures: Mapping[str, Any]) -> Node:  # noqa: PLR0911 - one a kind of node
    """The same condition on a day: parameters are replaced by their values, what they decide by its answer."""
    match node:
        case Switch(figure):
            return Truth(bool(figures[figure.name]))
        case Check(figure, operation, value):
            return Truth(compared(figures[figure.name], operation, _constant(value, figures)))
        case Comparison(name, operation, Figure() as figure):
            return Comparison(name, operation, figures[figure.name])
        case Negation(part):
            return Negation(settled(part, figures))
        case All(parts):
            return All(tuple(settled(part, figures) for part in parts))
        case Either(parts):
            return Either(tuple(settled(part, figures) for part in parts))
        case _:
            return node


def _constant(value: Constant, figures: Mapping[str, Any]) -> Any:
    return figures[value.name] if isinstance(value, Figure) else value


def compared(left: Any, operator: str, right: Any) -> bool:
    """The comparison, false as soon as one side is unknown."""
    return left is not None and right is not None and bool(OPERATORS[operator](left, right))
