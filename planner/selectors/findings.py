"""What the analysis of a policy finds: the one place that asks it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from planner.engine import analysis

if TYPE_CHECKING:
    from datetime import date

    from planner.engine import Policy
    from planner.engine.analysis import Finding


@lru_cache(maxsize=8)
def findings(policy: Policy, day: date) -> tuple[Finding, ...]:
    """Dead, shadowed and contradicting rows, gaps, and figures past their review, the gravest first."""
    return analysis.findings(policy, day)


def news(policy: Policy, base: Policy, day: date) -> tuple[Finding, ...]:
    """What is found in the policy and was not found in its base: what an edit brought about."""
    before = set(map(_said, findings(base, day)))
    return tuple(each for each in findings(policy, day) if _said(each) not in before)


def _said(finding: Finding) -> tuple[str, ...]:
    return (finding.fault, finding.file, *finding.rows, finding.column)
