"""Open questions: what is assumed meanwhile, what each answer would lead to, and whom to ask first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from planner.engine.amounts import in_words
from planner.engine.explain.reasons import plain
from planner.engine.explain.words import capitalised, listed
from planner.engine.vocabulary import Kind

if TYPE_CHECKING:
    from planner.engine.decision import SegmentDecision, UnknownFact
    from planner.engine.policy import Input, Policy

WHOM: Final = {
    "architect": "the workload's architect",
    "reviewer": "a reviewer",
    "organisation": "whoever keeps the organisation's facts",
    "usage": "whoever keeps the usage figures",
    "evaluation": "whoever runs the evaluation",
    "prices": "whoever keeps the prices",
}


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
        "whom": WHOM.get(declared.supplied_by, declared.supplied_by),
        "outcomes": _outcomes(declared, unknown),
    }


def question_entry(policy: Policy, segment: SegmentDecision) -> dict[str, Any] | None:
    """The question to ask first: what each answer leads to, whom to ask, and how much it settles."""
    asked = segment.question
    if asked is None:
        return None
    unknown = next(each for each in segment.unknown if each.name == asked.name)
    declared = policy.inputs[asked.name]
    outcomes = _outcomes(declared, unknown)
    return {
        "name": asked.name,
        "label": declared.label,
        "question": declared.question,
        "whom": WHOM.get(declared.supplied_by, declared.supplied_by),
        "outcomes": outcomes,
        "sentence": _outcome_sentence(declared, outcomes),
        "settles": _settles(asked.settles, asked.answers),
    }


def _outcomes(declared: Input, unknown: UnknownFact) -> list[dict[str, Any]]:
    """The values grouped by the placement they lead to, other open facts as they are assumed."""
    groups: dict[str | None, list[Any]] = {}
    for value, target in unknown.outcomes:
        groups.setdefault(target, []).append(value)
    return [
        {"values": _values_words(declared, values), "target": target} for target, values in groups.items()
    ]


def _values_words(declared: Input, values: list[Any]) -> str:
    words = [in_words(value, declared.unit, declared.labels) for value in values]
    if declared.type in (Kind.INT, Kind.NUMBER) and len(values) > 1:
        return f"{words[0]} to {words[-1]}"
    return listed(words, "or")


def _outcome_sentence(declared: Input, outcomes: list[dict[str, Any]]) -> str:
    """If yes 5a, if no 3; where every answer leads to one place, that is said instead."""
    if not outcomes:
        return "Its answer is needed before anything is firm."
    if len(outcomes) == 1:
        return (
            f"Every answer tried leads to {_place(outcomes[0]['target'])}; without it the answer is not firm."
        )
    parts = [f"if {each['values']}: {_place(each['target'])}" for each in outcomes]
    return f"{capitalised('; '.join(parts))}."


def _place(target: str | None) -> str:
    return target or "nothing fits"


def _settles(removed: float, answers: int) -> str:
    if not removed:
        return ""
    return f"It settles most: of {answers} possible answers it leaves {answers - removed:.2g} on average."


def _effect(unknown: UnknownFact) -> str:
    classes = listed(list(unknown.answers), "or")
    if unknown.blocks and classes:
        return f"The answer is provisional until this is known: it could become class {classes}."
    if unknown.blocks:
        return "The answer is provisional until this is known."
    if classes:
        return f"Another answer would lead to class {classes}."
    return "The class does not hang on it."
