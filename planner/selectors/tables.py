"""The tables of a policy as people read them: what each holds, its entries by name, their groups, and a search."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from planner.engine.policy.coverage import Entry as Statement
from planner.engine.policy.coverage import coverage
from planner.selectors.cells import searchable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.engine import Policy
    from planner.engine.policy import Parameter


@dataclass(frozen=True)
class Table:
    """A table of the policy: what it holds, and the column its rows are folded by."""

    name: str
    label: str
    about: str
    group: str = ""


ROW_TABLES: Final = (
    Table(
        "constraints",
        "Rules",
        "What takes a placement away. A must rule is never outweighed; only its owner may waive it.",
        "layer",
    ),
    Table(
        "preferences",
        "Preferences",
        "What orders the placements that are left, dropped where nothing would be left.",
        "strength",
    ),
    Table("gates", "Gates", "What has to be true before a placement may be used.", "owner"),
    Table(
        "triggers",
        "Triggers",
        "What is watched, and what has to be computed before a published marker counts.",
        "kind",
    ),
    Table("steps", "Steps", "What has to be done for a move, in what order, by whom.", "phase"),
    Table("risks", "Risks", "What can go wrong on the way, and what is done about it.", "impact"),
    Table("classify", "Readings", "How a fact is read from others when nobody gave it.", "table"),
    Table(
        "scorecards",
        "Scorecards",
        "The guides' own short tests, shown beside a decision. They never decide.",
        "card",
    ),
)
OTHER_TABLES: Final = (
    Table(
        "parameters",
        "Parameters",
        "Every figure the rules read, since when it holds and who published it. Values are added, never edited.",
        "standing",
    ),
    Table(
        "inputs",
        "Facts asked for",
        "Every fact a decision may read, who supplies it, and what is assumed until somebody knows.",
        "theme",
    ),
    Table("tiers", "Tiers", "Which models and machines serve each degree of difficulty."),
    Table(
        "settlements",
        "Contradictions",
        "Where the guides contradict each other, how it is settled, and the rows and figures to change to settle it otherwise.",
    ),
    Table(
        "statements",
        "What the guides say",
        "Every statement of the guides with the row that carries it out, or the reason why none does.",
        "document",
    ),
)
TABLES: Final = {table.name: table for table in (*ROW_TABLES, *OTHER_TABLES)}


@lru_cache(maxsize=64)
def entries_of(policy: Policy, table: str) -> Mapping[str, Any]:
    """The rows, parameters, facts, tiers, settlements or statements of a policy by their name."""
    match table:
        case "parameters":
            return policy.parameters
        case "inputs":
            return policy.inputs
        case "tiers":
            return policy.tiers
        case "settlements":
            return policy.guides.settlements
        case "statements":
            return {each.statement.id: each for each in coverage(policy).entries}
        case _:
            return {row.id: row for row in policy.rows(table)}


def table_of(policy: Policy, entry: str) -> str:
    """The first table in which an entry of this name stands; empty where there is none."""
    return next((name for name in TABLES if entry in entries_of(policy, name)), "")


def matching(policy: Policy, table: str, words: list[str]) -> list[str]:
    """Names of the entries in which every word occurs."""
    entries = entries_of(policy, table)
    if not words:
        return list(entries)
    return [name for name, entry in entries.items() if all(word in _text(entry) for word in words)]


def _text(entry: Any) -> str:
    if isinstance(entry, Statement):
        return searchable((asdict(entry.statement), [row.id for row in entry.rows]))
    cells = getattr(entry, "cells", None)
    return searchable(cells if cells is not None else asdict(entry))


def group_of(policy: Policy, table: Table, name: str) -> str:
    """What the entry is folded under; empty where the table is not folded."""
    entry = entries_of(policy, table.name)[name]
    match table.name:
        case "parameters":
            return standing(entry)
        case "statements":
            return f"guide_{entry.statement.source.document}"
        case "inputs":
            return str(entry.theme)
        case "tiers" | "settlements":
            return ""
        case _:
            return str(entry.cells.get(table.group, ""))


def standing(parameter: Parameter) -> str:
    """Whether somebody published it, as a marker or a figure, or nobody did."""
    if parameter.guess:
        return "guess"
    return "marker" if parameter.marker else "published"
