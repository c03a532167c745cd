"""Open questions: what is assumed meanwhile, and what an answer would change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.engine.amounts import in_words
from planner.engine.explain.reasons import plain
from planner.engine.explain.words import listed

if TYPE_CHECKING:
    from planner.engine.decision import SegmentDecision, UnknownFact
    from planner.engine.policy import Policy


def unknown_entry(policy: Policy, segment: SegmentDecision, unknown: UnknownFact) -> dict[str, Any]:
    """An open question: what is assumed meanwhile, and what its answer could change."""
    declared = policy.inputs[unknown.name]
    return {
        "name": unknown.name,
        "label": declared.label,
        "question": declared.question,
        "assumed": None if declared.blocks else plain(segment.reading.values[unknown.name]),
        "assumed_words": ""
        if declared.blocks
        else in_words(declared.assumed, declared.unit, declared.labels),
        "effect": _effect(unknown),
    }


def _effect(unknown: UnknownFact) -> str:
    classes = listed(list(unknown.answers), "or")
    if unknown.blocks and classes:
        return f"The answer is provisional until this is known: it could become class {classes}."
    if unknown.blocks:
        return "The answer is provisional until this is known."
    if classes:
        return f"Another answer would lead to class {classes}."
    return "The class does not hang on it."
