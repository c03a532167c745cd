"""A trigger as a page shows it: what is watched, how far it is, what the economics say, and when it is expected."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from planner.engine.amounts import in_words
from planner.engine.explain.reasons import plain, source_entry
from planner.engine.explain.words import listed, lower_first, money
from planner.engine.triggers import FIRED, NOT_EVALUATED, RESOLVED, as_data
from planner.engine.triggers.confirm import CLASS_COST
from planner.engine.triggers.expected import BREAK_EVEN
from planner.engine.triggers.found import EXCLUDED, STALE, UNPRICED
from planner.engine.vocabulary import CLASS_LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from planner.engine.policy import Policy
    from planner.engine.triggers import Expected, TriggerState
    from planner.engine.triggers.confirm import BreakEven
    from planner.engine.triggers.found import Gap

TOKENS = "tokens/month"
PERCENT = 100
MANY_TIMES = 1000  # in percent; beyond it the share says nothing


def trigger_entry(policy: Policy, trigger: TriggerState) -> dict[str, Any]:
    """Everything about a trigger, with the history it was judged with: a replay needs nothing else."""
    row, found = trigger.row, trigger.found
    declared = policy.inputs[str(row.cell("metric"))]
    return {
        "id": row.id,
        "label": row.label,
        "kind": row.cell("kind"),
        "metric": declared.name,
        "unit": declared.unit,
        "value": plain(found.value),
        "value_words": in_words(found.value, declared.unit, declared.labels),
        "near": found.near,
        "fire": found.fire,
        "clear": found.clear,
        "below": found.below,
        "fire_words": in_words(found.fire, declared.unit) if found.fire is not None else row.label,
        "crossed": found.crossed,
        "state": trigger.state,
        "since": _day(trigger.stand.since),
        "lasting_words": _lasting(trigger),
        "why_words": _why(policy, found.gap) if trigger.state == NOT_EVALUATED and found.gap else "",
        "confirmed": trigger.confirmed,
        "confirmed_words": _confirmed(policy, trigger),
        "distance_pct": found.distance_pct,
        "distance_words": _distance(found.left, declared.unit, found.distance_pct),
        "break_even": _break_even(policy, trigger.pays),
        "expected": _expected(policy, trigger.expected),
        "hop": list(row.cell("hop", ())),
        "saves_usd_month": trigger.saves_usd_month,
        "hop_words": _hop(trigger),
        "sentence": row.sentence,
        "source": source_entry(row.source),
        "past": as_data(trigger.past),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _lasting(trigger: TriggerState) -> str:
    """For how long the level has been passed, where that is asked."""
    asked = trigger.sustain
    if asked.of == 1 or trigger.state in (NOT_EVALUATED, RESOLVED):
        return ""
    return f"{trigger.stand.count} of the last {asked.of} {asked.each}s, fires at {asked.n}"


def _why(policy: Policy, gap: Gap) -> str:
    """Which fact or feed is missing, and what would help."""
    labels = [lower_first(policy.inputs[name].label) for name in gap.names]
    if gap.why == STALE:
        return f"Not measured since {gap.since:%-d %b %Y}: {listed(labels)}. The feed is stale."
    if gap.why == EXCLUDED:
        return f"No permitted placement: {listed(labels)} cannot be compared."
    if gap.why == UNPRICED:
        return f"Not known: {listed(labels)}. The price snapshot has nothing comparable."
    return f"Not known: {listed(labels)}. Nobody has supplied or measured {_it(labels)}."


def _it(labels: Sequence[str]) -> str:
    return "it" if len(labels) == 1 else "them"


def _distance(left: float | None, unit: str, pct: float | None) -> str:
    if left is None:
        return ""
    share = "" if pct is None or abs(pct) > MANY_TIMES else f" ({abs(pct):.0f} %)"
    return f"{in_words(abs(left), unit)}{share} {'to go' if left > 0 else 'beyond it'}"


def _confirmed(policy: Policy, trigger: TriggerState) -> str:
    """Whether the computed economics agree with a trigger that has fired, and the figures that say so."""
    checked = trigger.check
    if trigger.state != FIRED:
        return ""
    if not checked.compared:
        return "" if checked.agrees is None else "A fact of this workload, not a forecast."
    if checked.agrees is None:
        labels = [lower_first(policy.inputs[name].label) for name in checked.unknown]
        return f"Cannot be computed: {' and '.join(labels)} {'is' if len(labels) == 1 else 'are'} not known."
    words = "; ".join(_side(policy, name, trigger) for name in checked.compared)
    return f"{'Confirmed' if checked.agrees else 'Not confirmed'}: {words}."


def _side(policy: Policy, name: str, trigger: TriggerState) -> str:
    declared, value = policy.inputs[name], trigger.values.get(name)
    if value is None:
        return f"{lower_first(declared.label)} cannot be compared, since nothing of it is allowed here"
    return f"{lower_first(declared.label)} {in_words(value, declared.unit, declared.labels)}"


def _break_even(policy: Policy, pays: BreakEven | None) -> dict[str, Any] | None:
    """The computed counterpart of a published volume; "never" is a value of its own."""
    if pays is None:
        return None
    own, other = (lower_first(policy.inputs[name].label) for name in (pays.own, pays.other))
    never = pays.tokens_month == math.inf
    if pays.tokens_month is None:
        words = f"Break-even not known: {own} against {other}."
    elif never:
        words = "Never by volume: a full replica costs more than the tokens it serves."
    else:
        words = f"Computed break-even: {in_words(pays.tokens_month, TOKENS)}."
    tokens = None if never or pays.tokens_month is None else round(pays.tokens_month)
    return {"tokens_month": tokens, "never": never, "words": words}


def _expected(policy: Policy, expected: Expected | None) -> dict[str, Any] | None:
    """The forecast with its words; a fact it lacks is named."""
    if expected is None:
        return None
    level = None if math.isinf(expected.level) else expected.level
    return {
        "of": expected.of,
        "level": level,
        "ever": expected.ever,
        "within": expected.within,
        "p10": _day(expected.p10),
        "p50": _day(expected.p50),
        "p90": _day(expected.p90),
        "horizon_months": expected.horizon,
        "drift_pct": expected.drift_pct,
        "swing_pct": expected.swing_pct,
        "assumed_swing": expected.assumed_swing,
        "words": _expected_words(policy, expected),
        "basis_words": _basis(expected),
    }


def _expected_words(policy: Policy, expected: Expected) -> str:
    about = "The computed break-even: " if expected.of == BREAK_EVEN else ""
    if expected.missing:
        return f"No forecast: {lower_first(policy.inputs[expected.missing].label)} is not known."
    if expected.ever == 0:
        return f"{about}never." if about else "Never on current trends."
    if expected.p10 and expected.p10 == expected.p90:
        return f"{about}{_month(expected.p50)}."
    if expected.p50 is None:
        return f"{about}{'n' if about else 'N'}ot on current trends: {_chance(expected)}."
    return f"{about}P10 {_month(expected.p10)}, P50 {_month(expected.p50)}, P90 {_month(expected.p90)}."


def _chance(expected: Expected) -> str:
    return f"{PERCENT * expected.within:.0f} % within {expected.horizon:g} months"


def _month(day: date | None) -> str:
    return f"{day:%b %Y}" if day else "open"


def _basis(expected: Expected) -> str:
    """On what the forecast rests."""
    if expected.missing or expected.ever == 0 or not expected.swing_pct:
        return ""
    swing = f"swing {expected.swing_pct:g} %{' (assumed)' if expected.assumed_swing else ''}"
    return f"Drift {expected.drift_pct:+g} % a month, {swing}; {_chance(expected)}."


def _hop(trigger: TriggerState) -> str:
    """What would move, and what it saves."""
    _, end = trigger.row.cell("hop", ("", ""))
    if end not in CLASS_COST:
        return "Review the decision."
    label = f"To class {end}, {lower_first(CLASS_LABELS[end])}"
    saved = trigger.saves_usd_month
    if end == trigger.values.get("standing_class"):
        return f"Within class {end}: another model or provider."
    if CLASS_COST[end] in trigger.excluded:
        return f"{label}: no permitted placement."
    if saved is None:
        return f"{label}: the difference in cost is not known."
    if saved == 0:
        return f"{label}: costs the same."
    return f"{label}: {'saves' if saved > 0 else 'costs'} {money(abs(saved))}{'' if saved > 0 else ' more'}."
