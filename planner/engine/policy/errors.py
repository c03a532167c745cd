"""What is wrong with a policy file, and where."""

from __future__ import annotations


class PolicyError(ValueError):
    """A policy file that cannot be used: file, row, column, and a message that tells the fix."""

    def __init__(self, file: str, row: str, column: str, message: str) -> None:
        super().__init__(f"{file}, row {row}, column {column}: {message}")
        self.file = file
        self.row = row
        self.column = column
        self.message = message
