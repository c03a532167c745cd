"""What `manage.py bench economics` measures of full costs: every placement of many segments over three years."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.engine import load_policy
from planner.engine.costing import Terms, Work, full_costs, many_costs
from planner.engine.costing.spread import spreads
from planner.engine.policy import Assumptions
from planner.management.bench.clock import timed
from planner.management.bench.futures import Figure
from pricing.feeds.reference import reference_snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from planner.engine.policy import Policy, Tier

SEED: Final = 1
SEGMENTS: Final = 10_000
MONTHS: Final = 36
GROWTH: Final = 1.05
SHOWN: Final = 40  # segments costed one at a time as well


@dataclass(frozen=True)
class Costed:
    """A portfolio of segments, split by what serves them, and the terms."""

    under: Terms
    parts: tuple[tuple[Tier, Work], ...]

    @classmethod
    def of(cls, segments: int, months: int) -> Costed:
        """Volumes and lengths of requests spread as widely as real ones; the same ones each time."""
        policy, prices = load_policy(), reference_snapshot()
        under = Terms(prices, Assumptions.of(policy, prices.as_of), precisions(policy))
        tiers, draw = list(policy.tiers.values()), np.random.Generator(np.random.PCG64(SEED))
        each = segments // len(tiers)
        return cls(under, tuple((tier, _work(draw, each, months)) for tier in tiers))

    def run(self) -> list[dict[str, NDArray[np.float64]]]:
        return [many_costs(tier, work, self.under) for tier, work in self.parts]


def precisions(policy: Policy) -> tuple[str, ...]:
    text = str(policy.figures(reference_snapshot().as_of)["serving_precisions"])
    return tuple(part.strip() for part in text.split(","))


def _work(draw: np.random.Generator, segments: int, months: int) -> Work:
    """Tokens a month lognormal around 60 million, requests of about 1,200 tokens in and 250 out."""
    tokens = np.clip(draw.lognormal(np.log(60e6), 1.7, segments), 1e5, 2e11)
    given = np.clip(draw.lognormal(np.log(1200), 0.9, segments), 100, 16_000)
    written = np.clip(draw.lognormal(np.log(250), 0.8, segments), 10, 4_000)
    requests = (tokens / (given + written))[:, None] * GROWTH ** np.arange(months)
    return Work(
        requests_month=requests,
        input_tokens_month=requests * given[:, None],
        output_tokens_month=requests * written[:, None],
        cached_share=0.3,
        written_share=0.0,
        batch_share=0.0,
        reasoning=1.0,
        longer=1.0,
        peak=3.0,
    )


def figures(times: int) -> Iterator[Figure]:
    """Every figure, each run so many times."""
    costed = Costed.of(SEGMENTS, MONTHS)
    name = f"eight placements of {SEGMENTS:,} segments over {MONTHS} months"
    yield Figure(name, timed(costed.run, times), 1000)
    tier, work = costed.parts[1]
    one = _first(work, 0)
    yield Figure("one segment, every term", timed(partial(full_costs, tier, one, None, costed.under), times))
    costs = full_costs(tier, one, None, costed.under)
    yield Figure("ranges of its costs", timed(partial(spreads, costs, one, None, costed.under), times))


def agreement() -> str:
    """Whether many at once equal one at a time."""
    costed = Costed.of(4 * SHOWN, 1)
    equal = asked = 0
    for (tier, work), many in zip(costed.parts, costed.run(), strict=True):
        for place in range(SHOWN):
            for variant, cost in full_costs(tier, _first(work, place), None, costed.under).items():
                if variant in many:
                    asked += 1
                    usd = np.nan if cost.usd_month is None else cost.usd_month
                    equal += bool(np.isclose(many[variant][place, 0], usd, rtol=1e-9, equal_nan=True))
    return f"One by one and all at once: {equal:,} of {asked:,} costs equal to 1 part in 10^9."


def _first(work: Work, place: int) -> Work:
    """One segment in its first month, as plain numbers."""
    cells: dict[str, Any] = {
        name: float(value[place, 0]) if isinstance(value, np.ndarray) else value
        for name, value in work.arrays().items()
    }
    return Work(**cells)
