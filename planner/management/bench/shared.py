"""Portfolios that could share machines: volumes, lengths and days spread as widely as real ones, the same for a seed."""

from __future__ import annotations

from typing import Final

import numpy as np

from planner.engine.pooling.problem import Demands, Pool, Problem, Staff

# A model on its GPUs: the quality it has, seconds of prefill of 1,200 tokens, of one output token in the largest batch,
# GPUs of a replica, and dollars a GPU hour managed, rented and owned.
KINDS: Final = (
    ("8B on L40S", 0, 0.0562335, 0.000320947, 1, (3.40, 1.55, 0.95)),
    ("8B on H100", 0, 0.0208212, 0.00005381, 1, (6.5, 2.95, 1.98)),
    ("gpt-oss-120b on 2 H100", 1, 0.0114861, 0.0000528458, 2, (6.5, 2.95, 1.98)),
    ("235B on 8 H100", 2, 0.0179542, 0.0000979691, 8, (6.5, 2.95, 1.98)),
    ("235B on 4 H200", 2, 0.0241743, 0.000182579, 4, (7.7, 3.5, 2.35)),
    ("R1 on 8 H200", 3, 0.0246724, 0.000241292, 8, (7.7, 3.5, 2.35)),
)
CLASSES: Final = ("4", "5a", "5b")
FIXED: Final = (1_500.0, 5_000.0, 9_000.0)
STAFF: Final = Staff({"4": 4_000.0, "5a": 25_000.0, "5b": 33_000.0})
PRICES: Final = ((0.05, 0.08), (0.15, 0.60), (0.20, 0.80), (0.27, 1.10))
PLANNED: Final = 0.7
HOURS_MONTH: Final = 730
ANYWHERE: Final = 2  # of the three kinds of segments: in one region, in the other, in any


def portfolio(segments: int, seed: int, barred: float = 0.4) -> Problem:
    """So many segments and 36 pools: three classes, two regions; a share of them may not pay by the token."""
    draw = np.random.Generator(np.random.PCG64(seed))
    tokens = np.clip(60e6 * np.exp(1.7 * draw.standard_normal(segments)), 1e5, 2e11)
    given = np.clip(1200 * np.exp(0.9 * draw.standard_normal(segments)), 100, 16_000)
    written = np.clip(250 * np.exp(0.8 * draw.standard_normal(segments)), 10, 4_000)
    requests = tokens / (given + written)
    noon = draw.normal(14, 3, segments)[:, None]
    day = np.exp(1.2 * (np.cos((np.arange(24) - noon) * 2 * np.pi / 24) - 1))
    day = day * np.exp(draw.uniform(0.6, 1.6, segments)[:, None] * draw.standard_normal((segments, 24)))
    requests_s = requests[:, None] / (HOURS_MONTH * 3600) * day / day.mean(axis=1, keepdims=True)
    tier, region = (
        draw.choice(4, segments, p=(0.4, 0.3, 0.2, 0.1)),
        draw.choice(3, segments, p=(0.4, 0.3, 0.3)),
    )
    price = np.array(PRICES)[tier]
    offer = 1.05 * requests * (given * price[:, 0] + written * price[:, 1]) / 1e6
    offer = np.where(draw.random(segments) < barred, np.inf, offer)
    pools, seconds = [], []
    for place in range(2):
        for number, name in enumerate(CLASSES):
            for label, quality, prefill, decode, gpus, usd_hour in KINDS:
                adder = 1.05 if name == "5a" else 1.0
                month = gpus * usd_hour[number] * HOURS_MONTH * adder
                pools.append(Pool(f"{label}, {name}, region {place}", name, month, FIXED[number], 1, 500))
                usable = (tier <= quality) & ((region == place) | (region == ANYWHERE))
                seconds.append(np.where(usable, given / 1200 * prefill + written * decode, np.inf))
    names = [f"segment {place}" for place in range(segments)]
    return Problem.of(Demands(names, offer, requests_s, np.array(seconds).T), pools, STAFF, PLANNED)
