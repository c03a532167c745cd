"""What the price book tells of what a workload runs on: whether its provider has announced the end of the model."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final

from planner.engine import Fact
from pricing.selectors.ends import Notice, notices
from workloads.selectors.usage import models_in_use

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from planner.engine import SegmentInput, WorkloadInput
    from workloads.models import Workload
    from workloads.selectors.usage import RunsOn

FACT: Final = "deprecation_notice_open"
Given = list[tuple["Workload", "WorkloadInput"]]


def with_notices(given: Given, as_of: datetime) -> Given:
    """The same, each segment with the notice on what served it last week: six queries more for all.

    What somebody declared stands unless a feed has read of an end; where no feed can tell, nothing is said.
    """
    in_use = models_in_use([workload for workload, _ in given], as_of)
    known = notices({(each.provider, each.model) for each in in_use}, as_of) if in_use else {}
    return [(workload, _with_notices(workload, said, in_use, known)) for workload, said in given]


def _with_notices(
    workload: Workload,
    said: WorkloadInput,
    in_use: Sequence[RunsOn],
    known: dict[tuple[str, str], Notice],
) -> WorkloadInput:
    runs_on = [each for each in in_use if each.workload_id == workload.pk]
    if not runs_on:
        return said
    rows = zip(workload.segments.all(), said.segments, strict=True)
    segments = tuple(
        _told(
            segment,
            said,
            [known.get((each.provider, each.model)) for each in runs_on if each.segment_id in (None, row.pk)],
        )
        for row, segment in rows
    )
    return dataclasses.replace(said, segments=segments)


def _told(segment: SegmentInput, said: WorkloadInput, found: Sequence[Notice | None]) -> SegmentInput:
    notice = next((each for each in found if each and each.announced), None)
    declared = any(FACT in facts for facts in (segment.facts, said.facts, said.organisation))
    if notice is None and not declared and found and None not in found:
        notice = found[0]
    if notice is None:
        return segment
    fact = Fact(notice.announced, "declared", notice.by, notice.said_on)
    return dataclasses.replace(segment, facts={**segment.facts, FACT: fact})
