"""What the answer would be without some rows, and the rows that bind: those whose absence changes it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from planner.engine.vocabulary import VARIANTS

if TYPE_CHECKING:
    from collections.abc import Collection

    from planner.engine.choose import Scale
    from planner.engine.decision import SegmentDecision
    from planner.engine.policy import Row

Answer = tuple[str | None, str | None]


def binding(scale: Scale, segment: SegmentDecision) -> frozenset[str]:
    """The rules, gates and preferences any one of which, left out, changes what is right now or the target."""
    answer = (segment.now, segment.target)
    gates = (gate.row for gate in segment.gates if gate.open)
    rows: tuple[Row, ...] = (*segment.fired, *gates, *scale.strong, *scale.weak)
    return frozenset(row.id for row in rows if answer_without(scale, segment, {row.id}) != answer)


def answer_without(scale: Scale, segment: SegmentDecision, ids: Collection[str]) -> Answer:
    """Now and target if the rows of these names were not in the policy."""
    fired = [row for row in segment.fired if row.id not in ids]
    open_gates = [gate for gate in segment.gates if gate.open and gate.row.id not in ids]
    allowed = [variant for variant in VARIANTS if all(variant in row.mask for row in fired)]
    shut = {variant for gate in open_gates for variant in gate.variants}
    barred = {variant for gate in open_gates if not gate.closable for variant in gate.variants}
    lighter = replace(
        scale,
        strong=tuple(row for row in scale.strong if row.id not in ids),
        weak=tuple(row for row in scale.weak if row.id not in ids),
    )
    ready = [variant for variant in allowed if variant not in shut]
    feasible = [variant for variant in allowed if variant not in barred]
    return lighter.pick(ready), lighter.pick(feasible)
