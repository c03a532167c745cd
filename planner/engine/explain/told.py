"""A segment's decision together with all that is needed to tell why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.engine.binding import binding
from planner.engine.choose import Scale

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.engine.decision import SegmentDecision, WorkloadDecision
    from planner.engine.policy import Policy, Row
    from planner.engine.reading import Reading


@dataclass(frozen=True, slots=True)
class Told:
    """The decision on a segment, the policy with its figures of the day, and the rows that bind."""

    policy: Policy
    figures: Mapping[str, Any]
    segment: SegmentDecision
    scale: Scale
    binding: frozenset[str]

    @classmethod
    def of(cls, decision: WorkloadDecision, segment: SegmentDecision) -> Told:
        policy, figures = decision.policy, decision.policy.figures(decision.as_of)
        scale = Scale.of(policy, segment.reading.values, figures, segment.amounts)
        return cls(policy, figures, segment, scale, binding(scale, segment))

    def reading_where(self, row: Row, column: str, *, holds: bool) -> Reading:
        """The reading that settles a condition: the one in force, unless only the proposal does."""
        readings = self.segment.readings
        agreeing = (each for each in readings if row.holds(column, each.values, self.figures) == holds)
        return next(agreeing, readings[0])
