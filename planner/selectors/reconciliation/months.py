"""Reported and computed cost by workload and month, from days that were priced before: two queries and no pricing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, Count, F, Max, Min, Q, Sum
from django.db.models.functions import Coalesce, TruncMonth

from planner.engine.explain import reconciled as words
from planner.engine.policy import Assumptions
from planner.engine.reconciling import Cause, Piece, last_of, month_of
from planner.models import ReckonedDay
from planner.selectors import basis
from workloads.models import Workload

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from django.db.models import QuerySet

    from planner.engine.reconciling import Month

NOBODY = "No workload"
TOKENS = Coalesce(F("input_tokens"), 0, output_field=BigIntegerField()) + Coalesce(
    F("output_tokens"), 0, output_field=BigIntegerField()
)
CENT = Decimal("0.01")


@dataclass(frozen=True)
class CauseLine:
    """One cause with what it makes up; None where nobody can tell."""

    cause: Cause
    usd: Decimal | None
    sentence: str


@dataclass(frozen=True)
class Line:
    """A month of one workload, or of the traffic that belongs to none."""

    workload: Workload | None
    first: date
    until: date | None  # the newest counted day, where the month is not over in the data
    month: Month
    same_share: Decimal

    @property
    def name(self) -> str:
        return str(self.workload or NOBODY)

    @property
    def team(self) -> str:
        return str(self.workload.team) if self.workload else ""

    @property
    def verdict(self) -> str:
        return words.verdict(self.month, self.same_share)

    @property
    def priced_words(self) -> str:
        return words.priced_words(self.month)

    @cached_property
    def causes(self) -> list[CauseLine]:
        """The likely cause first: the one with the most money."""
        return [CauseLine(share.cause, share.usd, words.cause_sentence(share)) for share in self.month.causes]

    @property
    def has_several_causes(self) -> bool:
        return len(self.causes) > 1


@dataclass(frozen=True)
class Seen:
    """Whose days somebody may see: those of these workloads, and of nobody's traffic where `nobodys`."""

    workloads: QuerySet[Workload]
    nobodys: bool = False

    @property
    def days(self) -> QuerySet[ReckonedDay]:
        mine = Q(workload__in=self.workloads)
        return ReckonedDay.objects.filter(
            mine | Q(workload=None) if self.nobodys else mine, superseded_at=None
        )


def months_with_data(seen: Seen) -> list[date]:
    """First days of the months with traffic, the newest first: one query."""
    return list(seen.days.dates("day", "month", order="DESC"))


def lines(seen: Seen, since: date | None = None, until: date | None = None) -> list[Line]:
    """A line for each workload and month from SINCE on and before UNTIL, the newest month first, in it the largest
    difference first, nobody's traffic last. Three queries.
    """
    days = seen.days
    days = days.filter(day__gte=since) if since else days
    days = days.filter(day__lt=until) if until else days
    pieces: dict[tuple[int | None, date], list[Piece]] = defaultdict(list)
    for row in _grouped(days):
        pieces[row["workload_id"], row["month"]].append(_piece(row))
    known = Workload.objects.select_related("team").in_bulk({pk for pk, _ in pieces if pk})
    newest = seen.days.aggregate(newest=Max("day"))["newest"]
    share = same_share(newest) if newest else Decimal(0)
    found = [
        Line(
            known[pk] if pk else None,
            first,
            newest if newest < last_of(first) else None,
            month_of(some),
            share,
        )
        for (pk, first), some in pieces.items()
    ]
    return sorted(found, key=_order)


def _order(line: Line) -> tuple[Any, ...]:
    difference = line.month.difference_usd
    return (
        -line.first.toordinal(),
        line.workload is None,
        difference is None,
        -abs(difference or Decimal(0)),
        line.name,
    )


def same_share(day: date) -> Decimal:
    """Up to which share two amounts count as the same."""
    return Decimal(str(Assumptions.of(basis.policy(), day)["reconcile_same_share"]))


def _grouped(days: QuerySet[ReckonedDay]) -> Iterable[Mapping[str, Any]]:
    """Days added up by workload, month, cause and model."""
    groups = ("workload_id", "month", "cause", "source__name", "provider", "model")
    rows: Iterable[Mapping[str, Any]] = (
        days.annotate(month=TruncMonth("day"))
        .values(*groups)
        .annotate(
            tokens=Sum(TOKENS, filter=Q(tokens_known=True)),
            reported_sum=Sum("reported_usd"),
            computed_sum=Sum("computed_usd"),
            requests_sum=Sum("requests"),
            errors_sum=Sum("errors"),
            one_detail=Min("detail"),
            details=Count("detail", distinct=True),
        )
        .order_by()
    )
    return rows


def _piece(row: Mapping[str, Any]) -> Piece:
    return Piece(
        cause=Cause(row["cause"]),
        model=row["model"],
        provider=row["provider"],
        source=row["source__name"],
        tokens=row["tokens"],
        reported_usd=row["reported_sum"],
        computed_usd=row["computed_sum"],
        requests=row["requests_sum"],
        errors=row["errors_sum"],
        detail=row["one_detail"],
        further_details=row["details"] - 1,
    )
