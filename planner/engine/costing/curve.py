"""What placements cost at other volumes: the lines of a break-even chart, on the offers and replicas of today's choice."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.engine.costing.cheapest import machine_terms
from planner.engine.costing.machines import need, server_need, server_terms
from planner.engine.costing.tokens import TokenPrice, token_terms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from planner.engine.costing.terms import Terms
    from planner.engine.costing.variants import FullCost
    from planner.engine.costing.work import Work

    Floats = NDArray[np.float64]

POINTS: Final = 121
DECADES_BELOW: Final = 1.5
DECADES_ABOVE: Final = 2.0
BEYOND: Final = 3.0  # times the break-even, so that the lines are seen to cross


def factors(work: Work, break_evens: Iterable[float]) -> Floats:
    """Multiples of today's volume, evenly spaced as powers: from well below today to beyond the last break-even."""
    reached = [tokens / work.tokens_month for tokens in break_evens if math.isfinite(tokens)]
    top = max([10**DECADES_ABOVE, *(BEYOND * each for each in reached)])
    return np.geomspace(10**-DECADES_BELOW, top, POINTS)


def curve(cost: FullCost, work: Work, under: Terms, multiples: Floats) -> Floats | None:
    """Dollars a month at each multiple of the volume; None where the placement has no price by volume."""
    if cost.usd_month is None or cost.variant == "1":
        return None
    grown, figures = work.grown(multiples), under.figures
    if cost.price is not None:
        terms = token_terms(cost.variant, grown, TokenPrice.of(cost.price, figures), figures)
    elif cost.serving is not None:
        terms = machine_terms(cost.variant, cost.serving, need(grown, cost.request_s, figures), figures)
        terms["stopped"] = (sum(terms.values()) - terms["pool"]) * _stopped_share(cost)
    else:
        terms = server_terms(server_need(grown, figures), figures)
    return np.asarray(sum(terms.values()) + cost.terms["people"] + np.zeros_like(multiples))


def _stopped_share(cost: FullCost) -> float:
    """What stopping replicas takes off the machines' bill today, as a share of it; taken to hold at any volume."""
    stopped = cost.terms.get("stopped", 0.0)
    return stopped / (cost.machines_usd - stopped) if stopped else 0.0
