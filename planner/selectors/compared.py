"""A workload's decisions over time, and two of them side by side with the causes of what differs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, Window
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Lag

from planner.engine import explain
from planner.engine.causes import Grounds, causes
from planner.engine.explain import replays
from planner.engine.replay import ReplayError, inputs_of
from planner.jobs import RunState
from planner.models import Decision, DecisionRecord
from planner.selectors.replaying import Archive, Verdict

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from planner.models import PlanRun
    from workloads.models import Workload


def past(workload: Workload) -> QuerySet[Decision]:
    """Every finished decision on the workload, the newest first, each with its headline, its cost and the digest
    before it; no record is read whole.
    """
    return _finished(workload).annotate(
        headline=KeyTransform("headline", "record__record"),
        cost=KeyTransform("cost_target_usd_month", "record__record"),
        before=Window(Lag("record_id"), order_by=F("run_id").asc()),
    )


def _finished(workload: Workload) -> QuerySet[Decision]:
    rows = Decision.objects.filter(workload=workload, run__state=RunState.DONE).order_by("-run_id")
    return rows.select_related("run__policy", "run__snapshot").defer(
        "run__policy__document", "run__snapshot__document"
    )


@dataclass(frozen=True)
class Side:
    """A record, and the newest plan that gave it; whether as it stands or as an approval would have it."""

    kept: DecisionRecord
    run: PlanRun
    if_approved: bool

    @property
    def record(self) -> dict[str, Any]:
        content: dict[str, Any] = self.kept.record
        return content


def side(workload: Workload, digest: str) -> Side | None:
    """The record of this digest, if a finished decision on the workload gave it."""
    gave = _finished(workload).filter(Q(record=digest) | Q(if_approved=digest))
    found = gave.select_related("record", "if_approved", "run__policy", "run__snapshot").first()
    if found is None:
        return None
    stands = found.record_id == digest
    kept = found.record if stands or found.if_approved is None else found.if_approved
    return Side(kept, found.run, not stands)


def current_digest(workload: Workload) -> str | None:
    """The digest of the newest decision."""
    return _finished(workload).values_list("record_id", flat=True).first()


def digest_before(workload: Workload, digest: str) -> str | None:
    """The digest of the newest decision that was another before this one."""
    began = _finished(workload).filter(record=digest).order_by("run_id").values("run_id")[:1]
    earlier = _finished(workload).exclude(record=digest).filter(run_id__lt=began)
    return earlier.values_list("record_id", flat=True).first()


@dataclass(frozen=True)
class Comparison:
    """Two decisions; `entry` says why they differ, unless `why_not` says why that cannot be computed."""

    one: Side
    other: Side
    verdicts: tuple[Verdict, Verdict]
    entry: dict[str, Any] | None
    why_not: str

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.one, self.other

    @property
    def unproved(self) -> list[Verdict]:
        """Sides whose replay is not equal: what is computed from them is not what was decided."""
        return [verdict for verdict in self.verdicts if not verdict.is_equal]


def comparison(one: Side, other: Side) -> Comparison:
    """The two decisions, computed again to prove them, and the causes of what differs."""
    archive = Archive()
    verdicts = archive.verdict(one.kept), archive.verdict(other.kept)
    try:
        found = causes(grounds_of(archive, one.record), grounds_of(archive, other.record))
    except ReplayError as error:
        return Comparison(one, other, verdicts, None, replays.no_causes_sentence(str(error)))
    return Comparison(one, other, verdicts, explain.causes_entry(found), "")


def grounds_of(archive: Archive, record: dict[str, Any]) -> Grounds:
    """All a record was made from."""
    workload = inputs_of(record)
    policy, prices = archive.basis_of(record)
    return Grounds(policy, workload, prices, date.fromisoformat(record["as_of"]))
