"""The job model: a run row is the truth for people, Celery executes it.

Two promises hold for every kind of run (claim, fence, sweep):
a run is worked on by one attempt at a time, and a batch commits together with its cursor or not at all.
"""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HEARTBEAT_SECONDS = 3
LOST_AFTER = timedelta(seconds=12)  # four missed heartbeats
UNSENT_AFTER = timedelta(seconds=10)
UNSTARTED_AFTER = timedelta(seconds=60)
MAX_LOST_ATTEMPTS = 3

log = logging.getLogger(__name__)

RunT = TypeVar("RunT", bound="Run")


class SupersededError(Exception):
    """A newer attempt of this run took over; this one must stop and must not write."""


class RunState(models.TextChoices):
    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class Run(models.Model):
    """A job: asked for, claimed by one attempt at a time, finished or failed with a sentence."""

    key = models.CharField(max_length=200, unique=True, help_text="Asking twice for the same key is one run.")
    state = models.CharField(max_length=10, choices=RunState, default=RunState.QUEUED)
    attempt = models.PositiveIntegerField(default=0)
    lost = models.PositiveIntegerField(default=0, help_text="Attempts lost since the cursor last moved.")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    as_of = models.DateTimeField(help_text="The moment the run works for; passed down, never read again.")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    progress_done = models.BigIntegerField(default=0)
    progress_total = models.BigIntegerField(null=True, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    cursor = models.JSONField(default=dict, blank=True)
    message = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        return self.state in {RunState.QUEUED, RunState.RUNNING}

    @property
    def percent(self) -> int | None:
        """Whole percent done, or None where the total is not known."""
        return min(100, 100 * self.progress_done // self.progress_total) if self.progress_total else None

    @classmethod
    def claim(cls, pk: int) -> Self | None:
        """The run, now ours under a new attempt number; None when somebody has it or it is finished."""
        claimable = Q(state=RunState.QUEUED) | Q(state=RunState.RUNNING, heartbeat_at__lt=Now() - LOST_AFTER)
        taken = cls._default_manager.filter(claimable, pk=pk).update(
            state=RunState.RUNNING, attempt=F("attempt") + 1, heartbeat_at=Now(), started_at=Now(), message=""
        )
        return cls._default_manager.get(pk=pk) if taken else None

    def fence(self, **changes: Any) -> None:
        """Write CHANGES as this attempt; raises SupersededError when a newer attempt took over.

        Call it inside the batch's transaction: then a late writer rolls its whole batch back.
        """
        mine = type(self)._default_manager.filter(pk=self.pk, attempt=self.attempt, state=RunState.RUNNING)
        if not mine.update(heartbeat_at=Now(), **changes):
            raise SupersededError(f"{self._meta.label} {self.pk} attempt {self.attempt}")
        for name, value in changes.items():
            setattr(self, name, value)

    def finish(self, message: str = "") -> None:
        self.fence(state=RunState.DONE, finished_at=Now(), message=message)

    def fail(self, message: str) -> None:
        self.fence(state=RunState.FAILED, finished_at=Now(), message=message)

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Sends the heartbeat from a thread of its own while the block works."""
        stop = threading.Event()
        thread = threading.Thread(target=self._beat, args=(stop,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _beat(self, stop: threading.Event) -> None:
        mine = type(self)._default_manager.filter(pk=self.pk, attempt=self.attempt, state=RunState.RUNNING)
        try:
            while not stop.wait(HEARTBEAT_SECONDS):
                mine.update(heartbeat_at=Now())
        finally:
            connection.close()


def ask(model: type[RunT], key: str, send: Callable[[int], object], **fields: Any) -> tuple[RunT, bool]:
    """One run for KEY, sent after commit; asking again returns the first one and sends nothing."""
    run, created = model._default_manager.get_or_create(key=key, defaults=fields)
    if created:
        transaction.on_commit(lambda: send_run(run, send))
    return run, created


def send_run(run: Run, send: Callable[[int], object]) -> bool:
    """Whether the broker took the message. A dead broker never fails the caller: the sweep sends again."""
    try:
        send(run.pk)
    except Exception as error:  # noqa: BLE001  whatever the broker's client raises, the row stays queued
        log.warning("%s %s waits for the queue: %s", run._meta.label, run.pk, error)
        message = "Waiting for the queue: the message broker does not answer."
        type(run)._default_manager.filter(pk=run.pk, state=RunState.QUEUED).update(message=message)
        return False
    # A quick worker may have finished it by now, and what is finished may be frozen.
    type(run)._default_manager.filter(pk=run.pk, finished_at=None).update(sent_at=Now())
    return True


def sweep(model: type[RunT], send: Callable[[int], object]) -> int:
    """Sends again what got lost; fails what lost its worker three times without progress. Returns sends."""
    runs = model._default_manager
    lost = Q(state=RunState.RUNNING, heartbeat_at__lt=Now() - LOST_AFTER)
    runs.filter(lost, lost__gte=MAX_LOST_ATTEMPTS - 1).update(
        state=RunState.FAILED,
        finished_at=Now(),
        message=f"The worker was lost {MAX_LOST_ATTEMPTS} times without getting further. Nothing half-done was kept.",
    )
    again = list(
        runs.filter(
            lost
            | Q(state=RunState.QUEUED, sent_at=None, created_at__lt=Now() - UNSENT_AFTER)
            | Q(state=RunState.QUEUED, sent_at__lt=Now() - UNSTARTED_AFTER)
        )
    )
    for run in again:
        if run.state == RunState.RUNNING:
            runs.filter(pk=run.pk, attempt=run.attempt).update(state=RunState.QUEUED, lost=F("lost") + 1)
    return sum(send_run(run, send) for run in again)
