"""The policy laid out for reading: one table at a time, folded by layer, every row with its source."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from planner.engine.policy.rows import EXPRESSIONS, MASKS
from planner.engine.vocabulary import in_order
from planner.selectors.cells import cell_words, column_label, group_label, searchable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from planner.engine import Policy
    from planner.engine.policy import Input, Parameter, ParameterValue, Row, Tier

SHORT: Final = 50  # a table this short stands unfolded
SHOWN_ALREADY: Final = {
    *("id", "label", "owner", "sentence", "source", "restates", "when", "layer", "strength"),
    *("waivable", "statutory", *MASKS, *EXPRESSIONS),
}


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
)
TABLES: Final = {table.name: table for table in (*ROW_TABLES, *OTHER_TABLES)}


@dataclass(frozen=True)
class Dated:
    """A parameter with the value that holds on the day, those before it and those to come."""

    parameter: Parameter
    holds: ParameterValue
    day: date

    @property
    def standing(self) -> str:
        if self.parameter.guess:
            return "guess"
        return "marker" if self.parameter.marker else "published"

    @property
    def before(self) -> tuple[ParameterValue, ...]:
        return tuple(value for value in self.parameter.values if value.since < self.holds.since)

    @property
    def to_come(self) -> tuple[ParameterValue, ...]:
        return tuple(value for value in self.parameter.values if value.since > self.day)


@dataclass(frozen=True)
class Told:
    """A row with the placements it is about, its conditions, and the figures it reads as they stand."""

    row: Row
    figures: tuple[Dated, ...]

    @property
    def variants(self) -> tuple[str, ...]:
        """From the least to the most sovereign."""
        return in_order(self.row.mask)

    @property
    def mask_words(self) -> str:
        """What becomes of the placements: what is left, preferred or guarded."""
        return next((column_label(name).lower() for name in MASKS if name in self.row.cells), "")

    @property
    def conditions(self) -> list[tuple[str, str]]:
        return [(column_label(name), each.text) for name, each in self.row.expressions.items()]

    @property
    def binds(self) -> str:
        """How firmly: must, strong or weak, or the kind of trigger or step."""
        return self.row.strength or str(self.row.cell("kind", ""))

    @property
    def restates(self) -> tuple[str, ...]:
        """The statements of the guides that say the same."""
        return tuple(self.row.cell("restates", ()))

    @property
    def more(self) -> list[tuple[str, str]]:
        """What only this kind of table has."""
        kept = {name: value for name, value in self.row.cells.items() if name not in SHOWN_ALREADY}
        return [(column_label(name), cell_words(value)) for name, value in kept.items()]


Entry = Any  # Told, Dated, an Input or a Tier: each table has its own template


@dataclass(frozen=True)
class Group:
    """Entries that are folded together."""

    name: str
    entries: list[Entry]
    unfolded: bool

    @property
    def label(self) -> str:
        return group_label(self.name)


@dataclass(frozen=True)
class Reading:
    """One table of a policy, as far as the search lets it through; and how much each other table would show."""

    policy: Policy
    table: Table
    query: str
    layer: str
    layers: list[str]
    counts: Mapping[str, int]
    groups: list[Group]

    @property
    def tabs(self) -> list[dict[str, Any]]:
        return [
            {"name": table.name, "label": table.label, "count": self.counts[table.name]}
            for table in TABLES.values()
        ]

    @property
    def shown(self) -> int:
        return sum(len(group.entries) for group in self.groups)

    @property
    def filtered(self) -> bool:
        return bool(self.query or self.layer)

    @property
    def layer_choices(self) -> list[tuple[str, str]]:
        return [(name, group_label(name)) for name in self.layers]


def reading(policy: Policy, table: str, day: date, query: str = "", layer: str = "") -> Reading:
    """One table of the policy, the rules where the table asked for is not known; searched by text and layer."""
    shown = TABLES.get(table) or TABLES["constraints"]
    found = {name: _matching(policy, name, query.lower().split()) for name in TABLES}
    groups = dict.fromkeys(_group_of(policy, shown, name) for name in _entries(policy, shown.name))
    layers = [name for name in groups if name]
    layer = layer if layer in layers else ""
    kept = [name for name in found[shown.name] if not layer or _group_of(policy, shown, name) == layer]
    unfolded = bool(query or layer) or len(kept) <= SHORT
    return Reading(
        policy,
        shown,
        query,
        layer,
        layers,
        {name: len(names) for name, names in found.items()},
        _groups(policy, shown, kept, day, unfolded=unfolded),
    )


def table_of(policy: Policy, entry: str) -> str:
    """The table in which a row, parameter, fact or tier stands; empty where there is none of this name."""
    return next((name for name in TABLES if entry in _entries(policy, name)), "")


def dated(policy: Policy, day: date) -> list[Dated]:
    return [_dated(policy, name, day) for name in policy.parameters]


def assumptions(policy: Policy, day: date) -> list[Dated]:
    """The figures nobody published: the ones to argue about first."""
    return [each for each in dated(policy, day) if each.parameter.guess]


def _entries(policy: Policy, table: str) -> Mapping[str, Row | Parameter | Input | Tier]:
    match table:
        case "parameters":
            return policy.parameters
        case "inputs":
            return policy.inputs
        case "tiers":
            return policy.tiers
        case _:
            return {row.id: row for row in policy.rows(table)}


def _matching(policy: Policy, table: str, words: list[str]) -> list[str]:
    """Names of the entries in which every word occurs."""
    entries = _entries(policy, table)
    if not words:
        return list(entries)
    texts = {name: _text(entry) for name, entry in entries.items()}
    return [name for name, text in texts.items() if all(word in text for word in words)]


def _text(entry: Any) -> str:
    cells = getattr(entry, "cells", None)
    return searchable(cells if cells is not None else asdict(entry))


def _group_of(policy: Policy, table: Table, name: str) -> str:
    entry: Any = _entries(policy, table.name)[name]
    if table.name == "parameters":
        return Dated(entry, entry.values[0], entry.checked).standing
    if table.name in {"inputs", "tiers"}:
        return str(getattr(entry, table.group)) if table.group else ""
    return str(entry.cells.get(table.group, ""))


def _groups(policy: Policy, table: Table, names: Iterable[str], day: date, *, unfolded: bool) -> list[Group]:
    """Entries by group, groups in the order of their first entry."""
    group_of = {name: _group_of(policy, table, name) for name in names}
    order = list(dict.fromkeys(group_of.values()))
    by_group = sorted(group_of, key=lambda name: order.index(group_of[name]))
    return [
        Group(group, [_entry(policy, table, name, day) for name in members], unfolded or group == order[0])
        for group, members in groupby(by_group, key=group_of.__getitem__)
    ]


def _entry(policy: Policy, table: Table, name: str, day: date) -> Entry:
    if table.name == "parameters":
        return _dated(policy, name, day)
    entry = _entries(policy, table.name)[name]
    return entry if table in OTHER_TABLES else _told(policy, entry, day)  # type: ignore[arg-type]


def _told(policy: Policy, row: Row, day: date) -> Told:
    """The row with every figure it reads, in its conditions or by name in a cell."""
    read = [name for each in row.expressions.values() for name in each.parameters]
    named = [value for value in row.cells.values() if isinstance(value, str) and value in policy.parameters]
    return Told(row, tuple(_dated(policy, name, day) for name in dict.fromkeys([*read, *named])))


def _dated(policy: Policy, name: str, day: date) -> Dated:
    parameter = policy.parameters[name]
    return Dated(parameter, parameter.on(day), day)
