"""Flips in words: one fact at another value, everything else as it is, and the answer then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from planner.engine.amounts import in_words
from planner.engine.explain.findings import PHRASES
from planner.engine.explain.questions import WHOM
from planner.engine.explain.reasons import plain
from planner.engine.explain.words import capitalised, lower_first, placed
from planner.engine.flips.search import LOOSER, ON_COURSE, STRICTER
from planner.engine.vocabulary import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.engine.flips import Flip
    from planner.engine.policy import Input, Policy

GROUPS: Final = {
    LOOSER: "Would allow less sovereignty",
    STRICTER: "Would force more",
    ON_COURSE: "Numbers on course to cross",
}
MEMBERS: Final = {"+": "with", "-": "without"}


def flip_groups(policy: Policy, flips: Sequence[Flip]) -> list[dict[str, Any]]:
    """The flips under what they would do, in the order in which they are given."""
    return [
        {
            "group": group,
            "label": label,
            "flips": [_entry(policy.inputs[flip.name], flip) for flip in flips if flip.group == group],
        }
        for group, label in GROUPS.items()
    ]


def _entry(declared: Input, flip: Flip) -> dict[str, Any]:
    return {
        "name": flip.name,
        "label": declared.label,
        "value": plain(flip.value),
        "operator": flip.operator,
        "to": plain(flip.to),
        "now": flip.now,
        "target": flip.target,
        "status": flip.status,
        "whom": WHOM.get(flip.supplied_by, flip.supplied_by),
        "change": _change(declared, flip),
        "then": _then(flip),
        "distance": _distance(flip),
    }


def _change(declared: Input, flip: Flip) -> str:
    """What would have to be so, beside what is so."""
    now, to = (in_words(value, declared.unit, declared.labels) for value in (flip.value, flip.to))
    if flip.operator in MEMBERS:
        return f"{declared.label}: {MEMBERS[flip.operator]} {to}, {now} today"
    if flip.operator in PHRASES:
        range_words = f"{PHRASES[flip.operator]} {to}"
        if flip.until is not None:
            range_words += f" and not beyond {in_words(flip.until, declared.unit)}"
        return f"{declared.label}: {range_words}, {now} today"
    return f"{declared.label}: {to}, {now} today"


def _then(flip: Flip) -> str:
    if flip.target is None:
        return "Nothing would fit."
    if flip.now == flip.target:
        sentence = f"{capitalised(placed(flip.target))}, at once."
    elif flip.now is None:
        sentence = f"{capitalised(placed(flip.target))}, once its gates are closed; nothing until then."
    else:
        sentence = (
            f"{capitalised(placed(flip.target))}, once its gates are closed; {placed(flip.now)} until then."
        )
    return f"Provisionally: {lower_first(sentence)}" if flip.status == Status.PROVISIONAL else sentence


def _distance(flip: Flip) -> str:
    return "" if flip.distance_pct is None else f"{flip.distance_pct:+.3g} %"
