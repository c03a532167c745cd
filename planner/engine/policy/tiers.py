"""Tiers: which models and which machines serve each degree of difficulty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from planner.engine.policy.errors import PolicyError
from planner.engine.policy.parameters import Reference, as_reference

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE: Final = "tiers.toml"
ARRANGEMENTS: Final = ("managed", "rented", "owned")


@dataclass(frozen=True, slots=True)
class Shape:
    """The machines of one replica, what it gives out at full use, and whose figure that is."""

    gpu: str
    gpus: int
    tokens_per_second: float
    guess: bool
    source: Reference


@dataclass(frozen=True, slots=True)
class Tier:
    """What serves a degree of difficulty: closed and open models to compare, and a shape per arrangement."""

    name: str
    closed: tuple[str, ...]
    open: tuple[str, ...]
    shapes: Mapping[str, Shape]
    source: Reference
    guess: bool


def as_tier(name: str, cells: Mapping[str, Any]) -> Tier:
    """The tier a table of tiers.toml declares."""
    for column in ("closed", "open", "source", *ARRANGEMENTS):
        if column not in cells:
            raise PolicyError(FILE, name, column, "is missing")
    return Tier(
        name=name,
        closed=tuple(cells["closed"]),
        open=tuple(cells["open"]),
        shapes={arrangement: _shape(name, arrangement, cells[arrangement]) for arrangement in ARRANGEMENTS},
        source=as_reference(FILE, name, "source", cells["source"]),
        guess=bool(cells.get("guess", False)),
    )


def _shape(name: str, arrangement: str, cells: Mapping[str, Any]) -> Shape:
    for column in ("gpu", "gpus", "tokens_per_second", "source"):
        if column not in cells:
            raise PolicyError(FILE, name, f"{arrangement}.{column}", "is missing")
    return Shape(
        gpu=str(cells["gpu"]),
        gpus=int(cells["gpus"]),
        tokens_per_second=float(cells["tokens_per_second"]),
        guess=bool(cells.get("guess", False)),
        source=as_reference(FILE, name, f"{arrangement}.source", cells["source"]),
    )
