"""The golden cases asked of a policy: what each expects, and what the policy says now."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

from planner.engine import decide_workload, parse_workloads
from planner.engine.policy.load import SHIPPED
from pricing.feeds.reference import reference_snapshot

if TYPE_CHECKING:
    from datetime import date

    from planner.engine import Policy

FILES: Final = ("cases.json", "threshold_cases.json")
ASKED: Final = ("status", "now", "target")


@dataclass(frozen=True)
class CaseResult:
    """One part of a golden case: the answer expected and the answer found."""

    title: str
    segment: str
    expected: dict[str, Any]
    found: dict[str, Any]
    error: str = ""

    @property
    def passed(self) -> bool:
        return not self.error and self.expected == self.found


@cache
def cases() -> tuple[dict[str, Any], ...]:
    """The cases that come with the program."""
    return tuple(case for name in FILES for case in json.loads((SHIPPED / name).read_text("utf-8")))


@lru_cache(maxsize=16)
def golden(policy: Policy, day: date) -> tuple[CaseResult, ...]:
    """Every case under this policy as it reads on a day, at the reference prices; it never changes, so it is asked once."""
    return tuple(result for case in cases() for result in _results(policy, case, day))


def _results(policy: Policy, case: dict[str, Any], day: date) -> list[CaseResult]:
    expected = [{name: part["expect"][name] for name in ASKED} for part in case["segments"]]
    names = [str(part.get("name", "all")) for part in case["segments"]]
    prices = reference_snapshot()
    try:
        decision = decide_workload(policy, parse_workloads([case], policy)[0], prices, day)
        found = [{name: _plain(getattr(each, name)) for name in ASKED} for each in decision.segments]
    except Exception as error:  # noqa: BLE001  whatever a policy does to a case is that case's result
        return [
            CaseResult(case["title"], name, want, {}, str(error))
            for name, want in zip(names, expected, strict=True)
        ]
    return [CaseResult(case["title"], *each) for each in zip(names, expected, found, strict=True)]


def _plain(value: object) -> str | None:
    return None if value is None else str(value)
