"""Conditions: what they mean, and what is refused when a row is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from planner.engine.expression import ExpressionError, parse


@dataclass(frozen=True)
class Shape:
    type: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    kind: str = "number"


INPUTS = {
    "tokens_month": Shape("number"),
    "eval_examples": Shape("int"),
    "latency_hard": Shape("bool"),
    "stage": Shape("enum", ("poc", "mvp", "production")),
    "data_tags": Shape("set", ("public", "pii", "phi")),
}
PARAMETERS = {"eval_min": Figure(), "word": Figure("text")}
VALUES = {
    "tokens_month": 5_000_000,
    "eval_examples": 100,
    "latency_hard": True,
    "stage": "mvp",
    "data_tags": frozenset({"pii"}),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("latency_hard", True),
        ("not latency_hard", False),
        ("True", True),
        ("stage == 'mvp'", True),
        ("stage != 'mvp'", False),
        ("stage in ('poc', 'mvp')", True),
        ("stage not in ('poc', 'mvp')", False),
        ("'pii' in data_tags", True),
        ("'phi' not in data_tags", True),
        ("any_of(data_tags, 'phi', 'pii')", True),
        ("any_of(data_tags, 'phi')", False),
        ("eval_examples >= P.eval_min", True),
        ("eval_examples > P.eval_min", False),
        ("1e6 < tokens_month <= 5_000_000", True),
        ("tokens_month > -1", True),
        ("latency_hard and stage == 'poc' or 'pii' in data_tags", True),
        ("latency_hard == True", True),
    ],
)
def test_a_condition_means_what_it_says(text: Any, expected: Any) -> None:
    assert parse(text, INPUTS, PARAMETERS).holds(VALUES, {"eval_min": 100}) is expected


@pytest.mark.parametrize(
    "text", ["tokens_month > 1", "tokens_month < 1", "stage == 'mvp'", "stage != 'mvp'", "'pii' in data_tags"]
)
def test_a_comparison_with_an_unknown_value_is_not_true(text: Any) -> None:
    assert parse(text, INPUTS, PARAMETERS).holds(dict.fromkeys(VALUES), {}) is False


def test_a_condition_knows_what_it_reads() -> None:
    condition = parse("latency_hard and eval_examples < P.eval_min and latency_hard", INPUTS, PARAMETERS)
    assert (condition.names, condition.parameters) == (("latency_hard", "eval_examples"), ("eval_min",))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("token_month > 1", "unknown input 'token_month'; did you mean 'tokens_month'?"),
        ("tokens_month > P.eval_mni", "unknown parameter P.eval_mni; did you mean 'eval_min'?"),
        ("stage == 'prod'", "'prod' is not a value of stage; it takes poc, mvp, production"),
        ("stage == 'productoin'", "'productoin' is not a value of stage; did you mean 'production'?"),
        ("'secret' in data_tags", "'secret' is not a value of data_tags; it takes public, pii, phi"),
        ("any_of(data_tags, 'pi')", "'pi' is not a value of data_tags; did you mean 'pii'?"),
        ("tokens_month > '5'", "tokens_month against '5': a number cannot be compared with a text"),
        ("stage > 'mvp'", "stage against 'mvp': only numbers can be larger or smaller"),
        ("stage == 3", "stage against 3: one of a list cannot be compared with a number"),
        ("tokens_month > P.word", "tokens_month against P.word: a number cannot be compared with a text"),
        ("data_tags == 'pii'", "data_tags against 'pii': a set is asked with 'value' in name or any_of(name, 'value')"),
        ("tokens_month", "tokens_month is a number, not true or false; compare it with a value"),
        ("stage.upper() == 'MVP'", "stage.upper(): calls are not allowed here"),
        ("stage.name == 'mvp'", "stage.name: attributes are not allowed; parameters are written P.name"),
        ("len(data_tags) > 1", "len(data_tags): calls are not allowed here"),
        ("any_of(stage, 'mvp')", "stage is one of a list; any_of reads a set"),
        ("any_of(data_tags)", "any_of needs a set and at least one value"),
        ("tokens_month * 2 > 5", "tokens_month * 2: arithmetic and other syntax are not allowed in a condition"),
        ("tokens_month is None", "only ==, !=, <, <=, >, >=, in and not in may compare"),
        ("stage in (tokens_month, 'mvp')", "tokens_month: a list may hold literal values only"),
        ("'mvp' in stage", "stage is not a set; write 'value' in name_of_a_set, or name in ('a', 'b')"),
        ("tokens_month > None", "None is not a number, a text, True or False"),
        ("(x for x in data_tags)", "(x for x in data_tags): arithmetic and other syntax are not allowed in a condition"),
        ("__import__('os').system('true')", "__import__('os').system('true'): calls are not allowed; the only function is any_of(set, 'a', 'b')"),
        ("tokens_month > eval_examples", "tokens_month against eval_examples: two inputs cannot be compared; declare an input that is their ratio and compare that with 1"),
        ("3 > 2", "3 against 2: two constants; name an input"),
        ("tokens_month >", "cannot be read as a condition: invalid syntax"),
        ("latency_hard\0", "cannot be read as a condition: source code string cannot contain null bytes"),
    ],
)  # fmt: skip
def test_what_a_policy_may_not_say_is_refused_with_the_way_out(text: Any, message: Any) -> None:
    with pytest.raises(ExpressionError) as refused:
        parse(text, INPUTS, PARAMETERS)
    assert str(refused.value) == message
