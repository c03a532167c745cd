"""The growth a workload states or measures of its own: believed for some months, then the usual one goes on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.engine.uncertainty.paths import Futures

Floats: TypeAlias = NDArray[np.float64]
PERCENT: Final = 100
BELIEVED: Final = "own_growth_months"


def monthly_growth(percent_month: float | None) -> float | None:
    """The growth a month in natural logarithms; None where nobody says, or where nothing at all would be left."""
    if percent_month is None or percent_month <= -PERCENT:
        return None
    return math.log1p(percent_month / PERCENT)


def own_demand(futures: Futures, own: float | None, a: Mapping[str, float]) -> Floats:
    """Times today's volume, months down and futures across, for a workload with this growth of its own (`own`, in
    natural logarithms; None: the usual one). The futures are those of the usual growth of demand.
    """
    if own is None:
        return futures.demand
    believed = np.minimum(np.arange(futures.months), a[BELIEVED])[:, None]
    return futures.demand * np.exp((own - a["demand_growth"]) * believed)
