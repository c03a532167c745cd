"""The roofline: worked examples to 0.1 %, and the laws that hold for every configuration."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.engine.capacity import (
    CapacityError,
    Load,
    Refusal,
    closed,
    closed_loop,
    fit,
    gpus,
    models,
    offline,
    open_loop,
    processor_servers,
    replicas,
    replicas_needed,
    replicas_needed_each,
    service,
)
from planner.engine.capacity.closed_loop import tpot_s
from planner.engine.capacity.precision import Precision
from planner.engine.capacity.steps import experts_touched
from tests.engine.laws import examples
from tests.engine.replicas import CALIBRATION, llama_on_two, machine

ROOFLINE = {"rel": 1e-3}
COMPUTING = sorted(each.name for each in gpus().values() if each.computes)
NAMES = st.tuples(
    st.sampled_from(sorted(models())),
    st.sampled_from(COMPUTING),
    st.sampled_from((1, 2, 4, 8)),
    st.sampled_from(sorted(Precision)),
)
LENGTHS = st.tuples(
    st.floats(1, 100_000),
    st.floats(1, 20_000),
    st.floats(1, 4_000),
)


def test_the_share_of_experts_touched_grows_to_all() -> None:
    assert experts_touched(1 - 4 / 128, 32) == pytest.approx(0.637945, abs=1e-6)
    assert experts_touched(1 - 8 / 256, 64) == pytest.approx(0.868916, abs=1e-6)
    assert experts_touched(0.0, 1) == 1


def test_70b_in_fp8_is_starved_of_cache_on_one_h100_and_not_on_two() -> None:
    one = fit(machine("Llama-3.3-70B", "h100", 1, "fp8"), 1155 + 0.75 * 211, CALIBRATION)
    two = fit(llama_on_two(), 1155 + 0.75 * 211, CALIBRATION)
    assert (one.weights_bytes, llama_on_two().kv_bytes) == (pytest.approx(70.5524e9, rel=1e-5), 163_840)
    assert (one.free_bytes, two.free_bytes) == (
        pytest.approx(4.257e9, rel=1e-3),
        pytest.approx(79.066e9, rel=1e-4),
    )
    assert (one.headroom, two.headroom) == (pytest.approx(0.050, abs=5e-4), pytest.approx(0.460, abs=5e-4))
    assert (one.cache_batch, two.cache_batch) == (
        pytest.approx(19.785, **ROOFLINE),
        pytest.approx(367.472, **ROOFLINE),
    )
    assert (one.cliff, two.cliff) == (True, False)


def test_scout_needs_four_bits_on_one_h100_and_deepseek_more_than_eight() -> None:
    half = fit(machine("llama-4-scout", "h100", 1, "bf16"), 1000, CALIBRATION)
    four = fit(machine("llama-4-scout", "h100", 1, "int4"), 1000, CALIBRATION)
    deep = machine("deepseek-v3.2", "h100", 8, "fp8")
    assert (half.refusal, half.weights_bytes) == (Refusal.WEIGHTS, pytest.approx(215.53e9, **ROOFLINE))
    assert (four.refusal, four.weights_bytes) == (Refusal.NONE, pytest.approx(60.62e9, **ROOFLINE))
    assert (four.free_bytes, four.headroom) == (
        pytest.approx(14.19e9, **ROOFLINE),
        pytest.approx(0.165, abs=5e-4),
    )
    assert fit(deep, 1000, CALIBRATION).refusal == Refusal.WEIGHTS
    assert (deep.weights_bytes, deep.usable_bytes) == (
        pytest.approx(670.92e9, **ROOFLINE),
        pytest.approx(598.47e9, **ROOFLINE),
    )


def test_a_closed_loop_takes_a_prefill_a_decode_step_and_their_cycle() -> None:
    served = closed_loop(llama_on_two(), closed(1000, 1000, 64), CALIBRATION)
    assert served.prefill_s * 1000 == pytest.approx(87.401, **ROOFLINE)
    assert served.decode_s * 1000 == pytest.approx(25.0491, **ROOFLINE)
    assert served.tpot_s * 1000 == pytest.approx(30.6428, **ROOFLINE)
    assert served.out_tok_s == pytest.approx(2088.58, **ROOFLINE)


@pytest.mark.parametrize(
    ("names", "concurrency", "out_tok_s"),
    [
        (("Llama-3.1-8B", "h100", 1, "bf16"), 1, 118.178),
        (("Llama-3.1-8B", "h100", 1, "bf16"), 64, 4061.52),
        (("gpt-oss-120b", "h100", 2, "fp4"), 64, 3303.64),
        (("Qwen3-235B-A22B", "h200", 4, "fp8"), 64, 2017.84),
        (("Llama-3.1-70B", "b200", 1, "fp4"), 64, 3362.02),
    ],
)
def test_worked_examples_of_a_closed_loop(
    names: tuple[str, str, int, str], concurrency: int, out_tok_s: float
) -> None:
    served = closed_loop(machine(*names), closed(1000, 1000, concurrency), CALIBRATION)
    assert served.out_tok_s == pytest.approx(out_tok_s, **ROOFLINE)


def test_405b_offline_on_eight_h100_comes_out_as_measured() -> None:
    served = closed_loop(machine("Llama-3.1-405B", "h100", 8, "fp8"), offline(1000, 1000), CALIBRATION)
    assert served.batch == pytest.approx(373.237, **ROOFLINE)
    assert served.out_tok_s == pytest.approx(2930.18, **ROOFLINE)
    assert served.out_tok_s == pytest.approx(2919, rel=0.01)


@pytest.mark.parametrize(("target_s", "batch", "rate"), [(0.05, 54, 5.1410), (0.025, 7, 1.3486)])
def test_the_batch_under_a_time_per_token_and_the_rate_it_carries(
    target_s: float, batch: int, rate: float
) -> None:
    found = service(llama_on_two(), closed(1155, 211, 1), target_s, CALIBRATION)
    assert (found.batch, found.requests_s) == (batch, pytest.approx(rate, **ROOFLINE))


def test_ten_requests_a_second_with_a_peak_of_three_need_ten_replicas() -> None:
    seconds = service(llama_on_two(), closed(1155, 211, 1), 0.05, CALIBRATION).request_s
    assert seconds == pytest.approx(0.194515, **ROOFLINE)
    assert replicas_needed(30, seconds, 0.7, 1) == 10
    assert replicas_needed_each(np.array([30.0, 0.0]), seconds, 0.7, 1).tolist() == [10, 1]
    assert pytest.approx(43_070) == 10 * 2 * 730 * 2.95
    assert pytest.approx(45_223.5) == 10 * 2 * 730 * 2.95 * 1.05


def test_demand_that_divides_evenly_is_not_rounded_up_by_the_last_bit() -> None:
    assert 7 * 0.1 / 0.7 > 1
    assert replicas_needed(7, 0.1, 0.7, 0) == 1


def test_demand_that_cannot_be_met_needs_infinitely_many_and_unknown_demand_is_unknown() -> None:
    assert replicas_needed(1, math.inf, 0.7, 1) == math.inf
    assert math.isnan(replicas_needed(1, math.nan, 0.7, 1))


def test_arrivals_fill_a_replica_until_they_are_more_than_it_serves() -> None:
    found = open_loop(llama_on_two(), closed(1155, 211, 1), 3.0, CALIBRATION)
    assert found.prefill_share == pytest.approx(0.303401, **ROOFLINE)
    assert found.batch == pytest.approx(19.970, **ROOFLINE)
    assert found.itl_s * 1000 == pytest.approx(31.548, **ROOFLINE)
    assert found.out_tok_s == 3 * 211
    over = open_loop(llama_on_two(), closed(1155, 211, 1), 30.0, CALIBRATION)
    assert (over.itl_s, over.batch, over.ttft_s) == (math.inf, math.inf, math.inf)
    assert 0 < over.out_tok_s < 30 * 211


def test_processors_write_so_many_tokens_a_second() -> None:
    assert pytest.approx(8.571, abs=1e-3) == 2 * 150 / (50 * 0.7)
    assert processor_servers(2, 150, 50, 0.7, 1) == 10


def test_a_target_nobody_meets_leaves_no_batch_and_no_rate() -> None:
    found = service(llama_on_two(), closed(1155, 211, 1), 0.001, CALIBRATION)
    assert (found.batch, found.request_s, found.requests_s) == (0, math.inf, 0)


def test_a_slice_of_a_gpu_has_a_fit_and_no_throughput() -> None:
    small = closed_loop(machine("Llama-3.1-8B", "vgpu_14gb", 1, "fp8"), closed(500, 100, 4), CALIBRATION)
    assert small.fit.refusal == Refusal.RATE
    assert math.isnan(small.out_tok_s)
    assert (
        closed_loop(
            machine("Llama-3.1-8B", "vgpu_7gb", 1, "bf16"), closed(500, 100, 4), CALIBRATION
        ).fit.refusal
        == 1
    )


def test_a_request_longer_than_the_cache_is_refused() -> None:
    served = closed_loop(machine("Llama-3.1-70B", "h100", 1, "fp8"), closed(100_000, 100, 1), CALIBRATION)
    assert (served.fit.refusal, math.isnan(served.out_tok_s)) == (Refusal.SEQUENCE, True)
    assert "Not one request" in Refusal(served.fit.refusal).sentence


@pytest.mark.parametrize("wrong", [(0, 1, 1), (1, -1, 1), (1, 1, 0), (math.nan, 1, 1)])
def test_nothing_is_asked_of_a_load_without_length(wrong: tuple[float, float, float]) -> None:
    with pytest.raises(CapacityError, match="must be more than 0"):
        closed(*wrong)


def test_a_replica_has_a_gpu() -> None:
    with pytest.raises(CapacityError, match="at least one GPU"):
        machine("Llama-3.1-8B", "h100", 0, "fp8")
    with pytest.raises(CapacityError, match="at least one GPU"):
        replicas(["Llama-3.1-8B"], ["h100"], [0], ["fp8"], CALIBRATION)


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(st.tuples(NAMES, LENGTHS, st.floats(0.01, 50), st.floats(0.002, 0.5)), min_size=1, max_size=8)
)
def test_one_by_one_and_all_at_once_agree(asked: list[Any]) -> None:
    columns = [list(column) for column in zip(*(each[0] for each in asked), strict=True)]
    together = replicas(columns[0], columns[1], columns[2], columns[3], CALIBRATION)
    rate, target = np.array([each[2] for each in asked]), np.array([each[3] for each in asked])
    lengths_in, lengths_out, in_flight = np.array([each[1] for each in asked]).T
    load = Load(lengths_in, lengths_out, in_flight, 1024, 0.75)
    all_at_once = (
        closed_loop(together, load, CALIBRATION).out_tok_s,
        service(together, load, target, CALIBRATION).request_s,
        open_loop(together, load, rate, CALIBRATION).itl_s,
    )
    for place, (names, lengths, requests_s, target_s) in enumerate(asked):
        one, alone = machine(*names), closed(*lengths)
        found = (
            closed_loop(one, alone, CALIBRATION).out_tok_s,
            service(one, alone, target_s, CALIBRATION).request_s,
            open_loop(one, alone, requests_s, CALIBRATION).itl_s,
        )
        assert found == pytest.approx([each[place] for each in all_at_once], rel=1e-9, nan_ok=True)


@settings(max_examples=examples(100), deadline=None)
@given(NAMES, LENGTHS, st.integers(2, 500))
def test_a_token_takes_longer_in_a_larger_batch(
    names: tuple[Any, ...], lengths: tuple[Any, ...], batch: int
) -> None:
    one, load = machine(*names), closed(*lengths)
    assert tpot_s(one, load, batch + 1) >= tpot_s(one, load, batch) * (1 - 1e-12)


@settings(max_examples=examples(100), deadline=None)
@given(NAMES, LENGTHS)
def test_more_gpus_never_hold_less(names: tuple[Any, ...], lengths: tuple[Any, ...]) -> None:
    model, gpu, count, precision = names
    one, two = (
        fit(machine(model, gpu, each, precision), lengths[0], CALIBRATION) for each in (count, 2 * count)
    )
    assert two.free_bytes > one.free_bytes
    assert two.refusal == 0 or one.refusal != 0


@settings(max_examples=examples(60), deadline=None)
@given(NAMES, LENGTHS, st.floats(0.005, 0.2))
def test_the_service_batch_is_the_largest_that_meets_the_target(
    names: tuple[Any, ...], lengths: tuple[Any, ...], target_s: float
) -> None:
    one, load = machine(*names), closed(*lengths)
    found = service(one, load, target_s, CALIBRATION)
    if found.fit.refusal:
        assert math.isnan(found.batch)
        return
    if found.batch:
        assert tpot_s(one, load, found.batch) <= target_s
    larger = found.batch + 1
    if larger > 1 and larger <= min(found.fit.cache_batch, 512):
        assert tpot_s(one, load, larger) > target_s


@settings(max_examples=examples(60), deadline=None)
@given(NAMES, LENGTHS, st.floats(0.001, 20))
def test_no_more_is_served_than_arrives_or_fits(
    names: tuple[Any, ...], lengths: tuple[Any, ...], requests_s: float
) -> None:
    one, load = machine(*names), closed(*lengths)
    found = open_loop(one, load, requests_s, CALIBRATION)
    if math.isnan(found.out_tok_s):
        return
    assert found.out_tok_s <= requests_s * lengths[1] * (1 + 1e-12) or math.isinf(found.itl_s)
    if math.isfinite(found.itl_s):
        assert found.batch == pytest.approx(requests_s * lengths[1] * found.itl_s, rel=1e-6)
