"""The usage pages: who may see and do what, uploads with their refusals, the poll, and mapping a caller."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from planner.jobs import RunState
from tests import factories
from workloads.models import AttributionRule, RejectedRow, UsageBucket, UsageRun, UsageSource
from workloads.services import usage

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from workloads.models import User

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
PAGES = ("usage", "usage_upload", "usage_template", "attribution")


def log(rows: int = 3, *, key: str = "hackathon", bad: int = 0) -> bytes:
    start = timezone.now() - timedelta(days=2)
    lines = ["timestamp,model,input_tokens,output_tokens,cost,key_alias,request_id"]
    lines += [
        f"{(start + timedelta(minutes=n)).isoformat()},gpt-5.2,100,20,0.01,{key},{key}{n}"
        for n in range(rows)
    ]
    lines += [f"never,=cmd(),1,1,1,{key},bad{n}" for n in range(bad)]
    return "\n".join(lines).encode()


def upload(client: Client, content: bytes, **fields: Any) -> Any:
    data = {"file": SimpleUploadedFile("log.csv", content), "source": "Gateway"} | fields
    return client.post(reverse("workloads:usage_upload"), data)


def counted(content: bytes, source: str = "Gateway") -> UsageRun:
    run, _ = usage.ask_file(
        usage.file_source(source), io.BytesIO(content), name="log.csv", as_of=timezone.now(), send=unsent
    )
    usage.run_usage(run.pk)
    return UsageRun.objects.get(pk=run.pk)


def unsent(run_id: int) -> None:
    """No worker: the test works the run itself."""


@pytest.fixture
def operator(client: Client, omar: User) -> Client:
    client.force_login(omar)
    return client


@pytest.mark.parametrize("name", PAGES)
def test_an_architect_finds_no_usage_page(client: Client, ana: User, name: str) -> None:
    counted(log())
    client.force_login(ana)
    assert client.get(reverse(f"workloads:{name}")).status_code == 404


@pytest.mark.parametrize("role", ["leader", "auditor"])
def test_readers_see_and_change_nothing(client: Client, role: str) -> None:
    counted(log())
    proxy = UsageSource.objects.create(name="Proxy", kind="litellm")
    client.force_login(factories.person("reader", role, None))
    workload = factories.WorkloadFactory()
    assert client.get(reverse("workloads:usage")).status_code == 200
    rule = {
        "action": "save",
        "field": "key_alias",
        "pattern": "hackathon",
        "workload": workload.pk,
        "priority": 1,
    }
    refused = [
        upload(client, log(5)),
        client.post(reverse("workloads:usage"), {"name": "New"}),
        client.post(reverse("workloads:usage_pull", args=[proxy.pk])),
        client.post(reverse("workloads:attribution"), rule),
    ]
    assert [answer.status_code for answer in refused] == [403] * 4
    assert (UsageRun.objects.count(), UsageSource.objects.count(), AttributionRule.objects.count()) == (
        1,
        2,
        0,
    )
    page = client.get(reverse("workloads:attribution")).content.decode()
    assert "hackathon" in page
    assert "Save the rule" not in page


def test_an_upload_is_counted_and_the_same_file_again_is_not(
    operator: Client, django_capture_on_commit_callbacks: Any
) -> None:
    content = log(7)
    with django_capture_on_commit_callbacks(execute=True):
        answer = upload(operator, content)
    run = UsageRun.objects.get()
    assert (answer.status_code, answer.url) == (302, reverse("workloads:usage_run", args=[run.pk]))
    assert (run.state, run.message, run.asked_by and run.asked_by.name) == (
        RunState.DONE,
        "7 new rows.",
        "Omar",
    )
    again = upload(operator, content)
    assert again.url == answer.url
    assert "0 new rows: this very file was uploaded before." in operator.get(again.url).content.decode()
    assert (UsageRun.objects.count(), sum(bucket.requests or 0 for bucket in UsageBucket.objects.all())) == (
        1,
        7,
    )


def test_a_file_with_missing_columns_fails_on_its_run(
    operator: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = upload(operator, b"model,cost\nm,1\n")
    page = operator.get(answer.url).content.decode()
    assert "Missing columns: timestamp; one of key_alias, tag or workload. Found: model, cost." in page
    assert UsageBucket.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"file": ""}, "Choose the file to upload."),
        ({"file": SimpleUploadedFile("log.csv", b"")}, "This file is empty"),
        ({"source": "Proxy"}, "Proxy is a proxy that is pulled."),
    ],
)
def test_a_bad_upload_keeps_what_was_typed(operator: Client, fields: dict[str, Any], words: str) -> None:
    UsageSource.objects.create(name="Proxy", kind="litellm")
    answer = upload(operator, log(), **fields)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert f'value="{fields.get("source", "Gateway")}"' in answer.content.decode()
    assert UsageRun.objects.count() == 0


def test_a_file_that_is_too_large_is_refused(operator: Client, settings: Any) -> None:
    settings.USAGE_FILE_MAX_BYTES = 10
    answer = upload(operator, log())
    assert answer.status_code == 422
    assert b"Split it by month." in answer.content


def test_the_template_is_a_file_that_goes_in(operator: Client) -> None:
    answer = operator.get(reverse("workloads:usage_template"))
    assert answer["Content-Disposition"] == 'attachment; filename="usage-template.csv"'
    assert counted(answer.content).message == "1 new rows."


@pytest.mark.parametrize(
    ("state", "status", "refresh"),
    [("queued", 200, None), ("running", 200, None), ("done", 286, "true"), ("failed", 286, "true")],
)
def test_the_poll_goes_on_until_the_run_ends(
    operator: Client, state: str, status: int, refresh: str | None
) -> None:
    run = counted(log())
    UsageRun.objects.filter(pk=run.pk).update(state=state)
    url = reverse("workloads:usage_run", args=[run.pk])
    polled = operator.get(url, headers=HTMX)
    assert (polled.status_code, polled.headers.get("HX-Refresh")) == (status, refresh)
    assert b"<html" not in polled.content
    assert f'id="progress-{run.pk}"'.encode() in polled.content
    assert (f'hx-get="{url}"'.encode() in polled.content) == (status == 200)
    page = operator.get(url)
    assert (page.status_code, b"<html" in page.content) == (200, True)


def test_rejected_rows_are_shown_by_reason_and_downloaded_without_formulas(operator: Client) -> None:
    run = counted(log(5, bad=7))
    url = reverse("workloads:usage_run", args=[run.pk])
    page = operator.get(url).content.decode()
    assert "is not a time: write 2026-01-15T09:30:00Z" in page
    assert "7, 8, 9, 10, 11 …" in page
    answer = operator.get(url, {"download": "rejected"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert len(rows) == RejectedRow.objects.count() == 7
    assert (rows[0]["line"], rows[0]["column"], rows[0]["model"]) == ("7", "timestamp", "'=cmd()")


def test_a_proxy_is_connected_by_a_reference_to_its_key(operator: Client) -> None:
    fields = {
        "name": "Proxy",
        "base_url": "https://gateway.example.com",
        "every_hours": 1,
        "history_days": 30,
    }
    refused = operator.post(reverse("workloads:usage"), fields | {"key_ref": "sk-secret"})
    assert refused.status_code == 422
    assert "Write where the key is, not the key" in refused.content.decode()
    assert "sk-secret" not in refused.content.decode()
    assert 'value="https://gateway.example.com"' in refused.content.decode()
    centuries = fields | {"key_ref": "env:PROXY_KEY", "history_days": 99_999}
    assert (
        "less than or equal to 1098" in operator.post(reverse("workloads:usage"), centuries).content.decode()
    )
    operator.post(reverse("workloads:usage"), fields | {"key_ref": "env:PROXY_KEY"})
    source = UsageSource.objects.get()
    assert (source.kind, source.key_ref, source.allow_private) == ("litellm", "env:PROXY_KEY", False)
    operator.post(
        reverse("workloads:usage_source", args=[source.pk]), fields | {"key_ref": "env:B", "every_hours": 4}
    )
    assert UsageSource.objects.get().every_hours == 4


def test_pulling_now_says_why_it_cannot(operator: Client, django_capture_on_commit_callbacks: Any) -> None:
    source = UsageSource.objects.create(
        name="Proxy", kind="litellm", base_url="http://127.0.0.1:1", key_ref="env:NOT_SET_ANYWHERE"
    )
    with django_capture_on_commit_callbacks(execute=True):
        operator.post(reverse("workloads:usage_pull", args=[source.pk]))
    page = operator.get(reverse("workloads:usage_source", args=[source.pk])).content.decode()
    assert "The environment variable NOT_SET_ANYWHERE is not set where the worker runs." in page


def test_a_caller_nobody_registered_is_mapped_and_its_traffic_moves(operator: Client) -> None:
    counted(log(4))
    workload = factories.WorkloadFactory(name="Spring hackathon")
    url = reverse("workloads:attribution")
    page = operator.get(url).content.decode()
    assert "1 caller nobody registered" in page
    assert "?field=key_alias&amp;pattern=hackathon#rule" in page
    offered = operator.get(url, {"field": "key_alias", "pattern": "hackathon"}).content.decode()
    assert 'value="hackathon"' in offered
    rule = {"field": "key_alias", "pattern": "hackathon", "workload": workload.pk, "priority": 100}
    tried = operator.post(url, rule | {"action": "try"}, headers=HTMX).content.decode()
    assert ("480" in tried, "<html" in tried, AttributionRule.objects.count()) == (True, False, 0)
    saved = operator.post(url, rule | {"action": "save"}, follow=True).content.decode()
    assert "Spring hackathon counts them from now on." in saved
    assert set(UsageBucket.objects.values_list("workload", flat=True)) == {workload.pk}
    assert "All of last month&#x27;s traffic belongs to a workload" in saved.replace("'", "&#x27;")
    removed = operator.post(url, {"action": "remove", "rule": AttributionRule.objects.get().pk}, follow=True)
    assert "1 caller nobody registered" in removed.content.decode()


def test_trying_without_script_keeps_what_was_typed(operator: Client) -> None:
    counted(log(4))
    rule = {"action": "try", "field": "key_alias", "pattern": "hack*", "priority": 5}
    page = operator.post(reverse("workloads:attribution"), rule).content.decode()
    assert 'value="hack*"' in page
    assert "What it matches" in page


def test_a_rule_for_a_segment_of_another_workload_is_refused(operator: Client) -> None:
    counted(log(4))
    workload, segment = factories.WorkloadFactory(name="FAQ"), factories.SegmentFactory()
    rule = {
        "field": "key_alias",
        "pattern": "x",
        "workload": workload.pk,
        "segment": segment.pk,
        "priority": 1,
    }
    answer = operator.post(reverse("workloads:attribution"), rule | {"action": "save"})
    assert answer.status_code == 422
    assert "This segment is not one of FAQ." in answer.content.decode()
    assert AttributionRule.objects.count() == 0


@pytest.mark.parametrize("name", ["usage", "attribution"])
def test_pages_take_as_many_queries_with_three_sources_as_with_one(operator: Client, name: str) -> None:
    url = reverse(f"workloads:{name}")
    counts = []
    for sources in (1, 3):
        for number in range(sources):
            counted(log(4, key=f"key-{number}"), source=f"Source {number}")
            factories.WorkloadFactory()
        operator.get(url)
        with CaptureQueriesContext(connection) as queries:
            operator.get(url)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_before_any_usage_the_page_says_what_to_do(operator: Client) -> None:
    page = operator.get(reverse("workloads:usage")).content.decode()
    assert "No usage has been counted yet" in page
    assert "Upload a request log as CSV, or connect a LiteLLM proxy below." in page


def test_the_command_does_what_the_upload_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(log(6, bad=1))
    for _ in range(2):
        call_command("ingest", "usage", "--source", "csv", str(path), "--name", "Gateway")
    assert capsys.readouterr().out.splitlines() == [
        "6 new rows, 1 bad rows left out.",
        "0 new rows: this very file was counted before.",
    ]
    assert sum(bucket.requests or 0 for bucket in UsageBucket.objects.all()) == 6


def test_the_command_says_why_it_counted_nothing(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(b"model,cost\nm,1\n")
    with pytest.raises(CommandError, match="Missing columns: timestamp"):
        call_command("ingest", "usage", str(path))
    with pytest.raises(CommandError, match="No such file"):
        call_command("ingest", "usage", str(tmp_path / "gone.csv"))


def test_the_command_counts_the_good_rows_of_a_held_file_when_told_to(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(log(100, bad=30))
    with pytest.raises(CommandError) as held:
        call_command("ingest", "usage", str(path))
    message, *listed, way_out = str(held.value).splitlines()
    assert message.startswith("30 of 130 rows (23.08 %) cannot be read; above 1 % the file is held.")
    assert listed[0] == "line 102: timestamp is not a time: write 2026-01-15T09:30:00Z"
    assert len(listed) == 10
    assert way_out == "To count the good rows: --accept-bad-rows."
    said = io.StringIO()
    call_command("ingest", "usage", str(path), "--accept-bad-rows", stdout=said)
    assert said.getvalue() == "100 new rows, 30 bad rows left out.\n"


def test_the_command_does_not_offer_to_count_what_has_no_good_row(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(log(0, bad=3))
    with pytest.raises(CommandError) as held:
        call_command("ingest", "usage", str(path))
    assert "--accept-bad-rows" not in str(held.value)


def test_times_are_read_as_utc() -> None:
    run = counted(b"timestamp,model,cost,tag\n2026-01-15T09:30:00,m,1,t\n")
    assert UsageBucket.objects.get().bucket_start == datetime(2026, 1, 15, 9, tzinfo=UTC)
    assert run.state == RunState.DONE
