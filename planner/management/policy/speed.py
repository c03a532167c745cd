"""How long the analysis of a policy takes, for `manage.py bench engine`."""

from __future__ import annotations

import json
import tomllib
from itertools import cycle
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from planner.engine.analysis import findings
from planner.engine.policy import build_policy
from planner.engine.policy.load import OTHER_FILES, SHIPPED, TABLES
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
    documents = {name: _read(name) for name in (*OTHER_FILES, *TABLES)}
    originals = [(table, row) for table in COPIED for row in documents[table]["rows"] if "when" in row]
    missing = rows - sum(len(documents[table].get("rows", ())) for table in TABLES)
    for number, (table, row) in zip(range(missing), cycle(originals), strict=False):
        narrowed = f"({row['when']}) and tokens_month >= {(number + 1) * 1_000_000}"
        copy = json.loads(json.dumps({**row, "id": f"{row['id']}-{number}", "when": narrowed}, default=str))
        documents[table]["rows"].append(copy)
    return build_policy(documents)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((SHIPPED / f"{name}.toml").read_text(encoding="utf-8"))
