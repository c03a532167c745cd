"""A policy made ready for columns: every condition with its parameters settled for the day, and what it reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from planner.engine.columns.derive import Derivation, derivations
from planner.engine.expression.tree import settled
from planner.engine.vocabulary import VARIANTS, Strength

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from planner.engine.decide import Basis
    from planner.engine.expression.tree import Node
    from planner.engine.policy import Row

EVERY: Final = (1 << len(VARIANTS)) - 1


def bits(variants: Collection[str]) -> int:
    """Placements as a bit mask, the least sovereign lowest."""
    return sum(1 << VARIANTS.index(variant) for variant in variants)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of a row, settled: None holds always."""

    node: Node | None
    reads: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rule:
    """A row with the placements it leaves (or, of a gate, those it stands before)."""

    row: Row
    mask: int
    conditions: Mapping[str, Condition]

    @property
    def reads(self) -> frozenset[str]:
        return frozenset().union(*(each.reads for each in self.conditions.values()))


@dataclass(frozen=True, slots=True)
class Program:
    """What is evaluated for every segment, in policy order."""

    basis: Basis
    constraints: tuple[Rule, ...]
    gates: tuple[Rule, ...]
    strong: tuple[Rule, ...]
    weak: tuple[Rule, ...]
    derivations: tuple[Derivation, ...]
    tolerance: float

    @classmethod
    def of(cls, basis: Basis) -> Program:
        def rules(table: str, *columns: str) -> tuple[Rule, ...]:
            return tuple(_rule(basis, row, columns) for row in basis.policy.rows(table))

        preferences = rules("preferences", "when")
        constraints, gates = (
            rules("constraints", "when"),
            rules("gates", "when", "closed_when", "closable_when"),
        )
        read = frozenset().union(*(rule.reads for rule in (*preferences, *constraints, *gates)))
        return cls(
            basis=basis,
            constraints=constraints,
            gates=gates,
            strong=tuple(rule for rule in preferences if rule.row.strength == Strength.STRONG),
            weak=tuple(rule for rule in preferences if rule.row.strength == Strength.WEAK),
            derivations=_needed(derivations(basis.policy), read),
            tolerance=float(basis.figures[basis.policy.tie_tolerance]),
        )

    @property
    def rules(self) -> tuple[Rule, ...]:
        return (*self.constraints, *self.gates, *self.strong, *self.weak)


def _rule(basis: Basis, row: Row, columns: tuple[str, ...]) -> Rule:
    conditions = {column: _condition(basis, row, column) for column in columns}
    return Rule(row, bits(row.mask), conditions)


def _condition(basis: Basis, row: Row, column: str) -> Condition:
    expression = row.expressions.get(column)
    if expression is None:
        return Condition(None, frozenset())
    return Condition(settled(expression.tree, basis.figures), frozenset(expression.names))


def _needed(known: tuple[Derivation, ...], read: frozenset[str]) -> tuple[Derivation, ...]:
    """Of what can be derived, what a condition or a cost reads, and what that needs in turn."""
    wanted, chosen = set(read) | {"complexity"}, []
    for each in reversed(known):
        if each.name in wanted:
            wanted |= each.reads
            chosen.append(each)
    return tuple(reversed(chosen))
