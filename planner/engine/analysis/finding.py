"""What the analysis of a policy found: where, how grave, in a sentence, and what to add."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.engine.policy import PolicyError


class Severity(StrEnum):
    """An error stops a policy; a warning is a probable mistake; a note is worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Fault(StrEnum):
    """The kinds of findings, in the order in which they are told."""

    REFUSED = "refused"
    UNSEEN = "not analysed"
    DEAD = "dead row"
    ASLEEP = "sleeping row"
    ALWAYS = "row that always holds"
    NEVER_CLOSED = "gate nobody can close"
    NEVER_OPEN = "gate that never stands open"
    SHADOWED = "shadowed row"
    CONTRADICTION = "contradiction"
    THREE_WAY = "contradiction of three rows"
    ACCEPTED = "accepted contradiction"
    STALE = "parameter to review"
    UNREAD = "read by nobody"
    UNEXERCISED = "row no case exercises"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `box` is where it applies, in words; `condition` the same as a condition; `add` cells that answer it."""

    fault: Fault
    severity: Severity
    file: str
    rows: tuple[str, ...]
    column: str
    sentence: str
    box: str = ""
    condition: str = ""
    add: Mapping[str, Any] | None = None

    def document(self) -> dict[str, Any]:
        """The finding as plain data, for JSON."""
        return {
            "fault": str(self.fault),
            "severity": str(self.severity),
            "file": self.file,
            "rows": list(self.rows),
            "column": self.column,
            "sentence": self.sentence,
            "box": self.box,
            "condition": self.condition,
            "add": dict(self.add) if self.add else None,
        }


def refusal(error: PolicyError) -> Finding:
    """The mistake for which a policy was not even loaded."""
    return Finding(
        Fault.REFUSED, Severity.ERROR, error.file, (error.row,), error.column, error.message, add=error.add
    )
