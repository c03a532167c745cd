"""What our own functions make of the numbers in the guides, by the name of the row in guides_numbers.toml."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, Final

from planner.engine.capacity import specs
from planner.engine.capacity.calibration import Calibration
from planner.engine.capacity.closed_loop import closed_loop
from planner.engine.capacity.load import SERVED_CONTEXT, UNLIMITED, Load, closed, offline
from planner.engine.capacity.memory import fit
from planner.engine.capacity.replica import replica
from planner.engine.capacity.service import replicas_needed, service
from planner.engine.costing.breakeven import (
    Pool,
    blended_usd_mtok,
    carried_mtok_month,
    routed_usd_mtok,
    sustained_mtok_month,
    use_from_which_it_pays,
)
from planner.engine.costing.machines import Need, owned_terms, rented_terms
from planner.engine.costing.overtime import months_to_repay
from planner.engine.costing.people import people_usd
from planner.engine.costing.serving import gpu_kilowatts
from planner.engine.costing.tokens import TokenPrice, token_terms
from planner.engine.costing.work import Work
from tests.engine.futures import ASSUMED

if TYPE_CHECKING:
    from collections.abc import Callable

    Ours = Callable[[], float | tuple[float, float]]

HOURS: Final = ASSUMED["hours_per_month"]
DAYS: Final = ASSUMED["days_per_month_mean"]
CALIBRATION: Final = Calibration.of(ASSUMED)
MILLION: Final = 1e6
BILLION: Final = 1e9
ENDLESS: Final = 1e15  # tokens: a machine of any capacity
MIX: Final = 3  # tokens in for one out, as the guides' own blends have it
LAMBDA_H100: Final = 2.49  # USD an hour
NODE_YEARLY_RESERVED: Final = 14_000  # USD a month: guide 002, line 260
CAPEX: Final = 330_000  # USD, eight H100
GROQ_8B: Final = (0.05, 0.08)
CEREBRAS_8B: Final = (0.10, 0.10)
MINI: Final = (0.15, 0.60)
GPT_4O: Final = (2.5, 10.0)
SONNET: Final = (3.0, 15.0)
HAIKU: Final = (1.0, 5.0)
TOGETHER_70B: Final = (0.88, 0.88)
MAVERICK: Final = (0.27, 0.85)


def month_of(usd_hour: float) -> float:
    """One replica for a month, all day, nothing beside it."""
    terms = rented_terms("4", Need(1.0, 1.0, 1.0, 0.0), usd_hour, ASSUMED.having({"rho_max": 1.0}))
    return float(sum(usd for term, usd in terms.items() if term != "pool"))


def blend(prices: tuple[float, float], ratio: float = MIX) -> float:
    return float(blended_usd_mtok(*prices, ratio))


def cheaper(than: tuple[float, float], prices: tuple[float, float]) -> float:
    return blend(than) / blend(prices)


def bill(prices: tuple[float, float], tokens_in: float, tokens_out: float) -> float:
    """Tokens alone: no retries, no cache."""
    work = Work(1.0, tokens_in, tokens_out, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0)
    price = TokenPrice(*prices, prices[0], prices[0])
    return float(sum(token_terms("2p", work, price, ASSUMED.having({"retry_overhead": 1.0})).values()))


def carries_b(usd_month: float, prices: tuple[float, float]) -> float:
    """Billions of tokens a month that pay for a machine of any capacity."""
    return float(sustained_mtok_month(blend(prices), Pool(usd_month, ENDLESS, 0.0, 0))) / 1000


def node(usd_gpu_hour: float = LAMBDA_H100) -> float:
    return month_of(8 * usd_gpu_hour)


def payback(displaced_usd_month: float) -> float:
    figures = ASSUMED.having({"pue": 1.35})
    terms = owned_terms(8, CAPEX, 8, gpu_kilowatts("h100", figures["node_kw"]), figures)
    running = terms["power"] + terms["hall"] + terms["maintenance"]
    return float(months_to_repay(CAPEX, displaced_usd_month, running))


def measured(row_id: str) -> float:
    """Output tokens a second of a row of the measured table."""
    with (specs.DATA / "throughput.csv").open(encoding="utf-8", newline="") as lines:
        return next(float(row["out_tok_s"]) for row in csv.DictReader(lines) if row["row_id"] == row_id)


def short_requests_s(gpus: int, kind: str) -> float:
    """Requests of 128 tokens in and 128 out a second of 70B on A100s, as many at a time as fit."""
    machine = replica("Llama-3.1-70B", "a100_sxm", gpus, kind, CALIBRATION)
    return float(closed_loop(machine, offline(128, 128), CALIBRATION).out_tok_s) / 128


def a100_for(tokens_month: float) -> float:
    requests_s = tokens_month / (128 + 128) / (HOURS * 3600)
    return replicas_needed(requests_s, 1 / short_requests_s(1, "int4"), load_max=1.0, spare=0)


def pair_full_mtok() -> float:
    """Millions of tokens a month of 70B in eight bits on two H100 at full load: 1,366 a request at 50 ms a token."""
    return float(carried_mtok_month(1366, pair_request_s(), HOURS))


def pair_request_s() -> float:
    machine = replica("Llama-3.1-70B", "h100_sxm", 2, "fp8", CALIBRATION)
    return float(service(machine, served(), 0.050, CALIBRATION).request_s)


def served() -> Load:
    return Load(1366 * 5.5 / 6.5, 1366 / 6.5, UNLIMITED, 512, SERVED_CONTEXT)


def pair_crossing_b(prices: tuple[float, float]) -> float:
    """Billions of tokens a month from which that pair, its spare and one and a half people cost less."""
    carried = carried_mtok_month(1366, pair_request_s(), HOURS, ASSUMED["rho_max"], 3)
    pool = Pool(month_of(2 * 2.95) * (1 + ASSUMED["cloud_adder"]), carried, people_usd("5a", ASSUMED), 1)
    return float(sustained_mtok_month(blend(prices, 5.5), pool)) / 1000


def usd_mtok(usd_hour: float, tok_s: float, use: float = 1.0) -> float:
    return usd_hour / (tok_s * 3600 * use) * MILLION


def node_use_405b() -> float:
    """From which use eight H100 cost less than 3.50 a million tokens, one in for one out."""
    full = carried_mtok_month(2000, 1000 / measured("T3218"), HOURS)
    return float(use_from_which_it_pays(node(), 3.50, full))


def implied_use_405b() -> float:
    return 8 * LAMBDA_H100 / 3600 / 5.47 * MILLION / measured("T3218")


def scout_usd_mtok() -> float:
    machine = replica("Llama-4-Scout", "h100_sxm", 1, "int4", CALIBRATION)
    seconds = float(service(machine, served(), 0.050, CALIBRATION).request_s)
    return usd_mtok(2.89, 1366 / seconds, use=0.5)


def weights_gb(model: str, gpu: str, gpus: int, kind: str) -> float:
    held = fit(replica(model, gpu, gpus, kind, CALIBRATION), 1000, CALIBRATION)
    return float(held.weights_bytes) / BILLION


def deepseek_usd_mtok(concurrency: float) -> float:
    machine = replica("DeepSeek-V3.2", "h200_sxm", 8, "fp8", CALIBRATION)
    return usd_mtok(
        8 * 3.50, float(closed_loop(machine, closed(1000, 1000, concurrency), CALIBRATION).out_tok_s)
    )


def hybrid_share(own_usd_mtok: float) -> float:
    routed = routed_usd_mtok((0.7, 0.2, 0.1), (TOGETHER_70B[0], own_usd_mtok, blend(SONNET)))
    return float(routed) / blend(SONNET)


def doubled() -> float:
    """How much dearer twenty times the tokens are than ten times."""
    return bill(GPT_4O, 20 * MILLION, 20 * MILLION) / bill(GPT_4O, 10 * MILLION, 10 * MILLION)


def query_tokens_b(usd_month: float, usd_input: float) -> float:
    """Billions of input tokens in ten million queries, where a million a day cost so much."""
    return 10e6 * usd_month / (MILLION * DAYS) / usd_input * MILLION / BILLION


def figure_range(name: str) -> tuple[float, float]:
    figure: Any = ASSUMED.figures[name]
    return figure.low, figure.high


OURS: Final[dict[str, Ours]] = {
    "month-scaleway-l4": lambda: month_of(0.93),
    "month-scaleway-h100": lambda: month_of(3.40),
    "month-baseten-t4": lambda: month_of(0.63),
    "month-baseten-l4": lambda: month_of(0.85),
    "month-baseten-a100": lambda: month_of(4.00),
    "month-baseten-h100": lambda: month_of(6.50),
    "month-baseten-b200": lambda: month_of(9.98),
    "month-lambda-h100": lambda: month_of(LAMBDA_H100),
    "month-lambda-a100": lambda: month_of(1.29),
    "month-lambda-8xh100": node,
    "cerebras-input-price": lambda: CEREBRAS_8B[0] / GROQ_8B[0],
    "cerebras-blended-price": lambda: cheaper(CEREBRAS_8B, GROQ_8B),
    "cerebras-speed": lambda: 2200 / 840,
    "million-a-day": lambda: 50 * DAYS,
    "l4-against-closed": lambda: 1000 * carries_b(621, SONNET),
    "l4-against-open": lambda: 1000 * carries_b(621, GROQ_8B),
    "linear-tax": doubled,
    "exponential-tax": doubled,
    "payback-against-rent": lambda: payback(node()),
    "payback-against-managed": lambda: payback(node(6.50)),
    "payback-against-spend": lambda: payback(25_000),
    "p4d-month": lambda: month_of(32),
    "p4d-memory": lambda: specs.gpu("a100_40").memory_bytes / 2**30,
    "mini-table-price": lambda: bill(MINI, 7.5 * BILLION, 2.5 * BILLION),
    "mini-table-crossing": lambda: carries_b(NODE_YEARLY_RESERVED, MINI),
    "mini-text-crossing": lambda: carries_b(NODE_YEARLY_RESERVED, MINI),
    "a100-requests": lambda: short_requests_s(1, "int4"),
    "a100-two-requests": lambda: short_requests_s(2, "bf16"),
    "a100-four-requests": lambda: short_requests_s(4, "bf16"),
    "a100-hundred-billion": lambda: a100_for(100 * BILLION),
    "frontier-crossing-gpt-4o": lambda: carries_b(NODE_YEARLY_RESERVED, GPT_4O),
    "frontier-crossing-sonnet": lambda: carries_b(NODE_YEARLY_RESERVED, SONNET),
    "ten-billion-with-people": lambda: (
        carries_b(NODE_YEARLY_RESERVED + 150_000 / 12, GPT_4O),
        carries_b(NODE_YEARLY_RESERVED + 2 * 250_000 / 12, GPT_4O),
    ),
    "query-tokens": lambda: (query_tokens_b(100_000, 5.0), query_tokens_b(15_000, 0.5)),
    "millions-a-day": lambda: (
        bill(GPT_4O, 0.75 * MILLION * DAYS, 0.25 * MILLION * DAYS),
        bill(GPT_4O, 7.5 * MILLION * DAYS, 2.5 * MILLION * DAYS),
    ),
    "own-per-million": lambda: month_of(2 * 2.95) / pair_full_mtok(),
    "own-per-million-idle": lambda: month_of(2 * 2.95) / pair_full_mtok() / ASSUMED["avg_util_enterprise"],
    "team-cost": lambda: float(people_usd("5b", ASSUMED)) * 12 / ASSUMED["fte_class5b"],
    "mini-cheaper": lambda: cheaper(GPT_4O, MINI),
    "haiku-cheaper": lambda: cheaper(SONNET, HAIKU),
    "spend-trigger": node,
    "example-day": lambda: bill(GPT_4O, 10 * MILLION, 2 * MILLION),
    "example-month": lambda: bill(GPT_4O, 300 * MILLION, 60 * MILLION),
    "example-tenfold": lambda: bill(GPT_4O, 3000 * MILLION, 600 * MILLION),
    "sonnet-output": lambda: bill(TOGETHER_70B, 0, 25_000 / SONNET[1] * MILLION),
    "sonnet-input-too": lambda: bill(
        TOGETHER_70B, *(25_000 / SONNET[1] * MILLION * part for part in (MIX, 1))
    ),
    "node-405b": node_use_405b,
    "engineer-hours": lambda: ASSUMED["fte_cost"] / LAMBDA_H100,
    "open-cheaper-gpt-4o": lambda: cheaper(GPT_4O, TOGETHER_70B),
    "open-cheaper-sonnet": lambda: cheaper(SONNET, TOGETHER_70B),
    "open-cheaper-maverick": lambda: cheaper(GPT_4O, MAVERICK),
    "open-cheaper-input": lambda: GPT_4O[0] / TOGETHER_70B[0],
    "hybrid-fraction": lambda: (hybrid_share(0.32), hybrid_share(1.5)),
    "sglang-rate": lambda: measured("T2766"),
    "sglang-cost": lambda: usd_mtok(2 * LAMBDA_H100, measured("T2789")),
    "gpu-utilization": lambda: (ASSUMED["eta_compute_fp8"], ASSUMED["eta_compute_bf16"]),
    "gpu-use-over-time": lambda: figure_range("avg_util_enterprise"),
    "ten-billion-closed": lambda: (pair_crossing_b(SONNET), pair_crossing_b(GPT_4O)),
    "ten-billion-open": lambda: pair_crossing_b(TOGETHER_70B),
    "scout-fits-sixteen-bits": lambda: weights_gb("Llama-4-Scout", "h100_sxm", 1, "bf16"),
    "scout-fits-four-bits": lambda: weights_gb("Llama-4-Scout", "h100_sxm", 1, "int4"),
    "scout-cost": scout_usd_mtok,
    "deepseek-fits": lambda: weights_gb("DeepSeek-V3.2", "h100_sxm", 8, "fp8"),
    "deepseek-cost": lambda: (deepseek_usd_mtok(256), deepseek_usd_mtok(32)),
    "spend-crossing-node": node,
    "spend-crossing-people": lambda: node() + float(people_usd("5a", ASSUMED)),
}
