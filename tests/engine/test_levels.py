"""Mistakes in a trigger's levels are refused when the policy is read, with file, row and column."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest

from planner.engine.policy import PolicyError, build_policy
from planner.engine.policy.load import OTHER_FILES, SHIPPED, TABLES

SUSTAIN = {"n": "sustained_weeks", "of": "sustained_of_weeks", "each": "week"}
DOCUMENTS = json.dumps(
    {name: tomllib.loads((SHIPPED / f"{name}.toml").read_text("utf-8")) for name in (*OTHER_FILES, *TABLES)},
    default=str,
)


def refused(changes: dict[str, Any], row: str = "TRG-317", **parameters: Any) -> PolicyError:
    """The error about the shipped policy with one trigger changed; None takes a cell away."""
    documents = json.loads(DOCUMENTS)
    cells = next(each for each in documents["triggers"]["rows"] if each["id"] == row)
    cells.update(changes)
    for name in [name for name, value in changes.items() if value is None]:
        del cells[name]
    for name, value in parameters.items():
        if value is None:
            del documents["parameters"]["parameters"][name]
        else:
            documents["parameters"]["parameters"][name]["values"][0]["value"] = value
    with pytest.raises(PolicyError) as caught:
        build_policy(documents)
    return caught.value


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"metric": "p95_measured"}, "metric", "did you mean 'p95_measured_ms'"),
        ({"metric": "residency"}, "metric", "residency is no amount"),
        ({"metric": None}, "metric", "is missing"),
        ({"fire": "p95_limit"}, "fire", "names no parameter and no input"),
        ({"fire": "residency"}, "fire", "residency is no amount"),
        ({"clear": "dpf_status"}, "clear", "dpf_status is no amount"),
        ({"fires": "latency_hard"}, "fire", "one of the two"),
        ({"fire": None}, "fire", "one of the two"),
        ({"drifts": "prices"}, "drifts", "is not one of volume, spend, time"),
        ({"sustain": 3}, "sustain", "is not complete"),
        ({"sustain": {"n": "sustained_weeks"}}, "sustain", "is not complete"),
        ({"sustain": SUSTAIN | {"each": "run"}}, "sustain", "'run' is no period"),
        ({"sustain": SUSTAIN | {"n": "sustained_week"}}, "sustain", "names no parameter"),
        ({"sustain": SUSTAIN | {"n": "near_share"}}, "sustain", "near_share is no whole number"),
        ({"sustain": SUSTAIN | {"of": "sustained_weeks", "n": "sustained_months"}}, "sustain", "asks for 3 of 2"),
    ],
    ids=str,
)  # fmt: skip
def test_a_mistake_in_a_level_is_named(changes: dict[str, Any], column: str, words: str) -> None:
    error = refused(changes)
    assert (error.file, error.row, error.column) == ("triggers.toml", "TRG-317", column)
    assert words in error.message


def test_no_period_at_all_is_no_sustain() -> None:
    assert "asks for 0 of 4" in refused({}, sustained_weeks=0).message


def test_the_figures_every_trigger_is_read_with_must_be_there() -> None:
    error = refused({}, clear_share=None)
    assert (error.file, error.row) == ("parameters.toml", "clear_share")
