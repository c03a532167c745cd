"""Which assumptions matter most: each set to the ends of its range, one at a time, everything else as it is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from planner.engine.policy import Assumptions

    Cost = Callable[[Mapping[str, float]], float | None]

THREE: Final = 3


@dataclass(frozen=True, slots=True)
class Range:
    """An assumption, and between which values it may lie."""

    name: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Swing:
    """What the cost comes to at either end of a range, in dollars; None where it cannot be worked out there."""

    name: str
    low: float
    high: float
    usd_at_low: float | None
    usd_at_high: float | None

    @property
    def width_usd(self) -> float | None:
        """How far apart the two costs are: nothing where both are never, None where one is not known."""
        if self.usd_at_low is None or self.usd_at_high is None:
            return None
        return 0.0 if self.usd_at_low == self.usd_at_high else abs(self.usd_at_high - self.usd_at_low)


@dataclass(frozen=True, slots=True)
class Tornado:
    """The cost as assumed, and the swings from the widest to the narrowest, unknown ones last; equally wide ones
    stay in the order in which they were asked for.
    """

    usd: float | None
    swings: tuple[Swing, ...]

    @property
    def most(self) -> tuple[Swing, ...]:
        """The three that matter most; fewer where fewer matter at all."""
        return tuple(each for each in self.swings if each.width_usd)[:THREE]


def tornado(cost: Cost, ranges: Iterable[Range]) -> Tornado:
    """The swings of a cost, which is asked for with the values that differ from what is assumed."""
    found = [
        Swing(each.name, each.low, each.high, cost({each.name: each.low}), cost({each.name: each.high}))
        for each in ranges
    ]
    return Tornado(cost({}), tuple(sorted(found, key=_narrowness)))


def ranges_of(assumed: Assumptions, names: Iterable[str]) -> tuple[Range, ...]:
    """The ranges of these assumptions as the policy says them; one without a range is left out."""
    figures = (assumed.figures[name] for name in names)
    return tuple(
        Range(each.name, each.low, each.high)
        for each in figures
        if each.low is not None and each.high is not None
    )


def _narrowness(swing: Swing) -> float:
    """Lowest for the widest; sorting is stable, so ties keep their order."""
    return math.inf if swing.width_usd is None else -swing.width_usd
