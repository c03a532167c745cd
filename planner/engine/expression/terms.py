"""The parts of a condition and what may be compared with what."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from planner.engine.vocabulary import Kind

Names = Mapping[str, Any]
Evaluate = Callable[[Names, Names], Any]

NUMBER = "number"
TEXT = "text"


class ExpressionError(ValueError):
    """A condition that cannot be accepted; the message says where and what to write instead."""


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a condition: its kind, the values it may take, its value when literal, and how to get it."""

    kind: str
    get: Evaluate
    values: tuple[str, ...] = ()
    literal: Any = None
    is_literal: bool = False
    name: str = ""


def suggestion(name: str, known: Mapping[str, Any]) -> str:
    """The closest declared name, as the end of a sentence."""
    close = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def literal_term(value: object) -> Term:
    if isinstance(value, bool):
        kind = str(Kind.BOOL)
    elif isinstance(value, (int, float)):
        kind = NUMBER
    elif isinstance(value, str):
        kind = TEXT
    else:
        raise ExpressionError(f"{value!r} is not a number, a text, True or False")
    return Term(kind, lambda _values, _parameters: value, literal=value, is_literal=True)


def check_kinds(left: Term, right: Term, shown: str) -> None:
    """Enum against its own values, numbers against numbers; everything else is refused."""
    if left.is_literal and not right.is_literal:
        left, right = right, left
    if Kind.SET in (left.kind, right.kind):
        raise ExpressionError(f"{shown}: a set is asked with 'value' in name or any_of(name, 'value')")
    if left.kind == Kind.ENUM and right.kind == TEXT:
        check_member(left, right.literal)
    elif left.kind != right.kind:
        raise ExpressionError(f"{shown}: {a_kind(left.kind)} cannot be compared with {a_kind(right.kind)}")


def check_member(term: Term, value: object) -> None:
    if value not in term.values:
        hint = suggestion(str(value), dict.fromkeys(term.values))
        raise ExpressionError(
            f"{value!r} is not a value of {term.name}{hint or '; it takes ' + ', '.join(term.values)}"
        )


def shown_as(node: ast.AST) -> str:
    return ast.unparse(node)


def a_kind(kind: str) -> str:
    names = {
        "bool": "true or false",
        "enum": "one of a list",
        "set": "a set",
        "number": "a number",
        "text": "a text",
    }
    return names.get(kind, kind)
