"""Scenarios as far as a person may see them: which parts each touches, and what it adds a month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.engine.explain.scenarios import comparison_sentence

if TYPE_CHECKING:
    from workloads.models import Workload


@dataclass(frozen=True)
class Changed:
    """One part of one workload that a scenario touches."""

    workload: Workload
    change: dict[str, Any]


@dataclass(frozen=True)
class Happening:
    """One scenario as far as the person may see it. Counts are those of the list behind it."""

    entry: dict[str, Any]
    changes: list[Changed]
    whole: bool

    @property
    def flips(self) -> list[Changed]:
        """Parts that would belong elsewhere."""
        return self._with("flips")

    @property
    def stops(self) -> list[Changed]:
        """Parts that would stand still on the day."""
        return self._with("stops")

    @property
    def lost(self) -> list[Changed]:
        """Parts that would fit nowhere."""
        return self._with("lost")

    @property
    def unknown(self) -> list[Changed]:
        """Parts of which nobody can tell what it would cost, with what to supply."""
        return [each for each in self.changes if each.change["unknown"]]

    @property
    def stays_unknown(self) -> list[Changed]:
        """Of those, the ones that stay where they are."""
        return [each for each in self.unknown if each not in self.moved]

    @property
    def dearer(self) -> list[Changed]:
        """Parts that stay where they are and cost something else."""
        return [each for each in self.changes if each not in self.moved and each not in self.unknown]

    @property
    def moved(self) -> list[Changed]:
        """Parts that would run elsewhere, at once or in the end, or nowhere."""
        return [
            each
            for each in self.changes
            if each.change["flips"] or each.change["stops"] or each.change["why"]
        ]

    @property
    def usd_month(self) -> float | None:
        """What it adds a month; people are in it only where the whole portfolio is seen. None: nobody can tell."""
        if self.whole:
            return self.entry["usd_month"] if self.entry["priced"] else None
        known = [usd for each in self.changes if (usd := each.change["usd_month"]) is not None]
        return sum(known) if known or not self.unknown else None

    @property
    def sentence(self) -> str:
        counts = {name: len(getattr(self, name)) for name in ("flips", "stops", "lost")}
        usd = self.usd_month
        told = {
            "unpriced": len(self.unknown),
            "priced": 0 if usd is None else 1,
            "usd_month": usd or 0.0,
            "usd_lost": sum(each.change["before"]["usd"] or 0.0 for each in self.lost),
        }
        return comparison_sentence(self.entry | counts | told)

    @property
    def insurances(self) -> list[dict[str, Any]]:
        """What to have closed beforehand, the most useful first. Of the whole portfolio only."""
        return list(self.entry["insurances"]) if self.whole else []

    @property
    def insurance(self) -> dict[str, Any] | None:
        return next(iter(self.insurances), None)

    def _with(self, name: str) -> list[Changed]:
        return [each for each in self.changes if each.change[name]]
