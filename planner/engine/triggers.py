"""Triggers: how far each published or computed level is away, and whether the computed economics agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from planner.engine.amounts import in_words
from planner.engine.measures import Measures, Outcome, measure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from planner.engine.facts import Facts
    from planner.engine.policy import Policy, Reference, Row

ARMED: Final = "armed"
NEAR: Final = "near"
FIRED: Final = "fired"
NOT_EVALUATED: Final = "not_evaluated"
NEAR_SHARE: Final = "near_share"


@dataclass(frozen=True, slots=True)
class TriggerState:
    """Where one trigger stands. `confirmed` is None while it has not fired or cannot be computed."""

    id: str
    label: str
    kind: str
    metric: str
    unit: str
    value: Any
    value_words: str
    near: float | None
    fire: float | None
    fire_words: str
    state: str
    confirmed: bool | None
    confirmed_words: str
    distance_pct: float | None
    hop: tuple[str, ...]
    sentence: str
    source: Reference


def evaluate(policy: Policy, facts: Facts, outcome: Outcome, as_of: date) -> tuple[TriggerState, ...]:
    """The triggers that apply to a segment, in policy order.

    A level whose metric nobody has supplied or measured is not evaluated. A marker that has fired is confirmed
    only where the computed costs agree.
    """
    measures = measure(policy, facts, outcome, as_of)
    rows = (row for row in policy.rows("triggers") if _holds(row, "when", measures))
    return tuple(_state(policy, row, measures) for row in rows)


def _holds(row: Row, column: str, measures: Measures) -> bool:
    return row.holds(column, measures.values, measures.figures)


def _state(policy: Policy, row: Row, measures: Measures) -> TriggerState:
    metric = str(row.cell("metric"))
    declared = policy.inputs[metric]
    value = measures.values.get(metric) if metric in measures.known else None
    fire, near = _levels(row, measures)
    state = _stand(row, value, (near, fire), measures)
    confirmed, confirmed_words = _confirmation(policy, row, state, measures)
    return TriggerState(
        id=row.id,
        label=row.label,
        kind=str(row.cell("kind")),
        metric=metric,
        unit=declared.unit,
        value=value,
        value_words=in_words(value, declared.unit, declared.labels),
        near=near,
        fire=fire,
        fire_words=in_words(fire, declared.unit) if fire is not None else row.label,
        state=state,
        confirmed=confirmed,
        confirmed_words=confirmed_words,
        distance_pct=_distance(row, value, fire),
        hop=tuple(row.cell("hop", ())),
        sentence=row.sentence,
        source=row.source,
    )


def _levels(row: Row, measures: Measures) -> tuple[float | None, float | None]:
    """The level that fires and the one before it; without a level of its own, near is a share of the way."""
    fire = _level(row.cell("fire"), measures)
    near = _level(row.cell("near"), measures)
    if near is None and fire is not None:
        share = float(measures.figures[NEAR_SHARE])
        near = fire / share if row.cell("below") else fire * share
    return fire, near


def _level(name: str | None, measures: Measures) -> float | None:
    if name is None:
        return None
    value = measures.figures[name] if name in measures.figures else measures.values.get(name)
    return None if value is None else float(value)


def _stand(row: Row, value: Any, levels: tuple[float | None, float | None], measures: Measures) -> str:
    if value is None:
        return NOT_EVALUATED
    if "fires" in row.expressions:
        return FIRED if _holds(row, "fires", measures) else ARMED
    near, fire = levels
    if fire is None or near is None:
        return NOT_EVALUATED
    if _reached(row, value, fire):
        return FIRED
    return NEAR if _reached(row, value, near) else ARMED


def _reached(row: Row, value: float, level: float) -> bool:
    return bool(value < level) if row.cell("below") else bool(value >= level)


def _distance(row: Row, value: Any, fire: float | None) -> float | None:
    """How much of the level is left, in percent of it; negative beyond it."""
    if fire is None or not fire or not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    left = value - fire if row.cell("below") else fire - value
    return round(100 * left / fire, 1)


def _confirmation(policy: Policy, row: Row, state: str, measures: Measures) -> tuple[bool | None, str]:
    """Whether the computed economics agree with a trigger that has fired, and the figures that say so."""
    if state != FIRED:
        return None, ""
    expression = row.expressions.get("confirm")
    if expression is None:
        return (
            (None, "") if row.cell("kind") == "marker" else (True, "A fact of this workload, not a forecast.")
        )
    agrees = _holds(row, "confirm", measures)
    read = _compared(policy, expression.names)
    missing = [name for name in read if measures.values.get(name) is None]
    unknown = [name for name in missing if name not in measures.excluded]
    if unknown and not agrees:
        return None, f"Cannot be computed: {_named(policy, unknown)} not known."
    words = "; ".join(_comparison(policy, name, measures) for name in read) + "."
    return agrees, f"{'Confirmed' if agrees else 'Not confirmed'}: {words}"


def _compared(policy: Policy, names: Sequence[str]) -> list[str]:
    """What a condition compares: of a ratio, its two sides."""
    sides = [policy.inputs[name].ratio or (name,) for name in names]
    return list(dict.fromkeys(side for pair in sides for side in pair))


def _named(policy: Policy, names: list[str]) -> str:
    labels = " and ".join(_lower(policy.inputs[name].label) for name in names)
    return f"{labels} {'is' if len(names) == 1 else 'are'}"


def _comparison(policy: Policy, name: str, measures: Measures) -> str:
    declared = policy.inputs[name]
    value = measures.values.get(name)
    words = "no permitted placement" if value is None else in_words(value, declared.unit, declared.labels)
    return f"{_lower(declared.label)} {words}"


def _lower(label: str) -> str:
    """A label inside a sentence: abbreviations keep their capitals."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]
