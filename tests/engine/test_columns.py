"""One segment decided alone and ten thousand decided at once are decided alike."""

from __future__ import annotations

import copy
import math
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.engine.columns import Given, Portfolio, Program
from planner.engine.columns.choose import members
from planner.engine.columns.watch import ARMED, FIRED, NEAR, NOT_EVALUATED, NOT_THERE, watch
from planner.engine.decide import Basis, decide_workload, standing_waivers, weigh
from planner.engine.facts import Fact
from planner.engine.flips import flips
from planner.engine.measures import Outcome
from planner.engine.policy import build_policy
from planner.engine.policy.load import SHIPPED, read_documents
from planner.engine.reading import facts_of
from planner.engine.triggers import evaluate
from planner.engine.vocabulary import VARIANTS
from tests.engine.laws import examples
from tests.engine.portfolios import segments, workload
from tests.engine.samples import AS_OF, POLICY, PRICES

BASIS = Basis.of(POLICY, PRICES, AS_OF)
PROGRAM = Program.of(BASIS)
SEEDS = st.integers(0, 2**32)
AT_ONCE = 25
LAWS = settings(max_examples=examples(100), deadline=None, derandomize=True)  # 100 x 25 segments


def given_of(parts: Any) -> list[Given]:
    return [
        Given(
            facts_of(POLICY, workload(part), part),
            part.classification == "approved",
            part.pending,
            frozenset(standing_waivers(part.waivers, AS_OF)),
        )
        for part in parts
    ]


def pool(masks: Any, place: int) -> tuple[str, ...]:
    inside = members(masks)[:, place]
    return tuple(variant for variant, there in zip(VARIANTS, inside, strict=True) if there)


def test_a_policy_too_old_to_ask_for_an_input_is_decided_without_it() -> None:
    documents = copy.deepcopy(read_documents(SHIPPED))
    del documents["inputs"]["inputs"]["reasoning_multiplier"]
    older = Basis.of(build_policy(documents), PRICES, AS_OF)
    program = Program.of(older)
    for part in segments(1, AT_ONCE):
        known = {name: fact for name, fact in part.facts.items() if name in older.policy.inputs}
        alone = replace(part, facts=known)
        [asked] = given_of([alone])
        decided = decide_workload(older.policy, workload(alone), PRICES, AS_OF).segments[0]
        state = Portfolio.of(program, [asked]).base
        assert state.placements("target", 0) == decided.target
        flips(program, asked)


@LAWS
@given(SEEDS)
def test_scalar_and_columns_agree(seed: int) -> None:
    parts = segments(seed, AT_ONCE)
    state = Portfolio.of(PROGRAM, given_of(parts)).base
    for place, part in enumerate(parts):
        alone = weigh(BASIS, facts_of(POLICY, workload(part), part), part)
        fired = {row.id for row in alone.fired}
        assert fired == {rule.row.id for rule in PROGRAM.constraints if state.fires(rule.row.id)[place]}
        assert (pool(state.allowed, place), pool(state.feasible, place), pool(state.ready, place)) == (
            alone.allowed,
            alone.feasible,
            alone.ready,
        )
        for usd, variant in zip(state.usd[:, place], VARIANTS, strict=True):
            expected = alone.costs[variant].usd_month
            assert math.isnan(usd) if expected is None else usd == expected, variant
        assert state.placements("target", place) == alone.scale.pick(alone.feasible)
        assert state.placements("now", place) == alone.scale.pick(alone.ready)


@LAWS
@given(SEEDS, st.sampled_from(sorted({name for rule in PROGRAM.rules for name in rule.reads})), st.data())
def test_an_exchanged_input_is_decided_as_if_it_had_been_given(seed: int, name: str, data: Any) -> None:
    declared = POLICY.inputs[name]
    if declared.supplied_by == "derived" and name == "data_tags_status":
        return  # follows from the approval, nobody can give it
    parts = [part for part in segments(seed, 10) if part.pending is None]
    if not parts:
        return
    portfolio = Portfolio.of(PROGRAM, given_of(parts))
    value = data.draw(values_of(declared))
    state = portfolio.exchanged({name: portfolio.base.table.full(name, value)})
    again = Portfolio.of(
        PROGRAM,
        [
            Given({**each.facts, name: Fact(value)}, each.approved, None, each.waived)
            for each in given_of(parts)
        ],
    ).base
    for column in ("allowed", "feasible", "ready", "now", "target"):
        assert np.array_equal(getattr(state, column), getattr(again, column)), column


def values_of(declared: Any) -> Any:
    if declared.type == "bool":
        return st.booleans()
    if declared.type == "enum":
        return st.sampled_from(declared.values)
    if declared.type == "set":
        return st.frozensets(st.sampled_from(declared.values), max_size=3)
    low, high = declared.minimum or 0, declared.maximum or 1e9
    return st.integers(int(low), int(high)) if declared.type == "int" else st.floats(low, high)


CODES = {"armed": ARMED, "near": NEAR, "fired": FIRED, "not_evaluated": NOT_EVALUATED}


@settings(LAWS, max_examples=examples(30))
@given(SEEDS)
def test_triggers_stand_alike(seed: int) -> None:
    parts = [part for part in segments(seed, AT_ONCE) if part.pending is None]
    portfolio = Portfolio.of(PROGRAM, given_of(parts))
    watched = watch(portfolio, portfolio.base)
    for place, part in enumerate(parts):
        decided = decide_workload(POLICY, workload(part), PRICES, AS_OF).segments[0]
        outcome = Outcome(
            decided.allowed,
            decided.amounts,
            decided.now,
            decided.target,
            decided.status,
            part.classification,
            decided.costs,
        )
        alone = {each.id: each for each in evaluate(POLICY, decided.reading.facts, outcome, AS_OF)}
        together = {key: int(states[place]) for key, states in watched.states.items()}
        assert {key: CODES[each.state] for key, each in alone.items()} == {
            key: code for key, code in together.items() if code != NOT_THERE
        }
        assert {key for key, each in alone.items() if each.confirmed} == {
            key for key, agreed in watched.confirmed.items() if agreed[place]
        }
