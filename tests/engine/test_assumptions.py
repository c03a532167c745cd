"""The figures economics is worked out with: numbers of the policy, each with its range and its source."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from planner.engine.policy import (
    Assumptions,
    PolicyError,
    UnknownAssumptionError,
    build_policy,
    read_documents,
)
from planner.engine.policy.load import SHIPPED
from planner.engine.policy.parameters import as_parameter
from tests.engine.samples import AS_OF, POLICY

ASSUMED = Assumptions.of(POLICY, AS_OF)
RETRIES: dict[str, Any] = {
    "label": "Retries",
    "unit": "x",
    "checked": "2026-11-21",
    "values": [
        {
            "from": "2026-01-01",
            "value": 1.05,
            "low": 1,
            "high": 2,
            "reference": {"document": "own estimate", "quote": "retries", "line": 0},
        }
    ],
}


def test_a_figure_says_its_range_its_unit_and_where_it_is_from() -> None:
    share = ASSUMED.figures["fte_class5a"]
    assert (share.value, share.low, share.high, share.unit) == (1.5, 1.0, 5.0, "people")
    assert share.reference.document == "economics_defaults"
    assert not share.guess


def test_what_if_changes_a_copy_and_marks_what_was_changed() -> None:
    asked = ASSUMED.having({"fte_class5a": 0.25, "rho_max": ASSUMED["rho_max"]})
    assert (asked["fte_class5a"], asked.figures["fte_class5a"].changed) == (0.25, True)
    assert not asked.figures["rho_max"].changed
    assert ASSUMED["fte_class5a"] == 1.5


def test_a_figure_nobody_has_is_named_with_the_way_out() -> None:
    with pytest.raises(UnknownAssumptionError, match="no parameter 'rho_maxx'"):
        ASSUMED["rho_maxx"]
    with pytest.raises(UnknownAssumptionError, match="no parameter 'nothing'"):
        ASSUMED.having({"nothing": 1.0})


def test_a_figure_the_policy_in_force_is_too_old_for_is_the_shipped_one_and_says_so() -> None:
    documents = copy.deepcopy(read_documents(SHIPPED))
    del documents["parameters"]["parameters"]["elec_price"]
    older = Assumptions.of(build_policy(documents), AS_OF)
    assert (older["elec_price"], older.figures["elec_price"].shipped) == (0.12, True)
    assert not older.figures["pue"].shipped


@pytest.mark.parametrize(("side", "bound", "wrong"), [("low", 1.2, "above"), ("high", 1.0, "below")])
def test_a_range_that_leaves_its_value_out_is_refused(side: str, bound: float, wrong: str) -> None:
    cells = {**RETRIES, "values": [{**RETRIES["values"][0], side: bound}]}
    with pytest.raises(PolicyError, match=f"{bound} is {wrong} the value 1.05 itself"):
        as_parameter("retry_overhead", cells)


def test_a_range_of_words_is_refused() -> None:
    cells = {**RETRIES, "values": [{**RETRIES["values"][0], "low": "few"}]}
    with pytest.raises(PolicyError, match="'few' is not a number"):
        as_parameter("retry_overhead", cells)
