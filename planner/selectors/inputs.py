"""What the engine is given: the facts of each workload that the policy reads, and the waivers that stand."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from planner.engine import Waiver as StandingWaiver
from planner.models import Waiver, WaiverState
from planner.selectors import announced
from workloads.selectors import facts
from workloads.selectors.usage import observed_facts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from planner.engine import Policy, WorkloadInput
    from planner.engine.facts import Facts
    from workloads.models import Workload

Waivers = dict[tuple[int, int | None], tuple[StandingWaiver, ...]]


def portfolio_inputs(workloads: Iterable[Workload], as_of: datetime) -> list[tuple[Workload, WorkloadInput]]:
    """Each workload with what the engine reads of it at AS_OF, with what the price book tells of what it runs on and
    with its waivers; a constant number of queries.
    """
    given = announced.with_notices(facts.portfolio_inputs(workloads, as_of), as_of)
    waivers = standing_waivers([workload for workload, _ in given], as_of.date())
    return [(workload, _with_waivers(workload, each, waivers)) for workload, each in given]


def standing_waivers(workloads: list[Workload], day: date) -> Waivers:
    """Granted waivers whose last day has not passed, by workload and segment."""
    rows = Waiver.objects.filter(workload__in=workloads, state=WaiverState.GRANTED, until__gte=day)
    found: Waivers = {}
    for row in rows.select_related("granted_by").order_by("pk"):
        key = (row.workload_id, row.segment_id)
        found[key] = (
            *found.get(key, ()),
            StandingWaiver(row.row, row.until, str(row.granted_by), row.reason),
        )
    return found


def _with_waivers(workload: Workload, given: WorkloadInput, waivers: Waivers) -> WorkloadInput:
    rows = zip(workload.segments.all(), given.segments, strict=True)
    segments = tuple(
        dataclasses.replace(each, waivers=waivers.get((workload.pk, row.pk), ())) for row, each in rows
    )
    return dataclasses.replace(given, waivers=waivers.get((workload.pk, None), ()), segments=segments)


def with_waivers_of(workload: Workload | None, given: WorkloadInput, day: date) -> WorkloadInput:
    """What a form says of a workload, with the waivers that stand for it and for its parts by name."""
    if workload is None or workload.pk is None:
        return given
    waivers = standing_waivers([workload], day)
    names = {segment.name: segment.pk for segment in workload.segments.all()} if waivers else {}
    segments = tuple(
        dataclasses.replace(each, waivers=waivers.get((workload.pk, names.get(each.name, 0)), ()))
        for each in given.segments
    )
    return dataclasses.replace(given, waivers=waivers.get((workload.pk, None), ()), segments=segments)


def with_measured(workload: Workload | None, given: WorkloadInput, as_of: datetime) -> WorkloadInput:
    """What a form says of a workload, with what was measured of it and of its parts by name: that outranks answers."""
    if workload is None or workload.pk is None:
        return given
    observed = observed_facts([workload], as_of)
    names = {segment.name: segment.pk for segment in workload.segments.all()}
    segments = tuple(
        dataclasses.replace(each, facts={**each.facts, **observed.of(workload.pk, names[each.name])})
        if each.name in names
        else each
        for each in given.segments
    )
    return dataclasses.replace(
        given, facts={**given.facts, **observed.of(workload.pk, None)}, segments=segments
    )


def as_read_by(policy: Policy, given: WorkloadInput) -> WorkloadInput:
    """The same without facts this policy does not know: another version may ask for more, or for less."""
    return dataclasses.replace(
        given,
        organisation=_known(policy, given.organisation),
        facts=_known(policy, given.facts),
        segments=tuple(
            dataclasses.replace(
                each,
                facts=_known(policy, each.facts),
                pending=None if each.pending is None else _known(policy, each.pending),
            )
            for each in given.segments
        ),
    )


def _known(policy: Policy, said: Facts) -> Facts:
    return {name: fact for name, fact in said.items() if name in policy.inputs}
