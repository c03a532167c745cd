"""Usage as facts: what a decision reads instead of what somebody declared, when there is enough of it.

Measured over 30 days at most, and scaled to the hours of a month that machines are billed for: amounts of both are
added and compared.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from statistics import stdev
from typing import TYPE_CHECKING

from planner.engine import Fact, load_policy
from workloads.models import Segment
from workloads.selectors.declarations import hours_per_month
from workloads.selectors.usage.measured import (
    HOUR,
    MONTH,
    WEEK,
    WEEKS,
    Measured,
    Span,
    busy_hour_tokens,
    measured,
    spans,
    weekly_tokens,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from workloads.models import Workload

ENOUGH = timedelta(days=7)  # less than a whole week would take a weekday for the month
BUSIEST_SHARE = 0.01  # the peak is the hour only one in a hundred exceeds: one odd hour is no peak
A_DAY_SHORT = timedelta(days=1)
CENT = Decimal("0.01")
IN_AND_OUT = ("input_tokens", "output_tokens")
SHARES_OF_INPUT = {
    "cached_input_share": ("cached_input_tokens", "input_of_cached"),
    "cache_write_share": ("cache_write_tokens", "input_of_written"),
}
ENOUGH_WEEKS = 8  # fewer steps say more about the weeks than about the workload


@dataclass(frozen=True)
class Observed:
    """Observed facts per workload, and per segment of it."""

    facts: dict[tuple[int, int | None], dict[str, Fact]] = field(default_factory=dict)

    def of(self, workload_id: int, segment_id: int | None) -> dict[str, Fact]:
        """Workload-scope facts for segment None, else the segment's; empty when too little was measured."""
        return self.facts.get((workload_id, segment_id), {})


def observed_facts(workloads: Iterable[Workload], as_of: datetime) -> Observed:
    """What the last month of data says of the workloads; six queries, however many they are."""
    ids = [workload.pk for workload in workloads]
    good = enough(ids, as_of)
    peaks = busy_hour_tokens(good.values(), BUSIEST_SHARE)
    weeks = weekly_tokens(good.values())
    rows = rows_by_workload(good.values())
    segments: dict[int, list[Segment]] = {}
    for segment in Segment.objects.filter(workload_id__in=list(good)):
        segments.setdefault(segment.workload_id, []).append(segment)
    facts: dict[tuple[int, int | None], dict[str, Fact]] = {}
    for pk, span in good.items():
        found = rows.get(pk, [])
        figures = workload_figures(span, found, peaks.get(pk, 0)) | swing(weeks[pk])
        facts[pk, None] = as_facts(figures, span)
        for segment in segments.get(pk, []):
            facts[pk, segment.pk] = as_facts(segment_figures(span, found, segment), span)
    return Observed(facts)


def enough(workload_ids: Iterable[int] | None, as_of: datetime) -> dict[int, Span]:
    """The spans of the workloads of which enough was measured to speak of a month; None: of all workloads."""
    return {pk: span for pk, span in spans(workload_ids, as_of).items() if is_enough(span, as_of)}


def is_enough(span: Span, as_of: datetime) -> bool:
    """A week of data or more, that did not end longer than a month ago."""
    return span.length >= ENOUGH and as_of - span.end <= MONTH


def rows_by_workload(of: Iterable[Span]) -> dict[int, list[Measured]]:
    """What was measured within the spans, by workload."""
    rows: dict[int, list[Measured]] = {}
    for row in measured(of):
        rows.setdefault(row.workload_id, []).append(row)
    return rows


def month_over(time: timedelta) -> float:
    """How many times TIME goes into a month of the policy's hours."""
    return hours_per_month() * HOUR / time


