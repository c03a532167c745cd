"""Running a plan: every workload decided in batches; killed at any line, it goes on where it stopped."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import DatabaseError, transaction

from planner.engine import PolicyError
from planner.jobs import SupersededError
from planner.models import Decision, DecisionRecord, PlanRun, PolicyVersion, TriggerReading
from planner.selectors import basis, current_decisions, trigger_history
from planner.selectors.words import count_of
from planner.services.asking import ask_plan
from planner.services.deciding import Answer, decide_batch
from planner.services.triggers import keep_readings
from pricing import services as pricing_services
from workloads.models import Segment, Workload

if TYPE_CHECKING:
    from datetime import datetime

    from planner.engine import Policy
    from pricing.models import Snapshot

BATCH = 20
log = logging.getLogger(__name__)


def run_plan(run_id: int) -> None:
    """Every workload in use has a decision of this run, or an error kept on the run that says why not."""
    run = PlanRun.claim(run_id)
    if run is None:
        return
    with run.beating():
        try:
            begin(run)
            while decide_next(run):
                pass
            run.finish(_outcome(run))
        except SupersededError:
            log.info("plan %s was taken over by another worker", run_id)
        except DatabaseError:
            raise  # the row stays as it is: the sweep sends it again
        except PolicyError as error:
            run.fail(f"The policy could not be read, so nothing was decided: {error}")
        except Exception:
            log.exception("plan %s stopped", run_id)
            run.fail(
                "The plan stopped on an error of the program; the log has the details. Earlier decisions hold."
            )


def plan_here(*, as_of: datetime, snapshot: Snapshot | None) -> PlanRun:
    """A plan was run in this process; still open when a worker had taken it first."""
    run = ask_plan(reason="asked by command", as_of=as_of, snapshot=snapshot, send=lambda _: None)
    run_plan(run.pk)
    run.refresh_from_db()
    return run


@transaction.atomic
def begin(run: PlanRun) -> None:
    """The run has its policy and prices. One that began under another policy starts again from the top."""
    policy = basis.policy()
    if run.policy_id == policy.sha:
        return
    run.decisions.all().delete()
    TriggerReading.objects.filter(run=run).delete()
    run.fence(
        policy=keep_policy(policy, run.as_of),
        snapshot=run.snapshot or pricing_services.freeze_snapshot(as_of=run.as_of),
        progress_total=Workload.objects.filter(archived_at=None).count(),
        progress_done=0,
        cursor={},
        counts={"decided": 0, "moved": 0, "failed": 0},
        errors=[],
    )


def keep_policy(policy: Policy, as_of: datetime) -> PolicyVersion:
    """The policy is kept under its hash, as it was when first used."""
    fields = {"version": policy.version, "document": basis.policy_document(), "first_used_at": as_of}
    return PolicyVersion.objects.get_or_create(sha=policy.sha, defaults=fields)[0]


def decide_next(run: PlanRun) -> bool:
    """The next batch is decided and kept with its cursor, or not at all; False when none was left."""
    rest = Workload.objects.filter(archived_at=None, pk__gt=run.cursor.get("after", 0)).order_by("pk")
    ids = list(rest.values_list("pk", flat=True)[:BATCH])
    if not ids:
        return False
    segments = Segment.objects.filter(workload__in=ids).values_list("pk", flat=True)
    policy = basis.policy_of(run.policy_id) if run.policy_id else basis.policy()
    history = trigger_history.history_before(run, segments, policy)
    answers = decide_batch(run, ids, history)
    before = {decision.workload_id: decision for decision in current_decisions_of(ids)}
    with transaction.atomic():
        moved = _keep(run, answers, before)
        keep_readings(run, (each for answer in answers for each in answer.triggers), history)
        failed = [answer.error for answer in answers if answer.error]
        decided = sum(answer.record is not None for answer in answers)
        counts = run.counts
        run.fence(
            cursor={"after": ids[-1]},
            progress_done=run.progress_done + len(ids),
            errors=run.errors + failed,
            counts={
                "decided": counts["decided"] + decided,
                "moved": counts["moved"] + moved,
                "failed": counts["failed"] + len(failed),
            },
        )
    return True


def current_decisions_of(ids: list[int]) -> list[Decision]:
    return list(current_decisions(Workload.objects.filter(pk__in=ids)))


def _keep(run: PlanRun, answers: list[Answer], before: dict[int, Decision]) -> int:
    """Records are kept once by content, decisions once by run; returns how many workloads moved."""
    records = {each.digest: each.content for answer in answers for each in answer.kept}
    DecisionRecord.objects.bulk_create(
        [DecisionRecord(digest=digest, record=content) for digest, content in records.items()],
        ignore_conflicts=True,
    )
    decisions = [answer.decision(run, before.get(answer.workload_id)) for answer in answers if answer.record]
    Decision.objects.bulk_create(decisions)
    return sum(bool(decision.moves) for decision in decisions)


def _outcome(run: PlanRun) -> str:
    counts = run.counts
    failed = f", {counts['failed']} could not be decided" if counts["failed"] else ""
    moved = f"{counts['moved']} moved" if counts["moved"] else "none moved"
    return f"{count_of(counts['decided'], 'workload')} decided, {moved}{failed}."
