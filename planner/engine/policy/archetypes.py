"""Archetypes: presets that fill facts in when a workload is registered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from planner.engine.expression import suggestion
from planner.engine.policy.errors import PolicyError
from planner.engine.policy.inputs import check_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.engine.policy.inputs import Input

FILE: Final = "archetypes.toml"


@dataclass(frozen=True, slots=True)
class ArchetypeSegment:
    """A part an archetype proposes: name, share of the tokens in percent, and its facts."""

    name: str
    share: float
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Archetype:
    """A preset that fills facts in: orders of magnitude to correct, never evidence."""

    id: str
    label: str
    description: str
    facts: Mapping[str, Any]
    segments: tuple[ArchetypeSegment, ...]


def archetypes_of(document: Mapping[str, Any], inputs: Mapping[str, Input]) -> dict[str, Archetype]:
    """The archetypes of a document, their facts checked against the inputs."""
    return {key: _archetype(key, cells, inputs) for key, cells in document.get("archetypes", {}).items()}


def _archetype(key: str, cells: Mapping[str, Any], inputs: Mapping[str, Input]) -> Archetype:
    facts = _facts(key, cells.get("facts", {}), inputs)
    segments = tuple(
        ArchetypeSegment(
            str(part["name"]), float(part.get("share", 100)), _facts(key, part.get("facts", {}), inputs)
        )
        for part in cells.get("segments", [])
    )
    return Archetype(key, str(cells.get("label", key)), str(cells.get("description", "")), facts, segments)


def _facts(row: str, facts: Mapping[str, Any], inputs: Mapping[str, Input]) -> Mapping[str, Any]:
    for name, value in facts.items():
        if name not in inputs:
            raise PolicyError(FILE, row, name, f"unknown input {name!r}{suggestion(name, inputs)}")
        check_value(FILE, row, name, inputs[name], value)
    return facts
