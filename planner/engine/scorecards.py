"""Scorecards: the guides' own short tests, answered from the facts. They are shown beside a decision and never decide."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final

from planner.engine.expression.scalar import compiled
from planner.engine.expression.tree import All, Check, Either, Negation, Switch, Truth
from planner.engine.measures import missing_behind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.engine.expression.tree import Node
    from planner.engine.measures import Measures
    from planner.engine.policy import Policy, Row

YES, NO, UNKNOWN = "yes", "no", "unknown"
WORDS: Final = {True: YES, False: NO, None: UNKNOWN}


@dataclass(frozen=True, slots=True)
class Answer:
    """A question with its answer, the placements that answer points to (none where the guide draws no conclusion),
    and the facts nobody supplied while it is unknown.
    """

    row: Row
    answer: str
    points: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What counting the answers says: reached, out of reach, or open while answers are unknown."""

    row: Row
    state: str
    counted: int
    at_least: int


@dataclass(frozen=True, slots=True)
class Card:
    """One scorecard: its questions answered, what they add up to, and the other names that apply."""

    row: Row
    answers: tuple[Answer, ...]
    verdicts: tuple[Verdict, ...]
    aliases: tuple[Row, ...]


def scorecards(policy: Policy, measures: Measures) -> tuple[Card, ...]:
    """Every card of the policy, in its order."""
    return tuple(
        _card(
            row,
            [each for each in policy.rows("scorecards") if each.cell("card") == row.cell("card")],
            measures,
        )
        for row in policy.rows("scorecards")
        if row.cell("kind") == "card"
    )


def _card(card: Row, rows: Sequence[Row], measures: Measures) -> Card:
    answers = tuple(_answer(row, measures) for row in rows if row.cell("kind") == "question")
    verdicts = tuple(_verdict(row, answers, measures) for row in rows if row.cell("kind") == "verdict")
    aliases = tuple(
        row
        for row in rows
        if row.cell("kind") == "alias" and row.holds("when", measures.values, measures.figures)
    )
    return Card(card, answers, verdicts, aliases)


def _answer(row: Row, measures: Measures) -> Answer:
    answer = WORDS[_answered(row, measures)]
    if answer != UNKNOWN:
        return Answer(row, answer, tuple(row.cell(answer, ())), ())
    read = dict.fromkeys((*row.cell("needs", ()), *row.names))
    missing = (missing_behind(name, measures) for name in read if not _knows(measures, name))
    return Answer(row, answer, (), tuple(dict.fromkeys(chain.from_iterable(missing))))


def _knows(measures: Measures, name: str) -> bool:
    return name in measures.known and measures.values.get(name) is not None


def _answered(row: Row, measures: Measures) -> bool | None:
    """Yes or no as far as the facts settle it; a fact nobody supplied settles nothing."""
    if not all(_knows(measures, name) for name in row.cell("needs", ())):
        return None
    return settled(row.expressions["when"].tree, measures)


def settled(node: Node, measures: Measures) -> bool | None:
    """The condition with three answers: what an unknown fact could still turn round is None."""
    match node:
        case Negation(part):
            inner = settled(part, measures)
            return None if inner is None else not inner
        case All(parts) | Either(parts):
            decisive = isinstance(node, Either)  # one true part settles an "or", one false part an "and"
            found = [settled(part, measures) for part in parts]
            return decisive if decisive in found else None if None in found else not decisive
        case Truth() | Switch() | Check():
            return compiled(node)(measures.values, measures.figures)
        case _:
            known = _knows(measures, node.name)
            return compiled(node)(measures.values, measures.figures) if known else None


def _verdict(row: Row, answers: Sequence[Answer], measures: Measures) -> Verdict:
    wanted, at_least = row.cell("count"), int(measures.figures[row.cell("at_least")])
    counted = sum(each.answer == wanted for each in answers)
    possible = counted + sum(each.answer == UNKNOWN for each in answers)
    state = YES if counted >= at_least else NO if possible < at_least else UNKNOWN
    return Verdict(row, state, counted, at_least)
