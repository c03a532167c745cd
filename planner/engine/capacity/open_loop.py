"""Requests that arrive at random at some rate: how many are in service, and how long a token takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from planner.engine.capacity.closed_loop import UNKNOWN, closed_loop
from planner.engine.capacity.load import UNLIMITED
from planner.engine.capacity.memory import fit
from planner.engine.capacity.steps import decode, lone_prefill_s, prefill_s

if TYPE_CHECKING:
    from planner.engine.capacity.calibration import Calibration
    from planner.engine.capacity.load import Load
    from planner.engine.capacity.replica import Replica

HALVINGS: Final = 60  # of an interval of at most some thousand sequences: to the last bit


@dataclass(frozen=True, slots=True)
class Arriving:
    """The share of time prefill takes, sequences in service, seconds between tokens, seconds to the first token at
    least, and tokens a second served. Where more arrives than can be served the first three are infinite, and the
    rate is what the replica does at most.
    """

    prefill_share: Any
    batch: Any
    itl_s: Any
    ttft_s: Any
    out_tok_s: Any


def open_loop(replica: Replica, load: Load, requests_s: Any, calibration: Calibration) -> Arriving:
    """Poisson arrivals. Decode steps are stretched by the prefills between them: ITL = t_dec(B) / (1 - u) with
    u = rate x t_pre, and by Little's law B = rate x osl x ITL, found by bisection. `load.concurrency` is not read.
    """
    on = replica.on
    share = requests_s * prefill_s(replica, load.input_tokens)
    left = on.most(1 - share, 0.0)
    most = most_served(replica, load, calibration)
    batch, below = _in_service(replica, load, requests_s, left, calibration)
    kept = below & (left > 0)
    step = decode(replica, on.most(1.0, batch), load.mean_context).total_s
    spare = on.choose(kept, left, 1.0)
    itl = on.choose(kept, step / spare, UNLIMITED)
    ttft = on.choose(kept, lone_prefill_s(replica, load.input_tokens) / spare, UNLIMITED)
    known = most == most  # noqa: PLR0124 - NaN alone differs from itself
    return Arriving(
        prefill_share=share,
        batch=on.choose(known, on.choose(kept, batch, UNLIMITED), UNKNOWN),
        itl_s=on.choose(known, itl, UNKNOWN),
        ttft_s=on.choose(known, ttft, UNKNOWN),
        out_tok_s=on.choose(kept, requests_s * load.output_tokens, most) + 0 * most,
    )


def most_served(replica: Replica, load: Load, calibration: Calibration) -> Any:
    """Output tokens a second with requests always waiting."""
    return closed_loop(replica, replace(load, concurrency=UNLIMITED), calibration).out_tok_s


def _in_service(
    replica: Replica, load: Load, requests_s: Any, left: Any, calibration: Calibration
) -> tuple[Any, Any]:
    """Where sequences in service and their arrivals agree, and whether they do so with what fits."""
    on, arriving = replica.on, requests_s * load.output_tokens

    def enough(batch: Any) -> Any:
        return batch * left >= arriving * decode(replica, on.most(1.0, batch), load.mean_context).total_s

    held = fit(replica, load.held_tokens, calibration)
    top = on.choose(held.refusal == 0, on.least(held.cache_batch, load.batch_max), 1.0)
    low, high = 0.0 * top, top
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        reached = enough(middle)
        low, high = on.choose(reached, low, middle), on.choose(reached, middle, high)
    return high, enough(top)
