"""Pulling a LiteLLM proxy: the recorded row, pages and edges, errors by name, and windows that heal."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from planner.jobs import RunState
from workloads.models import RejectedRow, UsageBucket, UsageRun, UsageSource
from workloads.services import usage
from workloads.usage import litellm, outgoing
from workloads.usage.base import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

RECORDED: dict[str, Any] = json.loads(
    (Path(__file__).parent / "recordings/litellm_spendlog_row.json").read_text()
)
AS_OF = datetime(2026, 1, 10, 5, 30, tzinfo=UTC)


def row(number: int, at: datetime, **changes: Any) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "user_api_key_alias": "support",
        "spend_logs_metadata": None,
        "usage_object": {},
    }
    return RECORDED | {
        "request_id": f"r{number}",
        "startTime": at.strftime("%Y-%m-%d %H:%M:%S.%f+00:00"),
        "metadata": metadata,
        "prompt_tokens": 100,
        "completion_tokens": 10,
        "spend": 0.001,
    } | changes  # fmt: skip


class Proxy:
    """A proxy that answers as LiteLLM does: inclusive ends, pages, a total that stops at a cap."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.cap = 10_000
        self.answer: tuple[int, str, dict[str, str]] | None = None
        self.asked: list[dict[str, str]] = []
        self.authorisation = ""

    def reply(self, query: dict[str, str]) -> dict[str, Any]:
        start, end = query["start_date"], query["end_date"]
        within = [r for r in self.rows if start <= r["startTime"][:19] <= end]
        size, page = int(query["page_size"]), int(query["page"])
        data = sorted(within, key=lambda r: str(r["startTime"]))[(page - 1) * size : page * size]
        capped = len(within) > self.cap
        return {"data": data, "total": min(len(within), self.cap), "page": page, "total_is_capped": capped}

    @contextmanager
    def served(self) -> Iterator[str]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                proxy.asked.append(query)
                proxy.authorisation = self.headers["Authorization"]
                status, body, headers = proxy.answer or (200, json.dumps(proxy.reply(query)), {})
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *args: object) -> None:
                """Quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


@pytest.fixture
def proxy() -> Proxy:
    return Proxy()


@pytest.fixture
def source(db: None, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> Iterator[UsageSource]:
    monkeypatch.setenv("PROXY_KEY", "sk-secret")
    monkeypatch.setattr(outgoing, "LONGEST_WAIT", 0.0)
    with proxy.served() as address:
        yield UsageSource.objects.create(
            name="Proxy",
            kind="litellm",
            base_url=address,
            key_ref="env:PROXY_KEY",
            allow_private=True,
            history_days=1,
        )


def unsent(run_id: int) -> None:
    """No worker: the test works the run itself."""


def pull(source: UsageSource, *, as_of: datetime = AS_OF) -> UsageRun:
    run = usage.ask_pull(source, slot=as_of.isoformat(), as_of=as_of, send=unsent)
    usage.run_usage(run.pk)
    return UsageRun.objects.get(pk=run.pk)


def test_the_recorded_row_is_read_inclusively() -> None:
    read = litellm.parse(RECORDED)
    assert (read.provider, read.model, read.currency) == ("anthropic", "claude-sonnet-4-5", "USD")
    assert tuple(read.tokens) == (1200, 300, 1024, 0, 0, False)
    assert (read.cost, read.latency_ms, read.failed) == (Decimal("0.005335200000000001"), 251, False)
    assert read.at == datetime(2026, 11, 21, 1, 53, 20, 149124, tzinfo=UTC)
    assert read.dimensions == ()


def test_metadata_and_tags_may_be_json_in_a_string() -> None:
    metadata = {
        "user_api_key_alias": "bot",
        "spend_logs_metadata": {"workload": "FAQ"},
        "usage_object": {"prompt_tokens_details": {"cached_tokens": 7}},
    }
    read = litellm.parse(RECORDED | {"metadata": json.dumps(metadata), "request_tags": '["blue", "red"]'})
    assert dict(read.dimensions) == {"key_alias": "bot", "tag": "blue,red", "workload": "FAQ"}
    assert read.tokens.cached == 7


@pytest.mark.parametrize(
    ("tier", "kept"), [("priority", {"metadata.service_tier": "priority"}), ("default", {})]
)
def test_only_a_service_tier_with_prices_of_its_own_is_kept(tier: str, kept: dict[str, str]) -> None:
    read = litellm.parse(RECORDED | {"metadata": {"usage_object": {"service_tier": tier}}})
    assert dict(read.dimensions) == kept


def test_a_tag_that_names_the_workload_goes_first() -> None:
    metadata = {"spend_logs_metadata": {"workload": "Other"}}
    read = litellm.parse(RECORDED | {"metadata": metadata, "request_tags": ["workload:FAQ"]})
    assert dict(read.dimensions)["workload"] == "FAQ"


def test_spend_of_nothing_is_unknown() -> None:
    assert litellm.parse(RECORDED | {"spend": 0.0}).cost is None


def test_a_pull_counts_every_request_once(source: UsageSource, proxy: Proxy) -> None:
    noon = datetime(2026, 1, 9, 12, tzinfo=UTC)
    proxy.rows = [row(n, noon + timedelta(seconds=n)) for n in range(2_500)]
    proxy.rows += [row(9_000, noon + timedelta(hours=1)), row(9_001, noon - timedelta(microseconds=1))]
    run = pull(source)
    assert (run.state, run.message) == (RunState.DONE, "3 of 25 hours changed, 2,502 rows read.")
    assert dict(UsageBucket.objects.values_list("bucket_start", "requests")) == {
        noon - timedelta(hours=1): 1,
        noon: 2_500,
        noon + timedelta(hours=1): 1,
    }
    assert proxy.authorisation == "Bearer sk-secret"


def test_a_capped_window_is_split(source: UsageSource, proxy: Proxy) -> None:
    noon = datetime(2026, 1, 9, 12, tzinfo=UTC)
    proxy.cap = 100
    proxy.rows = [row(n, noon + timedelta(seconds=7 * n)) for n in range(400)]
    pull(source)
    assert UsageBucket.objects.get().requests == 400


def test_pulling_again_changes_nothing_and_late_rows_come_in(source: UsageSource, proxy: Proxy) -> None:
    noon = datetime(2026, 1, 9, 12, tzinfo=UTC)
    proxy.rows = [row(n, noon + timedelta(seconds=n)) for n in range(50)]
    pull(source)
    before = UsageBucket.objects.values_list("pk", "requests", "input_tokens").get()
    again = pull(source, as_of=AS_OF + timedelta(hours=1))
    assert again.counts["hours_changed"] == 0
    assert UsageBucket.objects.values_list("pk", "requests", "input_tokens").get() == before
    proxy.rows.append(row(99, noon + timedelta(minutes=30)))
    proxy.rows[0]["spend"] = 1.0
    healed = pull(source, as_of=AS_OF + timedelta(hours=2))
    assert healed.counts["hours_changed"] == 1
    bucket = UsageBucket.objects.get()
    assert (bucket.requests, bucket.cost_reported) == (51, Decimal("1.05"))


def test_a_log_that_was_pruned_does_not_take_back_what_was_counted(source: UsageSource, proxy: Proxy) -> None:
    noon = datetime(2026, 1, 9, 12, tzinfo=UTC)
    proxy.rows = [row(n, noon + timedelta(seconds=n)) for n in range(50)]
    pull(source)
    proxy.rows = proxy.rows[:10]
    assert pull(source, as_of=AS_OF + timedelta(hours=1)).counts["hours_changed"] == 0
    assert UsageBucket.objects.get().requests == 50


def test_a_bad_row_is_listed_without_its_text(source: UsageSource, proxy: Proxy) -> None:
    noon = datetime(2026, 1, 9, 12, tzinfo=UTC)
    proxy.rows = [row(1, noon), row(2, noon, prompt_tokens=-3, messages="MARKED", response="MARKED")]
    run = pull(source)
    assert run.counts["bad"] == 1
    rejected = RejectedRow.objects.get()
    assert (rejected.line, rejected.column, rejected.reason) == (1, "prompt_tokens", "is negative")
    assert "MARKED" not in json.dumps(rejected.row)


def test_a_run_goes_on_from_its_cursor(source: UsageSource, proxy: Proxy) -> None:
    run = usage.ask_pull(source, slot="s", as_of=AS_OF, send=unsent)
    usage.run_usage(run.pk, seconds=0)
    half = UsageRun.objects.get(pk=run.pk)
    assert (half.state, half.counts["hours"]) == (RunState.QUEUED, 1)
    usage.run_usage(run.pk)
    done = UsageRun.objects.get(pk=run.pk)
    assert (done.state, done.counts["hours"], len(proxy.asked)) == (
        RunState.DONE,
        done.progress_total,
        done.progress_total,
    )


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((401, "no", {}), "refused the key (unauthorised)"),
        ((404, "no", {}), "not found"),
        ((429, "no", {"Retry-After": "7"}), "rate limited"),
        ((500, "no", {}), "an error of its own (status 500)"),
        ((302, "", {"Location": "http://elsewhere.example"}), "(a redirect), which is not followed"),
        ((200, "<html>Sign in</html>", {}), "a web page (HTML) instead of JSON"),
        ((200, '{"data": [', {}), "broken JSON"),
        ((200, "[]", {}), "has no list `data`"),
    ],
)
def test_an_error_of_the_source_is_named(
    source: UsageSource, proxy: Proxy, answer: tuple[int, str, dict[str, str]], words: str
) -> None:
    proxy.answer = answer
    run = pull(source)
    assert run.state == RunState.FAILED
    assert words in run.message
    assert "sk-secret" not in run.message


def test_an_address_inside_the_network_is_refused_unless_allowed(source: UsageSource, proxy: Proxy) -> None:
    source.allow_private = False
    source.save()
    run = pull(source)
    assert run.state == RunState.FAILED
    assert "127.0.0.1 is at 127.0.0.1, an address inside this network" in run.message
    assert "may be reached at a private address" in run.message
    assert proxy.asked == []


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "0.0.0.0", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]"]
)
def test_some_addresses_are_refused_whatever_is_allowed(address: str) -> None:
    with pytest.raises(SourceError, match="that is never called"):
        outgoing.JsonSource(f"http://{address}/", "key", allow_private=True).get("/x", {})


@pytest.mark.parametrize("address", ["file:///etc/passwd", "http://user@example.com", "ftp://example.com"])
def test_only_plain_web_addresses_are_called(address: str) -> None:
    with pytest.raises(SourceError, match="must begin with http"):
        outgoing.JsonSource(address, "key", allow_private=True)


def test_a_key_that_is_not_there_says_where_it_was_looked_for(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sk-1\n")
    assert outgoing.secret(f"file:{tmp_path / 'key'}", {}) == "sk-1"
    assert outgoing.secret("env:KEY", {"KEY": "sk-2"}) == "sk-2"
    with pytest.raises(SourceError, match="The environment variable KEY is not set"):
        outgoing.secret("env:KEY", {})
    with pytest.raises(SourceError, match="cannot be read"):
        outgoing.secret("file:/nowhere/key", {})
    with pytest.raises(SourceError, match="must be a reference"):
        outgoing.secret("sk-1", {})


def test_a_slot_is_asked_for_once(source: UsageSource) -> None:
    assert usage.due_usage_runs(AS_OF, unsent) == 1
    assert usage.due_usage_runs(AS_OF + timedelta(minutes=20), unsent) == 0
    usage.run_usage(UsageRun.objects.get().pk)
    assert usage.due_usage_runs(AS_OF + timedelta(minutes=40), unsent) == 1
    newest = UsageRun.objects.first()
    assert newest is not None
    assert (newest.window_start, newest.window_end) == (
        datetime(2026, 1, 8, 6, tzinfo=UTC),
        datetime(2026, 1, 10, 7, tzinfo=UTC),
    )
