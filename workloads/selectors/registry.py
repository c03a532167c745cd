"""The list of workloads and the page of one: what stands, and what it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Exists, OuterRef, Q, Value, When

from planner.engine import Fact, load_policy
from workloads.models import Classification, FactRecord, Segment, Workload
from workloads.models.classification import ClassificationState
from workloads.selectors import usage
from workloads.selectors.classifications import effective
from workloads.selectors.declarations import THEMES, value_words
from workloads.selectors.facts import workload_input

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.db.models import QuerySet

    from planner.engine import Archetype, WorkloadInput
    from workloads.selectors.classifications import Effective

CLASSIFIED = {
    "missing": "Not proposed",
    "changes_requested": "Changes requested",
    "proposed": "In review",
    "approved": "Approved",
}
SORTS = {"name": ("name", "pk"), "team": ("team__name", "name", "pk"), "changed": ("-changed_at", "pk")}


def listed(workloads: QuerySet[Workload], chosen: Mapping[str, Any], as_of: datetime) -> QuerySet[Workload]:
    """The workloads that match what was chosen, with the state of their classification."""
    rows = workloads.filter(archived_at__isnull=not chosen.get("archived"))
    if text := chosen.get("q"):
        rows = rows.filter(Q(name__icontains=text) | Q(team__name__icontains=text))
    if team := chosen.get("team"):
        rows = rows.filter(team=team)
    if stage := chosen.get("stage"):
        rows = rows.filter(facts__stage=stage)
    if archetype := chosen.get("archetype"):
        rows = rows.filter(archetype=archetype)
    rows = rows.annotate(classified=_classified(as_of))
    if state := chosen.get("classification"):
        rows = rows.filter(classified=state)
    order = SORTS.get(chosen.get("sort") or "name", SORTS["name"])
    return rows.select_related("team").prefetch_related("segments").order_by(*order)


def _classified(as_of: datetime) -> Case:
    """The state that matters most among a workload's segments: what somebody has to do about it."""
    of_workload = Classification.objects.filter(segment__workload=OuterRef("pk"), segment__removed_at=None)
    covered = Classification.objects.filter(
        segment=OuterRef("pk"), state=ClassificationState.APPROVED, ends_on__gte=as_of.date()
    )
    uncovered = Segment.objects.filter(workload=OuterRef("pk")).exclude(Exists(covered))
    return Case(
        When(
            Exists(of_workload.filter(state=ClassificationState.CHANGES_REQUESTED)),
            then=Value("changes_requested"),
        ),
        When(Exists(of_workload.filter(state=ClassificationState.PROPOSED)), then=Value("proposed")),
        When(Exists(uncovered), then=Value("missing")),
        default=Value("approved"),
    )


@dataclass(frozen=True)
class Row:
    """A workload as the list shows it."""

    workload: Workload
    state: str
    tokens_month: float | None
    observed: bool

    @property
    def stage(self) -> str:
        """The stage in words, empty where nobody has said."""
        value = self.workload.facts.get("stage")
        return value_words(load_policy().inputs.get("stage"), value) if value else ""

    @property
    def state_words(self) -> str:
        return CLASSIFIED[self.state]


def rows(workloads: list[Workload], as_of: datetime) -> list[Row]:
    """The rows of one page: measured tokens where there are any, else those that were declared."""
    observed = usage.observed_facts(workloads, as_of)
    found = []
    for workload in workloads:
        measured = observed.of(workload.pk, None).get("tokens_month")
        tokens = measured.value if measured else workload.facts.get("tokens_month")
        found.append(Row(workload, workload.classified, tokens, measured is not None))  # type: ignore[attr-defined, arg-type]
    return found


@dataclass(frozen=True)
class FactLine:
    """A fact with who stands behind it, in words."""

    name: str
    label: str
    words: str
    fact: Fact


@dataclass(frozen=True)
class Part:
    """A segment with its facts and what holds for its data."""

    segment: Segment
    facts: list[FactLine]
    holds: Effective


@dataclass(frozen=True)
class Known:
    """All that is known of one workload."""

    workload: Workload
    themes: list[tuple[str, list[FactLine]]]
    parts: list[Part]
    unanswered: list[str]
    tokens_month: Fact | None

    @property
    def to_propose(self) -> list[Part]:
        """Segments on whose data nobody has proposed anything that stands or waits."""
        return [part for part in self.parts if part.holds.status != "approved" and not _waits(part.holds)]


def _waits(holds: Effective) -> bool:
    return holds.classification is not None and holds.classification.state == ClassificationState.PROPOSED


def known(workload: Workload, as_of: datetime) -> Known:
    """The page of one workload: facts by theme, segments, and what is still open."""
    given = workload_input(workload, as_of)
    segments = list(workload.segments.all())
    holds = effective(segments, as_of)
    lines = fact_lines(given.facts)
    return Known(
        workload,
        _by_theme(lines),
        [
            Part(segment, fact_lines(part.facts), holds[segment.pk])
            for segment, part in zip(segments, given.segments, strict=True)
        ],
        _unanswered(given),
        given.facts.get("tokens_month"),
    )


def fact_lines(facts: Mapping[str, Fact]) -> list[FactLine]:
    """The facts in the policy's order; what it no longer declares comes last."""
    inputs = load_policy().inputs
    order = {name: place for place, name in enumerate(inputs)}
    return [
        FactLine(
            name,
            inputs[name].label if name in inputs else name,
            value_words(inputs.get(name), fact.value),
            fact,
        )
        for name, fact in sorted(facts.items(), key=lambda item: order.get(item[0], len(order)))
    ]


def preset_lines(archetype: Archetype) -> list[FactLine]:
    """What the archetype fills in for the whole workload."""
    inputs = load_policy().inputs
    facts = {name: Fact(inputs[name].parse(value), "archetype") for name, value in archetype.facts.items()}
    return fact_lines(facts)


def _by_theme(lines: list[FactLine]) -> list[tuple[str, list[FactLine]]]:
    inputs = load_policy().inputs
    themes: dict[str, list[FactLine]] = {}
    for line in lines:
        theme = inputs[line.name].theme if line.name in inputs else ""
        themes.setdefault(THEMES.get(theme, "Other"), []).append(line)
    return list(themes.items())


def _unanswered(given: WorkloadInput) -> list[str]:
    """Labels of essential facts nobody has answered, for the workload as a whole."""
    inputs = load_policy().inputs.values()
    return [
        each.label
        for each in inputs
        if each.essential and each.scope == "workload" and each.name not in given.facts
    ]


@dataclass(frozen=True)
class Change:
    """A line of the history: who said what when."""

    record: FactRecord
    label: str
    words: str


def history(workload: Workload, limit: int = 50) -> list[Change]:
    """The newest things that were said about the workload and its segments."""
    inputs = load_policy().inputs
    records = FactRecord.objects.filter(workload=workload).select_related("said_by", "segment")[:limit]
    return [
        Change(
            record,
            inputs[record.name].label if record.name in inputs else record.name,
            "not known any more"
            if record.value is None
            else value_words(inputs.get(record.name), record.value),
        )
        for record in records
    ]
