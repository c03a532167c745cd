"""Registering, editing and archiving workloads. Every changed fact leaves a record in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from workloads import signals
from workloads.models import Classification, Segment, Workload
from workloads.models.classification import OPEN_STATES, ClassificationState
from workloads.selectors.declarations import preset_of
from workloads.services.classification import write_as
from workloads.services.facts import replace_facts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal

    from workloads.models import Team, User


@dataclass(frozen=True)
class SegmentEntry:
    """A segment as somebody entered it; without `pk` it is a new one."""

    pk: int | None
    name: str
    share: Decimal
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """A workload as somebody entered it. `revision` is what stood when the form was opened."""

    name: str
    team: Team
    description: str
    archetype: str
    facts: Mapping[str, Any]
    segments: tuple[SegmentEntry, ...]
    revision: str = ""


class ChangedMeanwhileError(Exception):
    """Somebody else saved the workload after the form was opened."""


class NameTakenError(Exception):
    """The team has a workload in use of this name."""


@transaction.atomic
def register_workload(entry: Entry, *, by: User, as_of: datetime) -> Workload:
    """The workload and its segments exist, each fact with who said it."""
    workload = Workload(
        name=entry.name,
        team=entry.team,
        owner=by,
        archetype=entry.archetype,
        description=entry.description,
    )
    replace_facts(workload, entry.facts, by=by, as_of=as_of, preset=preset_of(entry.archetype))
    for each in entry.segments:
        _write_segment(Segment(workload=workload), each, by=by, as_of=as_of)
    _announce(workload)
    return workload


@transaction.atomic
def edit_workload(workload: Workload, entry: Entry, *, by: User, as_of: datetime) -> Workload:
    """The workload is as entered; segments no longer named are removed and their open proposals withdrawn."""
    stands = Workload.objects.select_for_update().get(pk=workload.pk)
    if entry.revision and entry.revision != stands.changed_at.isoformat():
        raise ChangedMeanwhileError
    stands.name, stands.team, stands.description = entry.name, entry.team, entry.description
    replace_facts(stands, entry.facts, by=by, as_of=as_of)
    _remove_segments(stands, keep={each.pk for each in entry.segments}, by=by, as_of=as_of)
    kept = {segment.pk: segment for segment in stands.segments.all()}
    _free_names(kept, entry)
    for each in entry.segments:
        _write_segment(kept.get(each.pk or 0) or Segment(workload=stands), each, by=by, as_of=as_of)
    _announce(stands)
    return stands


def _write_segment(segment: Segment, entry: SegmentEntry, *, by: User, as_of: datetime) -> None:
    segment.name, segment.share = entry.name, entry.share
    preset = preset_of(segment.workload.archetype, entry.name)
    replace_facts(segment, entry.facts, by=by, as_of=as_of, preset=preset)


def _free_names(kept: Mapping[int, Segment], entry: Entry) -> None:
    """Segments that change names step aside first, so that two may swap theirs."""
    names = {each.pk: each.name for each in entry.segments}
    for segment in kept.values():
        if segment.name != names[segment.pk]:
            Segment.objects.filter(pk=segment.pk).update(name=f"{segment.pk} is renamed")


def _remove_segments(workload: Workload, *, keep: set[int | None], by: User, as_of: datetime) -> None:
    gone = workload.segments.exclude(pk__in=[pk for pk in keep if pk])
    write_as(by)
    Classification.objects.filter(segment__in=gone, state__in=OPEN_STATES).update(
        state=ClassificationState.WITHDRAWN
    )
    gone.update(removed_at=as_of)


@transaction.atomic
def archive_workload(workload: Workload, *, as_of: datetime) -> None:
    """The workload takes part in no plan any more; everything said and decided about it stays."""
    Workload.objects.filter(pk=workload.pk, archived_at=None).update(archived_at=as_of, changed_at=as_of)
    _announce(workload)


@transaction.atomic
def restore_workload(workload: Workload, *, as_of: datetime) -> None:
    """The workload takes part in plans again. Raises NameTakenError when its name was given away meanwhile."""
    if Workload.objects.filter(team=workload.team_id, name=workload.name, archived_at=None).exists():
        raise NameTakenError
    Workload.objects.filter(pk=workload.pk).update(archived_at=None, changed_at=as_of)
    _announce(workload)


def _announce(workload: Workload) -> None:
    workload_id = workload.pk
    transaction.on_commit(lambda: signals.facts_changed.send_robust(sender=Workload, workload_id=workload_id))
