"""Rows of a table of configurations, measured or to be predicted: read, refused in one sentence, predicted at once."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.engine.capacity import specs
from planner.engine.capacity.closed_loop import closed_loop
from planner.engine.capacity.errors import CapacityError
from planner.engine.capacity.load import (
    CLOSED_BATCH_MAX,
    OFFLINE_BATCH_MAX,
    OFFLINE_CONTEXT,
    SERVED_CONTEXT,
    UNLIMITED,
    Load,
)
from planner.engine.capacity.precision import precision
from planner.engine.capacity.replica import counted, replicas

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from planner.engine.capacity.calibration import Calibration
    from planner.engine.capacity.replica import Replica

ASKED: Final = ("row_id", "model", "gpu", "precision", "n_gpu", "input_tokens", "output_tokens")


class Kind(StrEnum):
    """How requests come: so many in flight, all at the start, or at random at a rate."""

    CLOSED = "closed-loop"
    BURST = "burst"
    OFFLINE = "offline"
    OPEN = "open-loop"


@dataclass(frozen=True, slots=True)
class Row:
    """One configuration and load; `out_tok_s` where it was measured. Names are those of the tables that ship."""

    row_id: str
    model: str
    gpu: str
    precision: str
    gpus: int
    kind: Kind
    input_tokens: float
    output_tokens: float
    concurrency: float
    requests_s: float | None = None
    out_tok_s: float | None = None
    engine: str = ""
    engine_version: str = ""
    measured_on: str = ""
    source: str = ""
    licence: str = ""

    @property
    def configuration(self) -> tuple[str, str, str, int]:
        return self.model, self.gpu, self.precision, self.gpus


@cache
def measured() -> tuple[Row, ...]:
    """The measured rows that ship, in their order; sources and licences in data/NOTICE.md."""
    with (specs.DATA / "throughput.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(as_row(cells) for cells in csv.DictReader(lines))


def as_row(cells: Mapping[str, str | None]) -> Row:
    """A row of a table with the columns of throughput.csv. CapacityError names the column that is wrong."""
    text = {column: (value or "").strip() for column, value in cells.items() if isinstance(column, str)}
    for column in ASKED:
        if not text.get(column):
            raise CapacityError(column, f"{column} is empty.")
    number, maybe = _number(text), _optional(text)
    rate, concurrency = maybe("qps"), maybe("concurrency")
    kind = _kind(text.get("kind", ""), rate, concurrency)
    return Row(
        row_id=text["row_id"],
        model=_column("model", lambda: specs.model(text["model"]).name),
        gpu=_column("gpu", lambda: specs.gpu(text["gpu"]).name),
        precision=_column("precision", lambda: str(precision(text["precision"]))),
        gpus=_gpus(number("n_gpu")),
        kind=kind,
        input_tokens=number("input_tokens"),
        output_tokens=number("output_tokens"),
        concurrency=UNLIMITED if kind in (Kind.OFFLINE, Kind.OPEN) else concurrency or 0.0,
        requests_s=rate if kind is Kind.OPEN else None,
        out_tok_s=maybe("out_tok_s"),
        engine=text.get("engine", ""),
        engine_version=text.get("engine_version", ""),
        measured_on=text.get("measured_on", ""),
        source=text.get("source", ""),
        licence=text.get("licence", ""),
    )


def loads(rows: Sequence[Row]) -> Load:
    """What the rows ask for, as arrays; arrivals at random as if requests were always waiting."""
    is_offline = np.array([row.kind is Kind.OFFLINE for row in rows], dtype=bool)
    return Load(
        input_tokens=np.array([row.input_tokens for row in rows], dtype=float),
        output_tokens=np.array([row.output_tokens for row in rows], dtype=float),
        concurrency=np.array([row.concurrency for row in rows], dtype=float),
        batch_max=np.where(is_offline, OFFLINE_BATCH_MAX, CLOSED_BATCH_MAX),
        held_share=np.where(is_offline, OFFLINE_CONTEXT, SERVED_CONTEXT),
    )


def roofline(rows: Sequence[Row], calibration: Calibration) -> Any:
    """Output tokens a second of each row with requests always waiting, by the roofline alone; NaN where refused."""
    return served(rows, calibration).out_tok_s


def served(rows: Sequence[Row], calibration: Calibration) -> Any:
    """The same with its parts: see `closed_loop`."""
    return closed_loop(machines(rows, calibration), loads(rows), calibration)


def machines(rows: Sequence[Row], calibration: Calibration) -> Replica:
    """The replicas of the rows, as arrays."""
    return replicas(
        [row.model for row in rows],
        [row.gpu for row in rows],
        [row.gpus for row in rows],
        [row.precision for row in rows],
        calibration,
    )


def arriving(rows: Sequence[Row], out_tok_s: Any) -> Any:
    """Where requests arrive at a rate no more is served than arrives; elsewhere the numbers themselves."""
    asked = [UNLIMITED if row.requests_s is None else row.requests_s * row.output_tokens for row in rows]
    return np.minimum(out_tok_s, np.array(asked, dtype=float))


def _kind(name: str, rate: float | None, concurrency: float | None) -> Kind:
    """As named; where nobody names it, a rate means arrivals, a concurrency a closed loop, neither offline."""
    if name and name not in tuple(Kind):
        raise CapacityError("kind", f"kind {name!r} is not known. Known: {', '.join(Kind)}.")
    found = Kind(name) if name else Kind.OPEN if rate else Kind.CLOSED if concurrency else Kind.OFFLINE
    if found is Kind.OPEN and rate is None:
        raise CapacityError("qps", "qps is empty: open-loop rows need requests a second.")
    if found in (Kind.CLOSED, Kind.BURST) and concurrency is None:
        raise CapacityError("concurrency", f"concurrency is empty: {found} rows need requests in flight.")
    return found


def _gpus(number: float) -> int:
    if number != int(number):
        raise CapacityError("n_gpu", f"n_gpu must be a whole number, not {number:g}.")
    return counted(int(number))


def _number(text: Mapping[str, str]) -> Callable[[str], float]:
    def read(column: str) -> float:
        try:
            value = float(text[column])
        except ValueError:
            raise CapacityError(column, f"{column} {text[column]!r} is not a number.") from None
        if not (value > 0 and math.isfinite(value)):
            raise CapacityError(column, f"{column} must be a number above 0, not {text[column]}.")
        return value

    return read


def _optional(text: Mapping[str, str]) -> Callable[[str], float | None]:
    number = _number(text)
    return lambda column: number(column) if text.get(column) else None


def _column(column: str, read: Callable[[], str]) -> str:
    try:
        return read()
    except CapacityError as error:
        raise CapacityError(column, error.message) from None