def workload_figures(span: Span, rows: list[Measured], peak_tokens: int) -> dict[str, float | Decimal]:
    """No traffic is zero; what the traffic does not say is left out, and stays what somebody declared, or unknown."""
    figures: dict[str, float | Decimal] = {}
    given, written = (summed(getattr(row, name) for row in rows if row.buckets) for name in IN_AND_OUT)
    if given is not None and written is not None:
        tokens = given + written
        figures["tokens_month"] = round(tokens * month_over(span.length))
        if tokens:
            figures["peak_to_avg"] = round(max(1.0, peak_tokens * span.hours / tokens), 2)
    bill = month_bill(span, rows)
    if bill is not None:
        figures["api_spend_month"] = float(bill)
    now, before = sum(row.tokens_weeks for row in rows), sum(row.tokens_weeks_before for row in rows)
    if before and span.first <= span.end - 2 * WEEKS + A_DAY_SHORT:
        figures["growth_pct_month"] = round(100 * ((now / before) ** month_over(WEEKS) - 1), 1)
    return figures


def month_bill(span: Span, rows: list[Measured]) -> Decimal | None:
    """USD a month the sources report; None where they report none, or none for some of the traffic."""
    spent = [row.spend_usd for row in rows if row.spend_usd is not None]
    if not spent or any(row.without_cost for row in rows):
        return None
    return (sum(spent, Decimal(0)) * Decimal(month_over(span.length))).quantize(CENT)


def swing(weeks: list[int]) -> dict[str, float | Decimal]:
    """How far the volume strays from its trend in a month, in percent: the spread of its steps from week to week,
    carried to a month. Nothing for too few weeks, or one without traffic: that is a gap, not a swing.
    """
    if len(weeks) < ENOUGH_WEEKS or not all(weeks):
        return {}
    steps = [math.log(later / earlier) for later, earlier in pairwise(weeks)]
    return {"volume_swing_pct": round(100 * stdev(steps) * math.sqrt(month_over(WEEK)), 1)}


def segment_figures(span: Span, rows: list[Measured], segment: Segment) -> dict[str, float | Decimal]:
    """The segment's own traffic, and its share of what no rule gave to a segment. What that does not say is left out."""
    weights = [(row, _weight(row, segment) * month_over(span.length)) for row in rows if row.buckets]

    def month(name: str) -> float | None:
        found = [(getattr(row, name), weight) for row, weight in weights if weight]
        return summed(amount * weight if amount is not None else None for amount, weight in found)

    amounts = {f"{name}_month": month(name) for name in (*IN_AND_OUT, "requests")}
    figures: dict[str, float | Decimal] = {
        name: round(amount) for name, amount in amounts.items() if amount is not None
    }
    for share, (part, whole) in SHARES_OF_INPUT.items():
        of_part, of_whole = month(part), month(whole)
        if of_part is not None and of_whole:
            figures[share] = round(100 * of_part / of_whole, 1)
    return figures


def summed(amounts: Iterable[float | None]) -> float | None:
    """The sum of those that are known, 0 of none at all; None where not one of them is known."""
    asked = list(amounts)
    known = [amount for amount in asked if amount is not None]
    return sum(known) if known or not asked else None


def _weight(row: Measured, segment: Segment) -> float:
    if row.segment_id is None:
        return float(segment.share) / 100
    return 1.0 if row.segment_id == segment.pk else 0.0


def as_facts(figures: dict[str, float | Decimal], span: Span) -> dict[str, Fact]:
    """Facts with their evidence, in the types the policy's inputs declare."""
    days = round(span.length / timedelta(days=1))
    by = f"{', '.join(span.sources)}: {days} days to {span.end:%Y-%m-%d %H:%M} UTC"
    inputs = load_policy().inputs
    return {
        name: Fact(inputs[name].parse(value), "observed", by, span.end.date())
        for name, value in figures.items()
        if name in inputs
    }


def spend_by_workload(as_of: datetime) -> dict[int, Decimal]:
    """USD a month the sources report for each workload, the fact api_spend_month; absent where nobody knows it. Three
    queries.
    """
    good = enough(None, as_of)
    bills = {pk: month_bill(good[pk], rows) for pk, rows in rows_by_workload(good.values()).items()}
    return {pk: usd for pk, usd in bills.items() if usd is not None}
