"""One walk over the syntax tree of one condition: everything that is not allowed is refused here."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Final, Protocol

from planner.engine.expression.terms import (
    NUMBER,
    ExpressionError,
    Term,
    a_kind,
    check_kinds,
    check_member,
    literal_term,
    shown_as,
    suggestion,
)
from planner.engine.expression.tree import (
    MIRRORED,
    All,
    Check,
    Comparison,
    Either,
    Figure,
    Flag,
    Member,
    Negation,
    Node,
    Overlap,
    Switch,
    Truth,
)
from planner.engine.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

OPERATORS: Final[dict[type[ast.cmpop], str]] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
ORDERED: Final = ("<", "<=", ">", ">=")


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

    def truth(self, node: ast.expr) -> Node:
        """The node as something that is true or false."""
        match node:
            case ast.BoolOp(op=ast.And()):
                return All(tuple(self.truth(value) for value in node.values))
            case ast.BoolOp(op=ast.Or()):
                return Either(tuple(self.truth(value) for value in node.values))
            case ast.UnaryOp(op=ast.Not()):
                return Negation(self.truth(node.operand))
            case ast.Compare():
                return self._comparisons(node)
            case ast.Call():
                return self._any_of(node)
            case _:
                return self._flag(node)

    def _flag(self, node: ast.expr) -> Node:
        term = self._term(node)
        if term.kind != Kind.BOOL:
            raise ExpressionError(
                f"{shown_as(node)} is {a_kind(term.kind)}, not true or false; compare it with a value"
            )
        if term.is_input:
            return Flag(term.name)
        return Switch(term.constant) if isinstance(term.constant, Figure) else Truth(bool(term.constant))

    def _comparisons(self, node: ast.Compare) -> Node:
        tests: list[Node] = []
        left = node.left
        for operation, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(operation, (ast.In, ast.NotIn)):
                test = self._membership(left, right)
                tests.append(Negation(test) if isinstance(operation, ast.NotIn) else test)
            else:
                tests.append(self._comparison(left, operation, right))
            left = right
        return tests[0] if len(tests) == 1 else All(tuple(tests))

    def _comparison(self, left_node: ast.expr, operation: ast.cmpop, right_node: ast.expr) -> Node:
        operator = OPERATORS.get(type(operation))
        if operator is None:
            raise ExpressionError("only ==, !=, <, <=, >, >=, in and not in may compare")
        left, right = self._term(left_node), self._term(right_node)
        shown = f"{shown_as(left_node)} against {shown_as(right_node)}"
        check_kinds(left, right, shown)
        if operator in ORDERED and left.kind != NUMBER:
            raise ExpressionError(f"{shown}: only numbers can be larger or smaller")
        if not left.is_input:
            left, right, operator = right, left, MIRRORED[operator]
        if left.is_input and right.is_input:
            raise ExpressionError(
                f"{shown}: two inputs cannot be compared; declare an input that is their ratio and compare that with 1"
            )
        if left.is_input:
            return Comparison(left.name, operator, right.constant)
        if not isinstance(left.constant, Figure):
            left, right, operator = right, left, MIRRORED[operator]
        if not isinstance(left.constant, Figure):
            raise ExpressionError(f"{shown}: two constants; name an input")
        return Check(left.constant, operator, right.constant)

    def _membership(self, left_node: ast.expr, right_node: ast.expr) -> Node:
        if isinstance(right_node, (ast.Tuple, ast.List, ast.Set)):
            return self._one_of(left_node, right_node.elts)
        left, right = self._term(left_node), self._term(right_node)
        if right.kind != Kind.SET or not left.is_literal:
            raise ExpressionError(
                f"{shown_as(right_node)} is not a set; write 'value' in name_of_a_set, or name in ('a', 'b')"
            )
        check_member(right, left.constant)
        return Overlap(right.name, frozenset({left.constant}))

    def _one_of(self, left_node: ast.expr, nodes: list[ast.expr]) -> Node:
        left = self._term(left_node)
        terms = [self._term(node) for node in nodes]
        for term, node in zip(terms, nodes, strict=True):
            if not term.is_literal:
                raise ExpressionError(f"{shown_as(node)}: a list may hold literal values only")
            check_kinds(left, term, f"{shown_as(left_node)} against {shown_as(node)}")
        members = frozenset(term.constant for term in terms)
        if left.is_input:
            return Member(left.name, members)
        if not isinstance(left.constant, Figure):
            raise ExpressionError(f"{shown_as(left_node)}: two constants; name an input")
        return Either(tuple(Check(left.constant, "==", member) for member in sorted(members, key=str)))

    def _any_of(self, node: ast.Call) -> Node:
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
            check_member(subject, member.constant)
        return Overlap(subject.name, frozenset(member.constant for member in members))

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
        return Term(kind, name, declared.values)

    def _parameter(self, name: str) -> Term:
        if name not in self.known_parameters:
            raise ExpressionError(f"unknown parameter P.{name}{suggestion(name, self.known_parameters)}")
        self.parameters.append(name)
        kind = getattr(self.known_parameters[name], "kind", NUMBER)
        return Term(kind, f"P.{name}", constant=Figure(name))
