"""The published golden cases as workloads: each fact goes to whoever supplies it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.engine import load_policy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planner.engine import Input

CASES = Path(__file__).resolve().parents[2] / "policy" / "cases.json"
OF_THE_ORGANISATION = {"organisation", "offering", "model"}


@dataclass(frozen=True)
class Part:
    """A segment of a case: what architects say of it, and what a reviewer stands behind."""

    name: str
    share: float
    classification: str
    facts: dict[str, Any]
    reviewed: dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A golden case, its facts sorted by where they are kept."""

    number: int
    title: str
    organisation: dict[str, Any]
    facts: dict[str, Any]
    parts: tuple[Part, ...]

    @property
    def tokens_month(self) -> int:
        return int(self.facts["tokens_month"])


def cases() -> dict[int, Case]:
    """Every published golden case, by its number."""
    return {given["id"]: _case(given) for given in json.loads(CASES.read_text(encoding="utf-8"))}


def _case(given: dict[str, Any]) -> Case:
    inputs = load_policy().inputs
    segments = given["segments"]
    shared = _pick(
        segments[0]["facts"], (i for i in inputs.values() if i.scope == "workload" and not _reviewed(i))
    )
    shared["tokens_month"] = sum(segment["facts"]["tokens_month"] for segment in segments)
    if "team_share" in segments[0]:
        shared["team_share"] = segments[0]["team_share"]
    return Case(
        number=given["id"],
        title=given["title"],
        organisation=_pick(
            given["organisation"], (i for i in inputs.values() if i.scope in OF_THE_ORGANISATION)
        ),
        facts=shared,
        parts=tuple(_part(segment) for segment in segments),
    )


def _part(segment: dict[str, Any]) -> Part:
    inputs = load_policy().inputs.values()
    own = (i for i in inputs if i.scope == "segment" and not _reviewed(i))
    return Part(
        name=segment["name"],
        share=segment["share"],
        classification=segment["classification"],
        facts=_pick(segment["facts"], own),
        reviewed=_pick(
            segment["facts"], (i for i in inputs if i.scope in {"workload", "segment"} and _reviewed(i))
        ),
    )


def _reviewed(given: Input) -> bool:
    return given.supplied_by == "reviewer"


def _pick(facts: dict[str, Any], inputs: Iterable[Input]) -> dict[str, Any]:
    return {given.name: facts[given.name] for given in inputs if given.name in facts}
