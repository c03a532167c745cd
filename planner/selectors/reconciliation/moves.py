"""Moves that were made: what the decision before expected each to save, against the bills before and after."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, Count, Max, Min, Q, Sum
from django.db.models.functions import TruncMonth

from planner.engine.explain import moved as words
from planner.engine.policy import Assumptions
from planner.engine.reconciling import MonthBill, Realised, Untold, Window, at_volume, last_of, realised
from planner.jobs import RunState
from planner.models import Decision, ReckonedDay
from planner.selectors import basis
from planner.selectors.reconciliation.expected import Expected, expected
from planner.selectors.reconciliation.months import TOKENS
from planner.selectors.standing import NOWHERE
from workloads.models import FactRecord, Workload
from workloads.models.registry import FactScope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from django.db.models import QuerySet

A_DAY = timedelta(days=1)
BASES = {
    "reported": "as reported",
    "computed": "as computed",
    "known": "partly as reported, partly as computed",
}


@dataclass(frozen=True)
class Moved:
    """A workload that went from one class to another on a day, between its moves before and after."""

    workload_id: int
    was: str
    became: str
    window: Window


@dataclass(frozen=True)
class MoveLine:
    """One move: what was expected of it and what came."""

    workload: Workload
    moved: Moved
    expected: Expected
    found: Realised | Untold
    basis: str
    as_of: date

    @property
    def expected_words(self) -> str:
        return words.expected_sentence(self.expected.usd_month, self.expected.day, self.expected.why)

    @property
    def realised_words(self) -> str:
        return words.realised_sentence(self.found, self.as_of)

    @property
    def realised(self) -> Realised | None:
        return self.found if isinstance(self.found, Realised) else None

    @property
    def expected_at_volume(self) -> float | None:
        """The expected saving at the volume measured after the move."""
        if self.realised is None or self.expected.usd_month is None or not self.expected.mtok_month:
            return None
        return at_volume(self.expected.usd_month, self.expected.mtok_month, self.realised.after.mtok_month)

    @property
    def against_words(self) -> str:
        if self.realised is None or self.expected_at_volume is None:
            return ""
        return words.against_sentence(self.expected_at_volume, self.realised.effects.price)


def move_lines(workloads: QuerySet[Workload], as_of: datetime) -> list[MoveLine]:
    """Every move of these workloads, the newest first; six queries, one where nothing moved."""
    moves = moved(workloads)
    if not moves:
        return []
    ids = {move.workload_id for move in moves}
    known = Workload.objects.select_related("team").in_bulk(ids)
    before = _decisions_before(moves)
    bills = _bills(ids, as_of)
    sides = int(Assumptions.of(basis.policy(), as_of.date())["reconcile_months_each_side"])
    found = []
    for move in moves:
        told, how = _measured(bills[move.workload_id], move.window, sides)
        line = expected(before.get((move.workload_id, move.window.moved_on)), move.was, move.became)
        found.append(MoveLine(known[move.workload_id], move, line, told, how, as_of.date()))
    return sorted(found, key=lambda line: (-line.moved.window.moved_on.toordinal(), line.workload.name))


def moved(workloads: QuerySet[Workload]) -> list[Moved]:
    """Changes of the class that serves a workload, one a day: something new, or nothing any more, is no move."""
    said = FactRecord.objects.filter(
        scope=FactScope.WORKLOAD, workload__in=workloads, name="current_class"
    ).order_by("workload_id", "said_at", "pk")
    days: dict[int, dict[date, str]] = defaultdict(dict)
    for pk, at, value in said.values_list("workload_id", "said_at", "value"):
        days[pk or 0][at.astimezone(UTC).date()] = str(value or NOWHERE)
    return [move for pk, classes in days.items() for move in _moves(pk, classes)]


def _moves(pk: int, classes: Mapping[date, str]) -> list[Moved]:
    changes: list[tuple[date, str, str]] = []
    was = NOWHERE
    for day, became in classes.items():
        if became == NOWHERE:
            continue
        if was not in (NOWHERE, became):
            changes.append((day, was, became))
        was = became
    days = [None, *(day for day, _, _ in changes), None]
    return [
        Moved(pk, was, became, Window(day, since=days[place], until=days[place + 2]))
        for place, (day, was, became) in enumerate(changes)
    ]


def _decisions_before(moves: Iterable[Moved]) -> dict[tuple[int, date], Decision]:
    """The newest decision made before the day of each move: two queries."""
    ids = {move.workload_id for move in moves}
    rows = Decision.objects.filter(workload__in=ids, run__state=RunState.DONE).order_by("run_id")
    made: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for pk, workload_id, as_of in rows.values_list("pk", "workload_id", "run__as_of"):
        made[workload_id].append((as_of.astimezone(UTC).date(), pk))
    chosen = {
        (move.workload_id, move.window.moved_on): max(
            (pk for day, pk in made[move.workload_id] if day < move.window.moved_on), default=None
        )
        for move in moves
    }
    records = Decision.objects.select_related("record", "run").in_bulk([pk for pk in chosen.values() if pk])
    return {key: records[pk] for key, pk in chosen.items() if pk}


@dataclass(frozen=True)
class _Bills:
    """The months of one workload, with each way to know what they cost."""

    reported: list[MonthBill]
    computed: list[MonthBill]
    known: list[MonthBill]


def _bills(ids: set[int], as_of: datetime) -> dict[int, _Bills]:
    """The bill of every month with traffic, and whether it was counted to its end: two queries."""
    days = ReckonedDay.objects.filter(superseded_at=None)
    ends = dict(days.order_by().values_list("source_id").annotate(Max("day")))
    groups: dict[int, dict[date, list[Mapping[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for row in _by_month(days.filter(workload__in=ids)):
        groups[row["workload_id"]][row["month"]].append(row)
    found: dict[int, _Bills] = {pk: _Bills([], [], []) for pk in ids}
    for pk, months in groups.items():
        begun = min(row["begun"] for rows in months.values() for row in rows)
        counted = max(ends[row["source_id"]] for rows in months.values() for row in rows)
        over = min(counted, as_of.date() - A_DAY)
        for first in sorted(months):
            full = begun <= first and last_of(first) <= over
            _add(found[pk], first, months[first], full=full)
    return found


def _by_month(days: QuerySet[ReckonedDay]) -> Iterable[Mapping[str, Any]]:
    return (
        days.annotate(month=TruncMonth("day"))
        .values("workload_id", "month", "source_id")
        .annotate(
            begun=Min("day"),
            tokens=Sum(TOKENS, output_field=BigIntegerField()),
            untold=Count("pk", filter=Q(tokens_known=False)),
            reported_sum=Sum("reported_usd"),
            unreported=Count("pk", filter=Q(reported_usd=None)),
            computed_sum=Sum("computed_usd"),
            unpriced=Count("pk", filter=Q(computed_usd=None)),
        )
        .order_by()
    )


def _add(bills: _Bills, first: date, rows: list[Mapping[str, Any]], *, full: bool) -> None:
    tokens = None if any(row["untold"] for row in rows) else sum(row["tokens"] for row in rows)
    reported = _whole(rows, "reported_sum", "unreported")
    computed = _whole(rows, "computed_sum", "unpriced")
    bills.reported.append(MonthBill(first, reported, tokens, full))
    bills.computed.append(MonthBill(first, computed, tokens, full))
    bills.known.append(MonthBill(first, computed if reported is None else reported, tokens, full))


def _whole(rows: list[Mapping[str, Any]], total: str, missing: str) -> float | None:
    """The sum, where nothing of it is missing."""
    if any(row[missing] for row in rows):
        return None
    return float(sum(row[total] for row in rows))


def _measured(bills: _Bills, window: Window, sides: int) -> tuple[Realised | Untold, str]:
    """By bills as reported on both sides, else as computed on both, else by whichever is known."""
    for how, words_of in BASES.items():
        found = realised(getattr(bills, how), window, sides)
        if isinstance(found, Realised) or found.reason != "bill":
            return found, words_of if isinstance(found, Realised) else ""
    return found, ""
