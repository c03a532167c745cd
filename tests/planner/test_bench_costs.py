"""What is measured of full costs: the promised figure has a line, and both ways of costing agree."""

from __future__ import annotations

from planner.management.bench import costs


def test_the_promised_figure_has_a_line() -> None:
    found = {figure.name: figure.reach_ms for figure in costs.figures(times=1)}
    assert found["eight placements of 10,000 segments over 36 months"] == 1000


def test_many_at_once_equal_one_at_a_time() -> None:
    assert costs.agreement() == ("One by one and all at once: 1,120 of 1,120 costs equal to 1 part in 10^9.")
