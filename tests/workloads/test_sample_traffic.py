"""The sample's usage file: the same for the same seed, calibrated, and readable but for a few rows."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from workloads.sample import traffic
from workloads.usage.csv_file import Line, UsageFile

if TYPE_CHECKING:
    from pathlib import Path

UNTIL = datetime(2026, 3, 2, 10, 20, tzinfo=UTC)
SPECS = [
    {"key_alias": "desk", "provider": "openai", "model": "gpt-5.2", "tokens_month": 30_000_000, "in_out_ratio": 4,
     "interactive": True, "cached_share": 0.3, "growth": 0.1},
    {"key_alias": "bulk", "provider": "own", "model": "llama-3.3-70b", "tokens_month": 2_000_000_000, "in_out_ratio": 8,
     "interactive": False, "cached_share": 0.0, "growth": 0.0},
]  # fmt: skip


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[Line]:
    path = tmp_path_factory.mktemp("sample") / "log.csv"
    patch = pytest.MonkeyPatch()
    patch.setattr(traffic, "ROWS", 30_000)
    traffic.write_traffic(path, SPECS, seed=7, until=UNTIL)
    patch.undo()
    with path.open("rb") as stream:
        return list(UsageFile(stream, latest=UNTIL + timedelta(days=1)).rows())


def tokens(lines: list[Line], key: str, since: datetime) -> int:
    return sum(
        (line.row.tokens.input or 0) + (line.row.tokens.output or 0)
        for line in lines
        if line.row and line.row.at >= since and dict(line.row.dimensions)["key_alias"] == key
    )


def test_the_last_month_has_the_tokens_asked_for(lines: list[Line]) -> None:
    since = UNTIL.replace(minute=0) - timedelta(days=30)
    for spec in SPECS:
        asked = int(str(spec["tokens_month"]))
        assert abs(tokens(lines, str(spec["key_alias"]), since) - asked) <= asked // 100


def test_a_few_rows_cannot_be_read_each_kind_by_its_column(lines: list[Line]) -> None:
    bad = Counter((line.bad.column, line.bad.reason) for line in lines if line.bad)
    assert abs(bad.total() - len(lines) * traffic.BAD_SHARE) <= 2
    assert {column for column, _ in bad} == {column for column, _ in traffic.FLAWS}


def test_an_own_model_has_no_price_and_large_rows_are_batches(lines: list[Line]) -> None:
    rows = [line.row for line in lines if line.row]
    assert {row.cost is None for row in rows if row.provider == "own"} == {True}
    assert {row.cost is None for row in rows if row.provider == "openai"} == {False}
    assert max(row.requests for row in rows) > 100


def test_office_traffic_grows_and_rests_at_weekends(lines: list[Line]) -> None:
    day = [0] * 7
    for line in lines:
        if line.row and dict(line.row.dimensions)["key_alias"] == "desk":
            day[line.row.at.weekday()] += line.row.tokens.input or 0
    assert max(day[5:]) < 0.7 * min(day[:5])
    month = timedelta(days=28)
    end = UNTIL.replace(minute=0)
    last = tokens(lines, "desk", end - month)
    before = tokens(lines, "desk", end - 2 * month) - last
    assert 1.03 < last / before < 1.17


def test_the_same_seed_writes_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "ROWS", 2_000)
    written = []
    for number, seed in enumerate((1, 1, 2)):
        path = tmp_path / f"{number}.csv"
        traffic.write_traffic(path, SPECS[:1], seed=seed, until=UNTIL, days=10)
        written.append(path.read_bytes())
    assert written[0] == written[1]
    assert written[0] != written[2]


def test_the_shipped_portfolio_is_a_spec_the_generator_reads() -> None:
    portfolio = settings.BASE_DIR / "planner/management/sample/portfolio.toml"
    plan = tomllib.loads(portfolio.read_text())
    specs = [given["traffic"] | {"tokens_month": 1} for given in plan["workloads"]] + plan["unregistered"]
    streams = [traffic.Stream.of(spec) for spec in specs]
    prices = traffic.list_prices()
    unpriced = {stream.provider for stream in streams if (stream.provider, stream.model) not in prices}
    assert unpriced == {"own"}
