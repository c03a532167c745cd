"""`manage.py bench throughput`: how far predictions are off measured rows, whether a refit lands on the constants, and
how long a prediction takes.

Rows: the measured ones that ship, arrivals at random left out. An error is |ln(predicted / measured tokens a second)|.
The constants of a left-out configuration are fitted again without it; the corrected figures keep the constants, and where
to clip errors was chosen on these same rows, so they are a little better than on rows nobody has seen. Configurations
under the cache cliff are counted in and, on a line of its own, out: nobody should be offered one.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.engine import load_policy
from planner.engine.capacity import (
    Calibration,
    Kind,
    closed,
    closed_loop,
    measured,
    open_loop,
    replica,
    service,
    shipped,
)
from planner.engine.capacity.calibration import FITTED
from planner.engine.capacity.fitting import refit
from planner.engine.capacity.rows import roofline, served
from planner.engine.policy import Assumptions
from planner.management.bench.clock import machine, timed
from planner.management.bench.configurations import drawn
from planner.management.bench.splits import SEED, corrected, folds, half_of_rows, measured_again, scored
from pricing.feeds.reference import reference_snapshot

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator

    from planner.engine.capacity import Row

CALLS: Final = 200  # scalar calls timed at once, too short to be timed one by one
CHECKED: Final = 2000
REPORT: Final = "{:64}{:>7}{:>8}{:>8}{:>8}   {}"
NEAR: Final = {"layer_s": 0.15, "expert_layer_s": 0.15}  # how far a refit may land; shares: 0.05
NEAR_SHARE: Final = 0.05


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--configurations", type=int, default=100_000, help="computed at once (100000)")
    parser.add_argument("--times", type=int, default=7, help="how often each run is repeated (7)")
    parser.add_argument(
        "--folds", type=int, default=0, help="groups of configurations left out in turn (each alone)"
    )


def lines(options: dict[str, Any]) -> Iterator[str]:
    calibration = Calibration.of(Assumptions.of(load_policy(), reference_snapshot().as_of))
    rows = [row for row in measured() if row.kind is not Kind.OPEN]
    yield machine()
    yield f"{len(rows):,} measured rows, {len({row.configuration for row in rows})} configurations, seed {SEED}."
    yield ""
    yield REPORT.format("|ln(predicted / measured)|", "rows", "median", "p90", "bias", "to reach")
    yield from _accuracy(rows, calibration, options["folds"] or len({row.configuration for row in rows}))
    yield ""
    yield from _refitted(calibration)
    yield ""
    yield from _speed(calibration, options["configurations"], options["times"])


def _accuracy(rows: list[Row], calibration: Calibration, groups: int) -> Iterator[str]:
    found = np.array([row.out_tok_s for row in rows], dtype=float)
    yield _errors("roofline, rows it was fitted on", np.log(roofline(rows, calibration) / found))
    again = scored(folds(rows, groups), lambda learnt, asked: roofline(asked, refit(learnt, calibration)))
    yield _errors("roofline refitted, on configurations left out", again.logarithms, 0.17, 0.53)
    half = scored(iter([half_of_rows(rows)]), corrected(calibration))
    yield _errors("corrected, random half by the other half", half.logarithms, 0.10, 0.35)
    apart = scored(folds(rows, groups), corrected(calibration))
    roomy = ~served(apart.rows, calibration).fit.cliff
    yield _errors("corrected, on configurations left out", apart.logarithms, 0.14, 0.45)
    yield _errors("  of these, with neighbours", apart.logarithms[apart.with_neighbours], 0.12, 0.35)
    offered = apart.logarithms[apart.with_neighbours & roomy]
    yield _errors("    and of these, with cache enough to be offered", offered, 0.12, 0.35)
    yield _errors("  of these, without neighbours", apart.logarithms[~apart.with_neighbours])
    yield _errors("for comparison: the same point, measured again", measured_again(rows))


def _errors(what: str, logarithms: Any, median_most: float = np.inf, p90_most: float = np.inf) -> str:
    errors = np.abs(logarithms)
    median, p90 = float(np.median(errors)), float(np.quantile(errors, 0.9))
    reach = "" if np.isinf(median_most) else f"{median_most:.2f} / {p90_most:.2f}"
    mark = "" if median <= median_most and p90 <= p90_most else "  missed"
    bias = f"{np.median(logarithms):+.3f}"
    return REPORT.format(what, f"{len(errors):,}", f"{median:.3f}", f"{p90:.3f}", bias, reach + mark)


def _refitted(calibration: Calibration) -> Iterator[str]:
    again = refit(measured(), calibration)
    yield f"{'refit on every row':32}{'constant':>12}{'refit':>12}{'apart':>9}   to reach"
    for field, name in FITTED.items():
        held, found = getattr(calibration, field), getattr(again, field)
        apart, most = found / held - 1, NEAR.get(field, NEAR_SHARE)
        mark = "" if abs(apart) <= most else "  missed"
        yield f"{name:32}{held:12.3g}{found:12.3g}{apart:+9.1%}   {most:.0%}{mark}"


def _speed(calibration: Calibration, number: int, times: int) -> Iterator[str]:
    yield f"{'':58}{'best':>12}{'median':>12}{'to reach':>12}"
    one = replica("Llama-3.1-70B", "h100_sxm", 2, "fp8", calibration)
    load = closed(1155, 211, 64)
    yield _took("one roofline call, by name", partial(_one, calibration), times, CALLS, 1000, 25, "µs")
    many = drawn(number, SEED)
    yield _took(
        f"{number:,} configurations at once", partial(many.served, calibration), times, 1, 1, 100, "ms"
    )
    held = partial(_repeated, partial(service, one, load, 0.05, calibration))
    yield _took("service-level batch and demand of one pool", held, times, CALLS, 1, 3, "ms")
    known, row = shipped(calibration), measured()[0]
    correct = partial(_repeated, partial(known.corrected, [row]))
    yield _took("correction of one configuration", correct, times, CALLS, 1, 1, "ms")
    arrivals = partial(_repeated, partial(open_loop, one, load, 3.0, calibration))
    yield _took("open loop of one pool", arrivals, times, CALLS, 1, 3, "ms")
    checked = min(number, CHECKED)
    same = many.equal(checked, calibration)
    yield f"One by one and all at once: {same:,} of {checked:,} answers equal to 1 part in 10^12."


def _took(what: str, run: Any, times: int, calls: int, scale: float, reach: float, unit: str) -> str:
    found = timed(run, times)
    best, median = found.best_ms / calls * scale, found.median_ms / calls * scale
    mark = "" if best <= reach else "  missed"
    return f"{what:58}{best:9.3g} {unit}{median:9.3g} {unit}{reach:9.0f} {unit}{mark}"


def _repeated(call: Any) -> None:
    for _ in range(CALLS):
        call()


def _one(calibration: Calibration) -> None:
    for _ in range(CALLS):
        machine = replica("Llama-3.1-70B", "h100_sxm", 2, "fp8", calibration)
        closed_loop(machine, closed(1000, 1000, 64), calibration)
