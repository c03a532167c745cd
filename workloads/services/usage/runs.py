"""Asking for a run of usage, and working it: a file to count, or a window of a proxy's log to read."""

from __future__ import annotations

import hashlib
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, BinaryIO, cast
from uuid import uuid4

from django.core.files import File
from django.db import transaction
from django.db.models import Q

from planner.jobs import RunState, SupersededError, ask, send_run
from workloads import signals
from workloads.models import UsageRun, UsageSource
from workloads.models.usage import SourceKind
from workloads.services.attribution import load_attributor, reattribute
from workloads.services.usage.file_run import count_file
from workloads.services.usage.pull_run import pull_window
from workloads.usage.base import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from workloads.models import User

    Send = Callable[[int], object]

LOOK_BACK = timedelta(hours=48)  # sources correct late: every pull reads the last two days again


def file_source(name: str) -> UsageSource:
    """The source of uploaded files called NAME; made when it is new."""
    source, _ = UsageSource.objects.get_or_create(name=name, defaults={"kind": SourceKind.CSV})
    if source.kind != SourceKind.CSV:
        raise SourceError(
            f"{name} is a {source.get_kind_display()}; give the files a source name of their own."
        )
    return source


def ask_file(
    source: UsageSource,
    stream: BinaryIO,
    *,
    name: str,
    as_of: datetime,
    send: Send,
    asked_by: User | None = None,
    accept_bad: bool = False,
) -> tuple[UsageRun, bool]:
    """The run of this file's content, and whether it is to be worked. A file that was counted is not counted again."""
    sha = sha256_of(stream)
    wishes = {"source": source, "as_of": as_of, "accept_bad": accept_bad}
    fields = wishes | {"file_name": name[:200], "file_sha256": sha, "asked_by": asked_by}
    with transaction.atomic():
        run, created = ask(UsageRun, f"usage:file:{sha}", send, **fields)
        run = UsageRun.objects.select_for_update().get(pk=run.pk)
        if not created and run.state != RunState.FAILED:
            return run, False
        run.file.save(f"{uuid4().hex}.csv", File(stream), save=False)
        UsageRun.objects.filter(pk=run.pk).update(file=run.file.name)
        if not created:
            _try_again(run, send, wishes)
    return run, True


def _try_again(run: UsageRun, send: Send, wishes: dict[str, object]) -> None:
    """A failed file is worked again: behind its cursor when counting had begun, else judged anew."""
    if "counted" in run.cursor:
        wishes = {"accept_bad": wishes["accept_bad"]}  # what was counted stays with its source
    else:
        run.rejected.all().delete()
    UsageRun.objects.filter(pk=run.pk).update(
        state=RunState.QUEUED, lost=0, sent_at=None, finished_at=None, message="", **wishes
    )
    run.refresh_from_db()
    transaction.on_commit(lambda: send_run(run, send))


def sha256_of(stream: BinaryIO) -> str:
    """Hash of the stream, which stands at its start again afterwards."""
    found = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]  # any readable file will do
    stream.seek(0)
    return found


def ask_pull(
    source: UsageSource, *, slot: str, as_of: datetime, send: Send, asked_by: User | None = None
) -> UsageRun:
    """The run that reads the source's log up to AS_OF; the open one when somebody asked already."""
    if waiting := source.runs.filter(state__in=(RunState.QUEUED, RunState.RUNNING)).first():
        return waiting
    start, end = pull_span(source, as_of)
    hours = int((end - start) / timedelta(hours=1))
    run, _ = ask(
        UsageRun,
        f"usage:{source.pk}:{slot}",
        send,
        source=source,
        window_start=start,
        window_end=end,
        progress_total=hours,
        asked_by=asked_by,
        as_of=as_of,
    )
    return run


def pull_span(source: UsageSource, as_of: datetime) -> tuple[datetime, datetime]:
    """From two days before the last good pull's end (or the source's history) to the end of the hour of AS_OF."""
    hour = as_of.replace(minute=0, second=0, microsecond=0)
    last = source.runs.filter(state=RunState.DONE).order_by("-window_end").first()
    since = last.window_end if last and last.window_end else hour - timedelta(days=source.history_days)
    return min(since - LOOK_BACK, hour) if last else since, hour + timedelta(hours=1)


def due_usage_runs(as_of: datetime, send: Send) -> int:
    """Every active proxy has its run for the slot of AS_OF; returns how many runs were asked for."""
    proxies = UsageSource.objects.filter(kind=SourceKind.LITELLM, active=True, every_hours__gt=0)
    due = 0
    for source in proxies:
        hours = int(as_of.timestamp()) // 3600 // source.every_hours * source.every_hours
        slot = datetime.fromtimestamp(hours * 3600, as_of.tzinfo).isoformat()
        if not UsageRun.objects.filter(key=f"usage:{source.pk}:{slot}").exists():
            ask_pull(source, slot=slot, as_of=as_of, send=send)
            due += 1
    forget_files()
    return due


def forget_files() -> None:
    """No run that ended keeps its file: it may hold more than the columns that are read."""
    ended = UsageRun.objects.exclude(state__in=(RunState.QUEUED, RunState.RUNNING)).exclude(Q(file=""))
    for run in ended:
        forget_file(run)


def forget_file(run: UsageRun) -> None:
    if run.file:
        run.file.delete(save=False)
        UsageRun.objects.filter(pk=run.pk).update(file="")


def run_usage(run_id: int, *, seconds: float = 480) -> None:
    """The run is done, failed with a sentence, or (after SECONDS) back in the queue to go on from its cursor."""
    run = UsageRun.claim(run_id)
    if run is None:
        return
    try:
        with run.beating():
            finished = _work(run, time.monotonic() + seconds)
    except SupersededError:
        return
    except SourceError as error:
        run.fail(str(error))
        finished = True
    if finished:
        forget_file(run)


def _work(run: UsageRun, deadline: float) -> bool:
    attributor = load_attributor()
    if run.window_end is not None:
        done = pull_window(run, attributor, deadline)
    elif run.file:
        with run.file.open("rb") as stream:
            done = count_file(run, cast("BinaryIO", stream), attributor, deadline)
    else:
        raise SourceError("The uploaded file is gone. Upload it again: what was counted stays counted once.")
    if done:
        _finish(run)
    else:
        run.fence(state=RunState.QUEUED, sent_at=None, message="Goes on in a moment, from where it stands.")
    return done


@transaction.atomic
def _finish(run: UsageRun) -> None:
    """Done, with whatever rules changed meanwhile applied; announced when something new was counted."""
    reattribute(run.source)
    run.fence(progress_done=run.progress_total)
    run.finish(summary(run))
    if run.counts.get("new") or run.counts.get("hours_changed"):
        transaction.on_commit(lambda: signals.usage_ingested.send_robust(sender=UsageRun, run_id=run.pk))


def summary(run: UsageRun) -> str:
    """What the run did, in one sentence."""
    counts = run.counts
    if run.window_end is not None:
        return (
            f"{counts['hours_changed']:,} of {counts['hours']:,} hours changed, {counts['rows']:,} rows read."
        )
    parts = [f"{counts['new']:,} new rows"]
    parts += [f"{counts['repeated']:,} counted before"] if counts["repeated"] else []
    parts += [f"{counts['bad']:,} bad rows left out"] if counts["bad"] else []
    return ", ".join(parts) + "."
