"""The same workload under two policies, with the same facts, prices and day; and many of them counted."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from planner.engine import FactError, decide_workload, summary
from planner.engine.vocabulary import Status
from planner.selectors import inputs
from planner.selectors.standing import class_of
from planner.selectors.watch import asks_for_an_answer
from planner.services.deciding import PROGRAM_FAILED, inputs_of, moves

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from planner.engine import Policy, PriceSnapshot, WorkloadInput
    from workloads.models import Workload

log = logging.getLogger(__name__)
Record = dict[str, Any]


@dataclass(frozen=True)
class Compared:
    """A workload's answers under both policies, or why there are not both."""

    workload: Workload
    before: Record | None = None
    after: Record | None = None
    error: str = ""

    @property
    def moves(self) -> list[dict[str, Any]]:
        return moves(self.before, self.after) if self.before and self.after else []

    @property
    def newly_infeasible(self) -> bool:
        return bool(_infeasible(self.after) - _infeasible(self.before))

    @property
    def triggers_new(self) -> list[dict[str, str]]:
        """Triggers that ask for an answer under the new policy alone."""
        before = _due(self.before)
        return [
            {"segment": key[0], "id": key[1], "label": label}
            for key, label in _due(self.after).items()
            if key not in before
        ]

    @property
    def differs(self) -> bool:
        return bool(
            self.moves or self.newly_infeasible or self.triggers_new or self.error or self._cost_differs
        )

    @property
    def _cost_differs(self) -> bool:
        return cost(self.before) != cost(self.after)


def cost(content: Record | None) -> float | None:
    """Dollars a month at the target; None where nobody knows."""
    return None if content is None else content["cost_target_usd_month"]


def _infeasible(content: Record | None) -> set[str]:
    segments = content["segments"] if content else []
    return {each["name"] for each in segments if each["status"] == Status.INFEASIBLE}


def _due(content: Record | None) -> dict[tuple[str, str], str]:
    segments = content["segments"] if content else []
    return {
        (segment["name"], trigger["id"]): trigger["label"]
        for segment in segments
        for trigger in segment["triggers"]
        if asks_for_an_answer(trigger)
    }


@dataclass
class Tally:
    """Counts over a portfolio; `as_data` is what an impact keeps, and `of` goes on from there."""

    day: str = ""
    compared: int = 0
    moved: int = 0
    newly_infeasible: int = 0
    triggers_new: int = 0
    failed: int = 0
    cost_before: float = 0.0
    cost_after: float = 0.0
    cost_unknown: int = 0
    now: dict[str, int] = field(default_factory=dict)
    target: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, data: dict[str, Any]) -> Tally:
        return cls(**data)

    @property
    def as_data(self) -> dict[str, Any]:
        return dict(vars(self))

    def add(self, each: Compared) -> None:
        if each.before is None or each.after is None:
            self.failed += 1
            return
        self.compared += 1
        self.moved += bool(each.moves)
        self.newly_infeasible += each.newly_infeasible
        self.triggers_new += len(each.triggers_new)
        self._add_cost(cost(each.before), cost(each.after))
        for was, becomes in zip(each.before["segments"], each.after["segments"], strict=True):
            for counts, name in ((self.now, "now"), (self.target, "target")):
                key = f"{class_of(was[name])}>{class_of(becomes[name])}"
                counts[key] = counts.get(key, 0) + 1

    def _add_cost(self, before: float | None, after: float | None) -> None:
        """Only what is known on both sides is compared; the rest is counted as unknown."""
        if before is None or after is None:
            self.cost_unknown += 1
            return
        self.cost_before = round(self.cost_before + before, 2)
        self.cost_after = round(self.cost_after + after, 2)


def compare(
    old: Policy, new: Policy, ids: list[int], *, prices: PriceSnapshot, as_of: datetime, day: date
) -> Iterator[Compared]:
    """Each of the workloads under both policies; one that fails stops nobody."""
    for workload, said in inputs_of(ids, as_of):
        if isinstance(said, FactError):
            yield Compared(workload, error=said.message)
        else:
            yield _compare(old, new, workload, said, prices, day)


def _compare(
    old: Policy, new: Policy, workload: Workload, said: WorkloadInput, prices: PriceSnapshot, day: date
) -> Compared:
    before, _ = _answer(old, workload, said, prices, day)
    after, error = _answer(new, workload, said, prices, day)
    return Compared(workload, before, after, error)


def _answer(
    policy: Policy, workload: Workload, said: WorkloadInput, prices: PriceSnapshot, day: date
) -> tuple[Record | None, str]:
    try:
        return summary(decide_workload(policy, inputs.as_read_by(policy, said), prices, day)), ""
    except FactError as error:
        return None, error.message
    except Exception:
        log.exception("workload %s could not be decided under policy %s", workload.pk, policy.sha[:12])
        return None, PROGRAM_FAILED
