"""Timing: the best and the middle of several runs, and the machine they were made on."""

from __future__ import annotations

import os
import platform
import statistics
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

MS = 1000


@dataclass(frozen=True)
class Timing:
    """Milliseconds of one run: the best and the middle."""

    best_ms: float
    median_ms: float


def timed(run: Callable[[], object], times: int) -> Timing:
    """RUN is run once to warm up, then so many times."""
    run()
    taken = []
    for _ in range(times):
        began = perf_counter()
        run()
        taken.append((perf_counter() - began) * MS)
    return Timing(min(taken), statistics.median(taken))


def machine() -> str:
    """What the figures were measured on."""
    return (
        f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, numpy {np.__version__}"
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"
