"""One batch of workloads through the engine, each with the answer if what waits were approved."""

from __future__ import annotations

import dataclasses
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from planner.engine import FactError, decide_workload, digest, record
from planner.models import Decision
from planner.selectors import basis, inputs
from planner.selectors.trigger_history import segment_ids
from planner.selectors.watch import asks_for_an_answer
from workloads.models import Workload

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from planner.engine import Policy, PriceSnapshot, SegmentInput, WorkloadInput
    from planner.models import PlanRun
    from planner.selectors.trigger_history import History

PROGRAM_FAILED: Final = "The program failed on it; the log has the details."
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept:
    """A record under its digest."""

    digest: str
    content: dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What the engine said of one workload, or why it could not."""

    workload_id: int
    record: Kept | None = None
    if_approved: Kept | None = None
    error: dict[str, Any] | None = None
    segments: dict[str, int] = field(default_factory=dict)

    @property
    def triggers(self) -> list[tuple[int, dict[str, Any]]]:
        """Each trigger of the record with the segment it is about."""
        parts = self.record.content["segments"] if self.record else []
        return [(self.segments[part["name"]], each) for part in parts for each in part["triggers"]]

    @property
    def kept(self) -> list[Kept]:
        return [each for each in (self.record, self.if_approved) if each]

    def decision(self, run: PlanRun, before: Decision | None) -> Decision:
        """The row of this run for this workload; there must be a record."""
        record = self.kept[0]
        return Decision(
            run=run,
            workload_id=self.workload_id,
            record_id=record.digest,
            if_approved_id=self.if_approved.digest if self.if_approved else None,
            moves=moves(before.record.record, record.content) if before else [],
            triggers_due=due(record.content),
        )


def decide_batch(run: PlanRun, ids: list[int], history: History) -> list[Answer]:
    """An answer for each workload, with its past; one whose facts are wrong does not stop the others."""
    assert run.snapshot_id is not None  # noqa: S101  set when the run began
    assert run.policy_id is not None  # noqa: S101  the same
    policy, prices = basis.policy_of(run.policy_id), basis.prices_of(run.snapshot_id)
    return [
        answer_for(workload, history.told(workload, given), policy, prices, run.as_of.date())
        if not isinstance(given, Exception)
        else failed(workload, given)
        for workload, given in inputs_of(ids, run.as_of)
    ]


def inputs_of(ids: list[int], as_of: datetime) -> Iterable[tuple[Workload, WorkloadInput | FactError]]:
    """The facts of the batch in one go; where one workload's are wrong, of each on its own."""
    workloads = Workload.objects.filter(pk__in=ids).order_by("pk")
    try:
        return list(inputs.portfolio_inputs(workloads, as_of))
    except FactError:
        return [(workload, _input_or_error(workload, as_of)) for workload in workloads]


def _input_or_error(workload: Workload, as_of: datetime) -> WorkloadInput | FactError:
    try:
        return inputs.portfolio_inputs([workload], as_of)[0][1]
    except FactError as error:
        return error


def answer_for(
    workload: Workload, said: WorkloadInput, policy: Policy, prices: PriceSnapshot, day: date
) -> Answer:
    """The decision as things stand and, where a classification waits, as it would be once approved."""
    given = inputs.as_read_by(policy, said)
    try:
        stands = _kept(policy, given, prices, day)
        approved = as_if_approved(given, policy)
        then = _kept(policy, approved, prices, day) if approved else None
    except FactError as error:
        return failed(workload, error)
    except Exception as error:
        log.exception("workload %s could not be decided", workload.pk)
        return failed(workload, error)
    return Answer(workload.pk, stands, then, segments=segment_ids(workload))


def _kept(policy: Policy, given: WorkloadInput, prices: PriceSnapshot, day: date) -> Kept:
    content = record(decide_workload(policy, given, prices, day))
    return Kept(digest(content), content)


def failed(workload: Workload, error: Exception) -> Answer:
    """The error in words for people: a wrong fact by name, anything else as a fault of the program."""
    message = error.message if isinstance(error, FactError) else PROGRAM_FAILED
    name = error.name if isinstance(error, FactError) else ""
    kept = {"workload": workload.pk, "name": str(workload), "fact": name, "message": message}
    return Answer(workload.pk, error=kept)


def as_if_approved(given: WorkloadInput, policy: Policy) -> WorkloadInput | None:
    """The workload with everything proposed approved; None where nothing waits."""
    if not any(_waits(segment, policy) for segment in given.segments):
        return None
    return dataclasses.replace(given, segments=tuple(_approved(each, policy) for each in given.segments))


def _waits(segment: SegmentInput, policy: Policy) -> bool:
    said = any(
        policy.inputs[name].supplied_by == "reviewer" for name in segment.facts if name in policy.inputs
    )
    return segment.pending is not None or (segment.classification == "proposed" and said)


def _approved(segment: SegmentInput, policy: Policy) -> SegmentInput:
    if not _waits(segment, policy):
        return segment
    facts_then = {**segment.facts, **(segment.pending or {})}
    return dataclasses.replace(segment, classification="approved", facts=facts_then, pending=None)


def moves(was: dict[str, Any], now: dict[str, Any]) -> list[dict[str, Any]]:
    """Per segment whose answer is another than before: what it was and what it is."""
    before = {segment["name"]: _answer(segment) for segment in was["segments"]}
    return [
        {"segment": segment["name"], "was": before.get(segment["name"]), "is": _answer(segment)}
        for segment in now["segments"]
        if before.get(segment["name"]) != _answer(segment)
    ]


def _answer(segment: dict[str, Any]) -> dict[str, Any]:
    return {key: segment[key] for key in ("status", "now", "target")}


def due(content: dict[str, Any]) -> int:
    """How many of its triggers ask for an answer."""
    return sum(
        asks_for_an_answer(trigger) for segment in content["segments"] for trigger in segment["triggers"]
    )
