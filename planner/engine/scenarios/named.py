"""What may happen: sets of assumptions that have a name, read from the table that ships."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

DATA: Final = Path(__file__).with_name("data") / "scenarios.toml"
MOST_USED: Final = "most_used"  # the model that carries most of the spend today


class ScenarioError(ValueError):
    """A scenario that says something nobody reads: names it, and the way out."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What changes, everything else staying as it is: prices and volume by a factor, offers that are gone, facts
    that are set everywhere, figures of the policy that are set otherwise. `after_months` says when it would begin.
    """

    id: str
    label: str
    sentence: str
    token_price: float = 1.0
    gpu_price: float = 1.0
    volume: float = 1.0
    volume_facts: tuple[str, ...] = ()
    retired: str = ""
    jurisdiction_lost: str = ""
    after_months: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)
    assumptions: Mapping[str, float] = field(default_factory=dict)
    guess: bool = False
    source: str = ""


@cache
def shipped() -> tuple[Scenario, ...]:
    """The scenarios that ship, in their order."""
    return read(DATA.read_text(encoding="utf-8"))


@cache
def shipped_sha() -> str:
    """The identity of the table that ships."""
    return hashlib.sha256(DATA.read_bytes()).hexdigest()


def read(text: str) -> tuple[Scenario, ...]:
    """The scenarios of a table; ScenarioError where one says something unknown or an id is used twice."""
    document = tomllib.loads(text)
    names = tuple(document.get("volume_facts", ()))
    found = tuple(_scenario(cells, names) for cells in document.get("scenarios", ()))
    if len({each.id for each in found}) < len(found):
        raise ScenarioError("Two scenarios have the same id: give each its own.")
    return found


def _scenario(cells: Mapping[str, Any], volume_facts: tuple[str, ...]) -> Scenario:
    known = {each.name for each in fields(Scenario)}
    if strange := sorted(set(cells) - known):
        raise ScenarioError(f"{cells.get('id', '?')}: {strange[0]!r} is not known; one of {sorted(known)}.")
    if missing := [name for name in ("id", "label", "sentence", "source") if not cells.get(name)]:
        raise ScenarioError(f"{cells.get('id', '?')}: {missing[0]} is missing.")
    return Scenario(**{"volume_facts": volume_facts, **cells})
