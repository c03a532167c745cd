"""A policy on a day as a map: every condition of every row as a region of one space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.engine.analysis.finding import Fault, Finding, Severity
from planner.engine.expression import ExpressionError
from planner.engine.expression.boxes import Space
from planner.engine.expression.tree import settled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from planner.engine.expression.boxes import Region
    from planner.engine.expression.tree import Node
    from planner.engine.policy import Policy, Row

Place = tuple[str, str, str]  # table, row, column


@dataclass(frozen=True)
class Mapped:
    """The conditions that could be drawn, each as a region; `unseen` tells of those that could not."""

    policy: Policy
    figures: Mapping[str, Any]
    space: Space
    regions: Mapping[Place, Region]
    unseen: tuple[Finding, ...]

    @classmethod
    def of(cls, policy: Policy, as_of: date) -> Mapped:
        """Raises ExpressionError where one input has too many values told apart to draw anything."""
        figures = policy.figures(as_of)
        nodes = dict(_nodes(policy, figures))
        space = Space.of(policy.inputs, nodes.values())
        regions: dict[Place, Region] = {}
        unseen: list[Finding] = []
        for place, node in nodes.items():
            try:
                regions[place] = space.region(node)
            except ExpressionError as error:
                unseen.append(_unseen(place, error))
        return cls(policy, figures, space, regions, tuple(unseen))

    def region(self, row: Row, column: str = "when") -> Region | None:
        """Where a row's condition holds; None where it has none, or one that could not be drawn."""
        return self.regions.get((row.table, row.id, column))

    def rows(self) -> Iterator[tuple[Row, str, Region]]:
        """Every condition drawn, with its row and column."""
        for table, rows in self.policy.tables.items():
            for row in rows:
                for column in row.expressions:
                    region = self.regions.get((table, row.id, column))
                    if region is not None:
                        yield row, column, region


def _nodes(policy: Policy, figures: Mapping[str, Any]) -> Iterator[tuple[Place, Node]]:
    for table, rows in policy.tables.items():
        for row in rows:
            for column, expression in row.expressions.items():
                yield (table, row.id, column), settled(expression.tree, figures)


def _unseen(place: Place, error: ExpressionError) -> Finding:
    table, row, column = place
    return Finding(Fault.UNSEEN, Severity.WARNING, f"{table}.toml", (row,), column, f"The condition {error}.")
