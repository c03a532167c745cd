"""Values as people write them: JSON, form text, shorthand; and what is refused, by name."""

from __future__ import annotations

from typing import Any

import pytest

from planner.engine import FactError, load_policy

INPUTS = load_policy().inputs


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("tokens_month", 5, 5),
        ("tokens_month", "1.2M", 1_200_000),
        ("tokens_month", "3 B", 3_000_000_000),
        ("tokens_month", "60_000_000", 60_000_000),
        ("tokens_month", "60,000,000", 60_000_000),
        ("tokens_month", "1e9", 1_000_000_000),
        ("tokens_month", " 250k ", 250_000),
        ("peak_to_avg", "1.3", 1.3),
        ("growth_pct_month", "-4.5", -4.5),
        ("eval_examples", "150", 150),
        ("ml_engineers", 0.5, 0.5),
        ("latency_hard", "true", True),
        ("latency_hard", "No", False),
        ("latency_hard", "on", True),
        ("stage", " mvp ", "mvp"),
        ("data_tags", ["pii", "phi"], frozenset({"pii", "phi"})),
        ("data_tags", "pii, phi", frozenset({"pii", "phi"})),
        ("data_tags", "", frozenset()),
    ],
)
def test_a_value_is_read_however_it_is_written(name: Any, raw: Any, value: Any) -> None:
    read = INPUTS[name].parse(raw)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("name", "raw", "problem"),
    [
        ("tokens_month", -1, "-1 is below the smallest allowed value, 0."),
        ("tokens_month", "lots", "'lots' is not a number. Write it like 60000000, 60_000_000, 60M or 1.2 B."),
        ("tokens_month", "", "'' is not a number. Write it like 60000000, 60_000_000, 60M or 1.2 B."),
        ("tokens_month", True, "True is not a number. Write it like 60000000, 60_000_000, 60M or 1.2 B."),
        ("tokens_month", None, "None is not a number. Write it like 60000000, 60_000_000, 60M or 1.2 B."),
        ("tokens_month", float("nan"), "nan is not a number anybody can have measured."),
        ("tokens_month", float("inf"), "inf is not a number anybody can have measured."),
        ("tokens_month", "1e300", "'1e300' is not a number anybody can have measured."),
        ("team_share", 1.5, "1.5 is above the largest allowed value, 1."),
        ("eval_examples", 1.5, "1.5 is not a whole number."),
        ("latency_hard", "maybe", "'maybe' is neither yes nor no. Give true or false."),
        ("latency_hard", 1, "1 is neither yes nor no. Give true or false."),
        ("stage", "produktion", "'produktion' is not one of its values; did you mean 'production'? It takes: exploration, poc, mvp, production."),
        ("stage", 3, "3 is not one of its values. It takes: exploration, poc, mvp, production."),
        ("gdpr_interpretation", ["strict"], "['strict'] is not one of its values; did you mean 'strict'? It takes: none, standard, strict."),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_refused_by_name(name: Any, raw: Any, problem: Any) -> None:
    with pytest.raises(FactError) as refused:
        INPUTS[name].parse(raw)
    assert refused.value.name == name
    assert refused.value.message == f"{INPUTS[name].label} ({name}): {problem}"


@pytest.mark.parametrize("raw", [["pii", "secret"], "secret", [["pii"]], 3, {"pii": True}])
def test_a_set_takes_its_own_values_only(raw: Any) -> None:
    with pytest.raises(FactError):
        INPUTS["data_tags"].parse(raw)


def test_a_huge_whole_number_is_refused_rather_than_an_error() -> None:
    with pytest.raises(FactError):
        INPUTS["tokens_month"].parse(10**400)


def test_amounts_a_month_of_a_workload_are_divided_among_its_segments() -> None:
    divided = [name for name, declared in INPUTS.items() if declared.shared_by_volume]
    assert "tokens_month" in divided
    assert "growth_pct_month" not in divided
