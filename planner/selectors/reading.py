"""The policy laid out for reading: one table at a time, every row with its source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.engine.vocabulary import in_order

if TYPE_CHECKING:
    from datetime import date

    from planner.engine import Policy
    from planner.engine.policy import Input, Parameter, ParameterValue, Row

ROW_TABLES = {
    "constraints": "Rules",
    "preferences": "Preferences",
    "gates": "Gates",
    "triggers": "Triggers",
    "steps": "Steps",
    "risks": "Risks",
    "classify": "Readings",
    "scorecards": "Scorecards",
}
TABLES = ROW_TABLES | {"parameters": "Parameters", "inputs": "Facts asked for"}
ABOUT = {
    "constraints": "What takes a placement away. A must rule is never outweighed; only its owner may waive it.",
    "preferences": "What orders the placements that are left, dropped where nothing would be left.",
    "gates": "What has to be true before a placement may be used.",
    "triggers": "What is watched, and what has to be computed before a published marker counts.",
    "steps": "What has to be done for a move, in what order, by whom.",
    "risks": "What can go wrong on the way, and what is done about it.",
    "classify": "How a fact is read from others when nobody gave it.",
    "scorecards": "The guides' own short tests, shown beside a decision. They never decide.",
    "parameters": "Every figure the rules read, since when it holds and who published it.",
    "inputs": "Every fact a decision may read, who supplies it, and what is assumed until somebody knows.",
}


@dataclass(frozen=True)
class Dated:
    """A parameter with the value that holds on the day."""

    parameter: Parameter
    holds: ParameterValue


@dataclass(frozen=True)
class Told:
    """A row with the placements it is about, from the least to the most sovereign."""

    row: Row

    @property
    def variants(self) -> tuple[str, ...]:
        return in_order(self.row.mask)


@dataclass(frozen=True)
class Reading:
    policy: Policy
    table: str
    counts: dict[str, int]
    rows: list[Told]
    parameters: list[Dated]
    inputs: list[Input]

    @property
    def title(self) -> str:
        return TABLES[self.table]

    @property
    def about(self) -> str:
        return ABOUT[self.table]

    @property
    def tabs(self) -> list[dict[str, Any]]:
        return [{"name": name, "label": label, "count": self.counts[name]} for name, label in TABLES.items()]


def reading(policy: Policy, table: str, day: date) -> Reading:
    """One table of the policy; the rules where the table asked for is not known."""
    shown = table if table in TABLES else "constraints"
    counts = {name: len(policy.rows(name)) for name in ROW_TABLES}
    counts |= {"parameters": len(policy.parameters), "inputs": len(policy.inputs)}
    return Reading(
        policy,
        shown,
        counts,
        [Told(row) for row in policy.rows(shown)] if shown in ROW_TABLES else [],
        dated(policy, day) if shown == "parameters" else [],
        list(policy.inputs.values()) if shown == "inputs" else [],
    )


def dated(policy: Policy, day: date) -> list[Dated]:
    return [Dated(parameter, parameter.on(day)) for parameter in policy.parameters.values()]


def assumptions(policy: Policy, day: date) -> list[Dated]:
    """The figures nobody published: the ones to argue about first."""
    return [each for each in dated(policy, day) if each.parameter.guess]
