"""`manage.py bench engine`: every figure of the rules engine, with what it has to reach and the machine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from planner.engine import decide_workload, load_policy
from planner.engine.analysis import findings
from planner.engine.columns import Portfolio, Program
from planner.engine.columns.watch import watch
from planner.engine.decide import Basis, weigh
from planner.engine.facts import SegmentInput
from planner.engine.flips import flips
from planner.engine.flips.many import swings
from planner.engine.vocabulary import APPROVED, PROPOSED
from planner.management.bench import segments
from planner.management.bench.clock import Timing, machine, timed
from planner.management.bench.comparison import compare
from planner.management.bench.large_policy import large_policy, rows_of
from pricing.feeds.reference import reference_snapshot

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator

    from planner.engine import Policy, PriceSnapshot, WorkloadInput
    from planner.engine.columns import Given

MONTHS = 12
CHECKED = 1000


@dataclass(frozen=True)
class Bench:
    """What is measured with."""

    policy: Policy
    prices: PriceSnapshot
    cases: tuple[WorkloadInput, ...]
    given: list[Given]
    times: int

    @property
    def basis(self) -> Basis:
        return Basis.of(self.policy, self.prices, self.prices.as_of)


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--segments", type=int, default=10_000, help="how many segments (10000)")
    parser.add_argument("--times", type=int, default=7, help="how often each run is repeated (7)")


def lines(options: dict[str, Any]) -> Iterator[str]:
    policy = load_policy()
    bench = Bench(
        policy,
        reference_snapshot(),
        segments.golden(policy),
        segments.many(policy, options["segments"]),
        options["times"],
    )
    rows = sum(len(policy.rows(table)) for table in ("constraints", "preferences", "gates", "triggers"))
    yield machine()
    yield f"Policy {policy.version} {policy.sha[:12]}: {rows} rows decide and watch. Best and median of {bench.times}."
    yield ""
    yield f"{'':58}{'best':>10}{'median':>10}{'to reach':>10}"
    number = f"{len(bench.given):,} segments"
    program = Program.of(bench.basis)
    portfolio = Portfolio.of(program, bench.given)
    yield _line(f"full decision, {number}", timed(partial(_decided, portfolio), bench.times), 30)
    yield _line(f"the same over {MONTHS} months", timed(partial(_year, portfolio), bench.times), 300)
    yield _line("one decision with its trace", timed(partial(_one, bench), bench.times), 2)
    yield _line("flips of one segment", timed(partial(flips, program, bench.given[2]), bench.times), 10)
    yield _line(f"flips of {number}", timed(lambda: list(swings(portfolio)), 2), 2000)
    analysed = large_policy()
    yield _line(
        f"analysis of a policy of {rows_of(analysed)} rows",
        timed(partial(findings, analysed, bench.prices.as_of), bench.times),
        100,
    )
    yield _line("all golden cases", timed(partial(_golden, bench), bench.times), 500)
    yield ""
    yield _equal(bench, portfolio)
    yield _compared(bench)


def _line(what: str, found: Timing, reach_ms: float) -> str:
    mark = "" if found.best_ms <= reach_ms else "  missed"
    return f"{what:58}{found.best_ms:7.1f} ms{found.median_ms:7.1f} ms{reach_ms:7.0f} ms{mark}"


def _decided(portfolio: Portfolio) -> None:
    """Everything but the reading of facts into columns, which stay."""
    portfolio.base.table.derived.clear()
    again = Portfolio.over(portfolio.program, portfolio.base.table, portfolio.waiting, portfolio.waived)
    watch(again, again.base)


def _year(portfolio: Portfolio) -> None:
    """Month by month with the volume each segment's growth leads to."""
    table = portfolio.base.table
    monthly = 1 + table.column("growth_pct_month") / 100
    for month in range(MONTHS):
        state = portfolio.exchanged({"tokens_month": table.base["tokens_month"] * monthly**month})
        watch(portfolio, state)


def _one(bench: Bench) -> None:
    decide_workload(bench.policy, bench.cases[2], bench.prices, bench.prices.as_of)


def _golden(bench: Bench) -> None:
    for case in bench.cases:
        decide_workload(bench.policy, case, bench.prices, bench.prices.as_of)


def _equal(bench: Bench, portfolio: Portfolio) -> str:
    """One by one and all at once, on the first thousand."""
    basis, base = bench.basis, portfolio.base
    equal = 0
    for place, each in enumerate(bench.given[:CHECKED]):
        part = SegmentInput("all", 100, APPROVED if each.approved else PROPOSED, each.facts)
        alone = weigh(basis, each.facts, part)
        answer = (alone.scale.pick(alone.ready), alone.scale.pick(alone.feasible))
        equal += answer == (base.placements("now", place), base.placements("target", place))
    checked = min(CHECKED, len(bench.given))
    return f"One by one and all at once: {equal:,} of {checked:,} answers equal."


def _compared(bench: Bench) -> str:
    try:
        found = compare(bench.policy, bench.basis.figures, bench.given, bench.times)
    except ImportError:
        return (
            "zen-engine is not installed, so nothing was compared: pip install -e .[bench] -c constraints.txt"
        )
    return (
        f"{found.rows} rows of the policy as one table, answers found equal on {found.checked}: "
        f"ours {found.ours:,.0f} segments a second, zen-engine {found.version} {found.theirs:,.0f}; "
        f"{found.ratio:,.0f} times as many."
    )
