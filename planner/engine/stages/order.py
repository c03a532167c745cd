"""What waits for what: the needs of each step, found on its own leg or on one before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.engine.policy.steps import makers_of
from planner.engine.vocabulary import MILESTONE, MOVE, STOP

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.engine.policy import Row
    from planner.engine.stages.due import Due


class Order:
    """The needs among the steps that are due. A need that is not due is replaced by its own needs."""

    def __init__(self, rows: Mapping[str, Row], dues: Sequence[Due]) -> None:
        self.rows = rows
        self.dues = dues
        self.at = {(due.row.id, due.leg): due.id for due in dues}
        self.stops = {due.leg: due.id for due in dues if due.row.cell("kind") == STOP}
        self.makers = makers_of(rows.values())

    def needs(self) -> dict[str, tuple[str, ...]]:
        """For each step the steps that must end before it starts."""
        return {due.id: tuple(dict.fromkeys(self._needs(due))) for due in self.dues}

    def _needs(self, due: Due) -> list[str]:
        found = self._present(due)
        kind, phase = due.row.cell("kind"), due.row.cell("phase")
        if kind in (MILESTONE, STOP):
            found += [
                other.id
                for other in self.dues
                if other.leg == due.leg and other.row.cell("phase") == phase and other.id != due.id
            ]
        if phase == MOVE and due.leg:
            found.append(self.stops[due.leg - 1])
        return found

    def _present(self, due: Due) -> list[str]:
        found: list[str] = []
        waiting, seen = self._named(due.row), set()
        while waiting:
            need = waiting.pop(0)
            if need in seen:
                continue
            seen.add(need)
            step = self._step(need, due.leg)
            if step is None:
                waiting += self._named(self.rows[need])
            elif step != due.id:
                found.append(step)
        return found

    def _named(self, row: Row) -> list[str]:
        """The rows that a row's needs name: itself by its id, or whatever produces what is named."""
        return [maker for need in row.cell("needs", ()) for maker in self.makers.get(need, [need])]

    def _step(self, row_id: str, leg: int) -> str | None:
        """The step of a row on a leg, else on the nearest leg before; a stop counts only once it lies behind."""
        row = self.rows[row_id]
        if row.cell("kind") == MILESTONE and row.cell("phase") == MOVE and leg in self.stops:
            return self.stops[leg]
        latest = leg - 1 if row.cell("kind") == STOP else leg
        return next(
            (self.at[row_id, place] for place in range(latest, -1, -1) if (row_id, place) in self.at), None
        )
