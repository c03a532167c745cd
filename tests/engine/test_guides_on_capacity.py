"""What the guides say about throughput and memory, recomputed: what holds, and why the rest differs."""

from __future__ import annotations

import pytest

from planner.engine.capacity import Kind, closed, closed_loop, fit, measured, offline, service
from tests.engine.replicas import CALIBRATION, machine

HOURS = 730


def offline_measured(gpus: int, lengths: tuple[int, int]) -> float:
    """70B in FP8 on H100, TensorRT-LLM v0.17 tables."""
    return next(
        row.out_tok_s or 0.0
        for row in measured()
        if row.configuration == ("Llama-3.1-70B", "h100_sxm", "fp8", gpus)
        and row.kind is Kind.OFFLINE
        and (row.input_tokens, row.output_tokens) == lengths
    )


def usd_per_million(model: str, gpu: str, gpus: int, concurrency: int, usd_hour: float) -> float:
    served = closed_loop(machine(model, gpu, gpus, "fp8"), closed(1000, 1000, concurrency), CALIBRATION)
    return gpus * usd_hour / 3600 / float(served.out_tok_s) * 1e6


@pytest.mark.parametrize(
    ("gpus", "precision", "requests_s"), [(1, "int4", 3.9), (2, "bf16", 8.1), (4, "bf16", 20)]
)
def test_002_one_a100_serves_four_requests_a_second_not_thirty_to_fifty(
    gpus: int, precision: str, requests_s: float
) -> None:
    """Guide 002 gives one A100 30 to 50 requests a second up to 100 B tokens a month, which is 38,052 tokens a second."""
    served = closed_loop(machine("Llama-3-70B", "a100-80gb", gpus, precision), offline(128, 128), CALIBRATION)
    assert served.out_tok_s / 128 == pytest.approx(requests_s, rel=0.02)
    assert pytest.approx(38_052, rel=1e-4) == 100e9 / (HOURS * 3600)


def test_003_its_460_tokens_a_second_are_a_cache_starved_replica() -> None:
    """Guide 003 puts 70B on one H100; measured are 840 tokens a second there and 4,391 on two: 5.2 times as many."""
    assert fit(machine("llama-3.3-70b", "h100", 1, "fp8"), 1750, CALIBRATION).cliff
    one, two = offline_measured(1, (1000, 1000)), offline_measured(2, (1000, 1000))
    assert (round(one), round(two)) == (840, 4391)
    assert two / one == pytest.approx(5.2, abs=0.05)
    assert pytest.approx(1.50, abs=0.005) == 2.49 / 3600 / 460 * 1e6
    assert 2 * 2.49 / 3600 / two * 1e6 == pytest.approx(0.32, abs=0.005)


@pytest.mark.parametrize(("lengths", "gain"), [((128, 2048), 6.8), ((128, 4096), 9.1)])
def test_the_cache_cliff_is_measured(lengths: tuple[int, int], gain: float) -> None:
    assert offline_measured(2, lengths) / offline_measured(1, lengths) == pytest.approx(gain, abs=0.05)


def test_003_405b_costs_what_a_third_of_its_throughput_would_cost() -> None:
    """5.47 a million output tokens on 8 x 2.49 means 1,012 tokens a second; measured are 2,919."""
    implied = 8 * 2.49 / 3600 / 5.47 * 1e6
    assert implied == pytest.approx(1011.58, abs=0.01)
    assert implied / 2919 == pytest.approx(0.3465, abs=1e-4)
    assert implied * 5.47 / 3.50 / 2919 == pytest.approx(0.5416, abs=1e-4)
    assert implied * 5.47 / (2 * 3.50) / 2919 == pytest.approx(0.2708, abs=1e-4)


def test_004_scout_fits_one_h100_in_four_bits_only() -> None:
    assert fit(machine("llama-4-scout", "h100", 1, "int4"), 1750, CALIBRATION).refusal == 0
    assert fit(machine("llama-4-scout", "h100", 1, "bf16"), 1750, CALIBRATION).refusal == 1


def test_004_deepseek_v32_needs_eight_h200_and_costs_what_the_concurrency_makes_of_it() -> None:
    """Guide 004: 5.72 a million on 8 H100, 1,123 tokens a second. Its weights do not fit there; on 8 H200 that is
    about 30 requests at a time, and 256 cost a fifth of it.
    """
    assert fit(machine("deepseek-v3.2", "h100", 8, "fp8"), 1750, CALIBRATION).refusal == 1
    assert pytest.approx(1123, abs=1) == 8 * 2.89 / 3600 / 5.72 * 1e6
    assert usd_per_million("deepseek-v3.2", "h200", 8, 32, 3.50) == pytest.approx(6.15, abs=0.005)
    assert usd_per_million("deepseek-v3.2", "h200", 8, 256, 3.50) == pytest.approx(1.29, abs=0.005)


def test_cost_per_token_falls_sixteen_times_from_four_to_256_requests() -> None:
    few, many = (usd_per_million("DeepSeek-R1", "h200", 8, each, 3.50) for each in (4, 256))
    assert few / many == pytest.approx(16, abs=0.1)


@pytest.mark.parametrize(
    ("names", "batch"),
    [
        (("gpt-oss-120b", "h100", 2, "fp4"), 459),
        (("Llama-3.1-70B", "h100", 2, "fp8"), 54),
        (("Qwen3-235B-A22B", "h200", 4, "fp8"), 160),
        (("DeepSeek-R1", "h200", 8, "fp8"), 131),
        (("Llama-3.1-8B", "l40s", 1, "fp8"), 86),
        (("gpt-oss-120b", "b200", 1, "fp4"), 512),
        (("Llama-3.1-70B", "b200", 1, "fp4"), 89),
    ],
)
def test_the_batches_behind_the_published_break_evens(names: tuple[str, str, int, str], batch: int) -> None:
    lengths = closed(1155.846, 210.154, 1)
    assert service(machine(*names), lengths, 0.05, CALIBRATION).batch == batch
