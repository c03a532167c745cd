"""Scorecards in words: each answer, what it points to, and where the decision says something else, why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from planner.engine.explain.classes import state_of
from planner.engine.explain.findings import reason
from planner.engine.explain.reasons import source_entry
from planner.engine.explain.words import counted, listed, lower_first, money, without_stop
from planner.engine.scorecards import UNKNOWN, YES, scorecards
from planner.engine.vocabulary import VARIANTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.engine.decision import SegmentDecision
    from planner.engine.explain.told import Told
    from planner.engine.measures import Measures
    from planner.engine.scorecards import Answer, Card, Verdict

# from what the decision took to what it could not take
NEAREST: Final = ("now_and_target", "target", "now", "dearer", "unknown", "not_ready", "excluded")


def card_entries(told: Told, measures: Measures) -> list[dict[str, Any]]:
    """Every scorecard of the policy, beside the decision."""
    return [_card_entry(told, card, measures) for card in scorecards(told.policy, measures)]


def _card_entry(told: Told, card: Card, measures: Measures) -> dict[str, Any]:
    return {
        "id": card.row.id,
        "label": card.row.label,
        "sentence": card.row.sentence,
        "source": source_entry(card.row.source),
        "tally": _tally(card),
        "questions": [_question_entry(told, each, measures) for each in card.answers],
        "verdicts": [_verdict_entry(told, each) for each in card.verdicts],
        "aliases": [
            {"label": row.label, "sentence": row.sentence, "source": source_entry(row.source)}
            for row in card.aliases
        ],
    }


def _tally(card: Card) -> str:
    """How many yes, how many no, how many nobody can answer yet."""
    answers = [each.answer for each in card.answers]
    numbers = {word: answers.count(word) for word in ("yes", "no", "unknown")}
    return ", ".join(f"{number} {word}" for word, number in numbers.items() if number)


def _question_entry(told: Told, answer: Answer, measures: Measures) -> dict[str, Any]:
    row = answer.row
    says = "" if answer.answer == UNKNOWN else str(row.cell(f"{answer.answer}_says"))
    return {
        "id": row.id,
        "label": row.label,
        "answer": answer.answer,
        "reason": _reason(told, answer, measures),
        "says": says,
        "source": source_entry(row.source),
        **_beside(told, answer.points),
    }


def _reason(told: Told, answer: Answer, measures: Measures) -> str:
    """What settles the answer, or the facts that are missing for one."""
    if answer.answer == UNKNOWN:
        missing = [told.policy.inputs[name] for name in answer.missing]
        asked = [declared for declared in missing if declared.supplied_by != "derived"] or missing
        return f"Not known: {listed([declared.label for declared in asked])}"
    return reason(told.policy, answer.row.expressions["when"], measures.values, measures.figures)


def _verdict_entry(told: Told, verdict: Verdict) -> dict[str, Any]:
    row = verdict.row
    asked = f"{verdict.counted} times “{row.cell('count')}”, {verdict.at_least} needed"
    reached = verdict.state == YES
    return {
        "id": row.id,
        "label": row.label,
        "state": verdict.state,
        "says": row.sentence if reached else _short_of(verdict),
        "reason": asked,
        "source": source_entry(row.source),
        **_beside(told, tuple(row.cell("says")) if reached else ()),
    }


def _short_of(verdict: Verdict) -> str:
    if verdict.state == UNKNOWN:
        return "Open: answers are missing that could still reach it."
    return "Not reached: the guide then draws no conclusion."


def _beside(told: Told, points: Sequence[str]) -> dict[str, Any]:
    """Whether the decision agrees with what an answer points to, and why not where it does not."""
    target = told.segment.target
    agrees = target in points if points else None
    return {"points": list(points), "agrees": agrees, "beside": _beside_words(told, points, agrees=agrees)}


def _beside_words(told: Told, points: Sequence[str], *, agrees: bool | None) -> str:
    if agrees is None:
        return ""
    if agrees:
        return f"Says {listed(points, 'or')}; so does the decision."
    nearest = min(points, key=lambda each: _distance(told.segment, each))
    decision = f"the decision says {told.segment.target or 'that nothing fits'}"
    return f"Says {listed(points, 'or')}; {decision}, because {_why_not(told, nearest)}."


def _distance(segment: SegmentDecision, variant: str) -> tuple[int, int, int]:
    """How far a placement is from the answer: by its state, then by how many rules stand against it."""
    against = len(segment.rows_against(variant))
    return NEAREST.index(state_of(segment, variant)), against, VARIANTS.index(variant)


def _why_not(told: Told, variant: str) -> str:
    """Why the decision did not take a placement, as the end of a sentence."""
    segment = told.segment
    if rows := segment.rows_against(variant):
        names = listed([f"“{row.label}” ({row.id})" for row in rows])
        return f"{names} {'excludes' if len(rows) == 1 else 'exclude'} {variant}"
    if never := [gate for gate in segment.gates_before(variant) if not gate.closable]:
        names = listed([lower_first(gate.row.label) for gate in never])
        return f"{counted(len(never), 'gate')} that nobody can close {'stands' if len(never) == 1 else 'stand'} before {variant}: {names}"
    for state in segment.choice.preferences:
        if state.state == "binding" and variant not in state.row.mask:
            return f"{lower_first(without_stop(state.row.sentence))} ({state.row.id})"
    usd, target = segment.amounts.get(variant), segment.amounts.get(segment.target or "")
    if usd is None:
        return f"nobody can tell what {variant} costs"
    if target is not None and money(usd) == money(target):
        return f"{variant} costs about the same and {segment.target} comes first among equals"
    return f"{variant} costs {money(usd)} and {segment.target} {money(target)}"
