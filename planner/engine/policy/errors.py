"""What is wrong with a policy file, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class PolicyError(ValueError):
    """A policy file that cannot be used: file, row, column, and a message that tells the fix.

    Where a row is missing, `add` holds the cells of it that are known.
    """

    def __init__(
        self, file: str, row: str, column: str, message: str, *, add: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(f"{file}, row {row}, column {column}: {message}")
        self.file = file
        self.row = row
        self.column = column
        self.message = message
        self.add = add
