"""What fits: weights first, then the cache of the sequences served at a time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.engine.capacity.calibration import Calibration
    from planner.engine.capacity.replica import Replica


class Refusal(IntEnum):
    """Why a replica cannot serve a load; NONE is that it can."""

    NONE = 0
    WEIGHTS = 1  # the weights alone need more memory than there is
    SEQUENCE = 2  # not one sequence of this length fits beside them
    RATE = 3  # nobody says how fast this GPU is

    @property
    def sentence(self) -> str:
        return SENTENCES[self]


SENTENCES = {
    Refusal.NONE: "It fits.",
    Refusal.WEIGHTS: "The weights do not fit into the memory: take more or larger GPUs, or fewer bits a weight.",
    Refusal.SEQUENCE: "Not one request of this length fits beside the weights: take more or larger GPUs, or shorter requests.",
    Refusal.RATE: "How fast this GPU is, is not known: only what fits can be said.",
}


@dataclass(frozen=True, slots=True)
class Fit:
    """Bytes of weights, bytes free for the cache, that as a share of the memory, the sequences it holds (not whole),
    and whether a larger replica would gain out of proportion (`cliff`): under the least headroom it always would.
    """

    weights_bytes: Any
    free_bytes: Any
    headroom: Any
    cache_batch: Any
    cliff: Any
    refusal: Any


def seen(replica: Replica, tokens: Any) -> Any:
    """Tokens a layer attends to on average at a context of so many: some layers see all, some only a window."""
    local = replica.on.least(tokens, replica.window)
    return replica.full_share * tokens + (1 - replica.full_share) * local


def cache_bytes(replica: Replica, tokens: Any) -> Any:
    """Bytes of cache of one sequence of so many tokens."""
    return replica.kv_bytes * seen(replica, tokens)


def fit(replica: Replica, tokens: Any, calibration: Calibration) -> Fit:
    """What is left beside the weights for sequences of so many tokens. Negative free bytes are what is missing."""
    on = replica.on
    free = replica.usable_bytes - replica.weights_bytes
    batch = free / cache_bytes(replica, tokens)
    headroom = free / replica.memory_bytes
    refusal = on.choose(
        free <= 0,
        Refusal.WEIGHTS.value,
        on.choose(
            batch < 1,
            Refusal.SEQUENCE.value,
            on.choose(replica.bandwidth > 0, Refusal.NONE.value, Refusal.RATE.value),
        ),
    )
    return Fit(replica.weights_bytes, free, headroom, batch, headroom < calibration.headroom_min, refusal)
