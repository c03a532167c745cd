"""The six classes as a reader sees them: the answer, what is dearer, what is out and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from planner.engine.explain.words import (
    capitalised,
    counted,
    listed,
    lower_first,
    money,
    placed,
    without_stop,
)
from planner.engine.vocabulary import CLASS_LABELS, CLASS_OF, CLASSES, VARIANTS

if TYPE_CHECKING:
    from planner.engine.decision import SegmentDecision

# from the answer to the furthest from it; a class is shown as its best variant
STATES: Final = ("now_and_target", "now", "target", "dearer", "unknown", "not_ready", "excluded")
STATE_WORDS: Final = {
    "now_and_target": "Now and target",
    "now": "Now",
    "target": "Target",
    "unknown": "Cost not known",
    "excluded": "Excluded",
}
MANY_TIMES: Final = 10


def class_entries(segment: SegmentDecision) -> list[dict[str, Any]]:
    """One entry for each of the six classes, with its variants."""
    return [_class_entry(segment, key) for key in CLASSES]


def _class_entry(segment: SegmentDecision, key: str) -> dict[str, Any]:
    variants = [variant for variant in VARIANTS if CLASS_OF[variant] == key]
    best = min(
        variants,
        key=lambda variant: (
            STATES.index(state_of(segment, variant)),
            len(segment.rows_against(variant)),
            VARIANTS.index(variant),
        ),
    )
    state = state_of(segment, best)
    return {
        "class": key,
        "label": CLASS_LABELS[key],
        "state": state,
        "words": _words(segment, best, state),
        "sentence": _sentence(segment, best, state),
        "rows": [row.id for row in segment.rows_against(best)],
        "cost_usd_month": segment.costs[best].usd_month,
        "variants": [_variant_entry(segment, variant) for variant in variants],
    }


def _variant_entry(segment: SegmentDecision, variant: str) -> dict[str, Any]:
    return {
        "variant": variant,
        "phrase": capitalised(placed(variant)),
        "state": (state := state_of(segment, variant)),
        "words": _words(segment, variant, state),
        "sentence": _sentence(segment, variant, state),
        "rows": [row.id for row in segment.rows_against(variant)],
        "gates": [gate.row.id for gate in segment.gates_before(variant)],
        "cost_usd_month": segment.costs[variant].usd_month,
    }


def state_of(segment: SegmentDecision, variant: str) -> str:
    """How a placement stands to the answer."""
    if variant not in segment.allowed:
        return "excluded"
    if variant == segment.now:
        return "now_and_target" if variant == segment.target else "now"
    if variant == segment.target:
        return "target"
    if variant not in segment.ready:
        return "not_ready"
    return "unknown" if segment.costs[variant].usd_month is None else "dearer"


def _words(segment: SegmentDecision, variant: str, state: str) -> str:
    if state == "not_ready":
        return "Not ready" if variant in segment.feasible else "Gate nobody can close"
    if state == "dearer":
        return _times(segment, variant)
    return STATE_WORDS[state]


def _times(segment: SegmentDecision, variant: str) -> str:
    """How many times the target's cost, where that says anything."""
    usd, target = segment.costs[variant].usd_month, _target_cost(segment)
    if not usd or not target:
        return "Set aside"
    if usd < target:
        return "Cheaper, set aside"
    times = usd / target
    if times < 1.1:  # noqa: PLR2004 - a reader calls it the same
        return "About the same cost"
    return f"{times:,.0f} times the cost" if times >= MANY_TIMES else f"{times:.1f} times the cost"


def _target_cost(segment: SegmentDecision) -> float | None:
    return segment.costs[segment.target].usd_month if segment.target else None


def _sentence(segment: SegmentDecision, variant: str, state: str) -> str:
    if state == "excluded":
        return " ".join(dict.fromkeys(row.sentence for row in segment.rows_against(variant)))
    if state == "not_ready":
        return _gates_sentence(segment, variant)
    if state in ("now_and_target", "now", "target"):
        return _answer_sentence(segment, variant, state)
    if state == "unknown":
        return f"It fits. {segment.costs[variant].unknown}"
    return f"It fits and costs {money(segment.costs[variant].usd_month)}.{_set_aside(segment, variant)}"


def _answer_sentence(segment: SegmentDecision, variant: str, state: str) -> str:
    phrase, usd = placed(variant), money(segment.costs[variant].usd_month)
    if state == "target":
        labels = [lower_first(gate.row.label) for gate in segment.gates_before(variant)]
        return f"{capitalised(phrase)} at {usd}, once closed: {listed(labels)}."
    role = "Meets every rule today" if state == "now" else "What the rules, the team and the money leave"
    return f"{role}: {phrase}, at {usd}."


def _gates_sentence(segment: SegmentDecision, variant: str) -> str:
    before = segment.gates_before(variant)
    never = [lower_first(gate.row.label) for gate in before if not gate.closable]
    if never:
        verb = "is" if len(never) == 1 else "are"
        return f"{counted(len(never), 'gate').capitalize()} {verb} out of reach: {listed(never)}."
    return f"Still open: {listed([lower_first(gate.row.label) for gate in before])}."


def _set_aside(segment: SegmentDecision, variant: str) -> str:
    """The preference that put a placement aside."""
    for state in segment.choice.preferences:
        if state.state == "binding" and variant not in state.row.mask:
            return f" Set aside: {lower_first(without_stop(state.row.sentence))}."
    return ""
