"""A replica with so many requests in flight: tokens a second, time per token, and what limits it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from planner.engine.capacity.memory import fit
from planner.engine.capacity.steps import decode, lone_prefill_s, prefill_s

if TYPE_CHECKING:
    from planner.engine.capacity.calibration import Calibration
    from planner.engine.capacity.load import Load
    from planner.engine.capacity.memory import Fit
    from planner.engine.capacity.replica import Replica

ALONE: Final = 1.5  # sequences up to which a request is taken to have the machine to itself
UNKNOWN: Final = float("nan")


@dataclass(frozen=True, slots=True)
class Served:
    """Sequences served at a time, seconds of prefill and of a decode step, seconds a request is in service and from
    asking to its end, output tokens a second of the whole replica, seconds per output token. NaN where refused.
    """

    fit: Fit
    batch: Any
    prefill_s: Any
    decode_s: Any
    tpot_s: Any
    request_s: Any
    out_tok_s: Any


def closed_loop(replica: Replica, load: Load, calibration: Calibration) -> Served:
    """Roofline of a closed loop: a cycle of B prefills and osl decode steps serves B requests."""
    on = replica.on
    held = fit(replica, load.held_tokens, calibration)
    fits = held.refusal == 0
    wanted = on.least(load.concurrency, on.least(held.cache_batch, load.batch_max))
    batch = on.choose(fits, on.most(1.0, wanted), UNKNOWN)
    prefill, step = prefill_s(replica, load.input_tokens), decode(replica, batch, load.mean_context).total_s
    cycle = cycle_s(replica, load, batch, prefill, step)
    waiting = on.most(1.0, load.concurrency / batch)
    return Served(
        fit=held,
        batch=batch,
        prefill_s=prefill,
        decode_s=step,
        tpot_s=cycle / load.output_tokens,
        request_s=cycle * waiting,
        out_tok_s=batch * load.output_tokens / cycle,
    )


def cycle_s(replica: Replica, load: Load, batch: Any, prefill: Any, step: Any) -> Any:
    """Seconds in which each of a batch gets its prompt read and its output written."""
    on, decoding = replica.on, load.output_tokens * step
    alone = lone_prefill_s(replica, load.input_tokens) + decoding
    shared = batch * prefill + decoding
    return on.choose(batch <= ALONE, on.most(shared, alone), shared)


def tpot_s(replica: Replica, load: Load, batch: Any) -> Any:
    """Seconds per output token with exactly so many sequences at a time, whether they fit or not."""
    step = decode(replica, batch, load.mean_context).total_s
    return cycle_s(replica, load, batch, prefill_s(replica, load.input_tokens), step) / load.output_tokens
