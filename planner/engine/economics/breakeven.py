"""The volume from which machines of one's own cost less than tokens: existence first, then whole replicas."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planner.engine.economics.costs import VariantCost

NEVER: Final = math.inf
MACHINES: Final = "Machines"


@dataclass(frozen=True, slots=True)
class Replica:
    """One replica as the comparison sees it: dollars a month, tokens a month it carries at planned load, and what
    is paid beside the machines however many there are.
    """

    usd: float
    tokens: float
    fixed_usd: float

    @classmethod
    def of(cls, cost: VariantCost, tokens_month: float) -> Replica | None:
        """The replica behind a cost; None where the placement has no machines or nothing runs on them."""
        machines = next((part.usd_month for part in cost.parts if part.label == MACHINES), None)
        if cost.usd_month is None or machines is None or cost.load <= 0 or tokens_month <= 0:
            return None
        return cls(machines / cost.replicas, tokens_month / cost.load, cost.usd_month - machines)


def break_even_tokens(usd_per_token: float, replica: Replica, spare: int = 0) -> float:
    """Tokens a month from which the replicas are cheaper at every larger volume; infinity is never.

    A replica at full load that costs more than the tokens it serves never pays, whatever the volume.
    """
    saved = usd_per_token * replica.tokens
    if saved <= replica.usd:
        return NEVER
    fixed = replica.fixed_usd + spare * replica.usd
    whole = max(1, math.ceil((fixed + saved) / (saved - replica.usd)) - 1)
    return min((whole * replica.usd + fixed) / usd_per_token, whole * replica.tokens)


def lowest_break_even(
    own: Iterable[VariantCost], other_usd_month: float | None, tokens_month: float | None
) -> float | None:
    """The lowest break-even of these placements against a bill that grows with the tokens; None where nobody can tell."""
    if not other_usd_month or not tokens_month:
        return None
    replicas = [replica for cost in own if (replica := Replica.of(cost, tokens_month))]
    price = other_usd_month / tokens_month
    return min((break_even_tokens(price, replica) for replica in replicas), default=None)
