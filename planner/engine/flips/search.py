"""All candidates decided in one call, and those that change the answer put together."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.engine.columns import Given, Portfolio, Program
from planner.engine.decide import standing_waivers
from planner.engine.flips.candidates import Candidate, candidates
from planner.engine.vocabulary import APPROVED, VARIANTS, Kind, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.engine.columns import State, Table
    from planner.engine.decision import SegmentDecision, WorkloadDecision

LOOSER: Final = "looser"
STRICTER: Final = "stricter"
ON_COURSE: Final = "on_course"
MONTHS_AHEAD: Final = 12
PERCENT: Final = 100
VOLUMES: Final = ("tokens_month", "input_tokens_month", "output_tokens_month")
Answer = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class Flip:
    """One fact that would change the answer: what it is, what it would have to be, and the answer then.

    `operator` is = for flags and lists, + and - for a member put into or taken out of a set, and a comparison with
    `to` for numbers; `until` is where the other end of such a range lies, None without one.
    """

    name: str
    value: Any
    operator: str
    to: Any
    now: str | None
    target: str | None
    status: str
    group: str
    supplied_by: str
    distance_pct: float | None = None
    until: float | None = None


def flips(program: Program, given: Given) -> tuple[Flip, ...]:
    """Every single change of a fact that changes now or target, by group, then by who can change it."""
    portfolio = Portfolio.of(program, [given])
    asked = candidates(program, portfolio.base.table)
    state = decided(portfolio, given, asked)
    answers = [
        (state.placements("now", place), state.placements("target", place)) for place in range(len(asked))
    ]
    before = (portfolio.base.placements("now", 0), portfolio.base.placements("target", 0))
    found: list[Flip] = []
    for name, group in groupby(zip(asked, answers, strict=True), key=lambda pair: pair[0].name):
        found += _of_input(program, portfolio.base.table, name, list(group), before)
    return tuple(sorted(found, key=lambda flip: _rank(program, flip)))


def flips_of(decision: WorkloadDecision, segment: SegmentDecision) -> tuple[Flip, ...]:
    """The flips of a segment that has been decided: on the same policy, prices, day and facts."""
    program = Program.on(decision.policy, decision.prices, decision.as_of)
    lifted = frozenset(standing_waivers(segment.waivers, decision.as_of))
    approved = segment.classification == APPROVED
    return flips(program, Given(segment.reading.facts, approved, segment.pending, lifted))


def decided(portfolio: Portfolio, given: Given, asked: Sequence[Candidate]) -> State:
    """The segment decided once for each candidate. What a waiting proposal says itself stays as it says."""
    many = portfolio.base.table.spread(len(asked))
    for place, each in enumerate(asked):
        many.put(each.name, place, each.code)
        if given.pending and each.name not in given.pending:
            many.put(each.name, len(asked) + place, each.code)
    waiting = np.arange(len(asked) if given.pending else 0, dtype=np.int64)
    lifted = {row: np.repeat(column, len(asked)) for row, column in portfolio.waived.items()}
    return Portfolio.over(portfolio.program, many, waiting, lifted).base


def _of_input(
    program: Program, table: Table, name: str, pairs: list[tuple[Candidate, Answer]], before: Answer
) -> list[Flip]:
    if table.is_number(name):
        return [_flip(program, table, *each, before) for each in _runs(table, name, pairs, before)]
    values = {code: value for value, code in table.shapes[name].codes.items()}
    found = []
    for candidate, answer in pairs:
        if answer != before:
            change = (
                (
                    "+" if int(candidate.code) >> table.code(name, candidate.member) & 1 else "-",
                    candidate.member,
                )
                if candidate.member
                else ("=", values[int(candidate.code)])
            )
            found.append(_flip(program, table, name, change, None, answer, before))
    return found


def _runs(
    table: Table, name: str, pairs: list[tuple[Candidate, Answer]], before: Answer
) -> list[tuple[str, tuple[str, Any], float | None, Answer]]:
    """Neighbouring cells with the same other answer as one range, named from its end that lies nearer to now."""
    now = float(table.column(name)[0])
    runs = []
    for answer, group in groupby(pairs, key=lambda pair: pair[1]):
        cells = [candidate for candidate, _ in group]
        if answer == before:
            continue
        first, last = cells[0], cells[-1]
        rising = math.isnan(now) or float(first.code) > now
        near, far = (first, last) if rising else (last, first)
        operator = (">" if rising else "<") + ("=" if near.cut else "")
        limit, end = (near.low, far.high) if rising else (near.high, far.low)
        until = None if (cells[-1] if rising else cells[0]) in (pairs[-1][0], pairs[0][0]) else end
        runs.append((name, (operator, limit), until, answer))
    return runs


def _flip(
    program: Program,
    table: Table,
    name: str,
    change: tuple[str, Any],
    until: float | None,
    answer: Answer,
    before: Answer,
) -> Flip:
    declared = program.basis.policy.inputs[name]
    now, target = answer
    return Flip(
        name=name,
        value=_plain(table, name),
        operator=change[0],
        to=change[1],
        now=now,
        target=target,
        status=Status.INFEASIBLE if target is None else Status.BLOCKED if now is None else Status.DECIDED,
        group=_group(table, name, change, before, answer),
        supplied_by=declared.supplied_by,
        distance_pct=_distance(table, name, change),
        until=until,
    )


def _plain(table: Table, name: str) -> Any:
    """The value in force as people write it; None while it is unknown."""
    shape, code = table.shapes[name], table.column(name)[0]
    if shape.is_number:
        return None if math.isnan(code) else float(code)
    if shape.declared.type == Kind.SET:
        return frozenset(member for member, bit in shape.codes.items() if int(code) >> bit & 1)
    return next((value for value, each in shape.codes.items() if each == code), None)


def _group(table: Table, name: str, change: tuple[str, Any], before: Answer, answer: Answer) -> str:
    """Whether a number is on its way there, else whether the answer would be less or more sovereign."""
    if name in VOLUMES and change[0].startswith(">") and _reached(table, name, float(change[1])):
        return ON_COURSE
    return LOOSER if _order(answer) < _order(before) else STRICTER


def _order(answer: Answer) -> tuple[int, int]:
    """Nothing at all is the strictest answer."""
    now, target = (len(VARIANTS) if each is None else VARIANTS.index(each) for each in answer)
    return target, now


def _reached(table: Table, name: str, level: float) -> bool:
    """Whether growth carries it there within a year."""
    now, growth = float(table.column(name)[0]), float(table.column("growth_pct_month")[0])
    return growth > 0 and now * (1 + growth / PERCENT) ** MONTHS_AHEAD >= level


def _distance(table: Table, name: str, change: tuple[str, Any]) -> float | None:
    """How far the number would have to move, in percent of what it is."""
    if not table.is_number(name):
        return None
    now = float(table.column(name)[0])
    return None if math.isnan(now) or not now else round(PERCENT * (float(change[1]) - now) / now, 1)


def _rank(program: Program, flip: Flip) -> tuple[Any, ...]:
    order = program.basis.policy.who_changes
    who = order.index(flip.supplied_by) if flip.supplied_by in order else len(order)
    groups = (LOOSER, STRICTER, ON_COURSE)
    return groups.index(flip.group), who, abs(flip.distance_pct or 0), flip.name, str(flip.to)
