"""The months ahead of one part: machines against tokens in many futures, under three ways prices may go."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from planner.engine.costing.against import pool_of
from planner.engine.costing.overtime import Move, npv_usd, payback_month, saved_by
from planner.engine.costing.people import OWN_MACHINES
from planner.engine.explain import uncertainty as words
from planner.engine.explain.moving import Worth, move_words
from planner.engine.uncertainty.draws import Draws
from planner.engine.uncertainty.options import Replicas, Tokens
from planner.engine.uncertainty.outcomes import Forecast, forecast
from planner.engine.uncertainty.paths import Drift, Futures
from planner.engine.uncertainty.price_scenarios import PRICE_SCENARIOS, PriceScenario, under

if TYPE_CHECKING:
    from planner.engine.costing import FullCost, Work
    from planner.engine.costing.breakeven import Pool
    from planner.engine.policy import Assumptions

SEED: Final = 20_260_101  # the same chances for every workload and every visit
FUTURES: Final = 1000
MONTHS: Final = 36
IN_A_ROW: Final = 3
SHOWN: Final = (0, 6, 12, 24, 35)
PERCENT: Final = 100
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
    drift: Drift
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
    own: FullCost,
    other: FullCost,
    work: Work,
    figures: Assumptions,
    growth_pct_month: float | None,
    *,
    hire: bool = False,
) -> Foreseen | None:
    """None where either cost is not known, or the other is not paid by the token."""
    pool = pool_of(own, work)
    if pool is None or other.usd_month is None or other.price is None:
        return None
    drift = Drift.of(figures)
    if growth_pct_month is not None:
        drift = replace(drift, growth=math.log1p(growth_pct_month / PERCENT))
    people = other.terms["people"]
    standing = Tokens(other.variant, other.usd_month - people, people, other.price.offer.open_weights)
    machines = _replicas(own, pool, work, figures)
    draws = Draws.of(SEED, FUTURES, MONTHS)
    move = Move(
        0,
        figures["migration_oneoff"],
        lead_months=figures["hire_lead_months"] if hire and own.variant in OWN_MACHINES else 0.0,
        parallel_months=figures["parallel_months"],
    )
    ways = [_way(each, draws, drift, figures, (standing, machines), move) for each in PRICE_SCENARIOS]
    return Foreseen(own.variant, other.variant, ways, drift, move_words(move, figures))


def _way(
    scenario: PriceScenario,
    draws: Draws,
    drift: Drift,
    figures: Assumptions,
    options: tuple[Tokens, Replicas],
    move: Move,
) -> Way:
    closed, opened = (under(scenario, drift, figures, open_weights=each) for each in (False, True))
    standing, machines = options
    found = forecast(Futures.of(draws, closed, opened), standing, [machines], IN_A_ROW)
    saved = saved_by(found.bands[machines.name].mean, found.bands[standing.name].mean, move)
    worth = Worth(float(payback_month(saved)), float(npv_usd(saved, figures["discount_rate"])), MONTHS)
    return Way(scenario, found, worth)


def _replicas(own: FullCost, pool: Pool, work: Work, figures: Assumptions) -> Replicas:
    """The machines as the futures see them: what one replica serves at full load, in and out together."""
    hours, use = figures["hours_per_month"], figures["rho_max"]
    return Replicas(
        name=own.variant,
        tokens_month=work.tokens_month,
        tok_s=pool.replica_mtok_month * MILLION * work.peak / use / (hours * SECONDS),
        peak=work.peak,
        planned_use=use,
        spare=pool.spare,
        replica_usd_hour=pool.replica_usd_month / hours,
        hours=hours,
        fixed_usd_month=pool.fixed_usd_month,
        rented=own.variant != "5b",
    )
