"""The guides beside the rows made of them: statements, the reasons of those that are no row, and settlements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.engine.policy.settlements import Known, Settlement, settlements_of
from planner.engine.policy.statements import Reason, Statement, reasons_of, statements_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from planner.engine.policy.rows import Row


@dataclass(frozen=True, slots=True)
class Guides:
    """What the guides say and what became of it; empty in a policy kept before it belonged to one."""

    statements: Mapping[str, Statement]
    reasons: Mapping[str, Reason]
    settlements: Mapping[str, Settlement]


def guides_of(
    documents: Mapping[str, Mapping[str, Any]],
    tables: Mapping[str, Iterable[Row]],
    parameters: Collection[str],
) -> Guides:
    """The guides of a policy's documents, checked against its rows and parameters."""
    statements = statements_of(documents.get("statements", {}))
    rows = {row.id: None for table in tables.values() for row in table}
    return Guides(
        statements=statements,
        reasons=reasons_of(documents.get("coverage", {})),
        settlements=settlements_of(documents.get("settlements", {}), Known(statements, rows, parameters)),
    )
