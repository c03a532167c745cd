"""Counting usage files: every good row once, whatever is uploaded twice, overlaps or is killed half way."""

from __future__ import annotations

import csv
import io
import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from planner.jobs import RunState, SupersededError
from tests import factories
from workloads.models import RejectedRow, UsageBucket, UsageRun, UsageSource
from workloads.services import usage
from workloads.services.attribution import load_attributor
from workloads.services.usage import file_run
from workloads.usage.base import SourceError

AS_OF = datetime(2026, 2, 1, tzinfo=UTC)
HEADER = [
    "timestamp",
    "model",
    "input_tokens",
    "output_tokens",
    "cost",
    "key_alias",
    "latency_ms",
    "request_id",
]


def rows(count: int, *, ids: str = "r", seed: int = 1) -> list[list[str]]:
    rng = random.Random(seed)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        [
            (start + timedelta(seconds=37 * n)).isoformat(),
            rng.choice(["gpt-5.2", "claude-sonnet-4.5"]),
            str(rng.randint(1, 5000)),
            str(rng.randint(1, 900)),
            f"{rng.randint(1, 9999)}e-6",
            rng.choice(["bot", "desk"]),
            str(rng.randint(10, 90_000)),
            f"{ids}{n}" if ids else "",
        ]
        for n in range(count)
    ]


def table(data: list[list[str]], header: list[str] = HEADER) -> io.BytesIO:
    text = io.StringIO()
    csv.writer(text).writerows([header, *data])
    return io.BytesIO(text.getvalue().encode())


def unsent(run_id: int) -> None:
    """No worker: the test works the run itself."""


def ask(stream: io.BytesIO, *, name: str = "Gateway", **wishes: Any) -> UsageRun:
    source = usage.file_source(name)
    run, _ = usage.ask_file(source, stream, name="log.csv", as_of=AS_OF, send=unsent, **wishes)
    return run


def count(stream: io.BytesIO, *, name: str = "Gateway", **wishes: Any) -> UsageRun:
    run = ask(stream, name=name, **wishes)
    usage.run_usage(run.pk)
    return UsageRun.objects.get(pk=run.pk)


def totals() -> dict[tuple[str, str, datetime], tuple[int, int, int, Decimal, int]]:
    return {
        (bucket.model, bucket.dimensions["key_alias"], bucket.bucket_start): (
            bucket.requests or 0,
            bucket.input_tokens or 0,
            bucket.output_tokens or 0,
            bucket.cost_reported or Decimal(0),
            sum(bucket.latency_hist.values()),
        )
        for bucket in UsageBucket.objects.all()
    }


def expected(data: list[list[str]]) -> dict[tuple[str, str, datetime], tuple[int, int, int, Decimal, int]]:
    """The oracle: the same sums, from the rows alone."""
    sums: dict[Any, list[Any]] = defaultdict(lambda: [0, 0, 0, Decimal(0), 0])
    for at, model, given, output, cost, key, *_ in data:
        hour = datetime.fromisoformat(at).replace(minute=0, second=0, microsecond=0)
        found = sums[model, key, hour]
        for place, more in enumerate((1, int(given), int(output), Decimal(cost), 1)):
            found[place] += more
    return {key: tuple(values) for key, values in sums.items()}


@pytest.mark.django_db
def test_every_good_row_is_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_run, "BATCH_ROWS", 100)
    data = rows(1_050)
    run = count(table(data))
    assert (run.state, run.message) == (RunState.DONE, "1,050 new rows.")
    assert totals() == expected(data)


@pytest.mark.django_db
def test_the_same_file_again_adds_nothing() -> None:
    data = rows(500)
    first = count(table(data))
    again = count(table(data), name="Another source")
    assert again == first
    assert totals() == expected(data)


@pytest.mark.django_db
@pytest.mark.parametrize("ids", ["r", ""])
def test_rows_of_an_overlapping_file_are_counted_once(ids: str) -> None:
    data = rows(600, ids=ids)
    count(table(data[:400]))
    run = count(table(data[200:]))
    assert run.message == "200 new rows, 200 counted before."
    assert totals() == expected(data)


@pytest.mark.django_db
def test_a_request_that_stands_twice_in_one_file_is_counted_once() -> None:
    data = rows(10)
    run = count(table([*data, data[3]]))
    assert run.message == "10 new rows, 1 counted before."
    assert totals() == expected(data)


@pytest.mark.django_db
def test_one_percent_of_bad_rows_is_listed_and_the_good_ones_go_in() -> None:
    data = rows(10_000)
    for place in range(0, 10_000, 100):
        data[place] = [*data[place][:2], "-1", *data[place][3:]]
    run = count(table(data))
    assert (run.state, run.message) == (RunState.DONE, "9,900 new rows, 100 bad rows left out.")
    assert totals() == expected([row for row in data if row[2] != "-1"])
    listed = RejectedRow.objects.filter(run=run)
    assert listed.count() == 100
    assert list(listed.values_list("line", "column", "reason")[:2]) == [
        (2, "input_tokens", "is negative"),
        (102, "input_tokens", "is negative"),
    ]


