"""Reads what a serving benchmark printed or saved: `vllm bench serve` and `sglang.bench_serving`, as text or JSON.

Formats: vllm/benchmarks/serve.py and python/sglang/bench_serving.py, which print the same block and save the same
names.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from planner.engine.capacity.errors import CapacityError

if TYPE_CHECKING:
    from collections.abc import Mapping

BLOCK: Final = "Serving Benchmark Result"
LINE: Final = re.compile(r"^\s*(?P<label>[A-Za-z][^:]*?)\s*:\s*(?P<value>\S.*?)\s*$")
LABELS: Final = {
    "successful requests": "completed",
    "failed requests": "failed",
    "maximum request concurrency": "max_concurrency",
    "max request concurrency": "max_concurrency",
    "concurrency": "concurrency",
    "traffic request rate": "request_rate",
    "request rate configured (rps)": "request_rate",
    "benchmark duration (s)": "duration",
    "total input tokens": "total_input_tokens",
    "total generated tokens": "total_output_tokens",
    "output token throughput (tok/s)": "output_throughput",
    "mean ttft (ms)": "mean_ttft_ms",
    "mean tpot (ms)": "mean_tpot_ms",
}
NEEDED: Final = {
    "completed": "Successful requests",
    "total_input_tokens": "Total input tokens",
    "total_output_tokens": "Total generated tokens",
    "output_throughput": "Output token throughput (tok/s)",
}
NOTHING_SAID: Final = ("", "none", "null", "not set", "n/a")
PASTE: Final = (
    'Paste everything from the line "Serving Benchmark Result" to the closing line of "=", '
    "or the JSON file that --save-result wrote."
)
AGREE: Final = 0.05  # of the throughput: printed totals are rounded


@dataclass(frozen=True, slots=True)
class BenchmarkOutput:
    """One run: requests that succeeded and failed, requests in flight, mean tokens in and out of a request, output
    tokens a second, and mean milliseconds to the first and per later token where they were printed.
    """

    completed: int
    failed: int
    concurrency: float
    input_tokens: float
    output_tokens: float
    out_tok_s: float
    ttft_ms: float | None
    tpot_ms: float | None


class BenchmarkOutputError(CapacityError):
    """The text is no benchmark output, or something in it is missing or wrong."""

    def __init__(self, message: str) -> None:
        super().__init__("Benchmark output", message)


def read(text: str) -> BenchmarkOutput:
    """The run a pasted text tells of. BenchmarkOutputError names what is missing and what to paste."""
    said = _json(text) if text.lstrip().startswith(("{", "[")) else _block(text)
    missing = [label for name, label in NEEDED.items() if name not in said]
    if missing:
        raise BenchmarkOutputError(f"Missing: {', '.join(missing)}. {PASTE}")
    numbers = {name: _number(name, said) for name in NEEDED}
    optional = {name: _maybe(name, said) for name in ("mean_ttft_ms", "mean_tpot_ms", "duration", "failed")}
    _agree(numbers, optional["duration"])
    completed, output = numbers["completed"], numbers["total_output_tokens"] / numbers["completed"]
    return BenchmarkOutput(
        completed=int(completed),
        failed=int(optional["failed"] or 0),
        concurrency=_in_flight(said, numbers, output),
        input_tokens=numbers["total_input_tokens"] / completed,
        output_tokens=output,
        out_tok_s=numbers["output_throughput"],
        ttft_ms=optional["mean_ttft_ms"],
        tpot_ms=optional["mean_tpot_ms"],
    )


def _block(text: str) -> dict[str, Any]:
    if text.count(BLOCK) > 1:
        raise BenchmarkOutputError("This holds more than one run: paste one at a time.")
    found: dict[str, Any] = {}
    for line in text.splitlines():
        match = LINE.match(line)
        name = LABELS.get(match["label"].lower()) if match else None
        if name and match:
            found[name] = match["value"]
    if not found:
        raise BenchmarkOutputError(f"This is not the output of a serving benchmark. {PASTE}")
    return found


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        several = len([line for line in text.splitlines() if line.lstrip().startswith("{")]) > 1
        wrong = (
            "This holds more than one run: paste one line."
            if several
            else f"This JSON is cut off or broken. {PASTE}"
        )
        raise BenchmarkOutputError(wrong) from None
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    if not isinstance(found, dict):
        raise BenchmarkOutputError(f"This JSON is no benchmark result. {PASTE}")
    return {name: value for name, value in found.items() if value is not None}


def _in_flight(said: Mapping[str, Any], numbers: Mapping[str, float], output_tokens: float) -> float:
    """The limit on concurrency if nothing else held requests back; otherwise the mean in flight, as printed or, by
    Little's law, throughput in requests times the time of one.
    """
    rate, limit = _maybe("request_rate", said, above=float("inf")), _maybe("max_concurrency", said)
    if limit and rate in (None, math.inf):
        return min(limit, numbers["completed"])
    mean = _maybe("concurrency", said)
    if mean:
        return mean
    first, each = _maybe("mean_ttft_ms", said), _maybe("mean_tpot_ms", said)
    if first is None or each is None:
        raise BenchmarkOutputError(
            f"Missing: Maximum request concurrency. Run with --max-concurrency. {PASTE}"
        )
    seconds = (first + (output_tokens - 1) * each) / 1000
    return max(1.0, numbers["output_throughput"] / output_tokens * seconds)


def _agree(numbers: Mapping[str, float], duration_s: float | None) -> None:
    if not duration_s:
        return
    counted = numbers["total_output_tokens"] / duration_s
    if abs(counted - numbers["output_throughput"]) > AGREE * counted + 1:
        raise BenchmarkOutputError(
            f"The numbers do not agree: {numbers['total_output_tokens']:g} tokens in {duration_s:g} s are "
            f"{counted:.1f} tokens a second, not {numbers['output_throughput']:g}."
        )


def _number(name: str, said: Mapping[str, Any]) -> float:
    value = _maybe(name, said)
    if not value:
        raise BenchmarkOutputError(f"{NEEDED[name]} must be a number above 0, not {said[name]}.")
    return value


def _maybe(name: str, said: Mapping[str, Any], above: float = 1e15) -> float | None:
    """The number of a name; None where nothing is said."""
    value = said.get(name, "")
    if str(value).strip().lower() in NOTHING_SAID:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not 0 <= number <= above:
        raise BenchmarkOutputError(f"{NEEDED.get(name, name)} is no number: {str(value)[:40]}. {PASTE}")
    return number
