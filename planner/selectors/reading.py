"""The policy laid out for reading: one table at a time, folded by layer, every row with its source."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from planner.engine.policy.rows import EXPRESSIONS, MASKS
from planner.engine.vocabulary import in_order
from planner.selectors.cells import cell_words, column_label, group_label
from planner.selectors.tables import ROW_TABLES, TABLES, entries_of, group_of, matching

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from planner.engine import Policy
    from planner.engine.policy import Parameter, ParameterValue, Row
    from planner.selectors.tables import Table

SHORT: Final = 50  # a table this short stands unfolded
SHOWN_ALREADY: Final = {
    *("id", "label", "owner", "sentence", "source", "restates", "when", "layer", "strength"),
    *("waivable", "statutory", *MASKS, *EXPRESSIONS),
}
Entry = Any  # Told, Dated, a fact, a tier, a settlement or a statement: each table has its own template


@dataclass(frozen=True)
class Dated:
    """A parameter with the value that holds on the day, those before it and those to come."""

    parameter: Parameter
    holds: ParameterValue
    day: date

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
        return self.row.restates

    @property
    def more(self) -> list[tuple[str, str]]:
        """What only this kind of table has."""
        kept = {name: value for name, value in self.row.cells.items() if name not in SHOWN_ALREADY}
        return [(column_label(name), cell_words(value)) for name, value in kept.items()]


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
    found = {name: matching(policy, name, query.lower().split()) for name in TABLES}
    groups = dict.fromkeys(group_of(policy, shown, name) for name in entries_of(policy, shown.name))
    layers = [name for name in groups if name]
    layer = layer if layer in layers else ""
    kept = [name for name in found[shown.name] if not layer or group_of(policy, shown, name) == layer]
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


def dated(policy: Policy, day: date) -> list[Dated]:
    return [_dated(policy, name, day) for name in policy.parameters]


def assumptions(policy: Policy, day: date) -> list[Dated]:
    """The figures nobody published: the ones to argue about first."""
    return [each for each in dated(policy, day) if each.parameter.guess]


def _groups(policy: Policy, table: Table, names: Iterable[str], day: date, *, unfolded: bool) -> list[Group]:
    """Entries by group, groups in the order of their first entry."""
    groups = {name: group_of(policy, table, name) for name in names}
    order = list(dict.fromkeys(groups.values()))
    by_group = sorted(groups, key=lambda name: order.index(groups[name]))
    return [
        Group(group, [_entry(policy, table, name, day) for name in members], unfolded or group == order[0])
        for group, members in groupby(by_group, key=groups.__getitem__)
    ]


def _entry(policy: Policy, table: Table, name: str, day: date) -> Entry:
    if table.name == "parameters":
        return _dated(policy, name, day)
    entry = entries_of(policy, table.name)[name]
    return _told(policy, entry, day) if table in ROW_TABLES else entry


def _told(policy: Policy, row: Row, day: date) -> Told:
    """The row with every figure it reads, in its conditions or by name in a cell."""
    read = [name for each in row.expressions.values() for name in each.parameters]
    named = [value for value in row.cells.values() if isinstance(value, str) and value in policy.parameters]
    return Told(row, tuple(_dated(policy, name, day) for name in dict.fromkeys([*read, *named])))


def _dated(policy: Policy, name: str, day: date) -> Dated:
    parameter = policy.parameters[name]
    return Dated(parameter, parameter.on(day), day)
