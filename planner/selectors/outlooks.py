"""The newest outlook as a person may see it: the organisation's totals, or the sums of their own workloads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from django.db.models import F

from planner.engine.costing.people import classes_in_use
from planner.engine.explain import outlook as words
from planner.engine.outlook.portfolio import TARGET, TODAY, running
from planner.jobs import RunState
from planner.models import Outlook, OutlookRow, PlanRun
from planner.selectors import runs
from planner.selectors.happenings import Changed, Happening

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from workloads.models import Workload

SHOWN: Final = (0, 6, 12, 24, 36)


@dataclass(frozen=True)
class Seen:
    """The newest finished outlook, what is on its way or failed since, and the rows the person may see.

    `whole`: whether those are all, so that totals of the organisation may be shown.
    """

    plan: PlanRun | None
    outlook: Outlook | None
    pending: Outlook | None
    rows: list[OutlookRow]
    whole: bool

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = self.outlook.document if self.outlook else {}
        return found

    @property
    def stale(self) -> bool:
        """Whether a newer plan has finished than the one the outlook is of."""
        return bool(self.outlook and self.plan and self.outlook.plan_id != self.plan.pk)

    @cached_property
    def compared(self) -> list[OutlookRow]:
        return [row for row in self.rows if not row.data["left_out"]]

    @cached_property
    def left_out(self) -> list[OutlookRow]:
        return [row for row in self.rows if row.data["left_out"]]

    @property
    def ahead(self) -> dict[str, Any]:
        """The outlook over the months ahead: of the whole portfolio only."""
        found: dict[str, Any] = self.document.get("outlook", {}) if self.whole else {}
        return found

    @cached_property
    def now(self) -> dict[str, Any]:
        """The month's figures by case: with their ranges for the whole, plain sums for one's own workloads."""
        if self.whole:
            return dict(self.ahead.get("now", {}))
        if not self.compared:
            return {}
        parts = [part for row in self.compared for part in row.data["parts"]]
        today = sum(row.data["measured"] for row in self.compared)
        target = sum(part["usd"] for part in parts)
        used = (user for part in parts for user in running(part["today"], hire=part.get("hire", False)))
        return {
            TODAY: {"usd": today + self._people(used)},
            TARGET: {"usd": target + self._people(_at_target(parts))},
        }

    @property
    def bridge(self) -> list[dict[str, Any]]:
        """Why the full cost at target is not the price the decisions reckon with; empty where nobody can tell."""
        parts = [part for row in self.compared for part in row.data["parts"]]
        planned = [part.get("planned") for part in parts]
        if not parts or None in planned:
            return []
        full = float(sum(part["usd"] for part in parts))
        people = self._people(_at_target(parts))
        return words.bridge_entries(float(sum(planned)), full, people)

    def _people(self, users: Iterable[tuple[str | None, bool]]) -> float:
        """Once for each operating class in use, hired where they have to be."""
        here, hired = self.document["people"], self.document.get("hired", {})
        used = classes_in_use(users)
        return float(sum(hired.get(each, here[each]) if hire else here[each] for each, hire in used.items()))

    @cached_property
    def assumed(self) -> list[tuple[OutlookRow, str]]:
        """What is taken for granted of bills as they are today, each with its workload."""
        return [
            (row, sentence)
            for row in self.compared
            for sentence in dict.fromkeys(part.get("assumed") for part in row.data["parts"])
            if sentence
        ]

    @property
    def headline(self) -> str:
        return words.headline(self.now)

    @property
    def figures(self) -> list[dict[str, Any]]:
        return [
            {"case": case, "label": label, **self.now[case]}
            for case, label in words.CASES.items()
            if case in self.now
        ]

    @property
    def lede(self) -> str:
        if not self.ahead.get("courses"):
            return ""
        return f"{words.months_sentence(self.ahead)} {words.matters_sentence(self.ahead)}"

    @property
    def courses(self) -> list[dict[str, Any]]:
        """What each way prices may go comes to, for each case."""
        return [
            {
                **course,
                "rows": [
                    {"label": label, "total": course["totals"][case], "cells": _cells(course["bands"][case])}
                    for case, label in words.CASES.items()
                ],
            }
            for course in self.ahead.get("courses", [])
        ]

    @property
    def months(self) -> tuple[int, ...]:
        return SHOWN

    @property
    def swings(self) -> list[dict[str, Any]]:
        """Figures that move the bill, the widest first."""
        return [each for each in self.ahead.get("matters", {}).get("swings", []) if each["width_usd"]]

    @cached_property
    def happenings(self) -> list[Happening]:
        return [
            Happening(entry, list(self._changed(entry["id"])), self.whole)
            for entry in self.document.get("scenarios", [])
        ]

    def happening(self, pk: str) -> Happening | None:
        return next((each for each in self.happenings if each.entry["id"] == pk), None)

    def _changed(self, scenario: str) -> list[Changed]:
        return [
            Changed(row.workload, change)
            for row in self.rows
            for change in row.data["scenarios"].get(scenario, ())
        ]

    @property
    def pools(self) -> list[dict[str, Any]]:
        """Pools worth opening, each with the workloads in it by name."""
        by_pk = {row.workload_id: row.workload for row in self.rows}
        ids = self.document.get("ids", [])
        return [
            {
                **pool,
                "sharers": [(by_pk.get(ids[place]), part) for place, part in pool["parts"]],
                "has_page": "members" in pool,
            }
            for pool in self.ahead.get("pools", [])
        ]

    @property
    def pools_words(self) -> str:
        return words.unpooled_words(self.ahead)


def seen(workloads: QuerySet[Workload]) -> Seen:
    """The newest outlook with the rows of these workloads."""
    newest = list(Outlook.objects.defer("document").order_by("-pk")[:1])
    done = (
        Outlook.objects.filter(state=RunState.DONE)
        .select_related("plan__policy", "plan__snapshot")
        .defer("plan__policy__document", "plan__snapshot__document")
        .first()
    )
    rows, whole = _rows(done, workloads) if done else ([], False)
    pending = next((each for each in newest if each.state != RunState.DONE), None)
    return Seen(runs.latest_finished(), done, pending, rows, whole)


def in_full(workloads: QuerySet[Workload]) -> dict[str, Any] | None:
    """What this month costs by the newest plan's outlook, by case; None before there is one, and for those who do not
    see the whole organisation. Two queries.
    """
    newest = PlanRun.objects.filter(state=RunState.DONE).order_by("-pk").values("pk")[:1]
    done = Outlook.objects.filter(state=RunState.DONE, plan__in=newest).values(
        "pk", now=F("document__outlook__now")
    )
    found = done.first()
    if not found or not found["now"]:
        return None
    hidden = OutlookRow.objects.filter(outlook=found["pk"], workload__archived_at=None)
    return None if hidden.exclude(workload__in=workloads).exists() else found["now"]


def _rows(done: Outlook, workloads: QuerySet[Workload]) -> tuple[list[OutlookRow], bool]:
    """The rows of these workloads, and whether those are all of workloads in use."""
    rows = list(done.rows.filter(workload__in=workloads).select_related("workload__team"))
    return rows, len(rows) == done.rows.filter(workload__archived_at=None).count()


def _at_target(parts: list[dict[str, Any]]) -> list[tuple[str | None, bool]]:
    """Who uses which class at target; records from before people were hired in them say nothing of it."""
    return [(part["target"], part.get("hire", False)) for part in parts]


def _cells(band: dict[str, list[float]]) -> list[dict[str, float]]:
    return [
        {"month": month, "low": band["p10"][month], "middle": band["p50"][month], "high": band["p90"][month]}
        for month in SHOWN
    ]
