"""The documents of a policy taken apart into rows and cells, and put together again with one of them changed."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Final

from planner.engine.policy.shape import NAMED, ORDER

Documents = Mapping[str, Mapping[str, Any]]

VALUE_FROM: Final = "value from "  # a dated value of a parameter, as a column


def entries(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The rows of one file by their id, whether it is a list of rows, a table of tables, or a few parts."""
    found: dict[str, Mapping[str, Any]] = {}
    for key, part in document.items():
        if isinstance(part, list):
            found |= {
                str(row.get("id", place)): row for place, row in enumerate(part, 1) if isinstance(row, dict)
            }
        elif _holds_tables(part):
            found |= part
        elif isinstance(part, dict):
            found[key] = part
    return found


def _holds_tables(part: object) -> bool:
    return isinstance(part, dict) and bool(part) and all(isinstance(each, dict) for each in part.values())


def columns_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The cells of a row, those of a table inside it under `outer.inner`, each dated value as a column of its own."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            found |= {f"{name}.{inner}": cell for inner, cell in columns_of(value).items()}
        elif name == "values" and _dated(value):
            found |= {f"{VALUE_FROM}{each['from']}": each for each in value}
        else:
            found[name] = value
    return found


def _dated(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) and "from" in each for each in value)


def put(row: dict[str, Any], column: str, value: object) -> None:
    """The row has the value in the column, with the tables inside it made where they are missing."""
    if column.startswith(VALUE_FROM):
        others = [each for each in row.get("values", []) if _column_of(each) != column]
        row["values"] = sorted([*others, value], key=lambda each: str(each["from"]))
        return
    place, name = _cell(row, column)
    for outer in name[:-1]:
        place = place.setdefault(outer, {})
    place[name[-1]] = value


def take(row: dict[str, Any], column: str) -> None:
    """The row has nothing in the column."""
    if column.startswith(VALUE_FROM):
        row["values"] = [each for each in row.get("values", []) if _column_of(each) != column]
        return
    place, name = _cell(row, column)
    if len(name) == 1:
        place.pop(name[0], None)


def _cell(row: dict[str, Any], column: str) -> tuple[dict[str, Any], list[str]]:
    """The innermost table there is for a column, and the names left in it: one where the cell's table is there.

    A name may have a dot of its own ("llama3.0"): a table that holds no tables is asked for all that is left.
    """
    place = row
    while column not in place:
        head, dot, rest = column.partition(".")
        if dot and isinstance(place.get(head), dict):
            place, column = place[head], rest
            continue
        plain = place is not row and place and not any(isinstance(each, dict) for each in place.values())
        return place, [column] if plain else column.split(".")
    return place, [column]


def _column_of(value: Mapping[str, Any]) -> str:
    return f"{VALUE_FROM}{value['from']}"


def order_of(document: Mapping[str, Any]) -> list[str]:
    """The rows of one file in the order that counts: that of its list; where there is none, order says nothing."""
    known = entries(document)
    listed = next((part for part in document.values() if isinstance(part, list)), [])
    return [name for name in map(_name_of, listed) if name in known]


def with_entry(documents: Documents, table: str, row: str, cells: Mapping[str, Any]) -> Documents:
    """The documents with this row: in the place of the old one, or at the end of its table."""
    document = dict(documents.get(table, {}))
    if table in NAMED:
        document[table] = {**document.get(table, {}), row: cells}
        if row not in document.get(ORDER, [row]):
            document[ORDER] = [*document[ORDER], row]
    elif row in document:
        document[row] = cells
    else:
        key = next((key for key, part in document.items() if isinstance(part, list)), "rows")
        rows = list(document.get(key, []))
        place = next((at for at, each in enumerate(rows) if str(each.get("id")) == row), len(rows))
        rows[place : place + 1] = [cells]
        document[key] = rows
    return {**documents, table: document}


def without_entry(documents: Documents, table: str, row: str) -> Documents:
    """The documents without this row."""
    document = copy.deepcopy(dict(documents.get(table, {})))
    for key, part in document.items():
        if isinstance(part, list):
            document[key] = [each for each in part if _name_of(each) != row]
        elif isinstance(part, dict):
            part.pop(row, None)
    return {**documents, table: document}


def in_order(document: Mapping[str, Any], order: list[str]) -> dict[str, Any]:
    """The document with its rows in this order; those it does not name come last."""
    places = {row: place for place, row in enumerate(order)}
    return {
        key: sorted(part, key=lambda each: places.get(_name_of(each), len(places)))
        if isinstance(part, list)
        else part
        for key, part in document.items()
    }


def _name_of(entry: object) -> str:
    """The row an entry of a list is, or names."""
    return str(entry.get("id")) if isinstance(entry, dict) else str(entry)
