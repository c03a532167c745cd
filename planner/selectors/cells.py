"""How the columns of the policy are called and how their cells are written, wherever a person reads or edits them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from planner.engine.vocabulary import LAYER_LABELS

COLUMN_LABELS: Final[dict[str, str]] = {
    "allow": "Leaves",
    "below": "Fires below",
    "clear": "Clears when",
    "closable_when": "Can be closed when",
    "closed_when": "Closed when",
    "confirm": "Confirmed when",
    "done": "Done when",
    "fire": "Fires at",
    "fires": "Fires when",
    "for": "Guards",
    "from": "Holds from",
    "guess": "Guess",
    "hop": "Move",
    "id": "Row",
    "impact": "Impact",
    "kind": "Kind",
    "label": "Name",
    "layer": "Layer",
    "likelihood": "Likelihood",
    "metric": "Measured by",
    "mitigation": "What is done",
    "near": "Near at",
    "needs": "Needs",
    "owner": "Owner",
    "phase": "Phase",
    "prefer": "Prefers",
    "produces": "Produces",
    "reference": "Source",
    "restates": "Said again as",
    "sentence": "Says",
    "shared": "Once for all",
    "source": "Source",
    "statutory": "Statutory",
    "strength": "Strength",
    "sustain": "Has to last",
    "table": "Reading",
    "unit": "Unit",
    "unknown": "Until known",
    "value": "Value",
    "values": "Values",
    "wait": "Pause before",
    "waivable": "May be waived",
    "weeks": "Takes",
    "when": "When",
}
GROUP_LABELS: Final[dict[str, str]] = LAYER_LABELS | {
    "strong": "Strong preferences",
    "weak": "Tie-breaks",
    "marker": "Published markers",
    "published": "Published figures",
    "guess": "Figures that nobody published",
    "computed": "Computed",
    "event": "Events",
    "complexity": "How hard a task is",
    "assurance": "What the data needs",
    "validity": "How long a classification holds",
    "decide": "To decide",
    "operate": "In operation",
}


def column_label(name: str) -> str:
    """The column's name as a person reads it: `closed_when` is "Closed when"."""
    return COLUMN_LABELS.get(name) or name.replace("_", " ").replace(".", ": ").capitalize()


def group_label(name: str) -> str:
    return GROUP_LABELS.get(name) or name.replace("_", " ").capitalize() or "All"


def place_words(document: object, line: object) -> str:
    """Where a quote stands: the guides go by number, everything else by its name; not everything has lines."""
    if not line:
        return str(document)
    return f"{'guide ' if str(document).isdecimal() else ''}{document}, line {line}"


def cited(source: Mapping[str, Any]) -> str:
    """A source: its words and where they stand."""
    return f"“{source['quote']}” {place_words(source['document'], source['line'])}"


def cell_words(value: object) -> str:
    """A cell as text: yes and no, lists with commas, a source as its quote and place."""
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return f"{value:,}"
        case {"document": document, "quote": quote, "line": line}:
            return f"“{quote}” {place_words(document, line)}"
        case Mapping():
            return ", ".join(f"{key}: {cell_words(each)}" for key, each in value.items())
        case list() | tuple() | frozenset() | set():
            return ", ".join(cell_words(each) for each in value)
        case _:
            return "" if value is None else str(value)


def searchable(value: Any) -> str:
    """Every word in a cell or an entry, small, for a search by text."""
    if isinstance(value, Mapping):
        return " ".join(searchable(each) for each in value.values())
    if isinstance(value, Iterable) and not isinstance(value, str):
        return " ".join(searchable(each) for each in value)
    return str(value).lower()
