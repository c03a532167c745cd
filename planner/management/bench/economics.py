"""`manage.py bench economics`: full costs, break-evens and chance, each with what it has to reach and the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from planner.management.bench import costs, futures, pools
from planner.management.bench.clock import machine

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator

    from planner.management.bench.futures import Figure

REPORT: Final = "{:64}{:>12}{:>12}   {}"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--times", type=int, default=5, help="how often each run is repeated (5)")
    parser.add_argument(
        "--no-bounds", action="store_true", help="leave out the bounds of pooling, which take minutes"
    )


def lines(options: dict[str, Any]) -> Iterator[str]:
    yield machine()
    yield ""
    yield REPORT.format("", "best", "median", "to reach")
    for subject in (costs, futures, pools):
        for figure in subject.figures(options["times"]):
            yield _line(figure)
    yield ""
    yield costs.agreement()
    yield futures.repeatable()
    if not options["no_bounds"]:
        yield ""
        yield from pools.bounds()


def _line(figure: Figure) -> str:
    reach = "" if figure.reach_ms is None else f"{figure.reach_ms:g} ms"
    missed = "  missed" if figure.reach_ms is not None and figure.timing.best_ms > figure.reach_ms else ""
    best, median = (f"{ms:.3g} ms" for ms in (figure.timing.best_ms, figure.timing.median_ms))
    return REPORT.format(figure.name, best, median, f"{reach}{missed}")
