"""Scenarios in words and as rows: what flips and why, what it costs, and what to have ready."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from planner.engine.explain.words import capitalised, counted, listed, lower_first, money, placed
from planner.engine.scenarios import insurances, reasons
from planner.engine.scenarios.reasons import GATE, GONE, PRICE
from planner.engine.vocabulary import CLASS_LABELS, CLASS_OF

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.engine.policy import Row
    from planner.engine.scenarios import Answer, Change, Comparison, Insurance, Preparation, Reason, Scenario

CENTS: Final = 2
NAMED: Final = 3


def comparison_entry(found: Comparison) -> dict[str, Any]:
    """A scenario for a record: what it is about, its totals, its insurances, and how many parts it touches."""
    scenario, changes = found.scenario, found.changes
    return {
        "id": scenario.id,
        "label": scenario.label,
        "sentence": scenario.sentence,
        "source": scenario.source,
        "guess": scenario.guess,
        "about": about_words(found.resolved),
        "after_months": scenario.after_months,
        "applies": found.resolved is not None,
        "parts": len(changes),
        "priced": len(found.priced),
        "unpriced": len(found.unpriced),
        "flips": sum(each.moves for each in changes),
        "stops": sum(each.stops for each in changes),
        "lost": sum(each.lost for each in changes),
        "usd_before": _cents(found.usd_before),
        "usd_after": _cents(found.usd_after),
        "usd_month": _cents(found.usd_month),
        "usd_lost": _cents(found.usd_lost),
        "insurances": [_insurance_entry(each) for each in _insurances(found)],
    }


def _insurances(found: Comparison) -> list[Insurance]:
    prepared = [each.preparation for each in found.changes if each.preparation]
    return insurances(prepared, (each.after.target for each in found.changes), found.then)


def about_words(scenario: Scenario | None) -> str:
    """What the scenario came to here, where that depends on the portfolio."""
    if scenario is None:
        return "It applies to nothing here: no part pays by the token."
    return f"Here that is {scenario.retired}." if scenario.retired else ""


def change_entry(change: Change) -> dict[str, Any]:
    """One part for a record: both answers, why it flips, and what to have ready."""
    return {
        "part": change.part.name,
        "before": _answer_entry(change.before),
        "after": _answer_entry(change.after),
        "flips": change.moves,
        "stops": change.stops,
        "lost": change.lost,
        "usd_month": None if change.usd_month is None else round(change.usd_month, CENTS),
        "unknown": change.after.unknown,
        "why": why_sentence(change),
        "ready": ready_sentence(change),
    }


def differs(change: Change) -> bool:
    """Whether a part is worth a row: another answer, another cost, or a cost that is not known any more."""
    return change.flips or bool(change.usd_month) or (change.usd_month is None and bool(change.after.target))


def why_sentence(change: Change) -> str:
    """Why the answer is another; empty where it is not."""
    parts = [_reason_words(each) for each in reasons(change.before, change.after)]
    if not parts and change.flips:
        return "It has a place now that it had not before."
    return f"{capitalised(listed(parts))}." if parts else ""


def ready_sentence(change: Change) -> str:
    """What happens on the day, and what to have closed before it; empty where nothing changes."""
    if change.lost:
        return f"Nothing fits then. {_way_out(change.after)}"
    found = change.preparation
    if found is None:
        if change.flips and change.after.now:
            unknown = "" if change.after.usd_now is not None else " What it costs there is not known."
            return (
                f"It can go to {_class_words(change.after.now)} at once: nothing stands before it.{unknown}"
            )
        return (
            "No preparation helps: what it is left with is the cheapest that may be ready."
            if _dearer(change)
            else ""
        )
    return preparation_sentence(found)


def preparation_sentence(found: Preparation) -> str:
    gates = _gates_words(found.gates)
    planned = " This is on the way to today's target anyhow." if found.planned else ""
    where = f"{_class_words(found.variant)} at {money(found.usd_month)}"
    if found.restores:
        return f"With {gates} closed before, it goes on in {where}; otherwise it stands still.{planned}"
    return (
        f"With {gates} closed before, it runs in {where} instead of {money(found.unprepared_usd)}.{planned}"
    )


def insurance_sentence(found: Insurance) -> str:
    """What a set of gates, closed beforehand, is worth."""
    effects = []
    if found.restored:
        effects.append(f"keeps {counted(found.restored, 'part')} running")
    if found.saves_usd_month > 0:
        saving = sum((each.saves_usd_month or 0) > 0 for each in found.preparations)
        effects.append(f"saves {money(found.saves_usd_month)} for {counted(saving, 'part')}")
    sentence = f"Closing {_gates_words(found.gates)} beforehand {listed(effects) or 'changes little'}"
    weeks = f"; it takes about {counted(round(found.weeks), 'week')}" if found.weeks else ""
    people = (
        f", and people nobody needs today for {money(found.people_usd_month)}"
        if found.people_usd_month
        else ""
    )
    return f"{sentence}{weeks}{people}."


def comparison_sentence(entry: dict[str, Any]) -> str:
    """A scenario in one sentence, from its entry."""
    if not entry["applies"]:
        return str(entry["about"])
    moved = f"{capitalised(counted(entry['flips'], 'part'))} would belong elsewhere" if entry["flips"] else ""
    stops = f"{counted(entry['stops'], 'part')} would stand still on the day" if entry["stops"] else ""
    lost = f"{counted(entry['lost'], 'part')} would fit nowhere" if entry["lost"] else ""
    first = listed([each for each in (moved, stops, lost) if each]) or "Nothing would move"
    ended = f" Work worth {money(entry['usd_lost'])} at target ends." if entry.get("usd_lost") else ""
    return f"{capitalised(first)}. {_cost_words(entry)}{ended}"


def _cost_words(entry: dict[str, Any]) -> str:
    if not entry["priced"]:
        return "What it costs is not known for any part."
    change = entry["usd_month"]
    words = (
        f"it costs {money(abs(change))} {'more' if change > 0 else 'less'}"
        if change
        else "the cost is the same"
    )
    if entry["unpriced"]:
        return f"Where that is known, {words}; of {counted(entry['unpriced'], 'part')} it is not."
    return f"{capitalised(words)}."


def _answer_entry(answer: Answer) -> dict[str, Any]:
    return {
        "now": answer.now,
        "target": answer.target,
        "status": str(answer.status),
        "usd": _cents(answer.usd_target),
        "usd_now": _cents(answer.usd_now),
    }


def _insurance_entry(found: Insurance) -> dict[str, Any]:
    return {
        "gates": [{"id": row.id, "label": row.label} for row in found.gates],
        "weeks": round(found.weeks, 1),
        "parts": [[each.part.workload, each.part.name] for each in found.preparations],
        "restored": found.restored,
        "saves_usd_month": _cents(found.saves_usd_month),
        "people_usd_month": _cents(found.people_usd_month),
        "sentence": insurance_sentence(found),
    }


def _reason_words(reason: Reason) -> str:
    where = placed(reason.variant)
    if reason.kind == GONE:
        return f"nobody offers {where} for it any more"
    if reason.kind == PRICE:
        was, becomes = reason.usd
        return f"{where} would cost {money(was)} and the new place {money(becomes)}"
    labels = listed([f"“{row.label}” ({row.id})" for row in reason.rows[:NAMED]])
    more = len(reason.rows) - NAMED
    labels = f"{labels} and {counted(more, 'more', 'more')}" if more > 0 else labels
    return f"{where} is barred by {labels}" if reason.kind != GATE else f"before {where} stands {labels}"


def _way_out(after: Answer) -> str:
    """The gates that nobody can close in the scenario, nearest way first; else what rules leave."""
    offered = [each for each in after.weighed.allowed if each not in after.gone]
    if not offered:
        return "No placement that its rules allow is offered."
    barred = min(offered, key=lambda variant: len(after.gates_before(variant)))
    gates = after.gates_before(barred)
    return f"The nearest way out is {_class_words(barred)}, once {_gates_words(gates)} could be closed."


def _dearer(change: Change) -> bool:
    return bool(change.usd_month and change.usd_month > 0)


def _class_words(variant: str) -> str:
    return f"class {CLASS_OF[variant]} ({lower_first(CLASS_LABELS[CLASS_OF[variant]])})"


def _gates_words(rows: Sequence[Row]) -> str:
    return listed([f"“{row.label}”" for row in rows])


def _cents(usd: float | None) -> float | None:
    return None if usd is None else round(usd, CENTS)
