"""Writing down who said what: every changed fact leaves a record, in the transaction that changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workloads.models import FactRecord, OrganisationProfile, Segment, Team, Workload
from workloads.models.registry import FactScope, FactSource

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from workloads.models import User

    Subject = OrganisationProfile | Team | Workload | Segment


def replace_facts(
    subject: Subject,
    facts: Mapping[str, Any],
    *,
    by: User,
    as_of: datetime,
    preset: Mapping[str, Any] | None = None,
) -> int:
    """The subject has these facts and every difference is on record; returns how many differ. Saves nothing else.

    A value that is new and equal to the PRESET came from the archetype: nobody has declared it yet.
    """
    records = [
        FactRecord(
            **_whose(subject),
            name=name,
            value=facts.get(name),
            source=_source(name, subject.facts, facts, preset or {}),
            said_by=by,
            said_at=as_of,
        )
        for name in sorted({*subject.facts, *facts})
        if subject.facts.get(name) != facts.get(name)
    ]
    subject.facts = dict(facts)
    subject.save()
    FactRecord.objects.bulk_create(records)
    return len(records)


def _source(name: str, before: Mapping[str, Any], after: Mapping[str, Any], preset: Mapping[str, Any]) -> str:
    untouched = name not in before and name in preset and preset[name] == after.get(name)
    return FactSource.ARCHETYPE if untouched else FactSource.DECLARED


def _whose(subject: Subject) -> dict[str, Any]:
    if isinstance(subject, Segment):
        return {"scope": FactScope.SEGMENT, "segment": subject, "workload_id": subject.workload_id}
    if isinstance(subject, Workload):
        return {"scope": FactScope.WORKLOAD, "workload": subject}
    if isinstance(subject, Team):
        return {"scope": FactScope.TEAM, "team": subject}
    return {"scope": FactScope.ORGANISATION}
