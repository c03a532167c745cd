"""The monthly cost of every placement for many segments: the twin of `planner.engine.economics.costs`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.engine.economics import cheapest_machine, priced_tokens
from planner.engine.economics.costs import ARRANGEMENT, MILLION, SECONDS_PER_HOUR
from planner.engine.economics.demand import INPUT, OUTPUT
from planner.engine.vocabulary import VARIANTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from planner.engine.columns.table import Table
    from planner.engine.economics import Priced, Terms
    from planner.engine.facts import PriceSnapshot
    from planner.engine.policy import Tier

    Floats = NDArray[np.float64]

PERCENT: Final = 100
READS: Final = frozenset(
    {
        "complexity",
        "seats",
        "tokens_month",
        "input_tokens_month",
        "output_tokens_month",
        "reasoning_multiplier",
        "cached_input_share",
        "batch_share",
        "peak_to_avg",
        "open_token_multiplier",
        "team_share",
    }
)


@dataclass(frozen=True, slots=True)
class Demands:
    """What the segments ask for in a month; NaN tokens where nobody knows."""

    tokens_in: Floats
    tokens_out: Floats
    cached: Floats
    discount: Floats
    peak: Floats
    longer: Floats
    team: Floats

    @classmethod
    def of(cls, table: Table, terms: Terms, rows: NDArray[Any]) -> Demands:
        total = table.column("tokens_month")[rows]
        given, written = (
            np.where(table.knows(name), table.column(name), np.nan)[rows] for name in (INPUT, OUTPUT)
        )
        both = ~np.isnan(given) & ~np.isnan(written)
        given, written = (np.where(both | (part <= total), part, np.nan) for part in (given, written))
        usual = total / (terms.in_out_ratio + 1)
        read = np.where(np.isnan(given), usual, total - given)
        reasoning = _or(table.numbers("reasoning_multiplier")[rows], 1.0)
        return cls(
            tokens_in=np.where(np.isnan(given), total - np.where(np.isnan(written), usual, written), given),
            tokens_out=np.where(np.isnan(written), read * reasoning, written),
            cached=_or(table.column("cached_input_share")[rows], 0.0) / PERCENT,
            discount=1 - terms.batch_discount * (_or(table.column("batch_share")[rows], 0.0) / PERCENT),
            peak=_or(table.column("peak_to_avg")[rows], 1.0),
            longer=_or(table.column("open_token_multiplier")[rows], 1.0),
            team=table.column("team_share")[rows],
        )


def costs(table: Table, prices: PriceSnapshot, terms: Terms) -> Floats:
    """Dollars a month, shape (placements, segments); NaN where nobody can tell."""
    usd = np.full((len(VARIANTS), table.size), np.nan)
    seats = np.where(table.knows("seats"), table.column("seats"), np.nan)
    usd[VARIANTS.index("1")] = cents(seats * terms.seat_price)
    complexity = table.column("complexity")
    for name, tier in table.policy.tiers.items():
        rows = np.nonzero(complexity == table.code("complexity", name))[0]
        if rows.size:
            for variant, found in _tier(tier, Demands.of(table, terms, rows), prices, terms).items():
                usd[VARIANTS.index(variant), rows] = found
    return usd


def cents(usd: Floats) -> Floats:
    """Half a cent upwards, as for one amount."""
    return np.asarray(np.floor(usd * PERCENT + 0.5) / PERCENT)


def _or(column: Floats, instead: float) -> Floats:
    """The column where it says something; 0 and unknown say nothing."""
    return np.where(np.isnan(column) | (column == 0), instead, column)


def _tier(tier: Tier, demand: Demands, prices: PriceSnapshot, terms: Terms) -> Mapping[str, Floats]:
    closed = _tokens(priced_tokens(prices, tier.closed, open_weights=False), demand, terms)
    opened = _tokens(priced_tokens(prices, tier.open, open_weights=True), demand, terms, demand.longer)
    found = {"2p": closed, "2e": closed, "3": opened, "3r": opened}
    for variant, arrangement in ARRANGEMENT.items():
        shape = tier.shapes[arrangement]
        machine = cheapest_machine(prices, arrangement, shape.gpu, shape.gpus)
        if machine is not None:
            capacity = shape.tokens_per_second * terms.planned_use * terms.hours * SECONDS_PER_HOUR
            replicas = np.maximum(1, np.ceil(demand.tokens_out * demand.longer * demand.peak / capacity))
            found[variant] = _machines(variant, machine.usd, replicas, demand, terms)
    return found


def _tokens(
    offers: tuple[Priced, ...], demand: Demands, terms: Terms, longer: Floats | float = 1.0
) -> Floats:
    """Each segment at the offer that is cheapest for its mix of input and output."""
    if not offers:
        return np.full(demand.tokens_in.size, np.nan)
    price_in, price_out = (
        np.array([each.input for each in offers]),
        np.array([each.output for each in offers]),
    )
    price_cached = np.array([each.input if each.cached is None else each.cached for each in offers])
    total = demand.tokens_in + demand.tokens_out
    even = terms.in_out_ratio / (terms.in_out_ratio + 1)
    share = np.where(total > 0, demand.tokens_in / np.where(total > 0, total, 1.0), even)
    blended = price_in[:, None] * share + price_out[:, None] * (1 - share)
    best = np.argmin(blended, axis=0)
    input_price = price_in[best] * (1 - demand.cached) + price_cached[best] * demand.cached
    bill = (demand.tokens_in * input_price + demand.tokens_out * price_out[best]) / MILLION
    return cents(bill * longer * demand.discount)


def _machines(variant: str, usd: float, replicas: Floats, demand: Demands, terms: Terms) -> Floats:
    if variant == "5b":
        bill = cents(replicas * usd / terms.amortisation_months * terms.owned_overhead)
    else:
        bill = cents(replicas * usd * terms.hours)
    return bill if variant == "4" else cents(bill + cents(terms.team_usd_month * demand.team))
