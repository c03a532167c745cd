"""How long the analysis of a policy takes, for `manage.py bench engine`."""

from __future__ import annotations

import copy
import json
from itertools import cycle
from time import perf_counter
from typing import TYPE_CHECKING, Final

from planner.engine.analysis import findings
from planner.engine.policy import build_policy
from planner.engine.policy.load import SHIPPED, TABLES, read_documents
from pricing.feeds.reference import reference_snapshot

if TYPE_CHECKING:
    from planner.engine import Policy

ROWS: Final = 400
COPIED: Final = ("constraints", "preferences", "gates", "triggers", "risks")


def measure(repeats: int = 5) -> float:
    """Seconds for the whole analysis of a policy of 400 rows, the best of several runs."""
    policy, as_of = large_policy(), reference_snapshot().as_of
    runs = []
    for _ in range(repeats):
        start = perf_counter()
        findings(policy, as_of)
        runs.append(perf_counter() - start)
    return min(runs)


def large_policy(rows: int = ROWS) -> Policy:
    """The shipped policy with copies of its rows, each narrowed by a threshold of its own, until it has so many."""
    documents = copy.deepcopy(read_documents(SHIPPED))
    originals = [(table, row) for table in COPIED for row in documents[table]["rows"] if "when" in row]
    missing = rows - sum(len(documents[table].get("rows", ())) for table in TABLES)
    for number, (table, row) in zip(range(missing), cycle(originals), strict=False):
        narrowed = f"({row['when']}) and tokens_month >= {(number + 1) * 1_000_000}"
        other = json.loads(json.dumps({**row, "id": f"{row['id']}-{number}", "when": narrowed}, default=str))
        documents[table]["rows"].append(other)
    return build_policy(documents)
