"""One edit of a policy's documents, by what somebody typed: the documents as they become.

Only the text itself is checked here; whoever keeps the result builds the policy from it first.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

from planner.engine.policy.cells import (
    columns_of,
    entries,
    in_order,
    order_of,
    put,
    take,
    with_entry,
    without_entry,
)
from planner.engine.policy.errors import PolicyError
from planner.engine.policy.typed import (
    SHIPPED_ONLY,
    number,
    typed,
    typed_assumption,
    typed_value,
    why_not_typed,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.engine.policy.cells import Documents
    from planner.engine.policy.load import Policy

FIXED_TABLES: Final = (*SHIPPED_ONLY, "inputs")
OF_A_VALUE: Final = ("from", "value", "document", "line", "quote")


def cell_changed(
    documents: Documents, policy: Policy, table: str, row: str, column: str, text: str
) -> Documents:
    """The cell says what was typed; a cell of no text is taken away."""
    cells = copy.deepcopy(dict(_row(documents, table, row)))
    if not text.strip() and not why_not_typed(table, column):
        take(cells, column)
    elif (table, column) == ("inputs", "unknown"):
        put(cells, column, typed_assumption(policy.inputs[row], text))
    elif column == "source.line":
        put(cells, column, number(text, f"{table}.toml", row, column))
    else:
        put(cells, column, typed(documents, table, row, column, text))
    return with_entry(documents, table, row, cells)


def row_added(documents: Documents, table: str, cells: Mapping[str, str]) -> Documents:
    """The table has one row more, made of what was typed into its cells."""
    given = {name: text.strip() for name, text in cells.items() if text.strip()}
    row = given.pop("id", "")
    if table in FIXED_TABLES:
        raise PolicyError(
            f"{table}.toml", row or "new", "id", "takes no new rows; they come with the product"
        )
    if not row:
        raise PolicyError(f"{table}.toml", "new", "id", "is missing; every row has a name of its own")
    if row in entries(documents.get(table, {})):
        raise PolicyError(f"{table}.toml", row, "id", "is used already; every row has an id of its own")
    if table == "parameters":
        return with_entry(documents, table, row, _parameter(documents, row, given))
    made: dict[str, Any] = {"id": row} if table not in ("tiers", "archetypes") else {}
    for column, text in given.items():
        numeric = column == "source.line"
        where = (f"{table}.toml", row, column)
        put(made, column, number(text, *where) if numeric else typed(documents, table, row, column, text))
    return with_entry(documents, table, row, made)


def row_removed(documents: Documents, table: str, row: str) -> Documents:
    """The table no longer has the row."""
    _row(documents, table, row)
    if table in FIXED_TABLES:
        raise PolicyError(f"{table}.toml", row, "id", "cannot go; it belongs to the product")
    return without_entry(documents, table, row)


def value_appended(documents: Documents, policy: Policy, name: str, typed_in: Mapping[str, str]) -> Documents:
    """The parameter has one more value, from a day after all the others, with its reference."""
    cells = copy.deepcopy(dict(_row(documents, "parameters", name)))
    since = typed_in.get("from", "").strip()
    value = typed_value(policy.parameters[name], since, typed_in.get("value", ""))
    cells["values"] = [*cells["values"], _dated(name, since, value, typed_in)]
    return with_entry(documents, "parameters", name, cells)


def undone(documents: Documents, base: Documents, table: str, row: str, column: str = "") -> Documents:
    """The row, or one column of it, is again what it is in the base."""
    before = entries(base.get(table, {})).get(row)
    now = entries(documents.get(table, {})).get(row)
    if before is None:
        return without_entry(documents, table, row)
    if now is None or not column:
        back = with_entry(documents, table, row, copy.deepcopy(before))
        return {**back, table: in_order(back[table], order_of(base[table]))}
    cells, was = copy.deepcopy(dict(now)), columns_of(before)
    if column in was:
        put(cells, column, was[column])
    else:
        take(cells, column)
    return with_entry(documents, table, row, cells)


def _row(documents: Documents, table: str, row: str) -> Mapping[str, Any]:
    found = entries(documents.get(table, {})).get(row)
    if found is None:
        raise PolicyError(f"{table}.toml", row, "id", "is not in this policy")
    return found


def _parameter(documents: Documents, name: str, given: Mapping[str, str]) -> dict[str, Any]:
    made = {
        column: typed(documents, "parameters", name, column, text)
        for column, text in given.items()
        if column not in OF_A_VALUE
    }
    text = given.get("value", "")
    word = text.lower()
    value = word == "true" if word in ("true", "false") else _number_or_text(name, text)
    return {**made, "values": [_dated(name, given.get("from", ""), value, given)]}


def _number_or_text(name: str, text: str) -> int | float | str:
    try:
        return number(text, "parameters.toml", name, "value")
    except PolicyError:
        return text


def _dated(name: str, since: str, value: object, typed_in: Mapping[str, str]) -> dict[str, Any]:
    for column in OF_A_VALUE:
        if not typed_in.get(column, "").strip():
            raise PolicyError(
                "parameters.toml", name, column, "is missing; a value has a day, an amount and a source"
            )
    line = number(typed_in["line"], "parameters.toml", name, "line")
    reference = {"document": typed_in["document"].strip(), "line": line, "quote": typed_in["quote"].strip()}
    return {"from": since, "value": value, "reference": reference}
