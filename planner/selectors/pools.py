"""One pool of the newest outlook, with the workloads that share it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from planner.engine.explain.pools import sharing_sentence

if TYPE_CHECKING:
    from planner.selectors.outlooks import Seen
    from workloads.models import Workload

HOURS: Final = range(24)
OPEN_MODELS: Final = "3"
EVERY: Final = 6  # of the points of the chart over volume


@dataclass(frozen=True)
class Sharer:
    """One part in a pool. The workload is None where it was archived since."""

    workload: Workload | None
    part: str
    data: dict[str, Any]

    @property
    def label(self) -> str:
        name = self.workload.name if self.workload else "archived"
        return name if self.part == "all" else f"{name}, {self.part}"

    @property
    def peak(self) -> float:
        return float(max(self.data["hours"]))

    @property
    def busiest_hour(self) -> int:
        """Of the day, UTC."""
        return int(self.data["hours"].index(self.peak))


@dataclass(frozen=True)
class PoolPage:
    """A recorded pool as its page shows it."""

    number: int
    entry: dict[str, Any]
    members: list[Sharer]

    @property
    def sentence(self) -> str:
        return sharing_sentence(self.entry)

    @property
    def serving(self) -> int:
        return int(self.entry["replicas"] - self.entry["spare"])

    @property
    def hours(self) -> list[dict[str, Any]]:
        """Replicas kept busy at planned use, hour by hour, by whom."""
        return [
            {
                "hour": hour,
                "cells": [{"label": each.label, "load": each.data["hours"][hour]} for each in self.members],
                "all": sum(each.data["hours"][hour] for each in self.members),
            }
            for hour in HOURS
        ]

    @property
    def machines_usd(self) -> float:
        return float(self.entry["usd_month"] - self.entry["fixed_usd"])

    @property
    def total_usd(self) -> float:
        return float(self.entry["usd_month"] + self.entry["people_usd"])

    @property
    def target_usd(self) -> float | None:
        """What all pay by themselves at their targets; None where one of these is not known."""
        return self._sum_of("target_usd")

    @property
    def alone_replicas(self) -> int:
        return int(sum(each.data["alone_replicas"] for each in self.members))

    @property
    def by_token_usd(self) -> float | None:
        """What all would pay by the token; None where one of them has no such price."""
        return self._sum_of("by_token_usd")

    @property
    def tokens_month(self) -> float | None:
        return self._sum_of("tokens_month")

    def _sum_of(self, name: str) -> float | None:
        known = [amount for each in self.members if (amount := each.data[name]) is not None]
        return float(sum(known)) if len(known) == len(self.members) else None

    @property
    def volumes(self) -> dict[str, Any] | None:
        """What the chart over volume draws; None where a price or a volume is not known."""
        over, even = self.entry["over_volume"], self.entry["even_tokens"]
        if over is None:
            return None
        mine = self.entry["variant"]
        return {
            "tokens_month": over["tokens_month"],
            "lines": {mine: over["pool_usd"], OPEN_MODELS: over["by_token_usd"]},
            "break_evens": {} if even is None else {mine: even},
            "now": self.tokens_month,
        }

    @property
    def volume_rows(self) -> list[dict[str, float]]:
        """The same as rows, every sixth."""
        over = self.entry["over_volume"] or {}
        columns = zip(*(over[name][::EVERY] for name in over), strict=True)
        return [dict(zip(("tokens", "pool", "by_token"), row, strict=True)) for row in columns]


def pool_page(seen: Seen, number: int) -> PoolPage | None:
    """The pool of this number, counted from one; None where there is none, where the person does not see the whole
    organisation, or where the outlook was computed before pools kept their hours.
    """
    pools = seen.pools
    if not 0 < number <= len(pools) or "members" not in seen.ahead["pools"][number - 1]:
        return None
    recorded = seen.ahead["pools"][number - 1]
    sharers = [
        Sharer(workload, part, data)
        for (workload, part), data in zip(pools[number - 1]["sharers"], recorded["members"], strict=True)
    ]
    return PoolPage(number, recorded, sharers)
