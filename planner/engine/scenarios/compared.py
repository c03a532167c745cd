"""A scenario beside today: which parts run elsewhere, which nowhere, and what it costs a month."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from planner.engine.costing import portfolio_people_usd
from planner.engine.scenarios.answers import answers
from planner.engine.scenarios.insurance import Preparation, preparation
from planner.engine.scenarios.named import MOST_USED
from planner.engine.scenarios.world import under

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planner.engine.scenarios.answers import Answer, Answers, Part
    from planner.engine.scenarios.named import Scenario
    from planner.engine.scenarios.world import World


@dataclass(frozen=True, slots=True)
class Change:
    """One part today and in the scenario."""

    part: Part
    before: Answer
    after: Answer
    preparation: Preparation | None

    @property
    def flips(self) -> bool:
        """Whether it should run elsewhere in the end, or may run elsewhere at once."""
        return (self.before.target, self.before.now) != (self.after.target, self.after.now)

    @property
    def moves(self) -> bool:
        """Whether it belongs elsewhere then."""
        return not self.lost and self.before.target != self.after.target

    @property
    def lost(self) -> bool:
        """Whether it has a place today and none in the scenario, however well prepared."""
        return self.before.target is not None and self.after.target is None

    @property
    def stops(self) -> bool:
        """Whether it may run today and nowhere on the day the scenario begins, but has a place to be prepared."""
        return not self.lost and self.before.now is not None and self.after.now is None

    @property
    def usd_month(self) -> float | None:
        """What the scenario adds at target; None where either side is not known or there is no place."""
        before, after = self.before.usd_target, self.after.usd_target
        return None if before is None or after is None else after - before


@dataclass(frozen=True)
class Comparison:
    """A portfolio today and in a scenario. Dollars a month are those of parts that have a place and a price on both
    sides, with the people of every operating class in use once; what has no place costs nothing and saves nothing.
    `resolved` is the scenario as it was looked at; None where it applies to nothing here.
    """

    scenario: Scenario
    resolved: Scenario | None
    changes: tuple[Change, ...]
    world: World
    then: World

    @cached_property
    def priced(self) -> tuple[Change, ...]:
        return tuple(each for each in self.changes if each.usd_month is not None)

    @cached_property
    def unpriced(self) -> tuple[Change, ...]:
        """Parts with a place in the scenario of which nobody can tell what it adds."""
        return tuple(each for each in self.changes if each.usd_month is None and each.after.target)

    @property
    def usd_before(self) -> float:
        return _total((each.before for each in self.priced), self.world)

    @property
    def usd_after(self) -> float:
        return _total((each.after for each in self.priced), self.then)

    @property
    def usd_lost(self) -> float:
        """What parts cost a month at target today that have no place in the scenario, people aside."""
        return sum(each.before.usd_target or 0.0 for each in self.changes if each.lost)

    @property
    def usd_month(self) -> float:
        """What the scenario adds a month."""
        return self.usd_after - self.usd_before

    @property
    def flips(self) -> tuple[Change, ...]:
        return tuple(each for each in self.changes if each.flips)


def _total(placed: Iterable[Answer], world: World) -> float:
    answered = list(placed)
    served = sum(each.usd_target or 0.0 for each in answered)
    users = ((each.target, each.under.hire) for each in answered)
    return served + float(portfolio_people_usd(users, world.assumed))


def compared(scenario: Scenario, world: World, today: Answers) -> Comparison:
    """The portfolio in a scenario beside the same portfolio today."""
    resolved = settled(scenario, today)
    if resolved is None:
        return Comparison(scenario, None, (), world, world)
    then = under(resolved, world)
    after = answers(then, world)
    changes = tuple(
        Change(part, before, after.parts[part], preparation(part, before, after.parts[part], then))
        for part, before in today.parts.items()
        if part in after.parts
    )
    return Comparison(scenario, resolved, changes, world, then)


def settled(scenario: Scenario, today: Answers) -> Scenario | None:
    """The scenario with the model named that it is about; None where no part rests on any."""
    if scenario.retired != MOST_USED:
        return scenario
    model = most_used_model(today)
    return replace(scenario, retired=model) if model else None


def most_used_model(today: Answers) -> str:
    """The model that carries the largest spend where parts may run at once; empty where none pays by the token."""
    spend: dict[str, float] = {}
    for each in today.parts.values():
        model = each.model
        if model and each.usd_now is not None:
            spend[model] = spend.get(model, 0.0) + each.usd_now
    return max(sorted(spend), key=spend.__getitem__, default="")
