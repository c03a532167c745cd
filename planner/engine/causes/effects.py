"""One group of inputs replaced at a time: which of them leads to the new answer, and what each does to the cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from planner.engine.causes.changes import Changes, changes_between
from planner.engine.causes.grounds import Grounds, groups_between, swapped
from planner.engine.facts import FactError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.engine.decision import SegmentDecision, WorkloadDecision

CENTS: Final = 2


@dataclass(frozen=True, slots=True)
class Answer:
    """What a decision says of one part: how firmly, where today, where in the end, and for how much."""

    status: str
    now: str | None
    target: str | None
    usd_month: float | None

    @property
    def placement(self) -> tuple[str, str | None, str | None]:
        """The answer without its price."""
        return self.status, self.now, self.target


@dataclass(frozen=True, slots=True)
class Effect:
    """What one group of changed inputs does on its own; no answers where the policy cannot read the mixture."""

    group: str
    answers: Mapping[str, Answer] | None
    usd_month: float | None

    def answer(self, part: str) -> Answer | None:
        return None if self.answers is None else self.answers.get(part)


@dataclass(frozen=True, slots=True)
class Move:
    """One part before and after: the groups that lead to the new answer alone, and those that lead elsewhere."""

    part: str
    before: Answer | None
    after: Answer | None
    alone: tuple[str, ...]
    elsewhere: tuple[str, ...]

    @property
    def moved(self) -> bool:
        return _placement(self.before) != _placement(self.after)

    @property
    def together(self) -> bool:
        """Whether only the combination of changes explains the new answer."""
        return self.moved and not self.alone


@dataclass(frozen=True, slots=True)
class Causes:
    """An earlier decision against a later one. The effects on the cost and the rest add up to its change."""

    before: WorkloadDecision
    after: WorkloadDecision
    effects: tuple[Effect, ...]
    moves: tuple[Move, ...]
    changes: Changes
    cost_before: float | None
    cost_after: float | None

    @property
    def usd_month(self) -> float | None:
        return _difference(self.cost_after, self.cost_before)

    @property
    def rest(self) -> float | None:
        """The part of the change in cost that only the combination explains."""
        known = [effect.usd_month for effect in self.effects]
        if self.usd_month is None or None in known:
            return None
        return round(self.usd_month - sum(usd or 0 for usd in known), CENTS) + 0.0


def causes(one: Grounds, other: Grounds) -> Causes:
    """Why the decision on the other grounds differs from the decision on the one."""
    before, after = one.decide(), other.decide()
    answers, cost = _answers(before), _total(before)
    effects = tuple(
        _effect(swapped(one, other, {group}), group, cost) for group in groups_between(one, other)
    )
    later = _answers(after)
    moves = tuple(_move(part, answers.get(part), later.get(part), effects) for part in {**answers, **later})
    changes = changes_between(one, before, other, after)
    return Causes(before, after, effects, moves, changes, cost, _total(after))


def _effect(grounds: Grounds, group: str, cost: float | None) -> Effect:
    try:
        decision = grounds.decide()
    except FactError:  # an old fact that the new policy takes no more, or the other way round
        return Effect(group, None, None)
    return Effect(group, _answers(decision), _difference(_total(decision), cost))


def _move(part: str, before: Answer | None, after: Answer | None, effects: tuple[Effect, ...]) -> Move:
    leads = {
        effect.group: _placement(effect.answer(part)) for effect in effects if effect.answers is not None
    }
    changed = {group: place for group, place in leads.items() if place != _placement(before)}
    alone = tuple(group for group, place in changed.items() if place == _placement(after))
    return Move(part, before, after, alone, tuple(group for group in changed if group not in alone))


def _placement(answer: Answer | None) -> tuple[str, str | None, str | None] | None:
    return None if answer is None else answer.placement


def _answers(decision: WorkloadDecision) -> dict[str, Answer]:
    return {segment.name: _answer(segment) for segment in decision.segments}


def _answer(segment: SegmentDecision) -> Answer:
    return Answer(segment.status, segment.now, segment.target, segment.amounts.get(segment.target or ""))


def _total(decision: WorkloadDecision) -> float | None:
    """Dollars a month at target; unknown as soon as one part's are."""
    amounts = [segment.amounts.get(segment.target or "") for segment in decision.segments]
    return None if None in amounts else round(sum(amount or 0 for amount in amounts), CENTS)


def _difference(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else round(one - other, CENTS) + 0.0
