"""Step rows among themselves: a need nothing produces, a circle, a hop nobody climbs are refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from planner.engine import PolicyError
from planner.engine.policy import build_policy
from tests.engine.test_policy import documents


def refused(row: str, column: str, value: Any) -> tuple[str, str, str]:
    """Where and how the shipped policy is refused with one cell of a step changed; None takes the cell away."""
    changed = documents()
    cells = next(each for each in changed["steps"]["rows"] if each["id"] == row)
    cells.pop(column, None)
    if value is not None:
        cells[column] = value
    with pytest.raises(PolicyError) as error:
        build_policy(changed)
    assert error.value.file == "steps.toml"
    return error.value.row, error.value.column, error.value.message


@pytest.mark.parametrize(
    ("row", "column", "value", "message"),
    [
        ("GOT-452", "needs", ["load_tesst"], "nothing produces it: 'load_tesst'; did you mean 'load_tested'"),
        ("GOT-452", "needs", "GOT-453", "not a list of names"),
        ("GOT-452", "hops", ["4>6"], "'4>6' is not a hop; they are 1>2, 2>3, 3>4, 4>5a, 5a>5b"),
        ("GOT-452", "weeks", "weeks_load_tset", "names neither a parameter nor an input: 'weeks_load_tset'"),
        ("GOT-452", "wait", True, "names neither a parameter nor an input: 'True'"),
        ("GOT-452", "phase", "prepair", "'prepair' is not one of decide, foundation"),
        ("GOT-452", "at", "4", "belongs to a stop only"),
        ("PTH-180", "at", "6", "'6' is not a class; they are 1, 2, 3, 4, 5a, 5b"),
        ("PTH-180", "out_of_reach", None, "is missing; say why"),
        ("PH-427", "because", None, "is missing; say why"),
    ],
)
def test_a_wrong_word_is_refused_with_row_and_column(row: str, column: str, value: Any, message: str) -> None:
    where = refused(row, column, value)
    assert where[:2] == (row, column)
    assert message in where[2]


def test_steps_that_wait_for_each_other_are_refused_with_the_circle() -> None:
    row, column, message = refused("PH-411", "needs", ["quality_gap_known"])
    assert (row in message, column) == (True, "needs")
    assert message.startswith("go round in a circle: ")
