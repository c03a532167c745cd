"""A row of a draft as a person edits it: each cell as text, with what it was, what is wrong, and how it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from planner.engine.policy.cells import columns_of, entries
from planner.engine.policy.rows import CHOICES, COLUMNS, EXPRESSIONS, MASKS, REQUIRED
from planner.selectors.cells import column_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.engine.policy.cells import Documents
    from planner.models import PolicyDraft


class Control(StrEnum):
    """How a cell is asked for."""

    LINE = "line"
    LONG = "long"
    CONDITION = "condition"
    CHOICE = "choice"
    YES_NO = "yes_no"
    PLACEMENTS = "placements"
    DAY = "day"


FIRST: Final = ("label", "sentence", "when", *MASKS)  # what a row is about comes first
CITED: Final = ("source.document", "source.line", "source.quote")
LABELS: Final = {
    "source.document": "Source: document",
    "source.line": "Source: line",
    "source.quote": "Source: what it says there",
}
ALSO: Final = {  # what else may be changed, cell by cell, besides rows
    "parameters": ("label", "unit", "guess", "marker", "checked"),
    "inputs": ("unknown",),
}
YES_NO: Final = ("waivable", "statutory", "shared", "below", "guess", "marker")
LONG: Final = ("sentence", "mitigation", "source.quote")
HELP: Final = {
    "when": "Facts are written by their names, parameters as P.name; and, or, not, in, any_of(set, 'a', 'b').",
    "unknown": "What is assumed until somebody knows; block: no firm answer without it.",
    "allow": "The placements the rule leaves.",
    "needs": "Rows or facts it waits for, with commas.",
    "produces": "What it makes true, with commas.",
    "checked": "The day somebody last held the figure against its source.",
    "restates": "Statements of the guides that say the same, with commas.",
}


@dataclass(frozen=True)
class Cell:
    """One cell: the text kept, the text the active policy has, and what is wrong with it."""

    table: str
    column: str
    text: str
    was: str
    error: str = ""
    new_row: bool = False

    @property
    def label(self) -> str:
        return LABELS.get(self.column) or column_label(self.column)

    @property
    def required(self) -> bool:
        """Whether a row without it is no row."""
        if self.table in ALSO:
            return self.column in ("label", "checked", "unknown")
        return self.column == "id" or self.column.partition(".")[0] in REQUIRED.get(self.table, ("source",))

    @property
    def help(self) -> str:
        """What belongs here; and the text before, where it is another one."""
        was = f"Before: {self.was or 'empty'}" if self.text != self.was and not self.new_row else ""
        return " ".join(part for part in (HELP.get(self.column, ""), was) if part)

    @property
    def control(self) -> Control:
        if self.column in MASKS:
            return Control.PLACEMENTS
        if self.column in EXPRESSIONS:
            return Control.CONDITION
        if self.column in YES_NO:
            return Control.YES_NO
        if self.choices:
            return Control.CHOICE
        if self.column == "checked":
            return Control.DAY
        return Control.LONG if self.column in LONG else Control.LINE

    @property
    def choices(self) -> tuple[str, ...]:
        return CHOICES.get((self.table, self.column), ())

    @property
    def shown(self) -> str | list[str]:
        """The text as its control takes it."""
        if self.control is Control.PLACEMENTS:
            return [part.strip() for part in self.text.split(",") if part.strip()]
        return self.text


def editable_columns(table: str) -> tuple[str, ...]:
    """The columns of a table that a draft may change, the source in its three parts; none where it may not."""
    if table in ALSO:
        return ALSO[table]
    plain = [column for column in COLUMNS.get(table, ()) if column not in (*FIRST, "id", "source")]
    first = [column for column in FIRST if column in COLUMNS.get(table, ())]
    return (*first, *plain, *CITED) if table in COLUMNS else ()


def cells(draft: PolicyDraft, base: Documents, table: str, row: str) -> list[Cell]:
    """The row's cells; empty where the draft has no such row."""
    found = entries(draft.document.get(table, {})).get(row)
    if found is None:
        return []
    now, was = columns_of(found), columns_of(entries(base.get(table, {})).get(row, {}))
    refused = {each["column"]: each for each in draft.refused if (each["table"], each["row"]) == (table, row)}
    columns = tuple(now) if table == "tiers" else editable_columns(table)
    return [_cell(table, column, now, was, refused.get(column)) for column in columns]


def blank_cells(table: str, refused: Mapping[str, Any] | None = None) -> list[Cell]:
    """The cells of a row that is not there yet, with the text that could not be read and why."""
    typed, wrong = (refused["text"], refused["at_column"]) if refused else ({}, "")
    columns = ("id", *editable_columns(table))
    place = (
        wrong if wrong in columns else next((each for each in columns if each.startswith(f"{wrong}.")), "id")
    )
    errors = {place: refused["message"]} if refused else {}
    return [
        Cell(table, column, typed.get(column, ""), "", errors.get(column, ""), new_row=True)
        for column in columns
    ]


def _cell(
    table: str,
    column: str,
    now: Mapping[str, Any],
    was: Mapping[str, Any],
    refused: Mapping[str, Any] | None,
) -> Cell:
    before = as_typed(was.get(column))
    if refused:
        return Cell(table, column, refused["text"], before, refused["message"])
    return Cell(table, column, as_typed(now.get(column)), before)


def as_typed(value: object) -> str:
    """A cell as it is typed: lists with commas, true and false, numbers without separators."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple, frozenset, set)):
        return ", ".join(as_typed(each) for each in value)
    return str(value)
