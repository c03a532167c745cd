"""Two policies compared row by row, and the same changes made to a third."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.engine.policy import build_policy, read_documents
from planner.engine.policy.cells import columns_of, entries, put, take, without_entry
from planner.engine.policy.diff import diff, replay
from planner.engine.policy.edits import undone
from planner.engine.policy.errors import PolicyError
from planner.engine.policy.load import SHIPPED, as_kept
from planner.engine.policy.owners import as_owners

DOCUMENT: dict[str, Any] = json.loads(json.dumps(as_kept(read_documents(SHIPPED)), default=str))
PLACES = [
    (table, row, column)
    for table in DOCUMENT
    for row, cells in entries(DOCUMENT[table]).items()
    for column in columns_of(cells)
    if column not in ("id", "version") and not column.startswith("value from")
]


def changed(*places: tuple[str, str, str], value: Any = "something else") -> dict[str, Any]:
    """The shipped documents with another value in these cells."""
    documents = copy.deepcopy(DOCUMENT)
    for table, row, column in places:
        put(entries(documents[table])[row], column, value)
    return documents


def rows(document: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document["constraints"]["rows"]
    return found


def test_a_policy_differs_in_nothing_from_itself_nor_by_its_name() -> None:
    assert diff(DOCUMENT, copy.deepcopy(DOCUMENT)) == ()
    assert diff(DOCUMENT, changed(("policy", "policy", "version"))) == ()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PLACES), unique=True, max_size=6))
def test_every_changed_cell_is_named_once_and_the_change_can_be_made_again(
    places: list[tuple[str, str, str]],
) -> None:
    documents = changed(*places)
    changes = diff(DOCUMENT, documents)
    named = [(change.table, change.row, column.name) for change in changes for column in change.columns]
    assert sorted(named) == sorted(places)
    assert replay(changes, DOCUMENT) == (documents, ())
    assert replay(changes, documents) == (documents, ())  # made already: nothing clashes


def test_rows_that_come_and_go_are_whole() -> None:
    documents = copy.deepcopy(DOCUMENT)
    gone = rows(documents).pop(3)
    rows(documents).append({**gone, "id": "NEW-1"})
    kinds = {(change.row, change.kind) for change in diff(DOCUMENT, documents)}
    assert kinds == {(gone["id"], "removed"), ("NEW-1", "added")}
    again, conflicts = replay(diff(DOCUMENT, documents), DOCUMENT)
    assert (diff(again, documents), conflicts) == ((), ())


def test_another_order_is_a_difference_where_order_may_matter() -> None:
    documents = copy.deepcopy(DOCUMENT)
    rows(documents).reverse()
    (change,) = diff(DOCUMENT, documents)
    assert (change.table, change.row) == ("constraints", "(order)")


def test_a_database_that_sorts_names_makes_no_difference_and_loses_no_order() -> None:
    sorted_by_name = json.loads(json.dumps(DOCUMENT, sort_keys=True))
    assert diff(DOCUMENT, sorted_by_name) == diff(sorted_by_name, DOCUMENT) == ()
    documents = copy.deepcopy(sorted_by_name)
    documents["inputs"]["order"].reverse()
    assert [(each.table, each.row) for each in diff(sorted_by_name, documents)] == [("inputs", "(order)")]


@pytest.mark.parametrize("table", ["parameters", "constraints"])
def test_a_row_that_goes_and_comes_back_leaves_nothing_behind(table: str) -> None:
    row = list(entries(DOCUMENT[table]))[3]
    without = without_entry(DOCUMENT, table, row)
    assert row not in entries(without[table])
    assert row not in json.dumps(without[table].get("order", []))
    assert undone(without, DOCUMENT, table, row)[table] == DOCUMENT[table]


def test_what_the_other_policy_says_differently_stays_and_is_named() -> None:
    mine, theirs = (
        changed(("constraints", "DAT-243", "label"), value="Mine"),
        changed(("constraints", "DAT-243", "label"), value="Theirs"),
    )
    found, (conflict,) = replay(diff(DOCUMENT, mine), theirs)
    assert found == theirs
    assert (conflict.row, conflict.column, conflict.wanted, conflict.found) == (
        "DAT-243",
        "label",
        "Mine",
        "Theirs",
    )


@pytest.mark.parametrize("kind", ["changed", "removed"])
def test_a_row_the_other_policy_no_longer_has_or_has_changed_is_a_conflict(kind: str) -> None:
    without = copy.deepcopy(DOCUMENT)
    without["constraints"]["rows"] = [row for row in rows(without) if row["id"] != "DAT-243"]
    mine = changed(("constraints", "DAT-243", "label"))
    changes, onto = (diff(DOCUMENT, mine), without) if kind == "changed" else (diff(DOCUMENT, without), mine)
    found, conflicts = replay(changes, onto)
    assert found == onto
    assert [(each.table, each.row) for each in conflicts] == [("constraints", "DAT-243")]


def test_the_owners_are_part_of_the_policy_and_checked() -> None:
    assert build_policy(DOCUMENT).owners["compliance"] == ("reviewer",)
    for wrong, words in (
        ({"quality": "reviewer"}, "list of roles"),
        ({"quality": ["reviewer"]}, "is missing"),
    ):
        with pytest.raises(PolicyError, match=words):
            as_owners(wrong)


def test_a_name_with_a_dot_of_its_own_is_one_cell() -> None:
    place = ("inputs", "model_license", "labels.llama3.0")
    documents = changed(place)
    assert entries(documents["inputs"])["model_license"]["labels"]["llama3.0"] == "something else"
    assert replay(diff(DOCUMENT, documents), DOCUMENT) == (documents, ())
    cells = entries(documents["inputs"])["model_license"]
    take(cells, "labels.llama3.0")
    assert "llama3.0" not in cells["labels"]
    put(cells, "labels.llama3.0", "Llama 3.0")
    assert documents == DOCUMENT
