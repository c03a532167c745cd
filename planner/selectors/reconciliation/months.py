"""Reported and computed cost by workload and month, from days that were priced before: two queries and no pricing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.aggregates import ArrayAgg, BoolOr
from django.db.models import BigIntegerField, BooleanField, Count, F, Max, Min, Q, Sum
from django.db.models.functions import Coalesce, TruncMonth

from planner.engine.explain import reconciled as words
from planner.engine.policy import Assumptions
from planner.engine.reconciling import Cause, Piece, last_of, month_of
from planner.models import ReckonedDay
from planner.selectors import basis
from planner.selectors.reconciliation.traffic import USUAL_TIERS
from pricing.models import Quote
from workloads.models import Workload

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from django.db.models import QuerySet
    from django.db.models.expressions import Combinable

    from planner.engine.reconciling import Month, Share

NOBODY = "No workload"
TOKENS = Coalesce(F("input_tokens"), 0, output_field=BigIntegerField()) + Coalesce(
    F("output_tokens"), 0, output_field=BigIntegerField()
)
PRICE_SAYS = Cause.CACHE_UNPRICED  # what the price itself does not say


def _none_is_0(*names: str) -> Combinable:
    parts = [Coalesce(F(name), 0, output_field=BigIntegerField()) for name in names]
    return sum(parts[1:], parts[0])


OWN_PRICE_HELPS = (  # named, of a usual request, and counted without contradiction
    Q(batch=False, service_tier__in=USUAL_TIERS)
    & ~Q(provider="")
    & ~Q(model="")
    & Q(input_tokens__gte=_none_is_0("cached_input_tokens", "cache_write_tokens"))
    & Q(output_tokens__gte=_none_is_0("reasoning_tokens"))
)


@dataclass(frozen=True)
class CauseLine:
    """One cause with what it makes up, its sentence, and where to look or to supply what is missing."""

    share: Share
    sentence: str

    @property
    def usd(self) -> Decimal | None:
        return self.share.usd

    @property
    def priced(self) -> list[Piece]:
        """Whose offers to look at, where the price itself is the cause: the ones with most tokens."""
        return self._most(
            [each for each in self.share.pieces if each.offer and self.share.cause == PRICE_SAYS]
        )

    @property
    def to_price(self) -> list[Piece]:
        """What a price somebody enters would be put on: the ones with most tokens."""
        missing = self.share.cause == Cause.NO_PRICE
        return self._most([each for each in self.share.pieces if each.own_price_helps and missing])

    def _most(self, pieces: list[Piece]) -> list[Piece]:
        named = {
            (each.provider, each.model): each for each in sorted(pieces, key=lambda each: each.tokens or 0)
        }
        return list(named.values())[::-1][: words.NAMED]


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
        return [CauseLine(share, words.cause_sentence(share)) for share in self.month.causes]

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
    difference first, nobody's traffic last. At most four queries.
    """
    days = seen.days
    days = days.filter(day__gte=since) if since else days
    days = days.filter(day__lt=until) if until else days
    pieces: dict[tuple[int | None, date], list[Piece]] = defaultdict(list)
    rows = list(_grouped(days))
    offers = _offers(rows)
    for row in rows:
        pieces[row["workload_id"], row["month"]].append(_piece(row, offers))
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
            first_day=Min("day"),
            last_day=Max("day"),
            price_sources=ArrayAgg("price_source", distinct=True),
            one_price=Max("quotes"),
            own_price_helps=BoolOr(OWN_PRICE_HELPS, output_field=BooleanField()),
        )
        .order_by()
    )
    return rows


def _offers(rows: Iterable[Mapping[str, Any]]) -> dict[int, int]:
    """The offer of one quote of each row whose price is the cause, by the quote: one query, none without such a row."""
    quotes = {row["one_price"][0] for row in rows if row["cause"] == PRICE_SAYS and row["one_price"]}
    return dict(Quote.objects.filter(pk__in=quotes).values_list("pk", "offer_id"))


def _piece(row: Mapping[str, Any], offers: Mapping[int, int]) -> Piece:
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
        first_day=row["first_day"],
        last_day=row["last_day"],
        price_sources=tuple(filter(None, row["price_sources"])),
        offer=offers.get(row["one_price"][0]) if row["one_price"] else None,
        own_price_helps=bool(row["own_price_helps"]),
    )
