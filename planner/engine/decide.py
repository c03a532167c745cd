"""Deciding: layers in order, masks intersected, readiness splitting the answer into now and target."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from planner.engine.choose import Scale
from planner.engine.decision import Choice, GateState, LadderStep, SegmentDecision, Waived, WorkloadDecision
from planner.engine.economics import Demand, Terms, VariantCost, costs_of
from planner.engine.reading import Reading, facts_of, read
from planner.engine.relaxations import relaxations
from planner.engine.unknowns import open_questions
from planner.engine.vocabulary import VARIANTS, Status, in_order

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from planner.engine.facts import Fact, PriceSnapshot, SegmentInput, Waiver, WorkloadInput
    from planner.engine.policy import Policy, Row

LAYERS: Final = ("integrity", "compliance", "quality", "latency")


@dataclass(frozen=True, slots=True)
class Basis:
    """What every segment of a run is decided on: the policy with its figures of the day, and the prices."""

    policy: Policy
    figures: Mapping[str, Any]
    prices: PriceSnapshot
    terms: Terms
    as_of: date

    @classmethod
    def of(cls, policy: Policy, prices: PriceSnapshot, as_of: date) -> Basis:
        figures = policy.figures(as_of)
        return cls(policy, figures, prices, Terms.of(policy, figures), as_of)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A segment after masks, gates and prices: what is left to choose from, and the scale to choose with."""

    readings: tuple[Reading, ...]
    fired: tuple[Row, ...]
    waived: tuple[Waived, ...]
    gates: tuple[GateState, ...]
    allowed: tuple[str, ...]
    feasible: tuple[str, ...]
    ready: tuple[str, ...]
    costs: Mapping[str, VariantCost]
    scale: Scale

    @property
    def reading(self) -> Reading:
        """The reading in force."""
        return self.readings[0]


def decide_workload(
    policy: Policy, workload: WorkloadInput, prices: PriceSnapshot, as_of: date
) -> WorkloadDecision:
    """Every segment is decided, each on its own facts; the same inputs give the same decision."""
    basis = Basis.of(policy, prices, as_of)
    segments = tuple(
        _decide(basis, workload, replace(segment, waivers=(*workload.waivers, *segment.waivers)))
        for segment in workload.segments
    )
    return WorkloadDecision(workload.name, policy, prices, as_of, segments, workload)


def _decide(basis: Basis, workload: WorkloadInput, segment: SegmentInput) -> SegmentDecision:
    facts = facts_of(basis.policy, workload, segment)
    weighed = weigh(basis, facts, segment)
    choice = weighed.scale.choose(weighed.feasible)
    now = weighed.scale.pick(weighed.ready)
    unknown, question = open_questions(
        basis.policy,
        basis.figures,
        weighed.reading,
        lambda changed: _answer(basis, {**facts, **changed}, segment),
    )
    return SegmentDecision(
        name=segment.name,
        share=segment.share,
        classification=segment.classification,
        status=_status(now, choice.variant, any(fact.blocks for fact in unknown)),
        now=now,
        target=choice.variant,
        allowed=weighed.allowed,
        feasible=weighed.feasible,
        ready=weighed.ready,
        fired=weighed.fired,
        gates=weighed.gates,
        choice=choice,
        ladder=_ladder(weighed, choice),
        relaxations=() if weighed.feasible else _ways_out(weighed),
        costs=weighed.costs,
        unknown=unknown,
        question=question,
        reading=weighed.reading,
        proposed=weighed.readings[1] if segment.pending else None,
        waived=weighed.waived,
        waivers=segment.waivers,
        pending=segment.pending,
        history=segment.history,
    )


def weigh(basis: Basis, facts: Mapping[str, Fact], segment: SegmentInput) -> Weighed:
    """The masks of all rows that fire in any reading, the gates, the costs, and what they leave."""
    readings = _readings(basis, facts, segment)
    reading = readings[0]
    fired, waived = _without_waived(_fired(basis, readings), segment, basis.as_of)
    allowed = tuple(variant for variant in VARIANTS if all(variant in row.mask for row in fired))
    gates = _gates(basis, readings)
    costs = _costs(basis, reading)
    usd = {variant: cost.usd_month for variant, cost in costs.items()}
    scale = Scale.of(basis.policy, reading.values, basis.figures, usd)
    feasible = _without(allowed, [gate for gate in gates if gate.open and not gate.closable])
    ready = _without(allowed, [gate for gate in gates if gate.open])
    return Weighed(readings, fired, waived, gates, allowed, feasible, ready, costs, scale)


