"""Why a later decision differs from an earlier one, in sentences and rows a page shows as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from planner.engine.amounts import in_words
from planner.engine.causes.changes import EDITED, FIRES, GONE, NEW, RESTS
from planner.engine.explain.reasons import plain, source_entry
from planner.engine.explain.words import counted, listed, money, placed

if TYPE_CHECKING:
    from decimal import Decimal

    from planner.engine.causes import (
        Answer,
        Causes,
        Effect,
        FactChange,
        FigureChange,
        Move,
        PriceChange,
        RowChange,
    )
    from planner.engine.causes.changes import Asked
    from planner.engine.facts import Fact
    from planner.engine.policy import Input

LABELS: Final = {
    "prices": "Prices",
    "usage": "Measured usage",
    "declared": "Declared facts",
    "classification": "Classification",
    "policy": "Policy",
    "day": "The day",
    "waivers": "Waivers",
    "history": "Trigger history",
}
PHRASES: Final = {
    "prices": "the prices",
    "usage": "the measured usage",
    "declared": "the declared facts",
    "classification": "the classification",
    "policy": "the policy",
    "day": "the day",
    "waivers": "the waivers",
    "history": "the history of triggers",
}
ROW_WORDS: Final = {
    NEW: "New in the policy",
    GONE: "No longer in the policy",
    EDITED: "Says something else",
    FIRES: "Applies now",
    RESTS: "Applies no more",
}


def causes_entry(found: Causes) -> dict[str, Any]:
    """The comparison as data: the answer first, then what each change does, then what changed."""
    return {
        "sentence": _headline(found),
        "cost_before": found.cost_before,
        "cost_after": found.cost_after,
        "cost_words": _change_words(found.usd_month),
        "parts": [_part(move) for move in found.moves],
        "effects": [_effect(effect, found.moves) for effect in found.effects],
        "together": _together(found),
        "facts": [_fact_change(change) for change in found.changes.facts],
        "prices": [_price_change(change) for change in found.changes.prices],
        "rows": [_row_change(change) for change in found.changes.rows],
        "figures": [_figure_change(change) for change in found.changes.figures],
    }


def group_label(group: str) -> str:
    return LABELS.get(group, group.replace("_", " ").capitalize())


def _headline(found: Causes) -> str:
    if not found.effects:
        return "Nothing differs: both rest on the same facts, prices, policy and day."
    moved = [move for move in found.moves if move.moved]
    if not moved:
        return f"The answer is the same; {_cost_words(found.usd_month)}."
    if len(found.moves) == 1:
        return f"The answer was {_answer_words(moved[0].before)}; it is {_answer_words(moved[0].after)}. {_why(moved[0])}"
    return f"The answer changed for {counted(len(moved), 'part')} of {len(found.moves)}: {listed([move.part for move in moved])}."


def _cost_words(usd_month: float | None) -> str:
    if usd_month is None:
        return "what that does to the cost is not known"
    if not usd_month:
        return "the cost is the same"
    return f"it costs {money(abs(usd_month))} {'more' if usd_month > 0 else 'less'}"


def _change_words(usd_month: float | None) -> str:
    """The change of a monthly cost for a column of figures."""
    if usd_month is None:
        return "unknown"
    return (
        f"{in_words(abs(usd_month), 'USD')} {'more' if usd_month > 0 else 'less'}"
        if usd_month
        else "the same"
    )


def _answer_words(answer: Answer | None) -> str:
    if answer is None:
        return "not asked for"
    if answer.target is None:
        return "that nothing fits"
    where = placed(answer.target)
    if answer.now is None:
        where = f"nothing today and {where} as the target"
    elif answer.now != answer.target:
        where = f"{placed(answer.now)} today and {where} as the target"
    return f"{where}, provisionally" if answer.status == "provisional" else where


def _why(move: Move) -> str:
    """Which single change leads to the new answer; or that none does."""
    if move.alone:
        changes = [f"from {PHRASES.get(group, group_label(group).lower())} alone" for group in move.alone]
        return f"It follows {listed(changes)}."
    return "No single change leads there; only together do they."


def _part(move: Move) -> dict[str, Any]:
    return {
        "name": move.part,
        "moved": move.moved,
        "before": _answer_entry(move.before),
        "after": _answer_entry(move.after),
        "sentence": _why(move) if move.moved else "The same answer.",
    }


def _answer_entry(answer: Answer | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    return {
        "status": answer.status,
        "now": answer.now,
        "target": answer.target,
        "usd_month": answer.usd_month,
        "words": _answer_words(answer),
    }


def _effect(effect: Effect, moves: tuple[Move, ...]) -> dict[str, Any]:
    return {
        "group": effect.group,
        "label": group_label(effect.group),
        "sentence": _effect_sentence(effect, moves),
        "usd_month": effect.usd_month,
        "cost_words": _change_words(effect.usd_month),
    }


def _effect_sentence(effect: Effect, moves: tuple[Move, ...]) -> str:
    """What a group of changes does when everything else stays as it was."""
    if effect.answers is None:
        return "Cannot be told alone: the facts of one decision do not fit the policy of the other."
    leads = [move.part for move in moves if effect.group in move.alone and move.moved]
    strays = [
        f"{_for(move, moves)}{_answer_words(effect.answer(move.part))}"
        for move in moves
        if effect.group in move.elsewhere
    ]
    parts = []
    if leads:
        parts.append(
            "it leads to the new answer"
            if len(moves) == 1
            else f"it leads to the new answer for {listed(leads)}"
        )
    if strays:
        parts.append(f"the answer would be {listed(strays)}")
    said = f"Alone, {listed(parts)}" if parts else "Alone, it changes no answer"
    return f"{said}; {_cost_words(effect.usd_month)}."


def _for(move: Move, moves: tuple[Move, ...]) -> str:
    return "" if len(moves) == 1 else f"for {move.part} "


def _together(found: Causes) -> dict[str, Any] | None:
    """What only the combination of the changes explains; None where each is explained on its own."""
    parts = [move.part for move in found.moves if move.together]
    if not parts and not found.rest:
        return None
    whose = "" if len(found.moves) == 1 else f" for {listed(parts)}"
    said = (
        f"Only the combination leads to the new answer{whose}" if parts else "The changes act on each other"
    )
    return {
        "sentence": f"{said}; {_rest_words(found.rest)}.",
        "usd_month": found.rest,
        "cost_words": _change_words(found.rest),
    }


def _rest_words(usd_month: float | None) -> str:
    if usd_month is None:
        return "what it does to the cost is not known"
    if not usd_month:
        return "it costs no more than each does alone"
    return f"it {'adds' if usd_month > 0 else 'saves'} {money(abs(usd_month))} beyond what each does alone"


def _fact_change(change: FactChange) -> dict[str, Any]:
    before, after = _fact(change.before, change.declared), _fact(change.after, change.declared)
    if before and after and before["words"] == after["words"] and before["value"] != after["value"]:
        # apart by less than is rounded
        before["words"], after["words"] = f"{before['value']:,}", f"{after['value']:,}"
    return {
        "name": change.name,
        "label": change.declared.label if change.declared else change.name,
        "where": change.where,
        "before": before,
        "after": after,
    }


def _fact(fact: Fact | None, declared: Input | None) -> dict[str, Any] | None:
    if fact is None:
        return None
    words = in_words(fact.value, declared.unit, declared.labels) if declared else in_words(fact.value)
    at = fact.at.isoformat() if fact.at else None
    return {"value": plain(fact.value), "words": words, "source": fact.source, "by": fact.by, "at": at}


def _price_change(change: PriceChange) -> dict[str, Any]:
    return {
        "variant": change.variant,
        "before": _asked_words(change.before),
        "after": _asked_words(change.after),
    }


def _asked_words(asked: Asked | None) -> str:
    """Who asks how much, with the rate where it is not dollars."""
    if asked is None:
        return "no comparable price"
    offer, rate = asked.offer, asked.usd_per_unit
    unit = "$" if offer.currency == "USD" else f"{offer.currency} "
    rated = "" if offer.currency == "USD" or rate is None else f", at {rate:g} dollars each"
    model = getattr(offer, "model", None)
    if model is not None:
        prices = f"{_amount(offer.input_usd_per_mtok, unit)} in and {_amount(offer.output_usd_per_mtok, unit)} out a million tokens"  # type: ignore[union-attr]
        return f"{model} at {offer.provider}: {prices}{rated}"
    return f"{offer.gpu_count} x {offer.gpu} at {offer.provider}: {_machine_words(offer, unit)}{rated}"  # type: ignore[union-attr]


def _machine_words(offer: Any, unit: str) -> str:
    if offer.amount_per_hour is not None:
        return f"{_amount(offer.amount_per_hour, unit)} an hour"
    amounts = [_amount(amount, unit) for amount in (offer.capex_low, offer.capex_high) if amount is not None]
    return f"{' to '.join(amounts)} to buy"


def _amount(amount: Decimal, unit: str) -> str:
    """To the last digit, without noughts at the end."""
    return f"{unit}{amount.normalize():,f}"


def _row_change(change: RowChange) -> dict[str, Any]:
    row = change.row
    return {
        "id": row.id,
        "label": row.label,
        "table": row.table,
        "state": change.state,
        "words": ROW_WORDS[change.state],
        "sentence": row.sentence,
        "source": source_entry(row.source),
    }


def _figure_change(change: FigureChange) -> dict[str, Any]:
    return {
        "name": change.name,
        "label": change.label,
        "before": in_words(change.before, change.unit),
        "after": in_words(change.after, change.unit),
    }
