"""Conditions of policy rows: Python's syntax behind a whitelist, checked against the inputs, never evaluated by Python.

Allowed are names of inputs, literals, `P.name` for parameters, comparisons, `in`, `and`, `or`, `not`, and
`any_of(set, ...)`. Everything else is refused when the row is written.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Protocol

from planner.engine.vocabulary import Kind

Names = Mapping[str, Any]
Evaluate = Callable[[Names, Names], Any]

COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
ORDERED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
NUMBER = "number"
TEXT = "text"


class ExpressionError(ValueError):
    """A condition that cannot be accepted; the message says where and what to write instead."""


class InputShape(Protocol):
    """What the parser must know of an input to check a condition that names it."""

    @property
    def type(self) -> str: ...
    @property
    def values(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked condition: which inputs and parameters it reads, and how to ask it."""

    text: str
    names: tuple[str, ...]
    parameters: tuple[str, ...]
    test: Evaluate

    def holds(self, values: Names, parameters: Names) -> bool:
        """Whether the condition is true of these values; a comparison with an unknown value is not."""
        return bool(self.test(values, parameters))


@dataclass(frozen=True, slots=True)
class _Term:
    """A part of a condition: its kind, the values it may take, its value when literal, and how to get it."""

    kind: str
    get: Evaluate
    values: tuple[str, ...] = ()
    literal: Any = None
    is_literal: bool = False
    name: str = ""


def parse(text: str, inputs: Mapping[str, InputShape], parameters: Mapping[str, Any]) -> Expression:
    """The condition, checked against the declared inputs and parameters."""
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError as error:
        raise ExpressionError(f"cannot be read as a condition: {error.msg} at character {error.offset}") from error
    parser = _Parser(inputs, parameters)
    test = parser.truth(tree.body)
    return Expression(text, tuple(dict.fromkeys(parser.names)), tuple(dict.fromkeys(parser.parameters)), test)


class _Parser:
    """One walk over one condition; collects the names it meets."""

    def __init__(self, inputs: Mapping[str, InputShape], parameters: Mapping[str, Any]) -> None:
        self.inputs = inputs
        self.known_parameters = parameters
        self.names: list[str] = []
        self.parameters: list[str] = []

    def truth(self, node: ast.expr) -> Evaluate:
        """The node as something that is true or false."""
        match node:
            case ast.BoolOp(op=ast.And()):
                return _all([self.truth(value) for value in node.values])
            case ast.BoolOp(op=ast.Or()):
                return _any([self.truth(value) for value in node.values])
            case ast.UnaryOp(op=ast.Not()):
                return _not(self.truth(node.operand))
            case ast.Compare():
                return self._comparison(node)
            case ast.Call():
                return self._any_of(node)
            case _:
                return self._flag(node)

    def _flag(self, node: ast.expr) -> Evaluate:
        term = self._term(node)
        if term.kind != Kind.BOOL:
            raise ExpressionError(f"{_show(node)} is {_a(term.kind)}, not true or false; compare it with a value")
        return term.get

    def _comparison(self, node: ast.Compare) -> Evaluate:
        tests, left = [], node.left
        for operation, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(operation, (ast.In, ast.NotIn)):
                test = self._membership(left, right)
                tests.append(_not(test) if isinstance(operation, ast.NotIn) else test)
            else:
                tests.append(self._compare(left, operation, right))
            left = right
        return tests[0] if len(tests) == 1 else _all(tests)

    def _compare(self, left_node: ast.expr, operation: ast.cmpop, right_node: ast.expr) -> Evaluate:
        compare = COMPARISONS.get(type(operation))
        if compare is None:
            raise ExpressionError("only ==, !=, <, <=, >, >=, in and not in may compare")
        left, right = self._term(left_node), self._term(right_node)
        shown = f"{_show(left_node)} against {_show(right_node)}"
        _check_kinds(left, right, shown)
        if isinstance(operation, ORDERED) and left.kind != NUMBER:
            raise ExpressionError(f"{shown}: only numbers can be larger or smaller")
        get_left, get_right = left.get, right.get

        def test(values: Names, parameters: Names) -> bool:
            a, b = get_left(values, parameters), get_right(values, parameters)
            return a is not None and b is not None and compare(a, b)

        return test

    def _membership(self, left_node: ast.expr, right_node: ast.expr) -> Evaluate:
        if isinstance(right_node, (ast.Tuple, ast.List, ast.Set)):
            return self._one_of(left_node, right_node.elts)
        left, right = self._term(left_node), self._term(right_node)
        if right.kind != Kind.SET or not left.is_literal:
            raise ExpressionError(f"{_show(right_node)} is not a set; write 'value' in name_of_a_set, or name in ('a', 'b')")
        _check_member(right, left.literal)
        get, member = right.get, left.literal
        return lambda values, parameters: member in (get(values, parameters) or ())

    def _one_of(self, left_node: ast.expr, nodes: list[ast.expr]) -> Evaluate:
        left = self._term(left_node)
        terms = [self._term(node) for node in nodes]
        for term, node in zip(terms, nodes, strict=True):
            if not term.is_literal:
                raise ExpressionError(f"{_show(node)}: a list may hold literal values only")
            _check_kinds(left, term, f"{_show(left_node)} against {_show(node)}")
        get, members = left.get, frozenset(term.literal for term in terms)
        return lambda values, parameters: get(values, parameters) in members

    def _any_of(self, node: ast.Call) -> Evaluate:
        if not (isinstance(node.func, ast.Name) and node.func.id == "any_of") or node.keywords:
            raise ExpressionError(f"{_show(node)}: calls are not allowed; the only function is any_of(set, 'a', 'b')")
        if len(node.args) < 2:  # noqa: PLR2004 - a set and at least one value
            raise ExpressionError("any_of needs a set and at least one value")
        subject, *members = [self._term(argument) for argument in node.args]
        if subject.kind != Kind.SET:
            raise ExpressionError(f"{_show(node.args[0])} is {_a(subject.kind)}; any_of reads a set")
        for member in members:
            _check_member(subject, member.literal)
        get, wanted = subject.get, frozenset(member.literal for member in members)
        return lambda values, parameters: not wanted.isdisjoint(get(values, parameters) or ())

    def _term(self, node: ast.expr) -> _Term:
        match node:
            case ast.Constant():
                return _literal(node.value)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
                return _literal(-number)
            case ast.Name():
                return self._input(node.id)
            case ast.Attribute(value=ast.Name(id="P")):
                return self._parameter(node.attr)
            case ast.Attribute():
                raise ExpressionError(f"{_show(node)}: attributes are not allowed; parameters are written P.name")
            case ast.Call():
                raise ExpressionError(f"{_show(node)}: calls are not allowed here")
            case _:
                raise ExpressionError(f"{_show(node)}: arithmetic and other syntax are not allowed in a condition")

    def _input(self, name: str) -> _Term:
        declared = self.inputs.get(name)
        if declared is None:
            raise ExpressionError(f"unknown input {name!r}{suggestion(name, self.inputs)}")
        self.names.append(name)
        kind = NUMBER if declared.type in (Kind.INT, Kind.NUMBER) else declared.type
        return _Term(kind, lambda values, _parameters: values.get(name), declared.values, name=name)

    def _parameter(self, name: str) -> _Term:
        if name not in self.known_parameters:
            raise ExpressionError(f"unknown parameter P.{name}{suggestion(name, self.known_parameters)}")
        self.parameters.append(name)
        kind = getattr(self.known_parameters[name], "kind", NUMBER)
        return _Term(kind, lambda _values, parameters: parameters[name], name=f"P.{name}")


