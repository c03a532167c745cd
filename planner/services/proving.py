"""Proving a plan: its decisions computed again in batches; killed at any line, it goes on where it stopped."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import DatabaseError, transaction
from django.db.models import Max

from planner import jobs
from planner.jobs import RunState, SupersededError
from planner.models import ReplayRun
from planner.selectors import replaying
from planner.selectors.words import count_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from planner.models import PlanRun
    from planner.selectors.replaying import Archive
    from workloads.models import User

BATCH = 50
NAMED = 100  # of what is not proved; the others are counted
log = logging.getLogger(__name__)


def ask_replay(plan: PlanRun, *, as_of: datetime, asked_by: User, send: Callable[[int], object]) -> ReplayRun:
    """The plan is replayed; asking again before that has ended is the same replay."""
    ended = plan.replays.filter(state__in=(RunState.DONE, RunState.FAILED)).aggregate(last=Max("pk"))["last"]
    fields = {"plan": plan, "as_of": as_of, "asked_by": asked_by}
    return jobs.ask(ReplayRun, f"replay:{plan.pk}:after-{ended or 0}", send, **fields)[0]


def run_replay(run_id: int) -> None:
    """Every record of the plan has been computed again; those that are not equal stand on the run."""
    run = ReplayRun.claim(run_id)
    if run is None:
        return
    with run.beating():
        try:
            archive = begin(run)
            while replay_next(run, archive):
                pass
            run.finish(_outcome(run))
        except SupersededError:
            log.info("replay %s was taken over by another worker", run_id)
        except DatabaseError:
            raise  # the row stays as it is: the sweep sends it again
        except Exception:
            log.exception("replay %s stopped", run_id)
            run.fail("The replay stopped on an error of the program; the log has the details.")


def begin(run: ReplayRun) -> Archive:
    if run.progress_total is None:
        run.fence(progress_total=replaying.of(run.plan.decisions.all()).count())
    return replaying.Archive()


def replay_next(run: ReplayRun, archive: Archive) -> bool:
    """The next batch is computed and kept with its cursor, or not at all; False when none was left."""
    records = replaying.of(run.plan.decisions.all()).order_by("pk").filter(pk__gt=run.cursor.get("after", ""))
    verdicts = [archive.verdict(record) for record in records[:BATCH]]
    if not verdicts:
        return False
    found = [
        {"digest": each.record.digest, "name": each.record.record["name"], "words": each.words}
        for each in verdicts
        if not each.is_equal
    ]
    with transaction.atomic():
        run.fence(
            cursor={"after": verdicts[-1].record.digest},
            progress_done=run.progress_done + len(verdicts),
            unproved=(run.unproved + found)[:NAMED],
            counts={"unproved": run.counts.get("unproved", 0) + len(found)},
        )
    return True


def _outcome(run: ReplayRun) -> str:
    unproved = run.counts.get("unproved", 0)
    if not unproved:
        return f"{count_of(run.progress_done, 'record')} computed again, all equal to the byte."
    equal = run.progress_done - unproved
    return f"{equal} of {count_of(run.progress_done, 'record')} equal to the byte, {unproved} not proved."
