"""What is asked of a replica: lengths of requests, and how many at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from planner.engine.capacity.errors import CapacityError

CLOSED_BATCH_MAX: Final = 1024  # sequences serving engines schedule at most by default
OFFLINE_BATCH_MAX: Final = 2048
SERVED_CONTEXT: Final = 0.75  # of the output a sequence holds on average while being served, with reserve
OFFLINE_CONTEXT: Final = 1.0
UNLIMITED: Final = float("inf")


@dataclass(frozen=True, slots=True)
class Load:
    """Mean tokens in and out of a request, requests in flight, the most sequences scheduled, and the share of the
    output for which cache is held. Numbers, or arrays of one shape.
    """

    input_tokens: Any
    output_tokens: Any
    concurrency: Any
    batch_max: Any
    held_share: Any

    @property
    def held_tokens(self) -> Any:
        return self.input_tokens + self.held_share * self.output_tokens

    @property
    def mean_context(self) -> Any:
        return self.input_tokens + self.output_tokens / 2


def closed(input_tokens: float, output_tokens: float, concurrency: float) -> Load:
    """So many requests in flight at any time, a new one for each that ends. CapacityError names a wrong length."""
    _positive("Input tokens", input_tokens)
    _positive("Output tokens", output_tokens)
    _positive("Concurrency", concurrency)
    return Load(input_tokens, output_tokens, concurrency, CLOSED_BATCH_MAX, SERVED_CONTEXT)


def offline(input_tokens: float, output_tokens: float) -> Load:
    """All requests there at the start: as many at a time as fit."""
    _positive("Input tokens", input_tokens)
    _positive("Output tokens", output_tokens)
    return Load(input_tokens, output_tokens, UNLIMITED, OFFLINE_BATCH_MAX, OFFLINE_CONTEXT)


def _positive(what: str, number: float) -> None:
    if not number > 0:
        raise CapacityError(what, f"{what} must be more than 0, not {number:g}.")
