"""What the analysis of a policy finds: the one place that asks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from planner.engine import Policy


def findings(policy: Policy, day: date) -> tuple[Any, ...]:
    """Dead, shadowed and contradicting rows, gaps, and figures past their review; none while nobody computes them."""
    return ()
