"""What only scorecards must satisfy: each kind of row is complete and names what exists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from planner.engine.expression import suggestion
from planner.engine.policy.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.engine.policy.rows import Row

FILE: Final = "scorecards.toml"
NEEDED: Final = {
    "card": ("sentence",),
    "question": ("when", "yes_says", "no_says"),
    "verdict": ("count", "at_least", "says", "sentence"),
    "alias": ("when", "sentence"),
}


def check_scorecards(rows: Sequence[Row], inputs: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
    """Raises PolicyError unless every row is complete for its kind and belongs to a card of the file."""
    cards = {row.cell("card"): row for row in rows if row.cell("kind") == "card"}
    for row in rows:
        for column in NEEDED[row.cell("kind")]:
            if column not in row.cells:
                raise PolicyError(FILE, row.id, column, f"is missing; a {row.cell('kind')} needs it")
        card = row.cell("card")
        if card not in cards:
            raise PolicyError(FILE, row.id, "card", f"{card!r} is no card{suggestion(str(card), cards)}")
        for name in row.cell("needs", ()):
            if name not in inputs:
                raise PolicyError(FILE, row.id, "needs", f"unknown input {name!r}{suggestion(name, inputs)}")
        counted = row.cell("at_least")
        if counted is not None and counted not in parameters:
            raise PolicyError(
                FILE, row.id, "at_least", f"names no parameter: {counted!r}{suggestion(counted, parameters)}"
            )
