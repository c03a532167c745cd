"""Every trigger of a segment on one day: value, state, economics and forecast."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from planner.engine.measures import Measures, Outcome, measure
from planner.engine.triggers.advance import FIRED, NOT_EVALUATED, RESOLVED, Stand, Sustain, advance, is_fresh
from planner.engine.triggers.confirm import BreakEven, Check, break_even, check, saving
from planner.engine.triggers.expected import Expected, expect_break_even, expect_level
from planner.engine.triggers.found import Found, find

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from planner.engine.facts import Facts, Past
    from planner.engine.policy import Policy, Row


@dataclass(frozen=True, slots=True)
class TriggerState:
    """Where one trigger stands: what was found, what follows with its history, and what the economics say.

    `saves_usd_month` is what its hop would save, `values` what its conditions read, `excluded` the costs of
    placements that are not permitted.
    """

    row: Row
    found: Found
    stand: Stand
    sustain: Sustain
    check: Check
    pays: BreakEven | None
    expected: Expected | None
    saves_usd_month: float | None
    past: Past | None
    values: Mapping[str, Any]
    excluded: frozenset[str]

    @property
    def id(self) -> str:
        return self.row.id

    @property
    def state(self) -> str:
        return self.stand.state

    @property
    def confirmed(self) -> bool | None:
        """Whether the economics agree; None while it has not fired or cannot be computed."""
        return self.check.agrees if self.state == FIRED else None


def evaluate(
    policy: Policy,
    facts: Facts,
    outcome: Outcome,
    as_of: date,
    history: Mapping[str, Past] | None = None,
) -> tuple[TriggerState, ...]:
    """The triggers that apply to a segment, in policy order, and those that have just ceased to.

    A level whose metric nobody has supplied or measured is not evaluated. A marker that has fired is confirmed
    only where the computed costs agree.
    """
    measures = measure(policy, facts, outcome, as_of)
    watched = _Watched(policy, facts, outcome, measures, as_of, history or {})
    return tuple(watched.state(row) for row in policy.rows("triggers") if watched.shows(row))


@dataclass(frozen=True, slots=True)
class _Watched:
    """A segment as its triggers see it on a day."""

    policy: Policy
    facts: Facts
    outcome: Outcome
    measures: Measures
    as_of: date
    history: Mapping[str, Past] = field(default_factory=dict)

    @property
    def resolved_days(self) -> float:
        return float(self.measures.figures["trigger_resolved_days"])

    def shows(self, row: Row) -> bool:
        """Whether it applies; one that fired before and no longer does is resolved, for people to see."""
        past = self.history.get(row.id)
        gone = past is not None and (past.state == FIRED or is_fresh(past, self.resolved_days, self.as_of))
        return gone or self._applies(row)

    def state(self, row: Row) -> TriggerState:
        past = self.history.get(row.id)
        found = find(row, self.facts, self.measures, self.as_of)
        sustain = Sustain.asked(row, self.measures)
        stand = (
            advance(past, found, sustain, self.resolved_days, self.as_of)
            if self._applies(row)
            else self._gone(past)
        )
        checked = check(self.policy, row, self.measures)
        pays = break_even(self.policy, row, self.outcome, self.measures)
        return TriggerState(
            row=row,
            found=found,
            stand=stand,
            sustain=sustain,
            check=checked,
            pays=pays,
            expected=self._expected(row, found, stand.state, checked, pays),
            saves_usd_month=saving(row, self.measures),
            past=past,
            values=self.measures.values,
            excluded=self.measures.excluded,
        )

    def _applies(self, row: Row) -> bool:
        return row.holds("when", self.measures.values, self.measures.figures)

    def _gone(self, past: Past | None) -> Stand:
        since = past.since if past and past.state == RESOLVED else self.as_of
        return Stand(RESOLVED, since, 0)

    def _expected(
        self, row: Row, found: Found, state: str, checked: Check, pays: BreakEven | None
    ) -> Expected | None:
        """Of what has not fired, its level; of what fired unconfirmed, the volume that would confirm it."""
        if state in (NOT_EVALUATED, RESOLVED) or (state == FIRED and checked.agrees is not False):
            return None
        if state != FIRED and (pays is None or pays.own != row.cell("metric")):
            return expect_level(row, found, self.measures, self.as_of)
        return expect_break_even(pays, self.measures, self.as_of) if pays else None
