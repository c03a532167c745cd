"""Where a load lies among the measured ones, and which of these are nearest to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.engine.capacity import specs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.engine.capacity.rows import Row

OFFLINE_CONCURRENCY: Final = 512.0  # what "as many as fit" counts as
GPUS_WEIGH: Final = 1.5  # a doubling of GPUs lies further than a doubling of lengths
NEAREST: Final = 5


def places(rows: Sequence[Row]) -> Any:
    """A point for each row, shape (rows, 4): ln input, ln output, ln concurrency, 1.5 ln GPUs."""
    columns = [
        (
            row.input_tokens,
            row.output_tokens,
            OFFLINE_CONCURRENCY if np.isinf(row.concurrency) else row.concurrency,
            row.gpus,
        )
        for row in rows
    ]
    return np.log(np.array(columns, dtype=float).reshape(-1, 4)) * (1.0, 1.0, 1.0, GPUS_WEIGH)


def family(row: Row) -> tuple[str, str, str]:
    """Model, GPU and precision, within which rows are neighbours; models of one shape count as one."""
    return specs.model(row.model).measured_as, row.gpu, row.precision


def newest_first(rows: Sequence[Row]) -> list[int]:
    """The rows' places, the latest measurement and engine version first, otherwise as they stand."""
    return sorted(
        range(len(rows)),
        key=lambda place: (rows[place].measured_on, _version(rows[place].engine_version)),
        reverse=True,
    )


def nearest(point: Any, known: Any, candidates: Any, number: int = NEAREST) -> Any:
    """Of `candidates` (places in `known`, newest first) those nearest to a point, the newer first at equal distance."""
    distances = ((known[candidates] - point) ** 2).sum(axis=1)
    return candidates[np.argsort(distances, kind="stable")[:number]]


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text))
