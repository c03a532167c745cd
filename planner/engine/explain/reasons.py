"""Rules, gates and preferences with the facts they read, each as data a page can show as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from planner.engine.amounts import in_words
from planner.engine.explain.findings import tests_of
from planner.engine.explain.words import listed, lower_first, money, placed, without_stop
from planner.engine.vocabulary import LAYER_LABELS, in_order

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from planner.engine.decision import GateState, LadderStep, PreferenceState
    from planner.engine.explain.told import Told
    from planner.engine.expression import Expression
    from planner.engine.policy import Policy, Reference, Row
    from planner.engine.reading import Reading

GATES: Final = "gates"


def source_entry(source: Reference) -> dict[str, Any]:
    return {"document": source.document, "quote": source.quote, "line": source.line}


def row_entry(told: Told, row: Row) -> dict[str, Any]:
    """A rule that fired: what it says, the tests that made it fire, the facts they read, who may waive it."""
    column, holds = ("closed_when", False) if row.table == GATES else ("when", True)
    reading = told.reading_where(row, column, holds=holds)
    return {
        "id": row.id,
        "label": row.label,
        "table": row.table,
        "layer": row.layer,
        "layer_label": LAYER_LABELS.get(row.layer, ""),
        "strength": row.strength,
        "leaves": list(in_order(row.mask)),
        "waivable": row.waivable,
        "statutory": row.statutory,
        "owner": row.owner,
        "waiver": waiver_sentence(row),
        "binding": row.id in told.binding,
        "proposed": reading is told.segment.proposed,
        "sentence": row.sentence,
        "source": source_entry(row.source),
        **_reason(told, row.expressions[column], reading, row.names),
    }


def _reason(told: Told, expression: Expression, reading: Reading, names: Iterable[str]) -> dict[str, Any]:
    """The tests that settle a condition in one line, and every fact it read, with its test where that settled it."""
    tests = tests_of(told.policy, expression, reading.values, told.figures)
    facts = [fact_entry(told.policy, reading, name) | {"test": tests.get(name, "")} for name in names]
    return {"reason": "; ".join(tests.values()), "facts": facts}


def waiver_sentence(row: Row) -> str:
    """Who may make an exception to a rule."""
    if row.table == GATES:
        return f"The {row.owner} closes it; nothing replaces that."
    if row.strength != "must":
        return "A preference: it gives way where nothing else would be left."
    if not row.waivable:
        return "Statutory: nobody here may waive it." if row.statutory else "Nobody may waive it."
    if row.statutory:
        return f"Marked as statute: nobody here may waive it; were it only guidance, the {row.owner} might."
    return f"The {row.owner} may waive it."


def fact_entry(policy: Policy, reading: Reading, name: str) -> dict[str, Any]:
    """A fact as it was read: value, in words, who supplied it and who approved it."""
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
        "at": _day(fact.at) if fact else None,
        "approved_by": fact.approved_by if fact else "",
        "approved_at": _day(fact.approved_at) if fact else None,
    }


def _day(at: date | None) -> str | None:
    return at.isoformat() if at else None


def plain(value: Any) -> Any:
    """The value as JSON can hold it."""
    return sorted(value) if isinstance(value, frozenset) else value


def ladder_sentence(step: LadderStep) -> str:
    if step.row is not None:
        gate = step.row.table == GATES
        return f"A gate that nobody can close: {lower_first(step.row.label)}." if gate else step.row.sentence
    return f"Of what is left, {listed(step.left)} cost{'s' if len(step.left) == 1 else ''} least."


def gate_entry(told: Told, gate: GateState) -> dict[str, Any]:
    """A gate with the tests that keep it open or closed, and the facts they read."""
    row = gate.row
    reading = told.reading_where(row, "closed_when", holds=not gate.open)
    condition = row.expressions["closed_when"]
    return {
        "id": row.id,
        "label": row.label,
        "for": list(gate.variants),
        "owner": row.owner,
        "open": gate.open,
        "closable": gate.closable,
        "binding": row.id in told.binding,
        "sentence": row.sentence,
        "source": source_entry(row.source),
        **_reason(told, condition, reading, condition.names),
    }


def preference_entry(told: Told, state: PreferenceState) -> dict[str, Any]:
    return {
        "row": state.row.id,
        "state": state.state,
        "binding": state.row.id in told.binding,
        "sentence": preference_sentence(state, told.segment.target),
        "cost_usd_month": state.usd_month,
    }


def preference_sentence(state: PreferenceState, target: str | None) -> str:
    """What a preference did to the answer, and what honouring it costs."""
    wish = without_stop(state.row.sentence)
    if state.state == "dropped":
        return f"{wish}. Not met: nothing that is possible satisfies it."
    if state.state == "idle":
        return f"{wish}. It changes nothing here."
    if state.usd_month is None:
        return f"{wish}. What honouring it costs is not known."
    if not state.usd_month:
        return f"{wish}. Honouring it costs nothing."
    saved = "costs" if state.usd_month > 0 else "saves"
    return f"{wish}. Honouring it {saved} {money(abs(state.usd_month))}, on {placed(target)}."
