"""Whether the computed economics agree with a trigger: what was compared, and from which volume it would pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from planner.engine.economics import lowest_break_even

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.engine.measures import Measures, Outcome
    from planner.engine.policy import Policy, Row

MACHINES: Final = {"cost_c4": ("4",), "cost_c5": ("5a", "5b")}
BILLS: Final = ("cost_c2", "cost_c3", "equiv_api_spend_month")  # what grows with every token
CLASS_COST: Final = {
    "1": "cost_c1", "2": "cost_c2", "3": "cost_c3", "4": "cost_c4", "5a": "cost_c5", "5b": "cost_c5",
}  # fmt: skip
MARKER: Final = "marker"


@dataclass(frozen=True, slots=True)
class Check:
    """What the economics say: `agrees` is None where there is nothing to ask or a figure is missing."""

    agrees: bool | None = None
    compared: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The volume from which `own` costs less than `other`: infinity is never, None is not known."""

    own: str
    other: str
    tokens_month: float | None


def check(policy: Policy, row: Row, measures: Measures) -> Check:
    """Whether the figures agree. A fact of the workload needs no confirmation; a published marker always does."""
    expression = row.expressions.get("confirm")
    if expression is None:
        return _own_word(policy, row)
    compared = _sides(policy, expression.names)
    missing = tuple(name for name in compared if measures.values.get(name) is None)
    unknown = tuple(name for name in missing if name not in measures.excluded)
    agrees = row.holds("confirm", measures.values, measures.figures)
    return Check(None if unknown and not agrees else agrees, compared, unknown)


def _own_word(policy: Policy, row: Row) -> Check:
    """A row that asks for no confirmation: a published marker has none, a computed level is its own."""
    sides = (str(row.cell("metric")), str(row.cell("fire")))
    if row.cell("kind") == MARKER:
        return Check()
    return Check(agrees=True, compared=sides if all(side in policy.inputs for side in sides) else ())


def break_even(policy: Policy, row: Row, outcome: Outcome, measures: Measures) -> BreakEven | None:
    """The computed counterpart of a volume marker; None where the row compares no machines with a bill."""
    for own, other in _pairs(policy, row):
        if own in MACHINES and other in BILLS and own not in measures.excluded:
            priced = [
                outcome.priced[variant]
                for variant in MACHINES[own]
                if variant in outcome.priced and variant in outcome.allowed
            ]
            tokens = lowest_break_even(priced, measures.values.get(other), _known_tokens(measures))
            return BreakEven(own, other, tokens)
    return None


def saving(row: Row, measures: Measures) -> float | None:
    """Dollars a month that the hop saves against what serves today; negative where it costs more."""
    name = CLASS_COST.get(row.cell("hop", ("", ""))[1])
    if name is None:
        return None
    today, then = measures.values.get("standing_cost"), measures.values.get(name)
    return None if today is None or then is None else round(today - then, 2)


def _pairs(policy: Policy, row: Row) -> list[tuple[str, ...]]:
    """The costs a row compares: of its confirmation, and of its own level."""
    expression = row.expressions.get("confirm")
    ratios = [policy.inputs[name].ratio for name in expression.names] if expression else []
    own = (str(row.cell("metric")), str(row.cell("fire")))
    return [pair for pair in (*ratios, own) if pair]


def _sides(policy: Policy, names: Sequence[str]) -> tuple[str, ...]:
    """What a condition compares: of a ratio, its two sides."""
    sides = [policy.inputs[name].ratio or (name,) for name in names]
    return tuple(dict.fromkeys(side for pair in sides for side in pair))


def _known_tokens(measures: Measures) -> float | None:
    return measures.values.get("tokens_month") if "tokens_month" in measures.known else None
