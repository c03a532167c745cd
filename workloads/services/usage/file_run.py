"""A usage file, counted: first read through and judged as a whole, then counted in batches that commit with
their cursor. A killed worker loses at most the batch in hand, and the next one goes on behind the last.
"""

from __future__ import annotations

import time
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from django.db import transaction

from workloads.models import RejectedRow, UsageSource
from workloads.services.usage import store
from workloads.usage.base import SourceError
from workloads.usage.csv_file import Line, RowKeys, UsageFile
from workloads.usage.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workloads.models import UsageRun
    from workloads.usage.matching import Attributor

BATCH_ROWS = 10_000
REJECTED_KEPT = 10_000  # further bad rows are counted, not listed
CLOCKS_DIFFER = timedelta(hours=24)


def count_file(run: UsageRun, stream: BinaryIO, attributor: Attributor, deadline: float) -> bool:
    """Every good row of the file is counted once, every bad row is listed: whether that was done by DEADLINE.

    Raises SourceError when the file is held or unreadable: then nothing of it counts.
    """
    latest = run.as_of + CLOCKS_DIFFER
    if "counted" not in run.cursor:
        judge_file(run, UsageFile(stream, latest=latest))
        stream.seek(0)
    return count_rows(run, UsageFile(stream, latest=latest), attributor, deadline)


def judge_file(run: UsageRun, file: UsageFile) -> None:
    """The bad rows are listed; raises SourceError, and nothing is counted, when there are too many of them."""
    bad: list[RejectedRow] = []
    counts = {
        "rows": 0,
        "bad": 0,
        "converted": 0,
        "labels_dropped": 0,
        "text_columns_dropped": len(file.header.bodies),
        "unknown_columns": len(file.header.unknown),
    }
    for line in file.rows():
        counts["rows"] += 1
        if line.row is not None:
            counts["converted"] += line.row.tokens.converted
            counts["labels_dropped"] += line.row.labels_dropped
        else:
            counts["bad"] += 1
            if len(bad) < REJECTED_KEPT:
                bad.append(rejected(run, line))
        if counts["rows"] % BATCH_ROWS == 0:
            run.fence(progress_done=counts["rows"], progress_total=None, message="Checking every row first.")
    with transaction.atomic():
        RejectedRow.objects.bulk_create(bad, ignore_conflicts=True, batch_size=1_000)
        run.fence(
            counts=counts | {"new": 0, "repeated": 0}, cursor={"unknown": list(file.header.unknown[:20])}
        )
    refuse_too_many(run, counts["rows"], counts["bad"])
    good = counts["rows"] - counts["bad"]
    run.fence(cursor=run.cursor | {"counted": 0}, progress_done=0, progress_total=good, message="Counting.")


def rejected(run: UsageRun, line: Line) -> RejectedRow:
    column, reason = (line.bad.column, line.bad.reason) if line.bad else ("", "")
    return RejectedRow(run=run, line=line.number, column=column, reason=reason[:300], row=line.kept)


def refuse_too_many(run: UsageRun, rows: int, bad: int) -> None:
    """Too many bad rows mean a wrong file rather than a few slips: it is held until somebody says otherwise."""
    if rows == 0:
        raise SourceError("The file has column names and no rows. Nothing was counted.")
    if bad == rows:
        raise SourceError(
            f"None of the {rows:,} rows can be read. Nothing was counted; the reasons are listed."
        )
    source = run.source
    if run.accept_bad or bad <= source.max_bad_rows or 100 * bad <= rows * source.max_bad_percent:
        return
    limit = f"{source.max_bad_percent.normalize():f}"
    raise SourceError(
        f"{bad:,} of {rows:,} rows ({100 * bad / rows:.2f} %) cannot be read; above {limit} % the file is held. "
        "Nothing was counted. Mend the rows that are listed and give the file again, or give it again as it is "
        "and choose to count the good rows."
    )


def count_rows(run: UsageRun, file: UsageFile, attributor: Attributor, deadline: float) -> bool:
    """Goes through the file from its start, so that equal rows keep their number, and counts behind the cursor."""
    keys = RowKeys()
    keyed = ((keys.of(line.row), line) for line in file.rows() if line.row is not None)
    behind = ((key, line) for key, line in keyed if line.end > run.cursor["counted"])
    for batch in batches(behind):
        with transaction.atomic():
            count_batch(run, batch, attributor)
        if time.monotonic() > deadline:
            return False
    return True


def batches(lines: Iterable[tuple[str, Line]]) -> Iterator[list[tuple[str, Line]]]:
    iterator = iter(lines)
    while batch := list(islice(iterator, BATCH_ROWS)):
        yield batch


def count_batch(run: UsageRun, batch: list[tuple[str, Line]], attributor: Attributor) -> None:
    """The batch's new rows are in their buckets and the cursor stands behind it: both or neither."""
    UsageSource.objects.select_for_update().get(pk=run.source_id)  # one batch of a source at a time
    fresh = store.uncounted(run.source_id, [key for key, _ in batch])
    tally = Tally()
    for key, line in batch:
        if key in fresh and line.row is not None:
            fresh.remove(key)  # the same id twice in one batch is one request
            tally.add(line.row)
    store.add_buckets(run, tally, attributor)
    counts = run.counts
    counts = counts | {
        "new": counts["new"] + tally.rows,
        "repeated": counts["repeated"] + len(batch) - tally.rows,
    }
    run.fence(
        counts=counts,
        cursor=run.cursor | {"counted": batch[-1][1].end},
        progress_done=run.progress_done + len(batch),
        message="Counting.",
        lost=0,
    )
