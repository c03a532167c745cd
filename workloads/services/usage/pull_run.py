"""A window of a LiteLLM proxy's log, hour by hour: an hour is read whole and put in place of what was there."""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from workloads.models import RejectedRow, UsageSource
from workloads.services.usage import store
from workloads.usage import litellm
from workloads.usage.outgoing import JsonSource, secret
from workloads.usage.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workloads.models import UsageRun
    from workloads.usage.matching import Attributor

HOUR = timedelta(hours=1)


def pull_window(run: UsageRun, attributor: Attributor, deadline: float) -> bool:
    """Every hour of the run's window is as the source tells it now: whether that was done by DEADLINE."""
    source = run.source
    key = secret(source.key_ref, os.environ)
    with JsonSource(source.base_url, key, allow_private=source.allow_private) as proxy:
        for hour in hours_left(run):
            found = litellm.read_hour(proxy.get, hour)
            with transaction.atomic():
                keep_hour(run, hour, found, attributor)
            if time.monotonic() > deadline:
                return False
    return True


def hours_left(run: UsageRun) -> Iterator[datetime]:
    """The hours of the run's window behind its cursor."""
    if run.window_start is None or run.window_end is None:
        raise ValueError("a pull has a window")
    hour = datetime.fromisoformat(run.cursor["hour"]) if run.cursor else run.window_start
    while hour < run.window_end:
        yield hour
        hour += HOUR


def keep_hour(run: UsageRun, hour: datetime, found: litellm.Hour, attributor: Attributor) -> None:
    """The hour's buckets are replaced and the cursor stands behind it: both or neither."""
    UsageSource.objects.select_for_update().get(pk=run.source_id)  # one hour of a source at a time
    tally = Tally()
    for row in found.rows:
        tally.add(row)
    changed = store.replace_hour(run, hour, tally, attributor)
    before = {name: run.counts.get(name, 0) for name in ("hours", "hours_changed", "rows", "bad")}
    RejectedRow.objects.bulk_create(
        RejectedRow(run=run, line=before["bad"] + place, column=bad.column, reason=bad.reason[:300], row=kept)
        for place, (bad, kept) in enumerate(found.bad, start=1)
    )
    run.fence(
        counts={
            "hours": before["hours"] + 1,
            "hours_changed": before["hours_changed"] + changed,
            "rows": before["rows"] + len(found.rows),
            "bad": before["bad"] + len(found.bad),
        },
        cursor={"hour": (hour + HOUR).isoformat()},
        progress_done=run.progress_done + 1,
        lost=0,
    )
