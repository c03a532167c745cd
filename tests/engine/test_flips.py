"""Every flip listed flips, and no single change that is not listed does."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.engine import parse_workloads
from planner.engine.columns import Given, Portfolio, Program
from planner.engine.decide import Basis, standing_waivers, weigh
from planner.engine.facts import Fact
from planner.engine.flips import Flip, flips
from planner.engine.flips.many import swings
from planner.engine.flips.money import TOKENS, VOLUMES, _costs_at, breakpoints
from planner.engine.reading import facts_of
from planner.engine.vocabulary import Kind
from tests.engine.laws import examples
from tests.engine.portfolios import SUPPLIED, segment, value, workload
from tests.engine.samples import AS_OF, POLICY, PRICES, case

BASIS = Basis.of(POLICY, PRICES, AS_OF)
PROGRAM = Program.of(BASIS)
REACH = float(BASIS.figures["flip_reach"])
NEARLY = 1e-6  # costs are rounded to cents, so that a crossing of two of them is no sharper than this
LAWS = settings(
    max_examples=examples(150), deadline=None, derandomize=True
)  # times all flips, and 20 changes that may be none


def given_of(part: Any) -> Given:
    return Given(
        facts_of(POLICY, workload(part), part),
        part.classification == "approved",
        part.pending,
        frozenset(standing_waivers(part.waivers, AS_OF)),
    )


def answer(part: Any, facts: Any) -> tuple[str | None, str | None]:
    weighed = weigh(BASIS, facts, part)
    return weighed.scale.pick(weighed.ready), weighed.scale.pick(weighed.feasible)


def moved(flip: Flip, declared: Any) -> Any:
    """A value on the far side of the flip, as close as can be."""
    if flip.operator == "=":
        return flip.to
    if flip.operator in "+-":
        return flip.value ^ {flip.to}
    if flip.operator.endswith("="):
        beyond = flip.to
    elif declared.type == Kind.INT:
        beyond = int(flip.to // 1) + 1 if flip.operator == ">" else -int(-flip.to // 1) - 1
    else:
        end = flip.until if flip.until is not None else flip.to * (2 if flip.operator == ">" else 0.5)
        beyond = flip.to + (end - flip.to) / 2
    return int(beyond) if declared.type == Kind.INT else beyond


def covers(flip: Flip, current: Any, other: Any) -> bool | None:
    """Whether the flip speaks of this other value; None where it is too near to its edge to say."""
    if flip.operator == "=":
        return bool(other == flip.to)
    if flip.operator in "+-":
        return bool(flip.value ^ {flip.to} == other)
    edges = [flip.to] if flip.until is None else [flip.to, flip.until]
    if any(abs(other - edge) <= NEARLY * max(abs(edge), 1) and other != edge for edge in edges):
        return None
    low, high = (flip.to, flip.until) if flip.operator.startswith(">") else (flip.until, flip.to)
    inside = (low is None or other >= low) and (high is None or other <= high)
    if other in edges:
        return None if other != flip.to else flip.operator.endswith("=")
    return inside


@LAWS
@given(st.integers(0, 2**32))
def test_every_flip_listed_flips(seed: int) -> None:
    part = segment(random.Random(seed))
    known = given_of(part)
    before = answer(part, known.facts)
    for flip in flips(PROGRAM, known):
        changed = {**known.facts, flip.name: Fact(moved(flip, POLICY.inputs[flip.name]))}
        after = answer(part, changed)
        assert after == (flip.now, flip.target), flip
        assert after != before, flip


@LAWS
@given(st.integers(0, 2**32))
def test_no_single_change_that_is_not_listed_flips(seed: int) -> None:
    chance = random.Random(seed)
    part = segment(chance)
    known = given_of(part)
    before = answer(part, known.facts)
    listed = flips(PROGRAM, known)
    for _ in range(20):
        declared = chance.choice(SUPPLIED)
        now = known.facts[declared.name].value if declared.name in known.facts else declared.assumed
        other = value(declared, chance)
        if declared.type == Kind.SET:
            other = frozenset(now) ^ {chance.choice(declared.values)}
        if other == now or (declared.type in (Kind.INT, Kind.NUMBER) and beyond_reach(declared, now, other)):
            continue
        after = answer(part, {**known.facts, declared.name: Fact(other)})
        spoken = [covers(flip, now, other) for flip in listed if flip.name == declared.name]
        if None not in spoken:
            assert (after != before) == any(spoken), (declared.name, now, other, before, after)


def beyond_reach(declared: Any, now: Any, other: float) -> bool:
    """A number without a largest value is followed only so far."""
    if declared.maximum is not None:
        return False
    return other > REACH * max(now or 0, *PROGRAM.cuts.get(declared.name, ()), 1.0)


@LAWS
@given(st.integers(0, 2**32))
def test_between_two_breakpoints_every_cost_is_a_straight_line(seed: int) -> None:
    """However the tokens are known: in total, split, or only in part."""
    chance = random.Random(seed)
    parts = chance.sample(VOLUMES[1:], chance.choice((0, 1, 1, 2)))
    drawn = {
        **{name: 10 ** chance.uniform(7, 9.5) for name in (VOLUMES[0], *parts)},
        **{name: chance.uniform(1, 3) for name in sorted(TOKENS - {*VOLUMES})},
    }
    tier = chance.choice(POLICY.inputs["complexity"].values)
    known = {name: Fact(value) for name, value in {**drawn, "complexity": tier}.items()}
    table = Portfolio.of(PROGRAM, [Given(known, approved=True)]).base.table
    for name in TOKENS:
        bends = np.array(sorted(breakpoints(PROGRAM, table, name, 2 * drawn.get(name, 1e9))))
        low, width = bends[:-1], np.diff(bends)
        seen = width > NEARLY * bends[1:]  # no sharper than cents are
        at = [low[seen] + width[seen] * share for share in (0.01, 0.5, 0.99)]
        begin, middle, end = np.split(_costs_at(PROGRAM, table, name, np.concatenate(at)), 3, axis=1)
        assert np.allclose(middle, (begin + end) / 2, rtol=0, atol=0.011, equal_nan=True), name


def volume_flip(growth: float) -> Any:
    """Of a workload whose dedicated machines pay off at four times its volume."""
    (new,) = parse_workloads([case(27)], POLICY)
    facts = facts_of(POLICY, new, new.segments[0]) | {"growth_pct_month": Fact(growth)}
    known = Given(facts, new.segments[0].classification == "approved", new.segments[0].pending)
    (found,) = (flip for flip in flips(PROGRAM, known) if flip.name == "tokens_month")
    return found


def test_a_volume_that_grows_is_on_course_to_what_it_crosses() -> None:
    assert (volume_flip(0.0).group, volume_flip(5.0).group, volume_flip(20.0).group) == (
        "stricter",
        "stricter",
        "on_course",
    )


def test_a_flip_of_a_number_says_where_and_how_far() -> None:
    flip = volume_flip(0.0)
    assert (flip.operator, flip.value, flip.target) == (">", 200_000_000, "4")
    assert 820e6 < flip.to < 821e6
    assert flip.distance_pct == 310.2


def test_the_swings_of_a_portfolio_are_the_flips_of_its_segments() -> None:
    """For flags, lists and sets; numbers are asked at steps there and exactly here."""
    parts = [segment(random.Random(seed)) for seed in range(12)]
    known = [given_of(part) for part in parts if part.pending is None]
    together = Portfolio.of(PROGRAM, known)
    found = {
        (swing.name, int(place))
        for swing in swings(together)
        for place in swing.segments.nonzero()[0]
        if not together.base.table.is_number(swing.name)
    }
    alone = {
        (flip.name, place)
        for place, each in enumerate(known)
        for flip in flips(PROGRAM, each)
        if flip.operator in {"=", "+", "-"}
    }
    assert found == alone
