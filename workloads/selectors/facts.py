"""From what is stored to what the engine reads: each fact with who said it, in a constant number of queries.

Precedence: the organisation's facts, over them the team's, the workload's, the segment's; what was measured
replaces what was declared, and a classification replaces both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, Q, prefetch_related_objects

from planner.engine import Fact, FactError, Input, SegmentInput, WorkloadInput, load_policy
from workloads.models import FactRecord, OrganisationProfile, Segment
from workloads.models.registry import FactScope
from workloads.selectors import usage
from workloads.selectors.classifications import effective
from workloads.selectors.declarations import preset_of, reviewer_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from workloads.models import Team, Workload
    from workloads.selectors.classifications import Effective
    from workloads.selectors.usage import Observed

Facts = dict[str, Fact]


@dataclass(frozen=True)
class Said:
    """The newest record of each fact, by whose fact it is."""

    records: dict[tuple[str, int | None], dict[str, FactRecord]]

    def facts(self, scope: FactScope, pk: int | None, stored: Mapping[str, Any]) -> Facts:
        """The stored values with who stands behind each."""
        records = self.records.get((scope, pk), {})
        return {name: as_fact(name, value, records.get(name)) for name, value in stored.items()}


def as_fact(name: str, value: object, record: FactRecord | None) -> Fact:
    """A stored value as the engine reads it; one the policy no longer takes stays as it is, for the engine to name."""
    given = load_policy().inputs.get(name)
    if record is None:
        return Fact(_parsed(given, value))
    return Fact(_parsed(given, value), record.source, str(record.said_by or ""), record.said_at.date())


def _parsed(given: Input | None, value: Any) -> Any:
    try:
        return given.parse(value) if given else value
    except FactError:
        return value


def workload_input(workload: Workload, as_of: datetime) -> WorkloadInput:
    """The workload as the engine reads it at AS_OF."""
    return portfolio_inputs([workload], as_of)[0][1]


def portfolio_inputs(workloads: Iterable[Workload], as_of: datetime) -> list[tuple[Workload, WorkloadInput]]:
    """Each workload with what the engine reads of it at AS_OF."""
    rows = list(workloads)
    prefetch_related_objects(rows, "team", Prefetch("segments", queryset=Segment.objects.order_by("pk")))
    segments = [segment for row in rows for segment in row.segments.all()]
    said = _said(rows, segments)
    organisation = said.facts(FactScope.ORGANISATION, None, organisation_profile().facts)
    holds = effective(segments, as_of)
    observed = usage.observed_facts(rows, as_of)
    return [(row, _workload_input(row, organisation, said, holds, observed)) for row in rows]


def _workload_input(
    workload: Workload, organisation: Facts, said: Said, holds: dict[int, Effective], observed: Observed
) -> WorkloadInput:
    team = said.facts(FactScope.TEAM, workload.team_id, workload.team.facts)
    declared = said.facts(FactScope.WORKLOAD, workload.pk, workload.facts)
    return WorkloadInput(
        name=workload.name,
        organisation=organisation | team,
        facts=declared | observed.of(workload.pk, None),
        segments=tuple(
            _segment_input(workload, segment, said, holds[segment.pk], observed)
            for segment in workload.segments.all()
        ),
    )


def _segment_input(
    workload: Workload, segment: Segment, said: Said, holds: Effective, observed: Observed
) -> SegmentInput:
    declared = said.facts(FactScope.SEGMENT, segment.pk, segment.facts)
    classified = (
        holds.facts if holds.classification else reviewer_facts(preset_of(workload.archetype, segment.name))
    )
    return SegmentInput(
        name=segment.name,
        share=float(segment.share),
        classification=holds.status,
        facts=declared | observed.of(workload.pk, segment.pk) | read_facts(classified),
        pending=None if holds.pending is None else read_facts(holds.pending),
    )


def read_facts(facts: Mapping[str, Fact]) -> Facts:
    """A classification's facts with their values as the engine reads them."""
    inputs = load_policy().inputs
    return {name: replace(fact, value=_parsed(inputs.get(name), fact.value)) for name, fact in facts.items()}


def organisation_profile() -> OrganisationProfile:
    """The one row; empty where nobody has said anything yet."""
    return OrganisationProfile.objects.filter(pk=1).first() or OrganisationProfile(pk=1)


def organisation_facts(team: Team | None = None) -> Facts:
    """What the organisation says of itself, and over it what the team says."""
    whose = Q(scope=FactScope.ORGANISATION)
    said = _newest(whose | Q(scope=FactScope.TEAM, team=team) if team else whose)
    facts = said.facts(FactScope.ORGANISATION, None, organisation_profile().facts)
    return facts | said.facts(FactScope.TEAM, team.pk, team.facts) if team else facts


def team_facts(team: Team) -> Facts:
    """Where the team differs from the organisation."""
    return _newest(Q(scope=FactScope.TEAM, team=team)).facts(FactScope.TEAM, team.pk, team.facts)


def _said(workloads: list[Workload], segments: list[Segment]) -> Said:
    return _newest(
        Q(scope=FactScope.ORGANISATION)
        | Q(team__in={row.team_id for row in workloads})
        | Q(workload__in=[row.pk for row in workloads])
        | Q(segment__in=[segment.pk for segment in segments])
    )


def _newest(whose: Q) -> Said:
    keys = ("scope", "team_id", "workload_id", "segment_id", "name")
    rows = FactRecord.objects.filter(whose).order_by(*keys, "-said_at", "-pk").distinct(*keys)
    records: dict[tuple[str, int | None], dict[str, FactRecord]] = {}
    for row in rows.select_related("said_by"):
        pk = {
            FactScope.TEAM.value: row.team_id,
            FactScope.WORKLOAD.value: row.workload_id,
            FactScope.SEGMENT.value: row.segment_id,
        }.get(row.scope)
        records.setdefault((row.scope, pk), {})[row.name] = row
    return Said(records)
