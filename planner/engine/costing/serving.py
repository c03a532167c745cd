"""Ways to serve a model on machines somebody offers, and how long a request keeps a replica of each busy."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.engine.capacity import specs
from planner.engine.capacity.arithmetic import MANY
from planner.engine.capacity.errors import CapacityError
from planner.engine.capacity.load import SERVED_CONTEXT, UNLIMITED, Load
from planner.engine.capacity.precision import FP4_EXPERTS
from planner.engine.capacity.replica import replicas
from planner.engine.capacity.service import service
from planner.engine.capacity.steps import prefill_s
from planner.engine.economics import cheapest_machine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from planner.engine.costing.measured import Measured
    from planner.engine.facts import GpuOffer, PriceSnapshot

    Floats = NDArray[np.float64]

SIZES: Final = (1, 2, 4, 8)  # GPUs of one replica: within a node, even widths as serving engines split models
REFERENCE_GPU: Final = "h100_sxm"  # whose node the policy's power figure is of
MILLISECONDS: Final = 1000


@dataclass(frozen=True, slots=True)
class Serving:
    """A model in a precision on so many GPUs of an offer. `usd` is the price of one replica an hour, or, of machines
    that are bought, of one machine of `unit_gpus`.
    """

    model: str
    gpu: str
    gpus: int
    precision: str
    offer: GpuOffer
    usd: float
    unit_gpus: int


@dataclass(frozen=True, slots=True)
class Pace:
    """For each way to serve (rows) and each part of the portfolio (columns): replica-seconds a request takes,
    infinite where the time per token cannot be met and NaN where nothing fits or nobody knows; and the batch.
    """

    request_s: Floats
    batch: Floats


@lru_cache(maxsize=256)
def servings(
    prices: PriceSnapshot, models: tuple[str, ...], arrangement: str, precisions: tuple[str, ...]
) -> tuple[Serving, ...]:
    """Every way a snapshot and the specifications know, the cheapest offer of each; in a stable order."""
    kinds = sorted({offer.gpu for offer in prices.gpu_offers if offer.arrangement == arrangement})
    found = [
        Serving(model, gpu, size, precision, machine.offer, machine.usd, machine.offer.gpu_count)
        for model in models
        if _known_model(model)
        for gpu in kinds
        if _computes(gpu)
        for size in _sizes(gpu)
        for precision in _precisions(model, gpu, precisions)
        for machine in _machines(prices, arrangement, gpu, size)
    ]
    return tuple(found)


def _machines(prices: PriceSnapshot, arrangement: str, gpu: str, size: int) -> Iterator[Any]:
    """What is rented is rented by the replica; what is bought is bought by the machine and holds any replica."""
    if arrangement != "owned":
        machine = cheapest_machine(prices, arrangement, gpu, size)
        if machine:
            yield machine
        return
    counts = sorted({o.gpu_count for o in prices.gpu_offers if o.arrangement == "owned" and o.gpu == gpu})
    for count in counts:
        machine = cheapest_machine(prices, "owned", gpu, count)
        if machine and machine.offer.gpu_count == count and size <= count:
            yield machine


def gpu_kilowatts(gpu: str, node_kw: Any) -> Any:
    """Power of one GPU with its share of the node at full load: the node's, by what the GPU itself draws."""
    reference = specs.gpu(REFERENCE_GPU)
    return node_kw / reference.per_node * specs.gpu(gpu).watts / reference.watts


def pace(
    ways: Sequence[Serving],
    lengths: tuple[Floats, Floats],
    cached_share: Floats,
    itl_target_ms: float,
    measured: Measured,
) -> Pace:
    """Roofline under a time per token: prefill of what no cache holds, and a share of each decode step of the batch;
    each way as much faster or slower as measured rows say of it.

    `lengths` are mean tokens in and out of a request; arrays of one number for each part.
    """
    if not ways:
        none = np.empty((0, len(cached_share)))
        return Pace(none, none)
    calibration, faster = measured.calibration, measured.faster(ways)[:, None]
    one = replicas(
        [way.model for way in ways],
        [way.gpu for way in ways],
        [way.gpus for way in ways],
        [way.precision for way in ways],
        calibration,
    )
    tall = replace(
        one, **{each.name: getattr(one, each.name)[:, None] for each in fields(one) if each.name != "on"}
    )
    load = Load(
        lengths[0][None, :], lengths[1][None, :], UNLIMITED, calibration.planning_batch_max, SERVED_CONTEXT
    )
    served = service(tall, load, itl_target_ms / MILLISECONDS * faster, calibration)
    seconds = (served.request_s - cached_share[None, :] * prefill_s(tall, load.input_tokens)) / faster
    return Pace(MANY.choose(served.fit.cliff, np.nan, seconds), served.batch)


def _sizes(gpu: str) -> tuple[int, ...]:
    """GPUs nobody measured are offered alone: what several of them lose to each other nobody can say."""
    return SIZES if specs.gpu(gpu).verified else SIZES[:1]


def _known_model(name: str) -> bool:
    try:
        specs.model(name)
    except CapacityError:
        return False
    return True


def _computes(name: str) -> bool:
    try:
        return specs.gpu(name).computes
    except CapacityError:
        return False


def _precisions(model: str, gpu: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """A model published in four bits is served so; others in what the policy allows and the GPU computes in."""
    if specs.model(model).native_precision.startswith(FP4_EXPERTS):
        return ("fp4",)
    return tuple(each for each in allowed if _runs(gpu, each))


def _runs(gpu: str, precision: str) -> bool:
    known = specs.gpu(gpu)
    return {"fp8": known.fp8_flops, "fp4": known.fp4_flops}.get(precision, known.bf16_flops) > 0
