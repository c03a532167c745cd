"""Tables of configurations as commands take them: a file or standard input, in the columns of throughput.csv."""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from planner.engine.capacity import CapacityError, as_row
from planner.engine.capacity.rows import ASKED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planner.engine.capacity import Row

STDIN = "-"


class TableError(ValueError):
    """A file that is no table of configurations, in one sentence."""


@dataclass(frozen=True, slots=True)
class Read:
    """One line of a table: its id, and either the configuration or the column and the sentence that say why not."""

    row_id: str
    row: Row | None
    column: str = ""
    message: str = ""


def read(name: str) -> list[Read]:
    """Every line of a CSV file, or of standard input where the name is "-". TableError for a file that cannot be
    read, is no text, has no rows or lacks a column; what is wrong with single lines stands in them.
    """
    lines = csv.DictReader(StringIO(_text(name), newline=""), strict=True)
    try:
        missing = [column for column in ASKED if column not in (lines.fieldnames or ())]
        if missing:
            raise TableError(
                f"{_called(name)} has no column {', '.join(missing)}; needed: {', '.join(ASKED)}."
            )
        found = [_line(number, cells) for number, cells in enumerate(lines, start=1)]
    except csv.Error as error:
        raise TableError(f"{_called(name)} is not CSV: {error}, line {lines.line_num}.") from None
    if not found:
        raise TableError(f"{_called(name)} has a header and no rows.")
    return found


def _line(number: int, cells: dict[str, str]) -> Read:
    row_id = (cells.get("row_id") or "").strip()
    try:
        return Read(row_id, as_row(cells))
    except CapacityError as error:
        return Read(row_id or f"line {number}", None, error.about, error.message)


def _text(name: str) -> str:
    try:
        content = sys.stdin.buffer.read() if name == STDIN else Path(name).read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        raise TableError(f"{name} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise TableError(f"{_called(name)} is not text in UTF-8.") from None


def _called(name: str) -> str:
    return "Standard input" if name == STDIN else name


def known(lines: Iterable[Read]) -> list[Row]:
    """The lines that could be read."""
    return [line.row for line in lines if line.row is not None]