def _readings(basis: Basis, facts: Mapping[str, Fact], segment: SegmentInput) -> tuple[Reading, ...]:
    """The reading in force, and beside it the one of a proposal nobody has approved: it can only tighten."""
    given = (facts, {**facts, **segment.pending}) if segment.pending else (facts,)
    return tuple(read(basis.policy, each, segment.classification, basis.figures) for each in given)


def _fired(basis: Basis, readings: Sequence[Reading]) -> tuple[Row, ...]:
    rows = [
        row for row in basis.policy.rows("constraints") if _any_holds(row, "when", readings, basis.figures)
    ]
    return tuple(sorted(rows, key=lambda row: LAYERS.index(row.layer)))


def _without_waived(
    fired: tuple[Row, ...], segment: SegmentInput, as_of: date
) -> tuple[tuple[Row, ...], tuple[Waived, ...]]:
    """The rows that count, and those a standing waiver lifts: never a statutory one, never one that takes none."""
    standing = standing_waivers(segment.waivers, as_of)
    lifted = [row for row in fired if row.id in standing and row.may_be_waived]
    waived = tuple(Waived(row, standing[row.id]) for row in lifted)
    return tuple(row for row in fired if row not in lifted), waived


def standing_waivers(waivers: Sequence[Waiver], as_of: date) -> dict[str, Waiver]:
    """Those that have not ended, by the row they lift."""
    return {waiver.row: waiver for waiver in waivers if as_of <= waiver.until}


def _gates(basis: Basis, readings: Sequence[Reading]) -> tuple[GateState, ...]:
    return tuple(
        GateState(
            row=row,
            variants=in_order(row.mask),
            open=not all(row.holds("closed_when", each.values, basis.figures) for each in readings),
            closable=all(row.holds("closable_when", each.values, basis.figures) for each in readings),
        )
        for row in basis.policy.rows("gates")
        if _any_holds(row, "when", readings, basis.figures)
    )


def _any_holds(row: Row, column: str, readings: Sequence[Reading], figures: Mapping[str, Any]) -> bool:
    return any(row.holds(column, reading.values, figures) for reading in readings)


def _costs(basis: Basis, reading: Reading) -> dict[str, VariantCost]:
    tier = basis.policy.tiers[reading.values["complexity"]]
    demand = Demand.of(reading.values, reading.facts, basis.terms)
    seats = reading.values["seats"] if "seats" in reading.facts else None
    return costs_of(tier, demand, seats, basis.prices, basis.terms)


def _without(pool: tuple[str, ...], gates: Sequence[GateState]) -> tuple[str, ...]:
    barred = {variant for gate in gates for variant in gate.variants}
    return tuple(variant for variant in pool if variant not in barred)


def _answer(basis: Basis, facts: Mapping[str, Fact], segment: SegmentInput) -> tuple[str | None, str | None]:
    """Now and target under changed facts: what the answer to an open question would lead to."""
    weighed = weigh(basis, facts, segment)
    return weighed.scale.pick(weighed.ready), weighed.scale.pick(weighed.feasible)


def _status(now: str | None, target: str | None, open_question: bool) -> str:
    if target is None:
        return Status.INFEASIBLE
    if open_question:
        return Status.PROVISIONAL
    return Status.BLOCKED if now is None else Status.DECIDED


def _ladder(weighed: Weighed, choice: Choice) -> tuple[LadderStep, ...]:
    """From eight placements to the target, one step for each rule that took something away."""
    left, steps = VARIANTS, []
    for row in weighed.fired:
        after = tuple(variant for variant in left if variant in row.mask)
        steps.append(LadderStep(row, row.layer, in_order(set(left) - set(after)), after))
        left = after
    for gate in weighed.gates:
        if gate.open and not gate.closable:
            after = _without(left, [gate])
            steps.append(LadderStep(gate.row, "readiness", in_order(set(left) - set(after)), after))
            left = after
    return tuple(step for step in (*steps, *choice.ladder) if step.removed)


def _ways_out(weighed: Weighed) -> tuple[Any, ...]:
    usd = {variant: cost.usd_month for variant, cost in weighed.costs.items()}
    return relaxations(weighed.fired, weighed.gates, usd)
