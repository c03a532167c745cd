"""One walk over the syntax tree of one condition: everything that is not allowed is refused here."""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, Any, Protocol

from planner.engine.expression.terms import (
    NUMBER,
    Evaluate,
    ExpressionError,
    Names,
    Term,
    a_kind,
    check_kinds,
    check_member,
    literal_term,
    shown_as,
    suggestion,
)
from planner.engine.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
ORDERED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


class InputShape(Protocol):
    """What the parser must know of an input to check a condition that names it."""

    @property
    def type(self) -> str: ...
    @property
    def values(self) -> tuple[str, ...]: ...


class Parser:
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
                return all_of([self.truth(value) for value in node.values])
            case ast.BoolOp(op=ast.Or()):
                return any_true([self.truth(value) for value in node.values])
            case ast.UnaryOp(op=ast.Not()):
                return negated(self.truth(node.operand))
            case ast.Compare():
                return self._comparison(node)
            case ast.Call():
                return self._any_of(node)
            case _:
                return self._flag(node)

    def _flag(self, node: ast.expr) -> Evaluate:
        term = self._term(node)
        if term.kind != Kind.BOOL:
            raise ExpressionError(
                f"{shown_as(node)} is {a_kind(term.kind)}, not true or false; compare it with a value"
            )
        return term.get

    def _comparison(self, node: ast.Compare) -> Evaluate:
        tests, left = [], node.left
        for operation, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(operation, (ast.In, ast.NotIn)):
                test = self._membership(left, right)
                tests.append(negated(test) if isinstance(operation, ast.NotIn) else test)
            else:
                tests.append(self._compare(left, operation, right))
            left = right
        return tests[0] if len(tests) == 1 else all_of(tests)

    def _compare(self, left_node: ast.expr, operation: ast.cmpop, right_node: ast.expr) -> Evaluate:
        compare = COMPARISONS.get(type(operation))
        if compare is None:
            raise ExpressionError("only ==, !=, <, <=, >, >=, in and not in may compare")
        left, right = self._term(left_node), self._term(right_node)
        shown = f"{shown_as(left_node)} against {shown_as(right_node)}"
        check_kinds(left, right, shown)
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
            raise ExpressionError(
                f"{shown_as(right_node)} is not a set; write 'value' in name_of_a_set, or name in ('a', 'b')"
            )
        check_member(right, left.literal)
        get, member = right.get, left.literal
        return lambda values, parameters: member in (get(values, parameters) or ())

    def _one_of(self, left_node: ast.expr, nodes: list[ast.expr]) -> Evaluate:
        left = self._term(left_node)
        terms = [self._term(node) for node in nodes]
        for term, node in zip(terms, nodes, strict=True):
            if not term.is_literal:
                raise ExpressionError(f"{shown_as(node)}: a list may hold literal values only")
            check_kinds(left, term, f"{shown_as(left_node)} against {shown_as(node)}")
        get, members = left.get, frozenset(term.literal for term in terms)
        return lambda values, parameters: get(values, parameters) in members

    def _any_of(self, node: ast.Call) -> Evaluate:
        if not (isinstance(node.func, ast.Name) and node.func.id == "any_of") or node.keywords:
            raise ExpressionError(
                f"{shown_as(node)}: calls are not allowed; the only function is any_of(set, 'a', 'b')"
            )
        if len(node.args) < 2:  # noqa: PLR2004 - a set and at least one value
            raise ExpressionError("any_of needs a set and at least one value")
        subject, *members = [self._term(argument) for argument in node.args]
        if subject.kind != Kind.SET:
            raise ExpressionError(f"{shown_as(node.args[0])} is {a_kind(subject.kind)}; any_of reads a set")
        for member in members:
            check_member(subject, member.literal)
        get, wanted = subject.get, frozenset(member.literal for member in members)
        return lambda values, parameters: not wanted.isdisjoint(get(values, parameters) or ())

    def _term(self, node: ast.expr) -> Term:
        match node:
            case ast.Constant():
                return literal_term(node.value)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
                return literal_term(-number)
            case ast.Name():
                return self._input(node.id)
            case ast.Attribute(value=ast.Name(id="P")):
                return self._parameter(node.attr)
            case ast.Attribute():
                raise ExpressionError(
                    f"{shown_as(node)}: attributes are not allowed; parameters are written P.name"
                )
            case ast.Call():
                raise ExpressionError(f"{shown_as(node)}: calls are not allowed here")
            case _:
                raise ExpressionError(
                    f"{shown_as(node)}: arithmetic and other syntax are not allowed in a condition"
                )

    def _input(self, name: str) -> Term:
        declared = self.inputs.get(name)
        if declared is None:
            raise ExpressionError(f"unknown input {name!r}{suggestion(name, self.inputs)}")
        self.names.append(name)
        kind = NUMBER if declared.type in (Kind.INT, Kind.NUMBER) else declared.type
        return Term(kind, lambda values, _parameters: values.get(name), declared.values, name=name)

    def _parameter(self, name: str) -> Term:
        if name not in self.known_parameters:
            raise ExpressionError(f"unknown parameter P.{name}{suggestion(name, self.known_parameters)}")
        self.parameters.append(name)
        kind = getattr(self.known_parameters[name], "kind", NUMBER)
        return Term(kind, lambda _values, parameters: parameters[name], name=f"P.{name}")


def all_of(tests: list[Evaluate]) -> Evaluate:
    return lambda values, parameters: all(test(values, parameters) for test in tests)


def any_true(tests: list[Evaluate]) -> Evaluate:
    return lambda values, parameters: any(test(values, parameters) for test in tests)


def negated(test: Evaluate) -> Evaluate:
    return lambda values, parameters: not test(values, parameters)
