"""A policy made ready for columns: every condition with its parameters settled for the day, and what it reads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from planner.engine.columns.costs import READS
from planner.engine.columns.derive import Derivation, derivations
from planner.engine.decide import Basis
from planner.engine.expression.tree import Comparison, Member, atoms, settled
from planner.engine.vocabulary import VARIANTS, Strength

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date

    from planner.engine.expression.tree import Atom, Node
    from planner.engine.facts import PriceSnapshot
    from planner.engine.policy import Policy, Row

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
    reads: frozenset[str]  # every input an answer hangs on, through what is derived and what is paid too
    cuts: Mapping[str, frozenset[float]]  # the constants each number is compared with

    @classmethod
    def of(cls, basis: Basis) -> Program:
        def rules(table: str, *columns: str) -> tuple[Rule, ...]:
            return tuple(_rule(basis, row, columns) for row in basis.policy.rows(table))

        preferences = rules("preferences", "when")
        constraints, gates = (
            rules("constraints", "when"),
            rules("gates", "when", "closed_when", "closable_when"),
        )
        rules_read = (*preferences, *constraints, *gates)
        read = frozenset().union(*(rule.reads for rule in rules_read))
        needed = _needed(derivations(basis.policy), read)
        return cls(
            basis=basis,
            constraints=constraints,
            gates=gates,
            strong=tuple(rule for rule in preferences if rule.row.strength == Strength.STRONG),
            weak=tuple(rule for rule in preferences if rule.row.strength == Strength.WEAK),
            derivations=needed,
            tolerance=float(basis.figures[basis.policy.tie_tolerance]),
            reads=frozenset().union(read, READS, *(each.reads for each in needed)),
            cuts=_cuts(rules_read),
        )

    @classmethod
    @lru_cache(maxsize=8)
    def on(cls, policy: Policy, prices: PriceSnapshot, as_of: date) -> Program:
        """The program of a policy at the prices of a day; policies and snapshots never change, so it is kept."""
        return cls.of(Basis.of(policy, prices, as_of))

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


def _cuts(rules: Iterable[Rule]) -> dict[str, frozenset[float]]:
    found: dict[str, set[float]] = {}
    for rule in rules:
        for condition in rule.conditions.values():
            for atom in atoms(condition.node) if condition.node else ():
                found.setdefault(atom.name, set()).update(_numbers(atom))
    return {name: frozenset(values) for name, values in found.items() if values}


def _numbers(atom: Atom) -> Iterator[float]:
    compared: Iterable[Any] = ()
    if isinstance(atom, Comparison):
        compared = (atom.value,)
    elif isinstance(atom, Member):
        compared = atom.members
    for value in compared:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            yield float(value)


def _needed(known: tuple[Derivation, ...], read: frozenset[str]) -> tuple[Derivation, ...]:
    """Of what can be derived, what a condition or a cost reads, and what that needs in turn."""
    wanted, chosen = set(read) | {"complexity"}, []
    for each in reversed(known):
        if each.name in wanted:
            wanted |= each.reads
            chosen.append(each)
    return tuple(reversed(chosen))
