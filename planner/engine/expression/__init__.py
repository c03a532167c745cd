"""Conditions of policy rows: Python's syntax behind a whitelist, checked against the inputs, never evaluated by Python.

Allowed are names of inputs, literals, `P.name` for parameters, comparisons, `in`, `and`, `or`, `not`, and
`any_of(set, ...)`. Everything else is refused when the row is written. One parsed tree serves every backend: one
set of values with its trace (`scalar`), columns of many (`columns`), and boxes for the analysis of a policy.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.engine.expression.parser import InputShape, Parser
from planner.engine.expression.scalar import Evaluate, Finding, Names, compiled, findings
from planner.engine.expression.terms import ExpressionError, suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.engine.expression.tree import Node

__all__ = ["Expression", "ExpressionError", "Finding", "InputShape", "parse", "suggestion"]


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked condition: which inputs and parameters it reads, its tree, and how to ask it."""

    text: str
    names: tuple[str, ...]
    parameters: tuple[str, ...]
    tree: Node
    test: Evaluate

    def holds(self, values: Names, parameters: Names) -> bool:
        """Whether the condition is true of these values; a comparison with an unknown value is not."""
        return self.test(values, parameters)

    def trace(self, values: Names, parameters: Names) -> tuple[Finding, ...]:
        """What each test of the condition read, and whether it held."""
        return findings(self.tree, values, parameters)


def parse(text: str, inputs: Mapping[str, InputShape], parameters: Mapping[str, Any]) -> Expression:
    """The condition, checked against the declared inputs and parameters."""
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError as error:
        raise ExpressionError(f"cannot be read as a condition: {error.msg}") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError(f"cannot be read as a condition: {error or 'too deeply nested'}") from error
    parser = Parser(inputs, parameters)
    node = parser.truth(tree.body)
    names, read = dict.fromkeys(parser.names), dict.fromkeys(parser.parameters)
    return Expression(text, tuple(names), tuple(read), node, compiled(node))
