"""What machines of one's own would be like for many segments: how busy, and how soon paid back; and what a price
change takes of the margin. The twin of the measures of the same names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from planner.engine.columns.choose import members
from planner.engine.columns.costs import Demands, cents
from planner.engine.economics import cheapest_machine
from planner.engine.economics.costs import ARRANGEMENT, SECONDS_PER_HOUR
from planner.engine.measures import OWN, PERCENT
from planner.engine.vocabulary import VARIANTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from planner.engine.columns.portfolio import State
    from planner.engine.columns.table import Table
    from planner.engine.decide import Basis

    Floats = NDArray[np.float64]


def investment(basis: Basis, table: Table, state: State, standing_cost: Floats) -> dict[str, Floats]:
    """Use of the cheapest permitted machines in percent, and months to pay back; NaN where nobody can tell."""
    use, written_off = _fleets(basis, table)
    usd = np.where(members(state.allowed), state.usd, np.nan)
    rows = [VARIANTS.index(variant) for variant in OWN]
    priced = np.where(np.isnan(usd[rows]), np.inf, usd[rows])
    cheapest = np.array(rows)[priced.argmin(axis=0)]
    cheapest = np.where(np.isinf(priced).all(axis=0), VARIANTS.index("4"), cheapest)
    segments = np.arange(table.size)
    busy = np.where(np.isnan(usd[cheapest, segments]), np.nan, use[cheapest, segments])
    owned = VARIANTS.index("5b")
    return {
        "gpu_utilisation_expected": busy,
        "payback_months": _payback(basis, usd[owned], written_off[owned], standing_cost),
    }


def _fleets(basis: Basis, table: Table) -> tuple[Floats, Floats]:
    """Average use in percent, and the dollars written off a month, of each placement with machines."""
    use, written_off = (np.full((len(VARIANTS), table.size), np.nan) for _ in range(2))
    terms, complexity = basis.terms, table.column("complexity")
    for name, tier in basis.policy.tiers.items():
        rows = np.nonzero(complexity == table.code("complexity", name))[0]
        demand = Demands.of(table, terms, rows)
        for variant, arrangement in ARRANGEMENT.items():
            shape, place = tier.shapes[arrangement], VARIANTS.index(variant)
            machine = cheapest_machine(basis.prices, arrangement, shape.gpu, shape.gpus)
            if machine is None or not rows.size:
                continue
            capacity = shape.tokens_per_second * terms.planned_use * terms.hours * SECONDS_PER_HOUR
            load = demand.tokens_out * demand.longer * demand.peak / capacity
            replicas = np.maximum(1, np.ceil(load))
            use[place, rows] = PERCENT * terms.planned_use * load / demand.peak / replicas
            if variant == "5b":
                bill = cents(replicas * machine.usd / terms.amortisation_months * terms.owned_overhead)
                written_off[place, rows] = bill / terms.owned_overhead
    return use, written_off


def _payback(basis: Basis, owned: Floats, written_off: Floats, today: Floats) -> Floats:
    figures = basis.figures
    horizon = float(figures["payback_horizon"])
    saved = today - (owned - written_off)
    invested = written_off * basis.terms.amortisation_months + float(figures["upfront_min"])
    months = np.minimum(horizon, invested / np.where(saved > 0, saved, 1.0))
    return np.where(np.isnan(saved), np.nan, np.where(saved > 0, months, horizon))


def margin(table: Table, bill: Floats) -> dict[str, Any]:
    """The share of the margin, in percent, that the provider's last price change takes."""
    change, earned = table.column("vendor_price_change_pct"), table.column("margin_month")
    earned = np.where(table.knows("margin_month") & (earned > 0), earned, np.nan)
    grown = change > -PERCENT
    rise = np.where(grown, bill * change / np.where(grown, PERCENT + change, 1.0), 0.0)
    return {"vendor_margin_impact_pct": np.maximum(0.0, PERCENT * rise / earned)}


def unfounded(table: Table, rests_on: Mapping[str, tuple[str, ...]]) -> dict[str, NDArray[np.bool_]]:
    """Where something is derived from a fact that nobody supplied; to be asked before anything is filled in."""
    return {
        name: ~table.knows(name) & ~np.logical_and.reduce([table.knows(part) for part in parts])
        for name, parts in rests_on.items()
    }
