"""The sample portfolio's usage: a gateway's request log as a CSV file, the same for the same seed.

Figures are made up, the shape is not: growth, weekdays, office hours, cached prompts, slow answers, failures,
a few rows that cannot be read. Where a list price of January 2026 is known (list_prices.csv) a row has a cost.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

ROWS = 300_000
MONTH_HOURS = 30 * 24
TOKENS_PER_REQUEST = {True: 1_500, False: 4_000}  # interactive, batch
MEDIAN_LATENCY_MS = {True: 900, False: 4_000}
FAILED_SHARE = 0.004
BAD_SHARE = 0.0005
# Each makes one good row unreadable in its own way: the column, and what stands there instead.
FLAWS = (
    ("input_tokens", "-412"),
    ("timestamp", "15/01/26 09:30"),
    ("model", ""),
    ("cost", "n/a"),
    ("output_tokens", "12.5"),
    ("timestamp", "2126-01-15T09:30:00Z"),
    ("requests", "0"),
    ("currency", "dollars"),
)


@dataclass(frozen=True)
class Stream:
    """The traffic of one API key; tokens_month are those of the last 30 days, growth is per month (0.05 = 5 %)."""

    key_alias: str
    provider: str
    model: str
    tokens_month: int
    in_out_ratio: float
    interactive: bool
    cached_share: float = 0.0
    growth: float = 0.0

    @classmethod
    def of(cls, spec: Mapping[str, Any]) -> Stream:
        return cls(**{field.name: spec[field.name] for field in fields(cls) if field.name in spec})


def write_traffic(
    path: Path, specs: Iterable[Mapping[str, Any]], *, seed: int, until: datetime, days: int = 90
) -> int:
    """Writes about 300,000 rows of DAYS days up to the hour of UNTIL to PATH; returns how many."""
    streams = [Stream.of(spec) for spec in specs]
    end = until.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    hours = pd.date_range(end - timedelta(days=days), end, freq="h", inclusive="left")
    random = np.random.default_rng(seed)
    weights = np.sqrt([stream.tokens_month for stream in streams])
    rows = np.maximum(ROWS * (1 - BAD_SHARE) * weights / weights.sum(), 2 * len(hours)).astype(int)
    frames = [
        stream_rows(stream, int(count), hours, random) for stream, count in zip(streams, rows, strict=True)
    ]
    table = pd.concat(frames).sort_values("timestamp", kind="stable", ignore_index=True)
    table["timestamp"] = table["timestamp"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    table["request_id"] = [f"req-{seed}-{number:07d}" for number in range(len(table))]
    table = with_flaws(table.astype("string").fillna(""), random)
    table.to_csv(path, index=False, lineterminator="\r\n")
    return len(table)


def stream_rows(
    stream: Stream, count: int, hours: pd.DatetimeIndex, random: np.random.Generator
) -> pd.DataFrame:
    """COUNT rows of one key, spread over the hours as its load is, their tokens calibrated to its month."""
    load = hourly_load(stream, hours, random)
    place = np.searchsorted(np.cumsum(load) / load.sum(), (np.arange(count) + random.random()) / count)
    place = np.minimum(place, len(hours) - 1)
    in_hour = np.bincount(place, minlength=len(hours))
    tokens = load[place] / in_hour[place] * noise(random, count, 0.35)
    tokens *= stream.tokens_month / tokens[place >= len(hours) - MONTH_HOURS].sum()
    output = np.maximum(tokens / (1 + stream.in_out_ratio) * noise(random, count, 0.15), 1).round()
    given = np.maximum(tokens - output, 1).round()
    cached = (given * np.clip(stream.cached_share * noise(random, count, 0.2), 0, 0.95)).astype("int64")
    seconds = pd.to_timedelta(random.integers(0, 3600, count), unit="s")
    return pd.DataFrame(
        {
            "timestamp": hours[place] + seconds,
            "provider": stream.provider,
            "model": stream.model,
            "input_tokens": given.astype("int64"),
            "output_tokens": output.astype("int64"),
            "cached_input_tokens": cached,
            "requests": np.maximum((given + output) / TOKENS_PER_REQUEST[stream.interactive], 1).astype(
                "int64"
            ),
            "cost": cost(stream, given, cached, output),
            "currency": "USD",
            "latency_ms": (MEDIAN_LATENCY_MS[stream.interactive] * noise(random, count, 0.6)).astype("int64"),
            "status": np.where(random.random(count) < FAILED_SHARE, "timeout", "success"),
            "key_alias": stream.key_alias,
        }
    )


def hourly_load(stream: Stream, hours: pd.DatetimeIndex, random: np.random.Generator) -> Numbers:
    """The expected load of every hour: growth, weekdays, office hours, and days that differ."""
    age = np.arange(len(hours)) / MONTH_HOURS
    weekend = hours.day_of_week.to_numpy() >= 5  # noqa: PLR2004  Saturday
    of_day = hours.hour.to_numpy()
    if stream.interactive:
        office = np.exp(-(((of_day - 13) / 5.0) ** 2))
        shape = (0.35 + office) * np.where(weekend, 0.45, 1.0)
    else:
        shape = 1 + 0.15 * np.cos((of_day - 2) / 24 * 2 * np.pi)  # a little more at night
    day = np.repeat(noise(random, len(hours) // 24 + 1, 0.03), 24)[: len(hours)]
    load: Numbers = (1 + stream.growth) ** age * shape * day
    return load


def noise(random: np.random.Generator, count: int, spread: float) -> Numbers:
    """Factors around 1."""
    return random.lognormal(-(spread**2) / 2, spread, count)


def cost(stream: Stream, given: Numbers, cached: NDArray[np.int64], output: Numbers) -> NDArray[np.object_]:
    """Dollars per row at the list price; empty where none is known, as of a model one hosts oneself."""
    price = list_prices().get((stream.provider, stream.model))
    if price is None:
        return np.full(len(given), "", dtype=object)
    per_input, per_output, per_cached = price
    dollars = ((given - cached) * per_input + cached * per_cached + output * per_output) / 1_000_000
    return np.char.mod("%.8f", dollars).astype(object)


def list_prices() -> dict[tuple[str, str], tuple[float, float, float]]:
    with (Path(__file__).parent / "list_prices.csv").open(encoding="utf-8", newline="") as file:
        return {
            (row["provider"], row["model"]): (
                float(row["input_usd_per_mtok"]),
                float(row["output_usd_per_mtok"]),
                float(row["cached_input_usd_per_mtok"]),
            )
            for row in csv.DictReader(file)
        }


def with_flaws(table: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """The same rows, and among them copies of a few of them that cannot be read."""
    places = np.sort(random.choice(len(table), int(len(table) * BAD_SHARE), replace=False))
    bad = table.iloc[places].copy()
    bad["request_id"] = "flawed-" + bad["request_id"]
    for number, label in enumerate(bad.index):
        column, text = FLAWS[number % len(FLAWS)]
        bad.loc[label, column] = text
    return pd.concat([table, bad]).sort_index(kind="stable")
