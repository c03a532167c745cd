"""Why a condition holds or fails: the tests that settle it, each with what it read, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from planner.engine.amounts import in_words
from planner.engine.explain.words import listed
from planner.engine.expression.scalar import Finding, compiled
from planner.engine.expression.tree import (
    All,
    Check,
    Comparison,
    Either,
    Figure,
    Member,
    Negation,
    Overlap,
    Switch,
    Truth,
)
from planner.engine.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planner.engine.expression import Expression
    from planner.engine.expression.tree import Node
    from planner.engine.policy import Input, Policy

FEW: Final = 4
PHRASES: Final = {
    "<": "below",
    "<=": "at most",
    ">": "above",
    ">=": "at least",
    "==": "exactly",
    "!=": "other than",
}

OPPOSITE: Final = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


def tests_of(
    policy: Policy, expression: Expression, values: Mapping[str, Any], figures: Mapping[str, Any]
) -> dict[str, str]:
    """For each fact that settles a condition, its test in words: "First token within: 90 ms, below 100 ms"."""
    found: dict[str, dict[str, None]] = {}
    for each in decisive(expression.tree, values, figures):
        words = in_finding(policy.inputs[each.atom.name], each, figures)
        found.setdefault(each.atom.name, {})[words] = None
    return {name: "; ".join(words) for name, words in found.items()}


def reason(
    policy: Policy, expression: Expression, values: Mapping[str, Any], figures: Mapping[str, Any]
) -> str:
    """The tests that settle a condition, as one line."""
    return "; ".join(tests_of(policy, expression, values, figures).values())


def decisive(node: Node, values: Mapping[str, Any], figures: Mapping[str, Any]) -> Iterator[Finding]:
    """The tests without which the condition would not be what it is, from left to right."""
    match node:
        case Negation(part):
            yield from decisive(part, values, figures)
        case All(parts) | Either(parts):
            wanted = holds(node, values, figures)
            settling = [part for part in parts if holds(part, values, figures) == wanted]
            for part in settling:
                yield from decisive(part, values, figures)
        case Truth() | Switch() | Check():
            return
        case _:
            yield Finding(node, values.get(node.name), holds(node, values, figures))


def holds(node: Node, values: Mapping[str, Any], figures: Mapping[str, Any]) -> bool:
    return compiled(node)(values, figures)


def in_finding(declared: Input, finding: Finding, figures: Mapping[str, Any]) -> str:
    """One test in words: the fact, its value, and what it was held against."""
    return f"{declared.label}: {_found(declared, finding, figures)}"


def _found(declared: Input, finding: Finding, figures: Mapping[str, Any]) -> str:
    if finding.value is None:
        return "not known"
    match finding.atom:
        case Comparison(_, operator, constant):
            limit = figures[constant.name] if isinstance(constant, Figure) else constant
            return _compared(declared, finding, operator, limit)
        case Overlap(_, members):
            return _overlap(declared, finding, members)
        case Member(_, members) if not finding.held:
            return f"{_words(declared, finding.value)}, not {_some(declared, members)}"
        case _:
            return _words(declared, finding.value)


def _compared(declared: Input, finding: Finding, operator: str, limit: Any) -> str:
    value = _words(declared, finding.value)
    if declared.type not in (Kind.INT, Kind.NUMBER):
        return value if (operator == "==") == finding.held else f"{value}, not {_words(declared, limit)}"
    phrase = PHRASES[operator if finding.held else OPPOSITE[operator]]
    return f"{value}, {phrase} {in_words(limit, declared.unit.partition('/')[0])}"


def _overlap(declared: Input, finding: Finding, members: frozenset[str]) -> str:
    met = members.intersection(finding.value)
    return (
        _words(declared, met) if met else f"{_words(declared, finding.value)}, not {_some(declared, members)}"
    )


def _some(declared: Input, members: frozenset[Any]) -> str:
    names = [_words(declared, each) for each in sorted(members, key=str)]
    return listed(names, "or") if len(names) <= FEW else "one of those that count"


def _words(declared: Input, value: Any) -> str:
    return in_words(value, declared.unit, declared.labels)
