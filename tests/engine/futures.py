"""The futures of the tests: two billion tokens a month on a closed model, and a pool that could carry them."""

from __future__ import annotations

from datetime import date

from planner.engine.costing.breakeven import blended_usd_mtok
from planner.engine.policy import Assumptions, load_policy
from planner.engine.uncertainty.draws import Draws
from planner.engine.uncertainty.options import Replicas, Tokens
from planner.engine.uncertainty.outcomes import Outlook, outlook
from planner.engine.uncertainty.paths import Drift, Futures

ASSUMED = Assumptions.of(load_policy(), date(2026, 11, 21))
# the spread of throughput of the published table, rounded otherwise than the parameter
DRIFT = Drift.of(ASSUMED.having({"throughput_lognormal_sd": 0.32}))
SONNET_USD_MTOK = blended_usd_mtok(3.0, 15.0, 5.5)
TOKENS_MONTH = 2e9
IN_A_ROW = 3


def tokens(tokens_month: float = TOKENS_MONTH, usd_mtok: float = SONNET_USD_MTOK) -> Tokens:
    return Tokens("tokens", tokens_month / 1e6 * usd_mtok)


def pool(tokens_month: float = TOKENS_MONTH, staff_usd_month: float = 25_000.0) -> Replicas:
    """gpt-oss-120b on two H100 at 2.95 an hour each, with one spare replica."""
    return Replicas("pool", tokens_month, 59_683, 3, 0.7, 1, 2 * 2.95, 730, staff_usd_month)


def looked_at(
    drift: Drift = DRIFT,
    draws: Draws | None = None,
    *,
    own: Replicas | None = None,
    api: Tokens | None = None,
) -> Outlook:
    """What the pool's outlook against tokens is in these futures."""
    futures = Futures.of(draws or Draws.of(1, 2000, 48), drift)
    return outlook((own or pool()).bills(futures), (api or tokens()).bills(futures), IN_A_ROW)
