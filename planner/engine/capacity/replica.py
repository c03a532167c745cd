"""One replica: some GPUs that serve one model together, and what the roofline needs to know of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from planner.engine.capacity import specs
from planner.engine.capacity.arithmetic import MANY, ONE, Arithmetic
from planner.engine.capacity.errors import CapacityError
from planner.engine.capacity.precision import Precision, precision, weighing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.engine.capacity.calibration import Calibration
    from planner.engine.capacity.specs import Gpu, Model


class Pairing(NamedTuple):
    """A model in a precision on one kind of GPU, before anybody says how many: bytes, FLOP and seconds.

    `attention_flop` and `prefill_attention_flop` are per token and token of context. Without experts
    `expert_bytes` is 0.
    """

    memory_bytes: float
    usable_bytes: float
    dense_bytes: float
    expert_bytes: float
    stored_bytes: float
    idle_share: float
    kv_bytes: float
    full_share: float
    window: float
    bandwidth: float
    token_flop_s: float
    attention_flop: float
    prefill_attention_flop: float
    attention_rate: float
    exchange_s: float
    exchange_sequence_s: float
    overhead_s: float


WIDTH: Final = len(Pairing._fields)


@dataclass(frozen=True, slots=True)
class Replica:
    """The same for n GPUs together. Every field is a number or, for many replicas at once, an array of one shape.

    `usable_bytes` is what weights and cache may take; `token_s` the arithmetic of one token, `attention_s` that of
    one token for one token of context; `exchange_s` of a step, `exchange_sequence_s` for each sequence of the step.
    """

    on: Arithmetic
    gpus: Any
    memory_bytes: Any
    usable_bytes: Any
    weights_bytes: Any
    dense_bytes: Any
    expert_bytes: Any
    idle_share: Any
    kv_bytes: Any
    full_share: Any
    window: Any
    bandwidth: Any
    token_s: Any
    attention_s: Any
    prefill_attention_s: Any
    exchange_s: Any
    exchange_sequence_s: Any
    overhead_s: Any


def replica(model: str, gpu: str, gpus: int, kind: str, calibration: Calibration) -> Replica:
    """One replica of `gpus` GPUs serving a model whose weights are of a precision. NotKnownError for a name nobody
    knows, CapacityError where nothing can be computed.
    """
    return together(_pairing(model, gpu, kind, calibration), counted(gpus), ONE)


def replicas(
    models: Sequence[str],
    gpus: Sequence[str],
    counts: Sequence[int],
    kinds: Sequence[str],
    calibration: Calibration,
) -> Replica:
    """Many replicas at once, every field an array of one number each. Errors as for one."""
    keys = list(zip(models, gpus, kinds, strict=True))
    places = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    known = np.array([_pairing(*key, calibration) for key in places], dtype=float).reshape(-1, WIDTH)
    taken = np.take(known.T.copy(), np.fromiter(map(places.__getitem__, keys), np.intp, len(keys)), axis=1)
    number = np.asarray(counts, dtype=float)
    if number.size and not (number >= 1).all():
        raise CapacityError("GPUs", "A replica has at least one GPU.")
    return together(Pairing(*taken), number, MANY)


def counted(gpus: int) -> int:
    """The number itself; CapacityError below one."""
    if gpus < 1:
        raise CapacityError("GPUs", "A replica has at least one GPU.")
    return gpus


@lru_cache(maxsize=8192)
def _pairing(model: str, gpu: str, kind: str, calibration: Calibration) -> Pairing:
    return pair(specs.model(model), specs.gpu(gpu), precision(kind), calibration)


def pair(model: Model, gpu: Gpu, asked: Precision, calibration: Calibration) -> Pairing:
    """Roofline: what one step and one token take of memory, bandwidth and arithmetic, n left open."""
    weigh = weighing(model, gpu, asked, calibration)
    scores = 2 * model.layers * model.heads
    return Pairing(
        memory_bytes=gpu.memory_bytes,
        usable_bytes=calibration.memory_share * gpu.memory_bytes - calibration.memory_reserve_bytes,
        dense_bytes=model.dense_params * weigh.dense_bytes,
        expert_bytes=model.expert_params * weigh.expert_bytes,
        stored_bytes=model.embedding_params * weigh.dense_bytes,
        idle_share=1 - model.experts_active / model.experts if model.experts else 0.0,
        kv_bytes=model.kv_elements_token * weigh.cache_bytes,
        full_share=model.full_attention_share,
        window=model.window_tokens,
        bandwidth=gpu.bandwidth_bytes_s * calibration.bandwidth,
        token_flop_s=2 * (model.dense_params + model.expert_params_active) / (weigh.flops * weigh.reached),
        attention_flop=scores * (_decoding(model) if model.latent else 2 * model.head_dim),
        prefill_attention_flop=scores * (_prefilling(model) if model.latent else 2 * model.head_dim),
        attention_rate=gpu.bf16_flops * calibration.compute_bf16,
        exchange_s=2 * model.layers * calibration.exchange_s,
        exchange_sequence_s=2 * model.layers * 2 * 2 * model.hidden / (calibration.link * gpu.link_bytes_s),
        overhead_s=model.layers * calibration.layer_s + model.expert_layers * calibration.expert_layer_s,
    )


def _decoding(model: Model) -> float:
    """Latent attention, weights absorbed: scores over rank and position, values over rank."""
    return 2 * model.latent_rank + model.rope_dim


def _prefilling(model: Model) -> float:
    """Latent attention, unpacked into heads."""
    return model.nope_dim + model.rope_dim + model.value_dim


def together(one: Pairing, gpus: Any, on: Arithmetic) -> Replica:
    """Roofline: n GPUs share weights, cache and arithmetic evenly; a ring exchange moves (n - 1) / n of the data twice."""
    attention_rate = gpus * one.attention_rate
    return Replica(
        on=on,
        gpus=gpus,
        memory_bytes=gpus * one.memory_bytes,
        usable_bytes=gpus * one.usable_bytes,
        weights_bytes=one.dense_bytes + one.expert_bytes + one.stored_bytes,
        dense_bytes=one.dense_bytes,
        expert_bytes=one.expert_bytes,
        idle_share=one.idle_share,
        kv_bytes=one.kv_bytes,
        full_share=one.full_share,
        window=one.window,
        bandwidth=gpus * one.bandwidth,
        token_s=one.token_flop_s / gpus,
        attention_s=one.attention_flop / attention_rate,
        prefill_attention_s=one.prefill_attention_flop / attention_rate,
        exchange_s=one.exchange_s * (gpus > 1),
        exchange_sequence_s=one.exchange_sequence_s * ((gpus - 1) / gpus),
        overhead_s=one.overhead_s,
    )
