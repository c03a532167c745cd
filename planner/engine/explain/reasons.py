"""Rules, gates, preferences, ways out and open questions, each as data a page can show as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.engine.amounts import in_words
from planner.engine.explain.words import counted, listed, lower_first, money, placed, without_stop
from planner.engine.vocabulary import LAYER_LABELS

if TYPE_CHECKING:
    from planner.engine.decision import (
        GateState,
        LadderStep,
        PreferenceState,
        Relaxation,
        SegmentDecision,
        UnknownFact,
    )
    from planner.engine.policy import Policy, Reference, Row
    from planner.engine.reading import Reading

NOBODY = "nobody"


def source_entry(source: Reference) -> dict[str, Any]:
    return {"document": source.document, "quote": source.quote, "line": source.line}


def row_entry(policy: Policy, reading: Reading, row: Row) -> dict[str, Any]:
    """A rule that fired, with what it read and who said so."""
    return {
        "id": row.id,
        "label": row.label,
        "table": row.table,
        "layer": row.layer,
        "layer_label": LAYER_LABELS.get(row.layer, ""),
        "strength": row.strength,
        "waivable": row.waivable,
        "statutory": row.statutory,
        "owner": row.owner,
        "sentence": row.sentence,
        "source": source_entry(row.source),
        "facts": [fact_entry(policy, reading, name) for name in row.names],
    }


def fact_entry(policy: Policy, reading: Reading, name: str) -> dict[str, Any]:
    """A fact as it was read: value, in words, and who stands behind it."""
    declared, value = policy.inputs[name], reading.values[name]
    fact = reading.facts.get(name)
    return {
        "name": name,
        "label": declared.label,
        "value": plain(value),
        "value_words": in_words(value, declared.unit, declared.labels),
        "unit": declared.unit,
        "source": reading.source_of(name),
        "by": fact.by if fact else "",
        "at": fact.at.isoformat() if fact and fact.at else None,
    }


def plain(value: Any) -> Any:
    """The value as JSON can hold it."""
    return sorted(value) if isinstance(value, frozenset) else value


def ladder_sentence(step: LadderStep) -> str:
    if step.row is not None:
        gate = step.row.table == "gates"
        return f"A gate that nobody can close: {lower_first(step.row.label)}." if gate else step.row.sentence
    return f"Of what is left, {listed(step.left)} cost{'s' if len(step.left) == 1 else ''} least."


def gate_entry(gate: GateState) -> dict[str, Any]:
    return {
        "id": gate.row.id,
        "label": gate.row.label,
        "for": list(gate.variants),
        "owner": gate.row.owner,
        "open": gate.open,
        "closable": gate.closable,
        "sentence": gate.row.sentence,
        "source": source_entry(gate.row.source),
    }


def preference_sentence(state: PreferenceState, target: str | None) -> str:
    """What a preference did to the answer, and what honouring it costs."""
    reason = without_stop(state.row.sentence)
    if state.state == "dropped":
        return f"{reason}. Not met: nothing that is possible satisfies it."
    if state.state == "idle" or not state.usd_month:
        return f"{reason}. It changes nothing here."
    saved = "costs" if state.usd_month > 0 else "saves"
    return f"{reason}. Honouring it {saved} {money(abs(state.usd_month))}, on {placed(target)}."


def relaxation_entry(way: Relaxation) -> dict[str, Any]:
    """One smallest way out: what has to move, who may move it, and what it leads to."""
    statutory = any(row.statutory for row in way.rows)
    return {
        "rows": [row.id for row in way.rows],
        "gates": [row.id for row in way.gates],
        "opens": way.variant,
        "grantor": _grantor(way),
        "statutory": statutory,
        "cost_usd_month": way.usd_month,
        "sentence": _way_sentence(way, statutory=statutory),
    }


def _grantor(way: Relaxation) -> str:
    """Who has to agree; a rule that cannot be waived leaves nobody."""
    if any(not row.waivable for row in way.rows):
        return NOBODY
    return listed(list(dict.fromkeys(row.owner for row in (*way.rows, *way.gates))))


def _way_sentence(way: Relaxation, *, statutory: bool) -> str:
    steps = []
    if way.rows:
        labels = listed([f"“{row.label}” ({row.id})" for row in way.rows])
        steps.append(f"an exception to {labels}")
    if way.gates:
        labels = listed([lower_first(row.label) for row in way.gates])
        steps.append(f"{counted(len(way.gates), 'gate')} made closable ({labels})")
    needed = listed(steps)
    sentence = f"{needed[:1].upper()}{needed[1:]} would open {placed(way.variant)} at {money(way.usd_month)}."
    if _grantor(way) == NOBODY:
        return f"{sentence} Nobody may grant it."
    return (
        f"{sentence} It is no way out if the rule is statute rather than guidance." if statutory else sentence
    )


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
