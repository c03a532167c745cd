"""Triggers of all workloads by what they ask for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.selectors.standing import Standing

# group -> what it is called, what it means, its tone and icon
GROUPS = {
    "confirmed": ("Confirmed", "fired, and the computed answer agrees", "bad", "stop"),
    "unconfirmed": (
        "Fired, not confirmed",
        "the published marker is crossed, the break-even is not",
        "warn",
        "warn",
    ),
    "fired": (
        "Fired, not computed",
        "crossed, but a price or a fact to check it with is missing",
        "warn",
        "unknown",
    ),
    "near": ("Near", "close to its level", "info", "clock"),
    "armed": ("Armed", "watched, far away", "", "open"),
    "not_evaluated": ("Not evaluated", "a fact it needs is not known", "", "unknown"),
}


QUIET = {"armed", "not_evaluated"}  # shown when asked for


def group_of(trigger: dict[str, Any]) -> str:
    """Fired splits by whether the computed economics confirm it."""
    if trigger["state"] != "fired":
        return str(trigger["state"])
    return {True: "confirmed", False: "unconfirmed", None: "fired"}[trigger["confirmed"]]


def asks_for_an_answer(trigger: dict[str, Any]) -> bool:
    """Whether somebody has to act: it fired, and the computed economics (or the event itself) confirm it."""
    return group_of(trigger) == "confirmed"


def shown(trigger: dict[str, Any]) -> dict[str, Any]:
    """The trigger with its group, and how long its bar is: the level that fires stands at 80 %."""
    left = trigger["distance_pct"]
    fill = None if left is None else round(min(100.0, max(0.0, (100 - left) * 0.8)), 1)
    return trigger | {"group": group_of(trigger), "fill": fill}


@dataclass(frozen=True)
class Watched:
    """One trigger of one part of a workload."""

    standing: Standing
    segment: str
    trigger: dict[str, Any]


@dataclass(frozen=True)
class Group:
    name: str
    label: str
    meaning: str
    tone: str
    icon: str
    triggers: list[Watched]
    shown: bool


@dataclass(frozen=True)
class Watch:
    """Triggers, and the one group asked for (empty: all that are not quiet)."""

    triggers: list[Watched]
    asked: str = ""

    def of(self, group: str) -> list[Watched]:
        """Triggers of the group, the one furthest along first."""
        found = [watched for watched in self.triggers if watched.trigger["group"] == group]
        return sorted(found, key=lambda each: -(each.trigger["fill"] or 0))

    @cached_property
    def groups(self) -> list[Group]:
        return [
            Group(name, *words, self.of(name), self._shows(name))
            for name, words in GROUPS.items()
            if self.of(name)
        ]

    def _shows(self, group: str) -> bool:
        return group == self.asked if self.asked else group not in QUIET


def watch(standings: list[Standing], asked: str = "") -> Watch:
    """Every trigger of every part of these workloads."""
    return Watch(
        [
            Watched(standing, segment["name"], shown(trigger))
            for standing in standings
            for segment in standing.segments
            for trigger in segment["triggers"]
        ],
        asked if asked in GROUPS else "",
    )
