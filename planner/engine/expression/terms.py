"""The parts of a condition and what may be compared with what."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from planner.engine.expression.tree import Figure
from planner.engine.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

NUMBER = "number"
TEXT = "text"


class ExpressionError(ValueError):
    """A condition that cannot be accepted; the message says where and what to write instead."""


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a condition: an input, a parameter or a literal; its kind and, of an input, the values it may take."""

    kind: str
    name: str = ""
    values: tuple[str, ...] = ()
    constant: Any = None  # a literal's value, or the Figure of a parameter

    @property
    def is_input(self) -> bool:
        return self.constant is None

    @property
    def is_literal(self) -> bool:
        return self.constant is not None and not isinstance(self.constant, Figure)


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
    return Term(kind, constant=value)


def check_kinds(left: Term, right: Term, shown: str) -> None:
    """Enum against its own values, numbers against numbers; everything else is refused."""
    if left.is_literal and not right.is_literal:
        left, right = right, left
    if Kind.SET in (left.kind, right.kind):
        raise ExpressionError(f"{shown}: a set is asked with 'value' in name or any_of(name, 'value')")
    if left.kind == Kind.ENUM and right.kind == TEXT and right.is_literal:
        check_member(left, right.constant)
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
