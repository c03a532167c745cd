"""What a replica's time goes into, and what holds it back."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from planner.engine.capacity.steps import decode

if TYPE_CHECKING:
    from planner.engine.capacity.closed_loop import Served
    from planner.engine.capacity.load import Load
    from planner.engine.capacity.replica import Replica


class Limit(StrEnum):
    """What would have to be better for more tokens a second."""

    CACHE = "cache"
    BANDWIDTH = "memory bandwidth"
    ARITHMETIC = "arithmetic"
    EXCHANGE = "exchange between GPUs"
    OVERHEAD = "overhead of each step"


def time_spent(replica: Replica, load: Load, served: Served) -> dict[Limit, float]:
    """Seconds of a cycle by what they go into; prompts are arithmetic and exchange, and of a decode step the slower
    of reading and computing counts.
    """
    step = decode(replica, served.batch, load.mean_context)
    exchanged = replica.exchange_sequence_s * load.input_tokens
    reading = step.memory_s >= step.arithmetic_s
    decoding = load.output_tokens * max(step.memory_s, step.arithmetic_s)
    prompts = served.batch * (served.prefill_s - exchanged)
    return {
        Limit.BANDWIDTH: decoding if reading else 0.0,
        Limit.ARITHMETIC: prompts + (0.0 if reading else decoding),
        Limit.EXCHANGE: served.batch * exchanged + load.output_tokens * step.exchange_s,
        Limit.OVERHEAD: load.output_tokens * step.overhead_s,
    }


def limit(replica: Replica, load: Load, served: Served) -> Limit:
    """What most of the time goes into. Where the cache holds fewer requests than are there it is the cache, unless
    arithmetic, which grows with every request, takes the most.
    """
    spent = time_spent(replica, load, served)
    most = max(spent, key=lambda name: spent[name])
    held = served.fit.cache_batch < min(load.concurrency, load.batch_max)
    return Limit.CACHE if held and most is not Limit.ARITHMETIC else most
