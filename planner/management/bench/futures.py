"""What `manage.py bench economics` measures of break-evens and of chance: a pool of two H100 against tokens."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.engine import load_policy
from planner.engine.costing.breakeven import Pool, break_even
from planner.engine.passage import first_passage
from planner.engine.policy import Assumptions
from planner.engine.uncertainty.draws import Draws
from planner.engine.uncertainty.options import Replicas, Tokens
from planner.engine.uncertainty.outcomes import bands, outlook
from planner.engine.uncertainty.passages import first_passages
from planner.engine.uncertainty.paths import Drift, Futures
from planner.management.bench.clock import Timing, timed
from pricing.feeds.reference import reference_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from planner.engine.uncertainty.outcomes import Outlook

SEED: Final = 1
IN_A_ROW: Final = 3
CALLS: Final = 100  # too short to be timed one by one
SEGMENTS: Final = 10_000
OWN: Final = Replicas("pool", 2e9, 59_683, 3, 0.7, 1, 2 * 2.95, 730, 25_000)
TODAY: Final = Tokens("tokens", 9_692.31)
POOL: Final = Pool(4_522.35, 4_312.82, 25_000, 1)


@dataclass(frozen=True)
class Figure:
    """What was measured, and the milliseconds it has to stay within; none where no figure was promised."""

    name: str
    timing: Timing
    reach_ms: float | None = None


def figures(times: int) -> Iterator[Figure]:
    """Every figure, each run so many times."""
    drift = _drift()
    for futures, months, reach_ms in ((10_000, 48, 150.0), (2_000, 36, 15.0)):
        name = f"{futures:,} futures of {months} months, two options"
        yield Figure(name, timed(partial(looked_at, drift, futures, months), times), reach_ms)
    bills = OWN.bills(Futures.of(Draws.of(SEED, 10_000, 48), drift))
    yield Figure("bands of one option in 10,000 futures", timed(partial(bands, bills), times))
    yield Figure("break-even of one pool", _one(partial(break_even, 4.0, POOL, 18_483.5), times), 0.02)
    yield Figure("date of one trigger", _one(partial(first_passage, 1.0, 3.0, 0.03, 0.1), times), 0.5)
    prices = np.linspace(0.5, 20, SEGMENTS)
    yield Figure(
        f"break-evens of {SEGMENTS:,} segments", timed(partial(break_even, prices, POOL, 1e4), times)
    )
    levels = np.linspace(0.5, 20, SEGMENTS)
    dates = partial(first_passages, 1.0, levels, 0.03, 0.1)
    yield Figure(f"dates of {SEGMENTS:,} triggers", timed(dates, min(times, 3)))


def repeatable() -> str:
    """Whether the same seed gives the same bytes, and what the futures come to."""
    drift = _drift()
    first, second = (Futures.of(Draws.of(SEED, 10_000, 48), drift) for _ in range(2))
    names = [each.name for each in fields(Futures) if each.name != "seed"]
    same = all(getattr(first, name).tobytes() == getattr(second, name).tobytes() for name in names)
    found = looked_at(drift, 10_000, 48)
    return (
        f"Same seed, {'same' if same else 'OTHER'} bytes. Two billion tokens a month against a pool of two H100: "
        f"{found.within:.1%} break even within {found.horizon} months, P10 month {found.p10:.0f}."
    )


def looked_at(drift: Drift, futures: int, months: int) -> Outlook:
    """Everything from the seed to the outlook."""
    drawn = Futures.of(Draws.of(SEED, futures, months), drift)
    return outlook(OWN.bills(drawn), TODAY.bills(drawn), IN_A_ROW)


def _drift() -> Drift:
    return Drift.of(Assumptions.of(load_policy(), reference_snapshot().as_of))


def _one(call: Callable[[], object], times: int) -> Timing:
    many = timed(lambda: [call() for _ in range(CALLS)], times)
    return Timing(many.best_ms / CALLS, many.median_ms / CALLS)
