"""Ways out: what would have to move to open a placement, who may move it, and what it costs then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.engine.amounts import in_words
from planner.engine.binding import answer_without
from planner.engine.explain.words import capitalised, counted, listed, lower_first, money, placed
from planner.engine.relaxations import relaxations
from planner.engine.splits import split
from planner.engine.vocabulary import CLASS_OF, CLASSES, VARIANTS

if TYPE_CHECKING:
    from planner.engine.decision import Relaxation
    from planner.engine.explain.told import Told
    from planner.engine.splits import Split

NOBODY = "nobody"


def relaxation_entry(way: Relaxation) -> dict[str, Any]:
    """One smallest way out: what has to move, who may move it, and what it leads to."""
    statutory = any(row.statutory for row in way.rows)
    return {
        "rows": [row.id for row in way.rows],
        "gates": [row.id for row in way.gates],
        "moves": [{"id": row.id, "label": row.label, "table": row.table} for row in (*way.rows, *way.gates)],
        "opens": way.variant,
        "grantor": _grantor(way),
        "statutory": statutory,
        "statute": _statute_words(way) if statutory else "",
        "cost_usd_month": way.usd_month,
        "sentence": _way_sentence(way, statutory=statutory),
    }


def class_ways(told: Told) -> list[dict[str, Any]]:
    """For each class that nothing leaves open: its smallest ways out, and the split that opens it to a rest."""
    return [entry for key in CLASSES if (entry := _class_entry(told, key))]


def cheapest_way(told: Told, classes: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Of the ways somebody may grant, the one that costs least, before all others those that change the answer."""
    ways = [
        {"class": entry["class"], **way}
        for entry in classes
        for way in entry["ways"]
        if way["grantor"] != NOBODY and way["cost_usd_month"] is not None
    ]
    best = min(ways, key=lambda way: (not way["becomes_answer"], way["cost_usd_month"]), default=None)
    if best is None:
        return None
    difference = best["difference_usd_month"]
    saves = told.segment.target is None or (best["becomes_answer"] and (difference or 0) < 0)
    intro = "The cheapest way out" if saves else "No way out makes it cheaper; the one that costs least"
    return {
        **{key: best[key] for key in ("class", "opens", "cost_usd_month", "grantor")},
        "saves": saves,
        "sentence": f"{intro}: {lower_first(best['sentence'])} {best['afterwards']}",
    }


def _class_entry(told: Told, key: str) -> dict[str, Any] | None:
    segment = told.segment
    variants = [variant for variant in VARIANTS if CLASS_OF[variant] == key]
    if any(variant in segment.feasible for variant in variants):
        return None
    ways = relaxations(segment.fired, segment.gates, segment.amounts, variants)
    return {
        "class": key,
        "ways": [relaxation_entry(way) | _afterwards(told, way) for way in ways],
        "split": _split_entry(told, variants),
    }


def _afterwards(told: Told, way: Relaxation) -> dict[str, Any]:
    """What follows once it is granted: the price against today's answer, what is still to do, and the new answer."""
    segment = told.segment
    answer = answer_without(told.scale, segment, {row.id for row in (*way.rows, *way.gates)})[1]
    usd, today = way.usd_month, segment.amounts.get(segment.target or "")
    difference = None if usd is None or today is None else round(usd - today, 2)
    still = [gate.row.label for gate in segment.gates_before(way.variant) if gate.closable]
    parts = [_difference_words(difference), _answer_words(way.variant, answer), _still_words(still)]
    return {
        "difference_usd_month": difference,
        "difference_words": _against_words(difference),
        "becomes_answer": answer == way.variant,
        "afterwards": " ".join(part for part in parts if part),
    }


def _against_words(difference: float | None) -> str:
    """The difference for a table's cell."""
    if difference is None:
        return "unknown"
    amount = money(abs(difference)).removesuffix(" a month")
    return f"{amount} {'more' if difference > 0 else 'less'}" if difference else "the same"


def _difference_words(difference: float | None) -> str:
    if difference is None:
        return ""
    if not difference:
        return "It costs the same as the answer above."
    return f"That is {money(abs(difference))} {'more' if difference > 0 else 'less'} than the answer above."


def _answer_words(variant: str, answer: str | None) -> str:
    if answer == variant:
        return "It would then be the answer."
    return f"It would be possible; the answer would be {placed(answer)}."


def _still_words(labels: list[str]) -> str:
    if not labels:
        return ""
    still = listed([lower_first(label) for label in labels])
    return f"Before it runs there, {counted(len(labels), 'gate')} would still have to be closed: {still}."


def _split_entry(told: Told, variants: list[str]) -> dict[str, Any] | None:
    """The smallest split among the variants of a class, the cheapest where several are as small."""
    amounts = told.segment.amounts
    found = [
        each for variant in variants if (each := split(told.policy, told.figures, told.segment, variant))
    ]
    if not found:
        return None
    best = min(found, key=lambda each: (len(each.marks), _usd(amounts[each.variant])))
    return {
        "opens": best.variant,
        "marks": [
            {"fact": mark.name, "value": mark.value, "words": words} for mark, words in _marks(told, best)
        ],
        "grantor": "reviewer",
        "cost_usd_month": amounts[best.variant],
        "sentence": _split_sentence(told, best),
    }


def _usd(amount: float | None) -> float:
    return float("inf") if amount is None else amount


def _marks(told: Told, found: Split) -> list[tuple[Any, str]]:
    inputs = told.policy.inputs
    return [(mark, _mark_words(inputs[mark.name], mark.value)) for mark in found.marks]


def _mark_words(declared: Any, value: Any) -> str:
    words = in_words(value, declared.unit, declared.labels)
    return f"“{declared.label}: {words}”"


def _split_sentence(told: Told, found: Split) -> str:
    marks = listed([words for _, words in _marks(told, found)])
    keeps = told.segment.target
    stays = f"stays on {placed(keeps)}" if keeps else "still fits nowhere"
    return (
        f"Separate or de-identify what carries {marks}, with a reviewer's approval: the rest could use"
        f" {placed(found.variant)}, at up to {money(told.segment.amounts[found.variant])}; what was separated {stays}."
    )


def _grantor(way: Relaxation) -> str:
    """Who has to agree; a rule that cannot be waived leaves nobody."""
    if any(not row.waivable for row in way.rows):
        return NOBODY
    return listed(list(dict.fromkeys(row.owner for row in (*way.rows, *way.gates))))


def _statute_words(way: Relaxation) -> str:
    if _grantor(way) == NOBODY:
        return "Statutory: nobody here may grant it"
    return "If the rule is statute, this way out disappears"


def _way_sentence(way: Relaxation, *, statutory: bool) -> str:
    steps = []
    if way.rows:
        labels = listed([f"“{row.label}” ({row.id})" for row in way.rows])
        steps.append(f"an exception to {labels}")
    if way.gates:
        labels = listed([lower_first(row.label) for row in way.gates])
        steps.append(f"{counted(len(way.gates), 'gate')} made closable ({labels})")
    sentence = f"{capitalised(listed(steps))} would open {placed(way.variant)} at {money(way.usd_month)}."
    if _grantor(way) == NOBODY:
        return f"{sentence} Nobody {'here ' if statutory else ''}may grant it."
    return (
        f"{sentence} It is no way out if the rule is statute rather than guidance." if statutory else sentence
    )
