"""Many segments decided at once, and again with one input exchanged, at the cost of what hangs on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.engine.columns.choose import NOWHERE, pick
from planner.engine.columns.costs import READS, costs
from planner.engine.columns.derive import derive
from planner.engine.columns.program import EVERY, Program
from planner.engine.columns.table import Given, Table, readings
from planner.engine.expression.columns import holds
from planner.engine.vocabulary import VARIANTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from planner.engine.columns.program import Condition, Rule

    Bools = NDArray[np.bool_]
    Masks = NDArray[np.uint8]

WHEN: Final = "when"
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class State:
    """The decisions on all segments. `truth` keeps, by row and column, where each condition holds."""

    table: Table
    truth: Mapping[Key, Bools]
    usd: NDArray[np.float64]
    allowed: Masks
    feasible: Masks
    ready: Masks
    now: NDArray[np.int8]
    target: NDArray[np.int8]

    def fires(self, row_id: str) -> Bools:
        """For which segments a row's condition holds, in the reading in force or in that of a proposal."""
        return self.truth[row_id, WHEN]

    def placements(self, column: str, place: int) -> str | None:
        """The answer of one segment: column is now or target."""
        found = int(getattr(self, column)[place])
        return None if found == NOWHERE else VARIANTS[found]


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Segments as columns under one policy. Rows beyond `size` are the readings of what waits for approval;
    `waiting` says which segment each belongs to. An unapproved reading can only tighten: constraints fire if
    either reading fires them, a gate is closed only if it is in both.
    """

    program: Program
    size: int
    waiting: NDArray[np.int64]
    waived: Mapping[str, Bools]  # by must-row the segments it does not count for
    base: State

    @classmethod
    def of(cls, program: Program, given: Iterable[Given]) -> Portfolio:
        segments = list(given)
        rows, waiting = readings(segments)
        table = Table.of(program.basis.policy, rows)
        return cls.over(program, table, np.array(waiting, dtype=np.int64), waived(program, segments))

    @classmethod
    def over(
        cls, program: Program, table: Table, waiting: NDArray[np.int64], waived: Mapping[str, Bools]
    ) -> Portfolio:
        size = table.size - waiting.size
        derive(table, program.derivations, program.basis.figures)
        state = _State(program, size, waiting, waived, table, {}, None).decided()
        return cls(program, size, waiting, waived, state)

    def exchanged(self, columns: Mapping[str, NDArray[Any]], rows: Bools | None = None) -> State:
        """The decisions with other values of some inputs (in ROWS of the table), all else as it was."""
        table = self.base.table.exchanged(columns, rows)
        figures = self.program.basis.figures
        touched = derive(table, self.program.derivations, figures, columns)
        kept = {
            (rule.row.id, column): self.base.truth[rule.row.id, column]
            for rule in self.program.rules
            for column, condition in rule.conditions.items()
            if touched.isdisjoint(condition.reads)
        }
        usd = self.base.usd if touched.isdisjoint(READS) else None
        fresh = _State(self.program, self.size, self.waiting, self.waived, table, kept, usd)
        return fresh.decided(self.base)


def waived(program: Program, segments: Sequence[Given]) -> dict[str, Bools]:
    """By must-row that may be waived, the segments for which a waiver stands."""
    rows = {rule.row.id for rule in program.constraints if rule.row.may_be_waived}
    named = rows & {row for each in segments for row in each.waived}
    return {row: np.array([row in each.waived for each in segments]) for row in named}


@dataclass(slots=True)
class _State:
    """One pass: conditions, masks, gates, costs, choice."""

    program: Program
    size: int
    waiting: NDArray[np.int64]
    waived: Mapping[str, Bools]
    table: Table
    truth: dict[Key, Bools]
    usd: NDArray[np.float64] | None

    def decided(self, before: State | None = None) -> State:
        """The decisions; beside BEFORE only segments for which something is another are chosen for again."""
        memo: dict[Any, Bools] = {}
        for rule in self.program.rules:
            for column, condition in rule.conditions.items():
                if (rule.row.id, column) not in self.truth:
                    self.truth[rule.row.id, column] = self._folded(rule, column, condition, memo)
        if self.usd is None:
            basis = self.program.basis
            self.usd = costs(self.table, basis.prices, basis.terms)[:, : self.size]
        allowed = self._allowed()
        feasible, ready = self._past_gates(allowed)
        rows = np.arange(self.size) if before is None else self._moved(before, feasible, ready)
        target = self._chosen(feasible, rows)
        now, apart = target.copy(), np.nonzero(ready[rows] != feasible[rows])[0]
        now[apart] = self._chosen(ready, rows[apart])
        if before is not None:
            now, target = _placed(before.now, rows, now), _placed(before.target, rows, target)
        return State(self.table, self.truth, self.usd, allowed, feasible, ready, now, target)

    def _folded(self, rule: Rule, column: str, condition: Condition, memo: dict[Any, Bools]) -> Bools:
        """Of a segment with a proposal: `when` of a must or a gate holds in either reading, what closes one in both."""
        found = self._read(rule, column, condition, memo)
        lifted = self.waived.get(rule.row.id)
        return found if lifted is None else found & ~lifted

    def _read(self, rule: Rule, column: str, condition: Condition, memo: dict[Any, Bools]) -> Bools:
        if condition.node is None:
            return np.ones(self.size, dtype=bool)
        found = holds(condition.node, self.table, memo)
        first, second = found[: self.size], found[self.size :]
        if not self.waiting.size or rule.row.table == "preferences":
            return first
        folded = first.copy()
        both = folded[self.waiting]
        folded[self.waiting] = both | second if column == WHEN else both & second
        return folded

    def _allowed(self) -> Masks:
        allowed = np.full(self.size, EVERY, dtype=np.uint8)
        for rule in self.program.constraints:
            lost = np.uint8(EVERY & ~rule.mask)
            allowed &= ~(self.truth[rule.row.id, WHEN] * lost)
        return allowed

    def _past_gates(self, allowed: Masks) -> tuple[Masks, Masks]:
        """What gates leave for good, and what they leave today."""
        feasible, ready = allowed.copy(), allowed.copy()
        for rule in self.program.gates:
            stands = self.truth[rule.row.id, WHEN] & ~self.truth[rule.row.id, "closed_when"]
            ready &= ~(stands * np.uint8(rule.mask))
            feasible &= ~((stands & ~self.truth[rule.row.id, "closable_when"]) * np.uint8(rule.mask))
        return feasible, ready

    def _moved(self, before: State, feasible: Masks, ready: Masks) -> NDArray[np.int64]:
        """The segments whose pools, wishes or costs are not what they were."""
        moved = (feasible != before.feasible) | (ready != before.ready)
        for rule in (*self.program.strong, *self.program.weak):
            now, then = self.truth[rule.row.id, WHEN], before.truth[rule.row.id, WHEN]
            if now is not then:
                moved |= now != then
        if self.usd is not before.usd:
            moved |= (self._costs() != before.usd).any(axis=0)  # unknown costs count as moved
        return np.nonzero(moved)[0]

    def _chosen(self, pool: Masks, rows: NDArray[np.int64]) -> NDArray[np.int8]:
        strong, weak = self._wishes(self.program.strong, rows), self._wishes(self.program.weak, rows)
        return pick(pool[rows], self._costs()[:, rows], strong, weak, self.program.tolerance)

    def _costs(self) -> NDArray[np.float64]:
        assert self.usd is not None  # noqa: S101  filled before anything is chosen
        return self.usd

    def _wishes(self, rules: Sequence[Rule], rows: NDArray[np.int64]) -> list[tuple[int, Bools]]:
        return [(rule.mask, self.truth[rule.row.id, WHEN][rows]) for rule in rules]


def _placed(before: NDArray[np.int8], rows: NDArray[np.int64], answers: NDArray[np.int8]) -> NDArray[np.int8]:
    found = before.copy()
    found[rows] = answers
    return found