@pytest.mark.django_db
def test_more_bad_rows_hold_the_file_until_somebody_says_to_count_it() -> None:
    data = rows(5_000)
    for place in range(51):
        data[place] = ["never", *data[place][1:]]
    held = count(table(data))
    assert held.state == RunState.FAILED
    assert held.message.startswith(
        "51 of 5,000 rows (1.02 %) cannot be read; above 1 % the file is held. Nothing"
    )
    assert (UsageBucket.objects.count(), held.rejected.count()) == (0, 51)
    run = count(table(data), accept_bad=True)
    assert (run.pk, run.state, run.message) == (
        held.pk,
        RunState.DONE,
        "4,949 new rows, 51 bad rows left out.",
    )
    assert totals() == expected(data[51:])
    assert run.rejected.count() == 51


@pytest.mark.django_db
def test_a_small_file_is_not_held_for_a_few_slips() -> None:
    data = rows(10)
    data[0][0] = "never"
    assert count(table(data)).message == "9 new rows, 1 bad rows left out."


@pytest.mark.django_db
def test_a_file_with_a_missing_column_counts_nothing_and_names_it() -> None:
    run = count(table([row[1:] for row in rows(5)], HEADER[1:]))
    assert run.state == RunState.FAILED
    assert run.message.startswith("Missing column: timestamp. Found: model, input_tokens")
    assert UsageBucket.objects.count() == 0


@pytest.mark.django_db
def test_no_prompt_is_left_anywhere() -> None:
    data = [[*row, "MARKED TEXT"] for row in rows(20)]
    data[0][0] = "MARKED never"[7:]
    run = count(table(data, [*HEADER, "prompt"]))
    assert run.counts["text_columns_dropped"] == 1
    kept = [
        path
        for path in Path(settings.UPLOAD_DIR).rglob("*")
        if path.is_file() and b"MARKED" in path.read_bytes()
    ]
    stored = [
        *UsageBucket.objects.values_list("dimensions", flat=True),
        *RejectedRow.objects.values_list("row", flat=True),
    ]
    assert (kept, [row for row in stored if "MARKED" in str(row)]) == ([], [])


@pytest.mark.django_db
def test_unknown_stays_unknown() -> None:
    data = [["2026-01-01T00:00:00Z", "m", "10", "", "", "bot", "", "a"]]
    count(table(data))
    bucket = UsageBucket.objects.get()
    assert (bucket.input_tokens, bucket.output_tokens, bucket.cost_reported, bucket.cost_currency) == (
        10,
        None,
        None,
        "",
    )


@pytest.mark.django_db
def test_a_row_names_its_workload() -> None:
    workload = factories.WorkloadFactory(name="Help desk")
    header = ["timestamp", "model", "cost", "tag"]
    count(table([["2026-01-01T00:00:00Z", "m", "1", "blue,workload:help desk"]], header))
    assert UsageBucket.objects.get().workload == workload


def test_no_run_is_lost_when_the_worker_is_killed_in_the_middle(
    transactional_db: None, tmp_path: Path
) -> None:
    data = rows(30_000, ids="")
    run = ask(table(data))
    worker = _worker(run.pk)
    while UsageRun.objects.get(pk=run.pk).cursor.get("counted", 0) == 0 and worker.poll() is None:
        time.sleep(0.02)
    worker.kill()
    worker.wait()
    half = UsageRun.objects.get(pk=run.pk)
    assert 0 < half.counts["new"] < 30_000
    UsageRun.objects.filter(pk=run.pk).update(heartbeat_at=datetime(2026, 1, 1, tzinfo=UTC))
    usage.run_usage(run.pk)
    done = UsageRun.objects.get(pk=run.pk)
    assert (done.state, done.attempt, done.counts["new"]) == (RunState.DONE, 2, 30_000)
    assert totals() == expected(data)


def _worker(run_id: int) -> subprocess.Popen[bytes]:
    """A process of its own that works the run, on this test's database."""
    code = f"import django; django.setup(); from workloads.services import usage; usage.run_usage({run_id})"
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    stated = {part: connection.settings_dict[name] for part, name in names.items()}
    url = make_conninfo(**{part: value for part, value in stated.items() if value})
    environment = os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
        "PLANNER_DATA_DIR": str(settings.DATA_DIR),
    }
    return subprocess.Popen([sys.executable, "-c", code], env=environment, cwd=settings.BASE_DIR)


@pytest.mark.django_db
def test_a_late_attempt_writes_nothing() -> None:
    run = ask(table(rows(50)))
    late = UsageRun.claim(run.pk)
    assert late is not None
    UsageRun.objects.filter(pk=run.pk).update(attempt=2)
    with pytest.raises(SupersededError), late.file.open("rb") as stream:
        file_run.count_file(late, cast("BinaryIO", stream), load_attributor(), deadline=time.monotonic() + 60)
    assert UsageBucket.objects.count() == 0


@pytest.mark.django_db
def test_the_file_is_kept_until_the_run_ends_and_no_longer() -> None:
    run = ask(table(rows(5)))
    path = Path(run.file.path)
    assert path.is_file()
    usage.run_usage(run.pk)
    assert (path.exists(), UsageRun.objects.get(pk=run.pk).file.name) == (False, "")


@pytest.mark.django_db
def test_a_file_may_not_go_into_the_source_of_a_proxy() -> None:
    UsageSource.objects.create(name="Proxy", kind="litellm")
    with pytest.raises(SourceError, match="give the files a source name of their own"):
        usage.file_source("Proxy")