def suggestion(name: str, known: Mapping[str, Any]) -> str:
    """The closest declared name, as the end of a sentence."""
    close = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def _literal(value: object) -> _Term:
    if isinstance(value, bool):
        kind = str(Kind.BOOL)
    elif isinstance(value, (int, float)):
        kind = NUMBER
    elif isinstance(value, str):
        kind = TEXT
    else:
        raise ExpressionError(f"{value!r} is not a number, a text, True or False")
    return _Term(kind, lambda _values, _parameters: value, literal=value, is_literal=True)


def _check_kinds(left: _Term, right: _Term, shown: str) -> None:
    """Enum against its own values, numbers against numbers; everything else is refused."""
    if left.is_literal and not right.is_literal:
        left, right = right, left
    if left.kind == Kind.SET or right.kind == Kind.SET:
        raise ExpressionError(f"{shown}: a set is asked with 'value' in name or any_of(name, 'value')")
    if left.kind == Kind.ENUM and right.kind == TEXT:
        _check_member(left, right.literal)
    elif left.kind != right.kind:
        raise ExpressionError(f"{shown}: {_a(left.kind)} cannot be compared with {_a(right.kind)}")


def _check_member(term: _Term, value: object) -> None:
    if value not in term.values:
        hint = suggestion(str(value), dict.fromkeys(term.values))
        raise ExpressionError(f"{value!r} is not a value of {term.name}{hint or '; it takes ' + ', '.join(term.values)}")


def _all(tests: list[Evaluate]) -> Evaluate:
    return lambda values, parameters: all(test(values, parameters) for test in tests)


def _any(tests: list[Evaluate]) -> Evaluate:
    return lambda values, parameters: any(test(values, parameters) for test in tests)


def _not(test: Evaluate) -> Evaluate:
    return lambda values, parameters: not test(values, parameters)


def _show(node: ast.AST) -> str:
    return ast.unparse(node)


def _a(kind: str) -> str:
    names = {"bool": "true or false", "enum": "one of a list", "set": "a set", "number": "a number", "text": "a text"}
    return names.get(kind, kind)
