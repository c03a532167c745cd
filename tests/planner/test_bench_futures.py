"""What is measured of break-evens and chance: every promised figure has a line, and the futures repeat."""

from __future__ import annotations

from planner.management.bench.futures import figures, repeatable


def test_every_promise_has_a_figure() -> None:
    found = {figure.name: figure for figure in figures(times=1)}
    promised = {name: figure.reach_ms for name, figure in found.items() if figure.reach_ms is not None}
    assert promised == {
        "10,000 futures of 48 months, two options": 150,
        "2,000 futures of 36 months, two options": 15,
        "break-even of one pool": 0.02,
        "date of one trigger": 0.5,
    }
    assert all(figure.timing.best_ms > 0 for figure in found.values())


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert repeatable().startswith("Same seed, same bytes.")
    assert "P10 month 2" in repeatable()
