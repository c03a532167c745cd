"""Conditions as boxes: they agree with the plain evaluation everywhere, and their algebra is exact."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.engine.expression import ExpressionError, parse
from planner.engine.expression.boxes import EVERYWHERE, NOWHERE, Space, common, shared
from planner.engine.expression.scalar import compiled
from planner.engine.expression.tree import All, Comparison, Either, Flag, Member, Negation, Overlap, Truth
from planner.engine.expression.writing import written


@dataclass(frozen=True)
class Range:
    type: str
    values: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    may_be_unknown: bool = False


INPUTS: dict[str, Any] = {
    "hard": Range("bool"),
    "sure": Range("bool", may_be_unknown=True),
    "stage": Range("enum", ("poc", "mvp", "production")),
    "stance": Range("enum", ("trust", "check"), may_be_unknown=True),
    "people": Range("int", minimum=0, maximum=6),
    "heads": Range("int", may_be_unknown=True),
    "tokens": Range("number", minimum=0),
    "growth": Range("number", may_be_unknown=True),
    "tags": Range("set", ("public", "pii", "phi", "mnpi")),
}
THRESHOLDS = st.one_of(st.integers(-2, 8), st.sampled_from([-1.5, 0.5, 2.5, 2.75, 1e12]))
NUMERIC = ("people", "heads", "tokens", "growth")


def numbers(declared: Range) -> Any:
    low = -4 if declared.minimum is None else int(declared.minimum)
    high = 10 if declared.maximum is None else int(declared.maximum)
    whole = st.integers(low, high)
    found = (
        whole
        if declared.type == "int"
        else st.one_of(whole, st.sampled_from([0.25, 0.5, 2.5, 2.6, 2.75, 1e12, 1e13]))
    )
    return st.one_of(found, st.none()) if declared.may_be_unknown else found


VALUES = st.fixed_dictionaries(
    {
        "hard": st.booleans(),
        "sure": st.sampled_from([True, False, None]),
        "stage": st.sampled_from(INPUTS["stage"].values),
        "stance": st.sampled_from(["trust", "check", None]),
        "tags": st.one_of(st.none(), st.frozensets(st.sampled_from(INPUTS["tags"].values))),
        **{name: numbers(INPUTS[name]) for name in NUMERIC},
    }
)
ATOMS = st.one_of(
    st.builds(Truth, st.booleans()),
    st.builds(Flag, st.sampled_from(["hard", "sure"])),
    st.builds(Comparison, st.sampled_from(["hard", "sure"]), st.sampled_from(["==", "!="]), st.booleans()),
    st.builds(Comparison, st.just("stance"), st.sampled_from(["==", "!="]), st.sampled_from(["trust", "check"])),
    st.builds(Member, st.just("stage"), st.frozensets(st.sampled_from(["poc", "mvp", "production"]))),
    st.builds(Member, st.sampled_from(NUMERIC), st.frozensets(THRESHOLDS, max_size=2)),
    st.builds(Overlap, st.just("tags"), st.frozensets(st.sampled_from(INPUTS["tags"].values), min_size=1)),
    st.builds(
        Comparison, st.sampled_from(NUMERIC), st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), THRESHOLDS
    ),
)  # fmt: skip
NODES = st.recursive(
    ATOMS,
    lambda parts: st.one_of(
        st.builds(Negation, parts),
        st.builds(All, st.lists(parts, min_size=1, max_size=4).map(tuple)),
        st.builds(Either, st.lists(parts, min_size=1, max_size=4).map(tuple)),
    ),
    max_leaves=10,
)
LAWS = settings(max_examples=3000, deadline=None, derandomize=True)


@LAWS
@given(NODES, VALUES)
def test_a_point_is_in_the_boxes_when_the_condition_holds(node: Any, values: Any) -> None:
    space = Space.of(INPUTS, [node])
    holds = compiled(node)(values, {})
    assert space.contains(space.region(node), values) is holds
    assert space.contains(space.region(node, holds=False), values) is not holds


@settings(LAWS, max_examples=1000)
@given(NODES, NODES, VALUES)
def test_the_algebra_is_that_of_sets(one: Any, other: Any, values: Any) -> None:
    space = Space.of(INPUTS, [one, other])
    a, b = space.region(one), space.region(other)
    in_a, in_b = space.contains(a, values), space.contains(b, values)
    assert space.contains(space.meet(a, b), values) is (in_a and in_b)
    assert space.contains(space.without(a, b), values) is (in_a and not in_b)
    rest = space.complement(a)
    assert space.contains(rest, values) is not in_a
    assert all(common(*pieces) is None for pieces in itertools.combinations(rest, 2))
    assert (shared(a, b) is not None) is (space.meet(a, b) != NOWHERE)
    if space.inside(a, b):
        assert in_b or not in_a


@settings(LAWS, max_examples=1000)
@given(NODES, NODES)
def test_every_box_has_a_point_that_satisfies_the_condition(one: Any, other: Any) -> None:
    space = Space.of(INPUTS, [one, other])
    region = space.region(one)
    for box in region:
        assert all(0 < mask < space.axes[name].full for name, mask in box.items())
        assert compiled(one)(any_values(space) | space.point(box), {})
    assert space.inside(region, space.region(other)) is (
        space.without(region, space.region(other)) == NOWHERE
    )


@settings(LAWS, max_examples=300)
@given(NODES)
def test_nothing_is_left_over_exactly_when_nothing_satisfies(node: Any) -> None:
    space = Space.of(INPUTS, [node])
    names = list(space.axes)[:3]
    others = {name: axis.point(axis.full) for name, axis in space.axes.items()}
    cells = [[space.axes[name].point(1 << place) for place in places(space.axes[name])] for name in names]
    some = any(
        compiled(node)(others | dict(zip(names, point, strict=True)), {})
        for point in itertools.product(*cells)
    )
    if some or len(space.axes) <= len(names):
        assert (space.region(node) != NOWHERE) is some


def places(axis: Any) -> range:
    return range(axis.full.bit_length())


def any_values(space: Space) -> dict[str, Any]:
    return {name: axis.point(axis.full) for name, axis in space.axes.items()}


def region(text: str) -> Any:
    node = parse(text, INPUTS, {}).tree
    space = Space.of(INPUTS, [node])
    return space, space.region(node)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("people < 0", NOWHERE),  # never below its minimum
        ("people > 6", NOWHERE),
        ("2 < people < 3", NOWHERE),  # nobody is two and a half people
        ("people >= 0", EVERYWHERE),
        ("hard or not hard", EVERYWHERE),
        ("people >= 2.5 or people < 2.5", EVERYWHERE),
        ("any_of(tags, 'pii', 'phi') and not 'pii' in tags and 'phi' not in tags", NOWHERE),
        ("stage in ('poc', 'mvp') and stage == 'production'", NOWHERE),
    ],
)
def test_what_can_never_or_must_always_hold_is_seen(text: str, expected: Any) -> None:
    assert region(text)[1] == expected


def test_an_unknown_value_satisfies_neither_side_of_a_threshold() -> None:
    space, found = region("growth < 5 or growth >= 5")
    assert found != EVERYWHERE
    assert space.point(space.complement(found)[0]) == {"growth": None}


def test_values_no_condition_tells_apart_share_a_cell() -> None:
    space, _ = region("any_of(tags, 'pii', 'phi') and tokens > 5")
    assert (space.axes["tags"].full, space.axes["tokens"].points) == (3, (2.5, 5, 10))


def test_boxes_that_differ_in_one_input_become_one() -> None:
    _, found = region("stage == 'poc' and hard or stage == 'mvp' and hard")
    assert found == ({"stage": 3, "hard": 2},)


def test_two_boxes_share_what_both_leave() -> None:
    assert common({"a": 6, "b": 1}, {"a": 3}) == {"a": 2, "b": 1}
    assert common({"a": 4}, {"a": 3}) is None


def test_a_condition_that_explodes_is_refused() -> None:
    inputs: Any = {f"n{place}": Range("bool") for place in range(24)}
    text = " and ".join(f"(n{place} or n{place + 1})" for place in range(0, 24, 2))
    node = parse(text, inputs, {}).tree
    with pytest.raises(ExpressionError, match="more than 1000 alternatives once its or-parts are multiplied"):
        Space.of(inputs, [node]).region(node)


def test_a_set_with_too_many_values_told_apart_is_refused() -> None:
    names = tuple(f"t{place}" for place in range(17))
    inputs: Any = {"tags": Range("set", names)}
    node = parse(" or ".join(f"'{name}' in tags" for name in names), inputs, {}).tree
    with pytest.raises(ExpressionError, match="tell 17 groups of the values of tags apart"):
        Space.of(inputs, [node])


@settings(LAWS, max_examples=1000)
@given(NODES)
def test_boxes_written_as_a_condition_are_read_as_the_same_boxes(node: Any) -> None:
    space = Space.of(INPUTS, [node])
    found = space.region(node)
    again = parse(written(space, found), INPUTS, {}).tree
    both = Space.of(INPUTS, [node, again])
    one, other = both.region(node), both.region(again)
    assert both.inside(one, other)
    assert both.inside(other, one)


@pytest.mark.parametrize(
    "text",
    [
        "True",
        "False",
        "hard",
        "not hard",
        "sure",
        "not sure",
        "stage == 'poc'",
        "stage in ('poc', 'mvp')",
        "not stance == 'trust'",
        "tokens >= 100_000",
        "0.5 < tokens <= 12_000",
        "people == 2",
        "not growth < 5",
        "tokens < 5 or tokens > 7",
        "any_of(tags, 'pii', 'phi')",
        "'pii' in tags and not 'phi' in tags",
        "'pii' in tags and any_of(tags, 'phi', 'mnpi') and not 'public' in tags",
        "hard and (tokens < 5 or tokens > 7)",
    ],
)
def test_a_condition_comes_back_as_it_was_written(text: str) -> None:
    space, found = region(text)
    assert written(space, found) == text
