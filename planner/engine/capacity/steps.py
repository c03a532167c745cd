"""How long one decode step and one prefill take: the slower of memory and arithmetic, plus exchange and overhead.

Roofline after Williams, Waterman and Patterson (2009), https://doi.org/10.1145/1498765.1498785, applied to
transformer inference as in Pope et al. (2022), https://arxiv.org/abs/2211.05102.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.engine.capacity.memory import cache_bytes, seen

if TYPE_CHECKING:
    from planner.engine.capacity.replica import Replica


@dataclass(frozen=True, slots=True)
class Step:
    """Seconds of one decode step of a batch, in its parts."""

    memory_s: Any
    arithmetic_s: Any
    exchange_s: Any
    overhead_s: Any
    total_s: Any


def experts_touched(idle_share: Any, batch: Any) -> Any:
    """The share of experts at least one of `batch` tokens is sent to, if routing is uniform: 1 - (1 - K/E)^B."""
    return 1 - idle_share**batch


def decode(replica: Replica, batch: Any, context_tokens: Any) -> Step:
    """One token for each of `batch` sequences, each `context_tokens` long on average."""
    read = replica.dense_bytes + experts_touched(replica.idle_share, batch) * replica.expert_bytes
    memory = (read + batch * cache_bytes(replica, context_tokens)) / replica.bandwidth
    arithmetic = batch * (replica.token_s + replica.attention_s * seen(replica, context_tokens))
    exchange = replica.exchange_s + replica.exchange_sequence_s * batch
    total = replica.on.most(memory, arithmetic) + exchange + replica.overhead_s
    return Step(memory, arithmetic, exchange, replica.overhead_s, total)


def prefill_s(replica: Replica, input_tokens: Any) -> Any:
    """Seconds of machine time the prompt of one request takes among others."""
    attention = replica.prefill_attention_s * seen(replica, input_tokens / 2)
    return input_tokens * (replica.token_s + attention + replica.exchange_sequence_s)


def lone_prefill_s(replica: Replica, input_tokens: Any) -> Any:
    """Seconds until the first token of a request that is alone: the weights it touches have to be read once."""
    on = replica.on
    touched = on.least(1.0, input_tokens * (1 - replica.idle_share))
    read = (replica.dense_bytes + replica.expert_bytes * touched) / replica.bandwidth
    return on.most(prefill_s(replica, input_tokens), read) + replica.overhead_s
