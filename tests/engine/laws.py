"""How many examples a law is tried on: few in every run, LAW_TIMES=30 for thousands of each."""

from __future__ import annotations

import os

TIMES = int(os.environ.get("LAW_TIMES", "1"))


def examples(number: int) -> int:
    return number * TIMES
