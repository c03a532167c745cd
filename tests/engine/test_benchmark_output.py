"""Pasted benchmark output: text and JSON of vLLM and SGLang are read, what is missing is named."""

from __future__ import annotations

import json

import pytest

from planner.engine.capacity import BenchmarkOutput, BenchmarkOutputError, read_benchmark

VLLM = """INFO 11-20 serving
============ Serving Benchmark Result ============
Successful requests:                     500
Failed requests:                         2
Maximum request concurrency:             64
Benchmark duration (s):                  239.40
Total input tokens:                      512000
Total generated tokens:                  500000
Request throughput (req/s):              2.09
Output token throughput (tok/s):         2088.55
Peak output token throughput (tok/s):    2355.00
Peak concurrent requests:                70.00
Total Token throughput (tok/s):          4227.23
---------------Time to First Token----------------
Mean TTFT (ms):                          562.74
Median TTFT (ms):                        609.92
P99 TTFT (ms):                           1241.51
-----Time per Output Token (excl. 1st token)------
Mean TPOT (ms):                          30.12
Median TPOT (ms):                        30.02
P99 TPOT (ms):                           32.54
==================================================
"""
SGLANG = """============ Serving Benchmark Result ============
Backend:                                 sglang-oai
Traffic request rate:                    inf
Max request concurrency:                 not set
Successful requests:                     64
Benchmark duration (s):                  5.19
Total input tokens:                      22980
Total input text tokens:                 1757
Total generated tokens:                  2048
Total generated tokens (retokenized):    2040
Request throughput (req/s):              12.34
Input token throughput (tok/s):          4430.91
Output token throughput (tok/s):         394.89
Total token throughput (tok/s):          4825.80
Concurrency:                             63.51
---------------Time to First Token----------------
Mean TTFT (ms):                          3789.22
-----Time per Output Token (excl. 1st token)------
Mean TPOT (ms):                          43.80
"""
SAVED = {
    "date": "20261120-101112",
    "backend": "vllm",
    "model_id": "meta-llama/Llama-3.1-70B-Instruct",
    "num_prompts": 500,
    "request_rate": "inf",
    "max_concurrency": 64,
    "duration": 239.4,
    "completed": 500,
    "total_input_tokens": 512000,
    "total_output_tokens": 500000,
    "output_throughput": 2088.55,
    "mean_ttft_ms": 562.74,
    "mean_tpot_ms": 30.12,
}
READ = BenchmarkOutput(
    completed=500,
    failed=2,
    concurrency=64,
    input_tokens=1024,
    output_tokens=1000,
    out_tok_s=2088.55,
    ttft_ms=562.74,
    tpot_ms=30.12,
)


def test_the_printed_block_of_vllm_is_read() -> None:
    assert read_benchmark(VLLM) == READ


def test_the_saved_json_of_vllm_says_the_same() -> None:
    found = read_benchmark(json.dumps(SAVED | {"failed": 2}, indent=2))
    assert found == READ
    assert read_benchmark(json.dumps([SAVED])).failed == 0


def test_the_printed_block_of_sglang_is_read_with_its_mean_in_flight() -> None:
    found = read_benchmark(SGLANG)
    assert (found.concurrency, found.output_tokens, found.out_tok_s) == (63.51, 32, 394.89)
    assert found.input_tokens == pytest.approx(359.06, abs=0.01)


def test_a_limit_above_the_number_of_requests_is_no_limit() -> None:
    assert (
        read_benchmark(VLLM.replace("concurrency:             64", "concurrency:           9999")).concurrency
        == 500
    )


def test_requests_held_back_by_a_rate_count_as_many_as_are_in_flight() -> None:
    """Little's law: 2.08855 requests a second, each 0.56274 + 999 x 0.03012 s."""
    paced = read_benchmark(json.dumps(SAVED | {"request_rate": 1.5, "max_concurrency": 300}))
    assert paced.concurrency == pytest.approx(2.08855 * (0.56274 + 999 * 0.03012))
    printed = VLLM.replace("Failed requests:", "Request rate configured (RPS):  1.50\nFailed requests:")
    assert read_benchmark(printed).concurrency == pytest.approx(paced.concurrency)


@pytest.mark.parametrize(
    "label", ["Successful requests", "Total input tokens", "Output token throughput (tok/s)"]
)
def test_a_missing_line_is_named_with_what_to_paste(label: str) -> None:
    cut = "\n".join(line for line in VLLM.splitlines() if not line.startswith(label))
    with pytest.raises(BenchmarkOutputError) as refused:
        read_benchmark(cut)
    assert f"Missing: {label}." in refused.value.message
    assert "Paste everything" in refused.value.message


def test_nothing_in_flight_anywhere_asks_for_the_concurrency() -> None:
    silent = {name: value for name, value in SAVED.items() if name not in ("max_concurrency", "mean_tpot_ms")}
    with pytest.raises(BenchmarkOutputError, match="Run with --max-concurrency"):
        read_benchmark(json.dumps(silent))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not the output of a serving benchmark"),
        ("Dear team: all is well", "not the output of a serving benchmark"),
        (VLLM + VLLM, "more than one run"),
        (json.dumps(SAVED) + "\n" + json.dumps(SAVED), "more than one run"),
        (json.dumps(SAVED)[:80], "cut off or broken"),
        ("[1, 2]", "no benchmark result"),
        ("[" * 100_000, "cut off or broken"),
        (json.dumps(SAVED | {"completed": 0}), "Successful requests must be a number above 0, not 0"),
        (json.dumps(SAVED | {"completed": "xxx"}), "Successful requests is no number: xxx"),
        (json.dumps(SAVED | {"output_throughput": float("nan")}), "is no number: nan"),
        (json.dumps(SAVED | {"total_input_tokens": [1]}), "Total input tokens is no number"),
        (
            json.dumps(SAVED | {"output_throughput": 9000}),
            "do not agree: 500000 tokens in 239.4 s are 2088.6",
        ),
        (VLLM.replace("2088.55", "xxx"), "is no number: xxx"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(text: str, message: str) -> None:
    with pytest.raises(BenchmarkOutputError, match=message.replace("(", r"\(")):
        read_benchmark(text)
