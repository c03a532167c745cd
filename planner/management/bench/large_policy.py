"""A policy of many rows, to measure the analysis with."""

from __future__ import annotations

from copy import deepcopy
from itertools import cycle
from typing import TYPE_CHECKING, Any, Final

from planner.engine.policy import build_policy
from planner.engine.policy.load import SHIPPED, TABLES, read_documents

if TYPE_CHECKING:
    from planner.engine import Policy

ROWS: Final = 400
COPIED: Final = ("constraints", "preferences", "gates", "triggers", "risks")


def large_policy(rows: int = ROWS) -> Policy:
    """The shipped policy with copies of its rows, each narrowed by a threshold of its own, until it has so many.

    A policy that has more already stays as it is.
    """
    documents: Any = deepcopy(read_documents(SHIPPED))
    originals = [(table, row) for table in COPIED for row in documents[table]["rows"] if "when" in row]
    missing = rows - sum(len(documents[table].get("rows", ())) for table in TABLES)
    for number, (table, row) in zip(range(missing), cycle(originals), strict=False):
        narrowed = f"({row['when']}) and tokens_month >= {(number + 1) * 1_000_000}"
        documents[table]["rows"].append({**row, "id": f"{row['id']}-{number}", "when": narrowed})
    return build_policy(documents)


def rows_of(policy: Policy) -> int:
    """How many rows its tables have together."""
    return sum(len(rows) for rows in policy.tables.values())
