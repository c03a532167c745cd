"""Statements: what the guides say, one by one, and the reasons of those that are no row."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from planner.engine.expression import suggestion
from planner.engine.policy.errors import PolicyError
from planner.engine.policy.parameters import Reference

if TYPE_CHECKING:
    from collections.abc import Mapping

STATEMENTS: Final = "statements.csv"
COVERAGE: Final = "coverage.toml"
COLUMNS: Final = ("id", "kind", "condition", "outcome", "document", "line", "quote", "same_as")
REASON_COLUMNS: Final = ("id", "reason", "shown_at", "restates")


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing a guide says. A restatement says in other words what the statement in `same_as` says."""

    id: str
    kind: str
    condition: str
    outcome: str
    source: Reference
    same_as: str

    @property
    def canonical(self) -> bool:
        return not self.same_as


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a statement is no row, and the places that carry it instead, each written kind:name."""

    id: str
    reason: str
    shown_at: tuple[str, ...]
    restates: tuple[str, ...]


def read_statements(text: str) -> dict[str, Any]:
    """The document of a list of statements in CSV."""
    return {"rows": list(csv.DictReader(text.splitlines(), restkey="beyond the last column"))}


def statements_of(document: Mapping[str, Any]) -> dict[str, Statement]:
    """The statements of a document by their ids; refused when one is incomplete, twice there or restates none."""
    statements: dict[str, Statement] = {}
    for position, cells in enumerate(document.get("rows", []), start=1):
        statement = _statement(cells, position)
        if statement.id in statements:
            raise PolicyError(STATEMENTS, statement.id, "id", "is used twice")
        statements[statement.id] = statement
    for statement in statements.values():
        _check_restatement(statement, statements)
    return statements


def _statement(cells: Mapping[str, Any], position: int) -> Statement:
    row = str(cells.get("id") or f"number {position}")
    for column in cells:
        if column not in COLUMNS:
            raise PolicyError(
                STATEMENTS, row, column, f"is not known{suggestion(column, dict.fromkeys(COLUMNS))}"
            )
    for column in COLUMNS:
        if cells.get(column) is None:
            raise PolicyError(STATEMENTS, row, column, "is missing")
    if not str(cells["line"]).isdecimal():
        raise PolicyError(STATEMENTS, row, "line", f"{cells['line']!r} is not the number of a line")
    return Statement(
        id=row,
        kind=str(cells["kind"]),
        condition=str(cells["condition"]),
        outcome=str(cells["outcome"]),
        source=Reference(str(cells["document"]), str(cells["quote"]), int(cells["line"])),
        same_as=str(cells["same_as"]),
    )


def _check_restatement(statement: Statement, statements: Mapping[str, Statement]) -> None:
    """Raises PolicyError unless what it restates is there and is no restatement itself."""
    if statement.canonical:
        return
    said_first = statements.get(statement.same_as)
    if said_first is None:
        hint = suggestion(statement.same_as, statements)
        raise PolicyError(
            STATEMENTS, statement.id, "same_as", f"names no statement: {statement.same_as!r}{hint}"
        )
    if not said_first.canonical:
        raise PolicyError(
            STATEMENTS,
            statement.id,
            "same_as",
            f"{said_first.id} restates {said_first.same_as}; name that one",
        )


def reasons_of(document: Mapping[str, Any]) -> dict[str, Reason]:
    """The reasons of a document by the statements they are given for."""
    reasons: dict[str, Reason] = {}
    for position, cells in enumerate(document.get("rows", []), start=1):
        reason = _reason(cells, position)
        if reason.id in reasons:
            raise PolicyError(COVERAGE, reason.id, "id", "is used twice")
        reasons[reason.id] = reason
    return reasons


def _reason(cells: Mapping[str, Any], position: int) -> Reason:
    row = str(cells.get("id") or f"number {position}")
    for column in cells:
        if column not in REASON_COLUMNS:
            raise PolicyError(
                COVERAGE, row, column, f"is not known{suggestion(column, dict.fromkeys(REASON_COLUMNS))}"
            )
    for column in ("id", "reason", "shown_at"):
        if not cells.get(column):
            raise PolicyError(COVERAGE, row, column, "is missing")
    return Reason(row, str(cells["reason"]), tuple(cells["shown_at"]), tuple(cells.get("restates", ())))
