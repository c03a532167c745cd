"""A plain, staffed-by-nobody, approved workload, and the shortest way to change one fact and decide it again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from planner.engine import decide_workload, load_policy, parse_workloads, record
from pricing.feeds.reference import reference_snapshot

POLICY = load_policy()
PRICES = reference_snapshot()
AS_OF = PRICES.as_of
CASES = json.loads((Path(__file__).parents[2] / "planner/policy/cases.json").read_text("utf-8"))
STAFFED: dict[str, Any] = {
    "ml_engineers": 2,
    "mlops_engineers": 2,
    "data_engineers": 1,
    "gpu_stack_people": 3,
    "gpu_prod_experience": True,
    "oncall_24x7": True,
    "willing_to_hire": True,
}
OWNING = STAFFED | {"facilities_ready": True, "upfront_budget": 1_000_000}
ORGANISATION = CASES[1]["organisation"]
PLAIN = CASES[1]["segments"][0]["facts"]


def case(number: int) -> dict[str, Any]:
    """A copy of a golden case."""
    found = next(entry for entry in CASES if entry["id"] == number)
    copied: dict[str, Any] = json.loads(json.dumps(found))
    return copied


def workload(
    organisation: dict[str, Any] | None = None,
    classification: str = "approved",
    pending: Any = None,
    **facts: Any,
) -> Any:
    """The plain workload with some facts changed; None takes a fact away."""
    known = {name: value for name, value in {**PLAIN, **facts}.items() if value is not None}
    segment = {
        "name": "all",
        "share": 100,
        "classification": classification,
        "facts": known,
        "pending": pending,
    }
    document = {
        "organisation": ORGANISATION | (organisation or {}),
        "workloads": [{"name": "plain", "segments": [segment]}],
    }
    return parse_workloads(document, POLICY)[0]


def decide(organisation: dict[str, Any] | None = None, **facts: Any) -> Any:
    """The decision on the plain workload's only segment, with some facts changed."""
    return decide_workload(POLICY, workload(organisation, **facts), PRICES, AS_OF).segments[0]


def recorded(organisation: dict[str, Any] | None = None, **facts: Any) -> dict[str, Any]:
    """The record of the same."""
    return record(decide_workload(POLICY, workload(organisation, **facts), PRICES, AS_OF))
