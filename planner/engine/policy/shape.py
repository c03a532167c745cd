"""The outer shape of the policy's files: which table each holds, and that its rows are rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from planner.engine.policy.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMED: Final = (
    "inputs",
    "parameters",
    "archetypes",
    "tiers",
)  # tables of tables; all others are lists of rows
HEAD: Final = "policy"
ORDER: Final = "order"


def check_shape(name: str, document: Mapping[str, Any]) -> None:
    """Raises PolicyError unless the file NAME is made of tables where tables are read."""
    file = f"{name}.csv" if name == "statements" else f"{name}.toml"
    if name == HEAD:
        for part in ("policy", "economics", "owners"):
            _require(
                file,
                part,
                isinstance(document.get(part, {}), dict),
                f"is not a table; begin it with [{part}]",
            )
    elif name in NAMED:
        cells = document.get(name, {})
        _require(
            file, name, isinstance(cells, dict), f"is not a table; begin each entry with [{name}.its_name]"
        )
        for row, entry in cells.items():
            _require(file, row, isinstance(entry, dict), f"is not a table; begin it with [{name}.{row}]")
        _require(file, ORDER, isinstance(document.get(ORDER, []), list), "is not a list of names")
    else:
        rows = document.get("rows", [])
        is_list = isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
        _require(file, "rows", is_list, "is not a list of tables; begin each row with [[rows]]")


def with_order(name: str, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document with the order of its entries as a list: a database that keeps it forgets the order of names.

    The order means something (which question comes first), so it is kept, and hashed, with all the rest.
    """
    entries = document.get(name)
    if name not in NAMED or not isinstance(entries, dict) or ORDER in document:
        return document
    return {ORDER: list(entries), **document}


def in_kept_order(name: str, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document with its entries in the order of that list; names it leaves out come last, by name."""
    if name not in NAMED or ORDER not in document:
        return document
    entries = document.get(name, {})
    first = [entry for entry in document[ORDER] if entry in entries]
    rest = sorted(entry for entry in entries if entry not in first)
    return {**document, name: {entry: entries[entry] for entry in (*first, *rest)}}


def _require(file: str, row: str, holds: bool, message: str) -> None:
    if not holds:
        raise PolicyError(file, row, "-", message)
