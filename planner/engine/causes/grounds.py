"""All that a decision follows from, in groups that can be taken from one decision or from another.

Every input belongs to exactly one group, so taking none gives the one decision's inputs and taking all the other's.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final

from planner.engine.decide import decide_workload
from planner.engine.facts import SegmentInput, WorkloadInput
from planner.engine.vocabulary import Source

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from planner.engine.decision import WorkloadDecision
    from planner.engine.facts import Fact, Facts, PriceSnapshot
    from planner.engine.policy import Policy

DECLARED: Final = "declared"
USAGE: Final = "usage"
CLASSIFICATION: Final = "classification"
# What is not a fact by name. A field that is not here is a group of its own.
GROUP_OF: Final = {
    "policy": "policy",
    "prices": "prices",
    "as_of": "day",
    "name": DECLARED,
    "share": DECLARED,
    "classification": CLASSIFICATION,
    "pending": CLASSIFICATION,
}
FACTS: Final = ("organisation", "facts")
SEGMENTS: Final = "segments"
IN_ORDER: Final = ("prices", USAGE, DECLARED, CLASSIFICATION, "policy", "day")


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a decision follows from, and nothing else."""

    policy: Policy
    workload: WorkloadInput
    prices: PriceSnapshot
    as_of: date

    def decide(self) -> WorkloadDecision:
        return decide_workload(self.policy, self.workload, self.prices, self.as_of)

    @property
    def identity(self) -> tuple[object, ...]:
        """Equal for equal grounds: policies and prices are known by their hashes."""
        return self.policy.sha, self.workload, self.prices.sha or self.prices.name, self.as_of


def swapped(one: Grounds, other: Grounds, groups: Collection[str]) -> Grounds:
    """The one's grounds with the inputs of these groups as they are in the other's."""
    mixed: Grounds = _Swap(one, other, frozenset(groups)).mixed(one, other)
    return mixed


def groups_between(one: Grounds, other: Grounds) -> tuple[str, ...]:
    """The groups in which two grounds differ."""
    declared = (*fields(WorkloadInput), *fields(SegmentInput))
    own = dict.fromkeys(field.name for field in declared if field.name not in (*GROUP_OF, *FACTS, SEGMENTS))
    return tuple(
        group for group in (*IN_ORDER, *own) if swapped(one, other, {group}).identity != one.identity
    )


@dataclass(frozen=True, slots=True)
class _Swap:
    """Two grounds, and the groups that are taken from the other."""

    one: Grounds
    other: Grounds
    groups: frozenset[str]

    def mixed(self, one: Any, other: Any) -> Any:
        """The one of two things of a kind, with some of its fields from the other."""
        cells = {field.name: (getattr(one, field.name), getattr(other, field.name)) for field in fields(one)}
        return replace(one, **{name: self._field(name, *pair) for name, pair in cells.items()})

    def _field(self, name: str, one: Any, other: Any) -> Any:
        if name == "workload":
            return self.mixed(one, other)
        if name in FACTS:
            return self._facts(one, other)
        return (
            self._segments(one, other) if name == SEGMENTS else self._of(GROUP_OF.get(name, name), one, other)
        )

    def _of(self, group: str, one: Any, other: Any) -> Any:
        return other if group in self.groups else one

    def _facts(self, one: Facts, other: Facts) -> Facts:
        picked = {
            name: self._of(self._group(name, one.get(name), other.get(name)), one, other).get(name)
            for name in {**one, **other}
        }
        return {name: fact for name, fact in picked.items() if fact is not None}

    def _group(self, name: str, one: Fact | None, other: Fact | None) -> str:
        declared = (grounds.policy.inputs.get(name) for grounds in (self.one, self.other))
        if any(each is not None and each.supplied_by == "reviewer" for each in declared):
            return CLASSIFICATION
        observed = any(fact is not None and fact.source == Source.OBSERVED for fact in (one, other))
        return USAGE if observed else DECLARED

    def _segments(
        self, one: tuple[SegmentInput, ...], other: tuple[SegmentInput, ...]
    ) -> tuple[SegmentInput, ...]:
        """The parts are declared; a part that only one of the two has is taken as it is."""
        ones, others = ({segment.name: segment for segment in each} for each in (one, other))
        return tuple(
            self.mixed(ones[segment.name], others[segment.name])
            if segment.name in ones and segment.name in others
            else segment
            for segment in self._of(DECLARED, one, other)
        )
