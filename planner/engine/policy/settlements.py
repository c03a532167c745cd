"""Settlements: where the guides contradict each other, how it is settled, and the rows and parameters that do it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from planner.engine.expression import suggestion
from planner.engine.policy.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

FILE: Final = "settlements.toml"
COLUMNS: Final = ("id", "label", "clash", "sentence", "rows", "parameters")
REQUIRED: Final = ("id", "label", "clash", "sentence")


@dataclass(frozen=True, slots=True)
class Settlement:
    """A contradiction of the guides: the statements that clash, what holds instead, and where to change it."""

    id: str
    label: str
    clash: tuple[str, ...]
    sentence: str
    rows: tuple[str, ...]
    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What a settlement may name."""

    statements: Collection[str]
    rows: Collection[str]
    parameters: Collection[str]


def settlements_of(document: Mapping[str, Any], known: Known) -> dict[str, Settlement]:
    """The settlements of a document by their ids; refused when one names what is not there or nothing to change."""
    settlements: dict[str, Settlement] = {}
    for position, cells in enumerate(document.get("rows", []), start=1):
        settlement = _settlement(cells, position, known)
        if settlement.id in settlements:
            raise PolicyError(FILE, settlement.id, "id", "is used twice")
        settlements[settlement.id] = settlement
    return settlements


def _settlement(cells: Mapping[str, Any], position: int, known: Known) -> Settlement:
    row = str(cells.get("id") or f"number {position}")
    for column in cells:
        if column not in COLUMNS:
            raise PolicyError(FILE, row, column, f"is not known{suggestion(column, dict.fromkeys(COLUMNS))}")
    for column in REQUIRED:
        if not cells.get(column):
            raise PolicyError(FILE, row, column, "is missing")
    if not cells.get("rows") and not cells.get("parameters"):
        raise PolicyError(FILE, row, "rows", "names neither a row nor a parameter that a user could change")
    return Settlement(
        id=row,
        label=str(cells["label"]),
        clash=_names(row, "clash", cells, known.statements),
        sentence=str(cells["sentence"]),
        rows=_names(row, "rows", cells, known.rows),
        parameters=_names(row, "parameters", cells, known.parameters),
    )


def _names(row: str, column: str, cells: Mapping[str, Any], known: Collection[str]) -> tuple[str, ...]:
    for name in cells.get(column, ()):
        if name not in known:
            raise PolicyError(
                FILE,
                row,
                column,
                f"names nothing that is there: {name!r}{suggestion(str(name), dict.fromkeys(known))}",
            )
    return tuple(cells.get(column, ()))
