"""From placements that are possible to the one to take: preferences, then money, then tie-breaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.engine.decision import Choice, LadderStep, PreferenceState
from planner.engine.vocabulary import VARIANTS, Strength, in_order

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.engine.policy import Policy, Row

BINDING, IDLE, DROPPED = "binding", "idle", "dropped"


@dataclass(frozen=True, slots=True)
class Scale:
    """What placements are weighed with: the preferences that fire, their costs, and what counts as equal."""

    strong: tuple[Row, ...]
    weak: tuple[Row, ...]
    usd_month: Mapping[str, float | None]
    tolerance: float

    @classmethod
    def of(
        cls,
        policy: Policy,
        values: Mapping[str, Any],
        figures: Mapping[str, Any],
        usd: Mapping[str, float | None],
    ) -> Scale:
        firing = [row for row in policy.rows("preferences") if row.holds("when", values, figures)]
        return cls(
            strong=tuple(row for row in firing if row.strength == Strength.STRONG),
            weak=tuple(row for row in firing if row.strength == Strength.WEAK),
            usd_month=usd,
            tolerance=float(figures[policy.tie_tolerance]),
        )

    def pick(self, pool: Sequence[str]) -> str | None:
        """The placement to take from a pool, without the story."""
        left = tuple(pool)
        for row in self.strong:
            left = _narrow(left, row.mask)
        left = self.affordable(left)
        for row in self.weak:
            left = _narrow(left, row.mask)
        return self.first(left)

    def choose(self, pool: Sequence[str]) -> Choice:
        """The placement to take from a pool, with every preference's part in it."""
        left, states, ladder = tuple(pool), [], []
        for row in self.strong:
            narrowed = _narrow(left, row.mask)
            states.append(
                PreferenceState(row, self._state(row, left, narrowed), self._price(row, pool, left, narrowed))
            )
            ladder.append(_step(row, "strong", left, narrowed))
            left = narrowed
        affordable = self.affordable(left)
        ladder.append(_step(None, "economics", left, affordable))
        left = affordable
        for row in self.weak:
            narrowed = _narrow(left, row.mask)
            ladder.append(_step(row, "weak", left, narrowed))
            left = narrowed
        return Choice(self.first(left), tuple(states), tuple(step for step in ladder if step.removed))

    def affordable(self, pool: tuple[str, ...]) -> tuple[str, ...]:
        """The cheapest and all that cost about the same; placements nobody can price give way to those priced."""
        priced = {variant: usd for variant in pool if (usd := self.usd_month.get(variant)) is not None}
        if not priced:
            return pool
        limit = min(priced.values()) * (1 + self.tolerance)
        return tuple(variant for variant in pool if variant in priced and priced[variant] <= limit)

    def first(self, pool: tuple[str, ...]) -> str | None:
        """The cheapest of what is left; at the same cost the first in the order of placements."""
        return min(pool, key=lambda variant: (self._usd(variant), VARIANTS.index(variant)), default=None)

    def _usd(self, variant: str) -> float:
        usd = self.usd_month.get(variant)
        return float("inf") if usd is None else usd

    @staticmethod
    def _state(row: Row, left: tuple[str, ...], narrowed: tuple[str, ...]) -> str:
        if left and not row.mask.intersection(left):
            return DROPPED
        return BINDING if narrowed != left else IDLE

    def _price(
        self, row: Row, pool: Sequence[str], left: tuple[str, ...], narrowed: tuple[str, ...]
    ) -> float | None:
        """What honouring a binding preference costs a month: the answer with it against the answer without it."""
        if narrowed == left:
            return None
        without = Scale(
            tuple(each for each in self.strong if each is not row), self.weak, self.usd_month, self.tolerance
        )
        dear, cheap = (self.usd_month.get(each.pick(pool) or "") for each in (self, without))
        return None if dear is None or cheap is None else round(dear - cheap, 2)


def _narrow(pool: tuple[str, ...], mask: frozenset[str]) -> tuple[str, ...]:
    return tuple(variant for variant in pool if variant in mask) or pool


def _step(row: Row | None, layer: str, before: tuple[str, ...], after: tuple[str, ...]) -> LadderStep:
    return LadderStep(row, layer, in_order(set(before) - set(after)), in_order(after))
