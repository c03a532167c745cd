"""A replica under a limit on time per token: its batch, what a request takes of it, and how many of it are needed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.engine.capacity.closed_loop import UNKNOWN, tpot_s
from planner.engine.capacity.load import UNLIMITED
from planner.engine.capacity.memory import fit
from planner.engine.capacity.steps import decode, prefill_s

if TYPE_CHECKING:
    from planner.engine.capacity.calibration import Calibration
    from planner.engine.capacity.load import Load
    from planner.engine.capacity.memory import Fit
    from planner.engine.capacity.replica import Replica

ROUNDING: Final = 1e-9  # replicas: what is left of a whole number after floating-point division


@dataclass(frozen=True, slots=True)
class Service:
    """The largest batch within the limit (0: not even one request alone meets it), replica-seconds a request takes
    and requests a second at most. Where the limit cannot be met a request takes infinitely long; where nothing fits
    all three are NaN.
    """

    fit: Fit
    batch: Any
    request_s: Any
    requests_s: Any


def service(replica: Replica, load: Load, target_s: Any, calibration: Calibration) -> Service:
    """Roofline: B* by bisection, since time per token grows with the batch; s = t_pre + osl t_dec(B*) / B*.
    `load.concurrency` is not read.
    """
    on = replica.on
    held = fit(replica, load.held_tokens, calibration)
    fits = held.refusal == 0
    top = on.choose(fits, on.least(on.whole(held.cache_batch), calibration.planning_batch_max), 0.0)
    batch = _largest(replica, load, target_s, top, int(calibration.planning_batch_max))
    served = on.most(1.0, batch)
    step = decode(replica, served, load.mean_context).total_s
    seconds = prefill_s(replica, load.input_tokens) + load.output_tokens * step / served
    met = batch >= 1
    return Service(
        fit=held,
        batch=on.choose(fits, batch, UNKNOWN),
        request_s=on.choose(fits, on.choose(met, seconds, UNLIMITED), UNKNOWN),
        requests_s=on.choose(fits, on.choose(met, 1 / seconds, 0.0), UNKNOWN),
    )


def _largest(replica: Replica, load: Load, target_s: Any, top: Any, most: int) -> Any:
    """The largest whole batch up to `top` (at most `most`) within the limit; 0 if none is."""
    on = replica.on
    low, high = 0.0 * top, top + 1.0
    for _ in range((most + 1).bit_length()):
        middle = on.whole((low + high) / 2)
        within = (middle >= 1) & (tpot_s(replica, load, on.most(1.0, middle)) <= target_s)
        open_still = high - low > 1
        low = on.choose(open_still & within, middle, low)
        high = on.choose(open_still & (within == False), middle, high)  # noqa: E712 - also of arrays
    return low


def replicas_needed(peak_requests_s: float, request_s: float, load_max: float, spare: int) -> float:
    """Whole replicas for a peak at a planned load, with spare ones: ceil(lambda s / rho) + N. Infinity is never;
    NaN where the request's demand is not known. Demands of workloads that share a pool add up before.
    """
    needed = peak_requests_s * request_s / load_max
    if not math.isfinite(needed):
        return needed
    return math.ceil(needed - ROUNDING) + spare


def replicas_needed_each(peak_requests_s: Any, request_s: Any, load_max: float, spare: int) -> Any:
    """The same for arrays."""
    needed = np.asarray(peak_requests_s * request_s / load_max, dtype=float)
    return np.ceil(needed - ROUNDING) + spare


def processor_servers(
    peak_requests_s: float, output_tokens: float, tok_s: float, load_max: float, spare: int
) -> float:
    """Servers without GPUs for a peak: each writes `tok_s` output tokens a second of a model of 8B or less."""
    return replicas_needed(peak_requests_s, output_tokens / tok_s, load_max, spare)
