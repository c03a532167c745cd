"""One set of values: whether a condition holds, and what each of its tests found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from planner.engine.expression.tree import (
    OPERATORS,
    All,
    Atom,
    Check,
    Comparison,
    Constant,
    Either,
    Figure,
    Flag,
    Member,
    Negation,
    Node,
    Overlap,
    Switch,
    Truth,
    atoms,
    compared,
)

Names = Mapping[str, Any]
Evaluate = Callable[[Names, Names], bool]


@dataclass(frozen=True, slots=True)
class Finding:
    """One test of a condition on one set of values: what it read, and whether it held."""

    atom: Atom
    value: Any
    held: bool


def compiled(node: Node) -> Evaluate:  # noqa: C901, PLR0911 - one a kind of node
    """The condition as a function of values and parameters; nothing of it is ever given to Python to evaluate."""
    match node:
        case Truth(answer):
            return lambda _values, _figures: answer
        case Switch(Figure(name)):
            return lambda _values, figures: bool(figures[name])
        case Check(Figure(name), operation, value):
            get = _constant(value)
            return lambda _values, figures: compared(figures[name], operation, get(figures))
        case Flag(name):
            return lambda values, _figures: bool(values.get(name))
        case Comparison(name, operation, value):
            return _comparison(name, operation, value)
        case Member(name, members):
            return lambda values, _figures: values.get(name) in members
        case Overlap(name, wanted):
            return lambda values, _figures: not wanted.isdisjoint(values.get(name) or ())
        case Negation(part):
            inner = compiled(part)
            return lambda values, figures: not inner(values, figures)
        case All(parts):
            every = [compiled(each) for each in parts]
            return lambda values, figures: all(test(values, figures) for test in every)
        case Either(parts):
            some = [compiled(each) for each in parts]
            return lambda values, figures: any(test(values, figures) for test in some)


def findings(node: Node, values: Names, figures: Names) -> tuple[Finding, ...]:
    """Every test of the condition with what it read: the trace of a decision."""
    return tuple(
        Finding(atom, values.get(atom.name), compiled(atom)(values, figures)) for atom in atoms(node)
    )


def _comparison(name: str, operation: str, value: Constant) -> Evaluate:
    compare, get = OPERATORS[operation], _constant(value)

    def test(values: Names, figures: Names) -> bool:
        left, right = values.get(name), get(figures)
        return left is not None and right is not None and bool(compare(left, right))

    return test


def _constant(value: Constant) -> Callable[[Names], Any]:
    if isinstance(value, Figure):
        name = value.name
        return lambda figures: figures[name]
    return lambda _figures: value
