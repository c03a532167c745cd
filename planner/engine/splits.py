"""Splits: what would have to be taken out of a part so that the rest of it may use an excluded placement.

Taken out are marks of the data that a reviewer sets for the part: a tag, a regime, a demand. Whoever separates or
de-identifies what carries them leaves a rest without them; what was separated keeps to the answer of today.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from planner.engine.reading import Reading, read
from planner.engine.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from planner.engine.decision import SegmentDecision
    from planner.engine.facts import Fact, Value
    from planner.engine.policy import Input, Policy

REST: Final = "split_rest_tag"  # the parameter that says how what is left over is tagged


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing a reviewer said of the data: a member of a set, or the value of a fact."""

    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class Split:
    """The marks to take out, subset-minimal, after which the rest may use the placement."""

    variant: str
    marks: tuple[Mark, ...]


def split(policy: Policy, figures: Mapping[str, Any], segment: SegmentDecision, variant: str) -> Split | None:
    """The split that opens a placement to the rest; None where the marks of the data are not what bars it."""
    marks = tuple(_marks(policy, segment, variant))
    names = {mark.name for mark in marks}
    if not all(names.intersection(row.names) for row in segment.rows_against(variant)):
        return None
    if _barred(policy, figures, segment, variant, marks):
        return None
    needed = marks
    for mark in marks:
        fewer = tuple(each for each in needed if each != mark)
        if not _barred(policy, figures, segment, variant, fewer):
            needed = fewer
    return Split(variant, needed)


def _marks(policy: Policy, segment: SegmentDecision, variant: str) -> Iterator[Mark]:
    """What the rules against a placement read of the data, as far as somebody said it."""
    names = dict.fromkeys(name for row in segment.rows_against(variant) for name in row.names)
    for name in names:
        declared = policy.inputs[name]
        if declared.supplied_by == "reviewer" and declared.scope == "segment":
            yield from _said(
                declared, [reading.facts[name].value for reading in segment.readings if name in reading.facts]
            )


def _said(declared: Input, values: Sequence[Any]) -> Iterator[Mark]:
    if declared.type == Kind.SET:
        members = {member for value in values for member in value}
        yield from (Mark(declared.name, member) for member in declared.values if member in members)
    else:
        yield from (
            Mark(declared.name, value) for value in dict.fromkeys(values) if value != declared.assumed
        )


def _barred(
    policy: Policy, figures: Mapping[str, Any], segment: SegmentDecision, variant: str, marks: Sequence[Mark]
) -> bool:
    """Whether a placement stays out of reach for a rest without these marks."""
    rests = [
        read(policy, _without(policy, figures, reading, marks), segment.classification, figures)
        for reading in segment.readings
    ]
    waived = {each.row.id for each in segment.waived}
    rules = (row for row in policy.rows("constraints") if variant not in row.mask and row.id not in waived)
    gates = (row for row in policy.rows("gates") if variant in row.mask)
    return any(row.holds("when", rest.values, figures) for row in rules for rest in rests) or any(
        any(row.holds("when", rest.values, figures) for rest in rests)
        and not all(row.holds("closed_when", rest.values, figures) for rest in rests)
        and not all(row.holds("closable_when", rest.values, figures) for rest in rests)
        for row in gates
    )


def _without(
    policy: Policy, figures: Mapping[str, Any], reading: Reading, marks: Sequence[Mark]
) -> dict[str, Fact]:
    facts = dict(reading.facts)
    for mark in marks:
        fact, declared = facts.get(mark.name), policy.inputs[mark.name]
        if fact is None:
            continue
        if declared.type == Kind.SET:
            left = frozenset(fact.value) - {mark.value}  # type: ignore[arg-type]
            facts[mark.name] = replace(fact, value=left or _rest(declared, figures))
        elif fact.value == mark.value:
            del facts[mark.name]
    return facts


def _rest(declared: Input, figures: Mapping[str, Any]) -> Value:
    """How what is left over is marked once nothing else is: as the policy says, or as nobody's answer is read."""
    if not declared.blocks:
        return declared.unknown
    return frozenset({str(figures[REST])}) if REST in figures else frozenset()
