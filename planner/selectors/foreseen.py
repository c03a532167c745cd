"""The months ahead of one part: machines against tokens in many futures, under three ways prices may go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.engine.costing.against import Fleets
from planner.engine.costing.cheapest import written_off_usd_month
from planner.engine.costing.overtime import Commitment, Move, npv_usd, payback_month, saved_by
from planner.engine.costing.people import OWN_MACHINES
from planner.engine.explain import uncertainty as words
from planner.engine.explain.moving import Worth, move_words
from planner.engine.uncertainty.draws import Draws
from planner.engine.uncertainty.growth import monthly_growth, own_demand
from planner.engine.uncertainty.options import Cheapest, Replicas, Tokens
from planner.engine.uncertainty.outcomes import Forecast, forecast
from planner.engine.uncertainty.paths import Drift, Futures
from planner.engine.uncertainty.price_scenarios import PRICE_SCENARIOS, PriceScenario
from planner.engine.uncertainty.price_scenarios import under as drifting

if TYPE_CHECKING:
    from planner.engine.costing import FullCost, Work
    from planner.engine.costing.terms import Terms
    from planner.engine.policy import Assumptions, Tier

SEED: Final = 20_260_101  # the same chances for every workload and every visit
FUTURES: Final = 1000
MONTHS: Final = 36
IN_A_ROW: Final = 3
AHEAD: Final = np.geomspace(0.1, 1000, 81)  # times today's volume: no future of these months goes further
SHOWN: Final = (0, 6, 12, 24, 35)
MILLION: Final = 1_000_000
SECONDS: Final = 3600


@dataclass(frozen=True)
class Way:
    """One way prices may go: the chance that the machines pay within the horizon, the bills month by month, and what
    moving now would be worth on average.
    """

    scenario: PriceScenario
    forecast: Forecast
    worth: Worth

    @property
    def outlook(self) -> dict[str, Any]:
        return words.outlook_entry(next(iter(self.forecast.outlooks.values())))


@dataclass(frozen=True)
class Foreseen:
    own: str
    other: str
    ways: list[Way]
    move: str

    @property
    def months(self) -> tuple[int, ...]:
        return SHOWN

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The bills of a few months under each way, for the table."""
        return [
            {
                "scenario": way.scenario,
                "name": name,
                "cells": [
                    {
                        "when": f"Month {month}" if month else "Now",
                        "low": band.p10[month],
                        "middle": band.p50[month],
                        "high": band.p90[month],
                    }
                    for month in SHOWN
                ],
            }
            for way in self.ways
            for name, band in way.forecast.bands.items()
        ]


def foreseen(
    variant: str, other: FullCost, tier: Tier, work: Work, under: Terms, growth_pct_month: float | None
) -> Foreseen | None:
    """None where nothing serves the work, or the other is not paid by the token.

    The people behind the tokens stay for others, as in the break-even.
    """
    fleets = Fleets.of(variant, tier, work, under)
    if fleets is None or other.usd_month is None or other.price is None:
        return None
    figures = under.figures
    drift, growth = Drift.of(figures), monthly_growth(growth_pct_month)
    tokens_usd = other.usd_month - other.terms["people"]
    standing = Tokens(other.variant, tokens_usd, open_weights=other.price.offer.open_weights)
    machines = tuple(_replicas(variant, fleets, place, work, under) for place in fleets.worth(work, AHEAD))
    draws = Draws.of(SEED, FUTURES, MONTHS)
    hired = under.hire and variant in OWN_MACHINES
    move = Move(
        0,
        figures["migration_oneoff"],
        lead_months=figures["hire_lead_months"] if hired else 0.0,
        parallel_months=figures["parallel_months"],
    )
    ways = []
    for scenario in PRICE_SCENARIOS:
        closed, opened = (drifting(scenario, drift, figures, open_weights=each) for each in (False, True))
        futures = Futures.of(draws, closed, opened)
        grown = replace(futures, demand=own_demand(futures, growth, figures))
        ways.append(_way(scenario, grown, figures, (standing, machines), move))
    return Foreseen(variant, other.variant, ways, move_words(move, figures))


def _way(
    scenario: PriceScenario,
    futures: Futures,
    figures: Assumptions,
    options: tuple[Tokens, tuple[Replicas, ...]],
    move: Move,
) -> Way:
    standing, replicas = options
    rented = replicas[0].rented
    machines = Cheapest(replicas[0].name, replicas) if rented else _bought(replicas, futures)
    found = forecast(futures, standing, [machines], IN_A_ROW)
    saved = saved_by(found.bands[machines.name].mean, found.bands[standing.name].mean, move)
    worth = float(npv_usd(saved, figures["discount_rate"]))
    if isinstance(machines, Replicas):
        worth -= still_owed_usd(machines, futures, figures)
    return Way(scenario, found, Worth(float(payback_month(saved)), worth, MONTHS))


def _bought(replicas: tuple[Replicas, ...], futures: Futures) -> Replicas:
    """What is bought is kept, so it is one kind: the one that costs least over all the months, on average."""
    return min(replicas, key=lambda each: float(each.bills(futures).mean()))


def still_owed_usd(machines: Replicas, futures: Futures, figures: Assumptions) -> float:
    """What machines bought on the way have still to be written off after the last month, in today's money."""
    bought = np.diff(machines.replicas(futures).mean(axis=1), prepend=0.0)
    months = np.clip(figures["amort_months"] - (MONTHS - np.arange(MONTHS)), 0, None)
    owed = Commitment(bought * machines.written_off_usd_month, months)
    return float(-npv_usd(np.zeros((MONTHS, MONTHS)), figures["discount_rate"], owed).sum())


def _replicas(variant: str, fleets: Fleets, place: int, work: Work, under: Terms) -> Replicas:
    """The machines as the futures see them: what one replica serves at full load, in and out together. Where they
    follow the hours of a day, they are paid for the share of it they are paid for today.
    """
    figures, way = under.figures, fleets.ways[place]
    hours, use = figures["hours_per_month"], figures["rho_max"]
    pool = fleets.one(place).paying(fleets.paid_share(place, work, under.day(variant), figures))
    return Replicas(
        name=variant,
        tokens_month=work.tokens_month,
        tok_s=pool.replica_mtok_month * MILLION * work.peak / use / (hours * SECONDS),
        peak=work.peak,
        planned_use=use,
        spare=pool.spare,
        replica_usd_hour=pool.replica_usd_month / hours,
        hours=hours,
        fixed_usd_month=pool.fixed_usd_month,
        rented=variant != "5b",
        together=pool.together,
        written_off_usd_month=written_off_usd_month(way, figures) if way and variant == "5b" else 0.0,
    )
