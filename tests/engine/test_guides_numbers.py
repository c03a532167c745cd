"""Every number the guides derive, recomputed: the consistent ones are golden, the others say what they come to and why."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

from planner.engine.capacity.memory import Refusal, fit
from planner.engine.capacity.replica import replica
from tests.engine.guides import CALIBRATION, OURS, implied_use_405b, node_use_405b

ROWS: Final[dict[str, dict[str, Any]]] = tomllib.loads(
    Path(__file__).with_name("guides_numbers.toml").read_text("utf-8")
)
COLUMNS: Final = {"guide", "line", "claim", "quote", "claimed", "ours", "unit", "tolerance", "verdict", "why"}
CLOSE: Final = 1e-3


def ends(value: float | list[float] | tuple[float, float]) -> tuple[float, float]:
    """A number is a range of nothing but itself."""
    low, high = value if isinstance(value, (list, tuple)) else (value, value)
    return float(low), float(high)


@pytest.mark.parametrize("name", ROWS)
def test_it_comes_to_what_the_table_says(name: str) -> None:
    assert ends(OURS[name]()) == pytest.approx(ends(ROWS[name]["ours"]), rel=CLOSE)


@pytest.mark.parametrize("name", ROWS)
def test_the_verdict_is_whether_what_is_said_and_what_is_computed_overlap(name: str) -> None:
    row = ROWS[name]
    (low, high), (claimed_low, claimed_high) = ends(OURS[name]()), ends(row["claimed"])
    overlap = low <= claimed_high * (1 + row["tolerance"]) and high >= claimed_low * (1 - row["tolerance"])
    assert row["verdict"] == ("consistent" if overlap else "differs")


def test_every_row_is_computed_cited_and_says_why() -> None:
    assert set(OURS) == set(ROWS)
    assert {frozenset(row) for row in ROWS.values()} == {frozenset(COLUMNS)}
    assert all(row["why"].endswith(".") and row["quote"] and row["line"] > 0 for row in ROWS.values())
    assert {row["guide"] for row in ROWS.values()} == {"000", "001", "002", "003", "004"}


def test_what_a_node_of_405b_is_said_to_do_lies_above_the_use_from_which_it_pays() -> None:
    assert implied_use_405b() == pytest.approx(ROWS["node-405b"]["claimed"][0], rel=CLOSE)
    assert node_use_405b() < implied_use_405b()


@pytest.mark.parametrize(
    ("model", "gpus", "kind", "refusal"),
    [
        ("Llama-4-Scout", 1, "bf16", Refusal.WEIGHTS),
        ("Llama-4-Scout", 1, "int4", Refusal.NONE),
        ("DeepSeek-V3.2", 8, "fp8", Refusal.WEIGHTS),
    ],
)
def test_what_is_said_to_fit_is_refused_or_served(model: str, gpus: int, kind: str, refusal: Refusal) -> None:
    held = fit(replica(model, "h100_sxm", gpus, kind, CALIBRATION), 1000, CALIBRATION)
    assert held.refusal == refusal
