"""What measured rows say about the roofline: nearest first, never about themselves, own benchmarks before all."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from planner.engine.capacity import (
    Basis,
    CapacityError,
    Kind,
    Known,
    Limit,
    RefusedError,
    estimate,
    measured,
    service_at_pace,
    shipped,
)
from planner.engine.capacity.calibration import FITTED
from planner.engine.capacity.fitting import refit
from planner.engine.capacity.rows import roofline
from tests.engine.replicas import ASSUMPTIONS, CALIBRATION, row

KNOWN = shipped(CALIBRATION)
ROWS = [each for each in measured() if each.kind is not Kind.OPEN]


def found(asked: object, own: Known | None = None) -> object:
    return estimate(asked, KNOWN, CALIBRATION, own)


def own(*out_tok_s: float, **cells: str) -> Known:
    points = [
        row(row_id=f"own-{place}", out_tok_s=str(each), **cells) for place, each in enumerate(out_tok_s)
    ]
    return Known.of(points, CALIBRATION)


def test_the_five_nearest_rows_correct_as_worked_out() -> None:
    near = KNOWN.neighbours(row())
    error = KNOWN.nearest_errors([row()])[0]
    assert [each.row_id for each in near] == ["T2230", "T2313", "T2472", "T1943", "T2353"]
    assert error == pytest.approx(-0.039042, abs=1e-6)
    assert roofline([row()], CALIBRATION)[0] * math.exp(-error) == pytest.approx(2171.74, rel=1e-3)


def test_a_model_of_the_same_shape_has_the_same_neighbours() -> None:
    assert KNOWN.neighbours(row(model="llama-3.3-70b")) == KNOWN.neighbours(row())


def test_at_equal_distance_the_newer_row_comes_first() -> None:
    old, new, newest = (
        row(row_id=name, out_tok_s="2000", measured_on=day, engine_version=version)
        for name, day, version in (
            ("old", "2025-10-29", "0.9.2"),
            ("new", "2026-03-01", "0.9.2"),
            ("newest", "2026-03-01", "0.10.0"),
        )
    )
    assert Known.of([old, new, newest], CALIBRATION).neighbours(row(), 2) == (newest, new)


def test_a_row_never_speaks_for_itself() -> None:
    place = next(place for place, each in enumerate(KNOWN.rows) if each.row_id == "T2230")
    asked = KNOWN.rows[place]
    without = Known.of([each for each in KNOWN.rows if each is not asked], CALIBRATION)
    assert asked not in KNOWN.neighbours(asked)
    assert KNOWN.corrected([asked]) == pytest.approx(without.corrected([asked]), rel=1e-9)


def test_one_by_one_and_all_at_once_agree() -> None:
    some = [*ROWS[::60], row(model="Qwen3-8B"), row(engine="vllm")]
    assert KNOWN.corrected(some) == pytest.approx([KNOWN.corrected([each])[0] for each in some], rel=1e-12)


def test_neighbours_halve_the_error_and_similar_rows_lower_it() -> None:
    """Every sixth row, left out as one: the figures on all rows are those of `manage.py bench throughput`."""
    apart = ROWS[::6]
    known = Known.of([each for each in ROWS if each not in set(apart)], CALIBRATION)
    truth = np.array([each.out_tok_s for each in apart])
    plain = np.abs(np.log(roofline(apart, CALIBRATION) / truth))
    better = np.abs(np.log(known.corrected(apart) / truth))
    assert np.median(better) < np.median(plain) / 2
    assert (np.median(better) <= 0.10, np.quantile(better, 0.9) <= 0.35) == (True, True)


def test_the_roofline_is_off_the_measured_rows_as_published() -> None:
    errors = np.abs(KNOWN.errors)
    assert (len(errors), round(np.median(errors), 3), round(np.quantile(errors, 0.9), 3)) == (
        1617,
        0.143,
        0.447,
    )


def test_a_refit_lands_on_the_constants() -> None:
    again = refit(measured(), CALIBRATION)
    assert refit(measured(), CALIBRATION) == again
    for field in FITTED:
        near = 0.15 if field.endswith("_s") else 0.05
        assert getattr(again, field) == pytest.approx(getattr(CALIBRATION, field), rel=near), field


def test_a_refit_comes_to_the_same_from_elsewhere() -> None:
    elsewhere = replace(CALIBRATION, compute_bf16=0.5, bandwidth=0.8, layer_s=2e-5)
    again, other = refit(measured(), CALIBRATION), refit(measured(), elsewhere)
    for field in FITTED:
        assert getattr(other, field) == pytest.approx(getattr(again, field), rel=0.01)


def test_nothing_is_fitted_on_nothing() -> None:
    with pytest.raises(ValueError, match="no measured row"):
        refit([], CALIBRATION)


def test_rows_that_say_nothing_are_left_aside() -> None:
    arrivals = row(kind="open-loop", concurrency="", qps="2", out_tok_s="400")
    too_large = row(n_gpu="1", precision="bf16", out_tok_s="400")
    known = Known.of([row(), arrivals, too_large], CALIBRATION)
    assert known.rows == ()
    assert known.corrected([row()]) == pytest.approx(roofline([row()], CALIBRATION))
    assert known.corrected([]).shape == (0,)


def test_arrivals_are_served_as_they_come_until_the_replica_is_full() -> None:
    few, many = (row(kind="open-loop", concurrency="", qps=rate) for rate in ("0.5", "500"))
    served = KNOWN.corrected([few, many])
    assert served[0] == 500
    assert 1000 < served[1] < 20_000


def test_an_estimate_says_what_it_rests_on_and_how_sure_it_is() -> None:
    rests = {
        Basis.MEASURED: found(row()),
        Basis.SIMILAR: found(row(model="Qwen3-8B", n_gpu="1")),
        Basis.OWN: found(row(), own(1900)),
        Basis.ROOFLINE: estimate(row(), Known.of([], CALIBRATION), CALIBRATION),
    }
    assert {name: each.basis for name, each in rests.items()} == {name: name for name in rests}
    widths = [math.log(rests[name].high / rests[name].low) / 2 / 1.2815515655446004 for name in rests]
    assert widths == pytest.approx([0.27, 0.31, 0.15, 0.31])
    assert all(each.low < each.out_tok_s < each.high for each in rests.values())


def test_one_own_benchmark_replaces_what_others_measured_and_three_are_averaged() -> None:
    assert found(row(), own(1900)).out_tok_s == pytest.approx(1900)
    three = found(row(), own(1900, 2000, 2100)).out_tok_s
    assert three == pytest.approx((1900 * 2000 * 2100) ** (1 / 3))
    assert found(row(), own(1900, n_gpu="4")) == found(row())
    assert found(row(), own(1900, 2000, 2100, 9000)).out_tok_s == pytest.approx(three)


def test_the_pace_moves_the_service_batch_with_the_estimate() -> None:
    asked = row(input_tokens="1155", output_tokens="211", concurrency="32")
    plain = estimate(asked, Known.of([], CALIBRATION), CALIBRATION)
    slow = estimate(asked, KNOWN, CALIBRATION, own(plain.out_tok_s / 2, **lengths(asked)))
    assert service_at_pace(asked, plain, 0.05, CALIBRATION).batch == 54
    halved = service_at_pace(asked, slow, 0.05, CALIBRATION)
    assert slow.pace == pytest.approx(0.5)
    assert halved.batch == 7
    assert halved.requests_s == pytest.approx(1.3486 / 2, rel=1e-3)


def lengths(asked: object) -> dict[str, str]:
    return {name: str(getattr(asked, name)) for name in ("input_tokens", "output_tokens", "concurrency")}


def test_a_gpu_nobody_measured_has_the_widest_range() -> None:
    guessed = found(row(model="Llama-3.1-8B", gpu="l4", n_gpu="1"))
    assert (guessed.guessed, guessed.basis) == (True, Basis.ROOFLINE)
    assert math.log(guessed.high / guessed.out_tok_s) / 1.2815515655446004 == pytest.approx(
        ASSUMPTIONS.figures["throughput_lognormal_sd"].high
    )


def test_what_limits_a_replica_is_named() -> None:
    assert found(row(concurrency="1")).limit is Limit.BANDWIDTH
    assert found(row(input_tokens="16000", output_tokens="50")).limit is Limit.ARITHMETIC
    assert found(row(n_gpu="1")).limit is Limit.CACHE
    assert found(row(model="Llama-3.1-8B", n_gpu="8", concurrency="1")).limit is Limit.OVERHEAD
    assert found(row(gpu="l40s", n_gpu="8", input_tokens="8000", output_tokens="10")).limit is Limit.EXCHANGE


def test_what_cannot_be_served_is_refused_with_the_way_out() -> None:
    with pytest.raises(RefusedError, match="take more or larger GPUs"):
        found(row(precision="bf16", n_gpu="1"))
    with pytest.raises(CapacityError, match="at most 131,072 tokens"):
        found(row(input_tokens="131000"))
    with pytest.raises(CapacityError, match="Arrivals at a rate"):
        found(row(kind="open-loop", concurrency="", qps="2"))


@pytest.mark.parametrize(
    ("cells", "column", "message"),
    [
        ({"model": ""}, "model", "model is empty"),
        ({"gpu": "h1000"}, "gpu", "Did you mean h100"),
        ({"n_gpu": "1.5"}, "n_gpu", "whole number"),
        ({"input_tokens": "many"}, "input_tokens", "'many' is not a number"),
        ({"output_tokens": "nan"}, "output_tokens", "above 0"),
        ({"concurrency": "", "kind": "closed-loop"}, "concurrency", "requests in flight"),
        ({"kind": "open-loop", "concurrency": ""}, "qps", "requests a second"),
        ({"kind": "sideways"}, "kind", "Known: closed-loop, burst, offline, open-loop"),
    ],
)
def test_a_row_that_is_wrong_names_its_column(cells: dict[str, str], column: str, message: str) -> None:
    with pytest.raises(CapacityError, match=message) as refused:
        row(**cells)
    assert refused.value.about == column


def test_how_requests_come_is_read_from_what_is_given() -> None:
    assert row(concurrency="").kind is Kind.OFFLINE
    assert row(concurrency="", qps="2").kind is Kind.OPEN
    assert row().kind is Kind.CLOSED
    assert found(row(concurrency="")).out_tok_s > found(row()).out_tok_s
