"""What earlier runs said of triggers: as the engine reads it, and as a line to look at. A constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from planner.engine import triggers as engine
from planner.engine.facts import Past
from planner.models import TriggerAnswer, TriggerReading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from django.db.models import QuerySet

    from planner.engine import Policy, WorkloadInput
    from planner.models import PlanRun
    from workloads.models import Segment, Workload

LINE_POINTS = 12
LINE_STEP = timedelta(weeks=1)
READINGS_SHOWN = 24

Key = tuple[int, str]  # a segment and a trigger


@dataclass(frozen=True)
class History:
    """Of each trigger of each segment: the newest reading before a run, and its past as the engine reads it."""

    newest: dict[Key, TriggerReading] = field(default_factory=dict)
    pasts: dict[int, dict[str, Past]] = field(default_factory=dict)

    def told(self, workload: Workload, given: WorkloadInput) -> WorkloadInput:
        """What the engine reads of the workload, with the history of its segments."""
        ids = segment_ids(workload)
        segments = tuple(
            replace(segment, history=self.pasts.get(ids[segment.name], {})) for segment in given.segments
        )
        return replace(given, segments=segments)


def segment_ids(workload: Workload) -> dict[str, int]:
    """The segments in use by name."""
    return {segment.name: segment.pk for segment in workload.segments.all()}


def history_before(run: PlanRun, segments: Iterable[int], policy: Policy) -> History:
    """What runs before this one's moment found; what the run itself has written does not count."""
    before = TriggerReading.objects.filter(segment__in=list(segments), as_of__lt=run.as_of)
    newest = {(row.segment_id, row.trigger): row for row in _newest(before)}
    lasting = {
        row.id: str(row.cell("sustain")["each"]) for row in policy.rows("triggers") if row.cell("sustain")
    }
    crossings: dict[Key, list[tuple[date, bool]]] = {}
    since = run.as_of - longest_look(policy, run.as_of.date())
    rows = before.filter(trigger__in=list(lasting), crossed__isnull=False, as_of__gte=since)
    for segment, trigger, moment, crossed in rows.order_by("as_of", "run_id").values_list(
        "segment_id", "trigger", "as_of", "crossed"
    ):
        crossings.setdefault((segment, trigger), []).append((moment.date(), bool(crossed)))
    pasts: dict[int, dict[str, Past]] = {}
    for row in _newest(before.exclude(state=engine.NOT_EVALUATED)):
        key = (row.segment_id, row.trigger)
        seen = engine.last_of_each(
            crossings.get(key, ()), lasting.get(row.trigger, "day"), before=run.as_of.date()
        )
        pasts.setdefault(row.segment_id, {})[row.trigger] = Past(row.state, row.since, seen)
    return History(newest, pasts)


def longest_look(policy: Policy, day: date) -> timedelta:
    """How far back the triggers that must last look at most."""
    figures = policy.figures(day)
    asked = [row.cell("sustain") for row in policy.rows("triggers") if row.cell("sustain")]
    return max(
        (engine.LONGEST[cells["each"]] * int(figures[cells["of"]]) for cells in asked), default=timedelta(0)
    )


def _newest(rows: Any) -> Any:
    keys = ("segment_id", "trigger")
    return rows.order_by(*keys, "-as_of", "-run_id").distinct(*keys)


def lines(keys: Iterable[Key], as_of: datetime) -> dict[Key, list[float]]:
    """The values of the last twelve weeks, one a week, of each trigger that has one; one query."""
    wanted = set(keys)
    rows = TriggerReading.objects.filter(
        segment__in={segment for segment, _ in wanted},
        trigger__in={trigger for _, trigger in wanted},
        as_of__gt=as_of - LINE_POINTS * LINE_STEP,
        value__isnull=False,
    ).order_by("as_of", "run_id")
    weeks: dict[Key, dict[int, float]] = {}
    for segment, trigger, moment, value in rows.values_list("segment_id", "trigger", "as_of", "value"):
        if value is not None and (segment, trigger) in wanted:
            weeks.setdefault((segment, trigger), {})[engine.PERIOD["week"](moment.date())] = value
    return {key: list(values.values()) for key, values in weeks.items()}


def newest_of(segment: Segment, trigger: str) -> TriggerReading | None:
    """Where the trigger of the segment stands; None where nothing was ever found of it."""
    rows = TriggerReading.objects.filter(segment=segment, trigger=trigger)
    return rows.order_by("-as_of", "-run_id").first()


def answers_that_hold(
    segments: Iterable[int], stands: Mapping[Key, str], today: date
) -> dict[Key, TriggerAnswer]:
    """What was said about the state and day each trigger stands at (STANDS: "state since"); a snooze until its end."""
    rows = TriggerAnswer.objects.filter(segment__in=list(segments)).select_related("by")
    return {
        key: row
        for row in rows
        if stands.get(key := (row.segment_id, row.trigger)) == f"{row.state} {row.since.isoformat()}"
        and (row.until is None or row.until > today)
    }


def readings_of(segment: Segment, trigger: str) -> QuerySet[TriggerReading]:
    """What was found of the trigger, the newest first; enough to see how it came here."""
    rows = TriggerReading.objects.filter(segment=segment, trigger=trigger)
    return rows.select_related("run").order_by("-as_of", "-run_id")[:READINGS_SHOWN]
