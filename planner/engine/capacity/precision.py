"""What a precision means for a model on a GPU: bytes a weight and a cache element take, and the rate it runs at."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from planner.engine.capacity.errors import NotKnownError

if TYPE_CHECKING:
    from planner.engine.capacity.calibration import Calibration
    from planner.engine.capacity.specs import Gpu, Model


class Precision(StrEnum):
    """The number format of the weights."""

    BF16 = "bf16"
    FP8 = "fp8"
    FP4 = "fp4"
    INT4 = "int4"


FOUR_BITS: Final = 0.5625  # bytes: four bits and an eight-bit scale for every sixteen weights
WEIGHT_BYTES: Final = {
    Precision.BF16: 2.0,
    Precision.FP8: 1.0,
    Precision.FP4: FOUR_BITS,
    Precision.INT4: FOUR_BITS,
}
CACHE_BYTES: Final = {Precision.BF16: 2.0, Precision.FP8: 1.0, Precision.FP4: 1.0, Precision.INT4: 2.0}
FP4_EXPERTS: Final = "fp4 experts"  # served so whatever precision is asked for
INT4_EXPERTS: Final = "int4 experts"  # served so when int4 is asked for


class Weighing(NamedTuple):
    """Bytes a dense weight, an expert weight and a cache element take; FLOP/s and the share of it that is reached."""

    dense_bytes: float
    expert_bytes: float
    cache_bytes: float
    flops: float
    reached: float


def precision(name: str) -> Precision:
    """The precision of a name. NotKnownError otherwise."""
    try:
        return Precision(name.strip().lower())
    except ValueError:
        raise NotKnownError("Precision", name, list(Precision)) from None


def weighing(model: Model, gpu: Gpu, asked: Precision, calibration: Calibration) -> Weighing:
    """Roofline: the arithmetic runs in the narrowest format both weights and GPU have, attention caches as stored."""
    always_fp4 = model.native_precision.startswith(FP4_EXPERTS)
    mixed = always_fp4 or (asked is Precision.INT4 and model.native_precision.startswith(INT4_EXPERTS))
    dense = WEIGHT_BYTES[Precision.BF16 if mixed else asked]
    cache = CACHE_BYTES[Precision.BF16 if always_fp4 else asked]
    rate, reached = _fp4_experts(gpu, calibration) if always_fp4 else _rate(gpu, asked, calibration)
    return Weighing(
        dense,
        FOUR_BITS if mixed else dense,
        calibration.latent_kv_bytes if model.latent else cache,
        rate,
        reached,
    )


def _fp4_experts(gpu: Gpu, calibration: Calibration) -> tuple[float, float]:
    if gpu.fp4_flops:
        return gpu.fp4_flops, calibration.compute_fp4
    return gpu.bf16_flops, calibration.compute_bf16


def _rate(gpu: Gpu, asked: Precision, calibration: Calibration) -> tuple[float, float]:
    if asked is Precision.BF16:
        return gpu.bf16_flops, calibration.compute_bf16
    if asked is Precision.INT4:
        return gpu.bf16_flops, calibration.compute_fp8
    if asked is Precision.FP4 and gpu.fp4_flops:
        return gpu.fp4_flops, calibration.compute_fp4
    return gpu.fp8_flops or gpu.bf16_flops, calibration.compute_fp8
