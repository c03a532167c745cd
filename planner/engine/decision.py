"""What a decision holds, before anybody puts it into words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from planner.engine.economics import VariantCost
    from planner.engine.facts import Facts, Past, PriceSnapshot, Value, Waiver, WorkloadInput
    from planner.engine.policy import Policy, Row
    from planner.engine.reading import Reading


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One step from eight placements to one: which rule took which away, and what it left."""

    row: Row | None
    layer: str
    removed: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GateState:
    """A gate that applies to the segment: for which placements, whether it is open, and whether it can be closed."""

    row: Row
    variants: tuple[str, ...]
    open: bool
    closable: bool


@dataclass(frozen=True, slots=True)
class PreferenceState:
    """A preference that fires: binding (it narrowed), idle (it changed nothing) or dropped (it would leave nothing)."""

    row: Row
    state: str
    usd_month: float | None = None


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A smallest set of rules and gates whose absence would open a placement."""

    variant: str
    rows: tuple[Row, ...]
    gates: tuple[Row, ...]
    usd_month: float | None


@dataclass(frozen=True, slots=True)
class UnknownFact:
    """A fact nobody supplied: the classes its values could lead to, if they differ, and the target of each value."""

    name: str
    blocks: bool
    answers: tuple[str, ...]
    outcomes: tuple[tuple[Value, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """The open fact to ask for first: of so many possible answers, how many it removes on average."""

    name: str
    settles: float
    answers: int


@dataclass(frozen=True, slots=True)
class Waived:
    """A must-row that would have fired, and the waiver for which it does not."""

    row: Row
    waiver: Waiver


@dataclass(frozen=True, slots=True)
class Choice:
    """The way from a set of placements to one: what was preferred, how the money narrowed it, and the answer."""

    variant: str | None
    preferences: tuple[PreferenceState, ...] = ()
    ladder: tuple[LadderStep, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentDecision:
    """The decision on one segment, with everything it rests on."""

    name: str
    share: float
    classification: str
    status: str
    now: str | None
    target: str | None
    allowed: tuple[str, ...]
    feasible: tuple[str, ...]
    ready: tuple[str, ...]
    fired: tuple[Row, ...]
    gates: tuple[GateState, ...]
    choice: Choice
    ladder: tuple[LadderStep, ...]
    relaxations: tuple[Relaxation, ...]
    costs: Mapping[str, VariantCost]
    unknown: tuple[UnknownFact, ...]
    question: Question | None
    reading: Reading
    waived: tuple[Waived, ...] = ()
    waivers: tuple[Waiver, ...] = ()  # all that were granted, whether their row fires or not
    pending: Facts | None = None
    proposed: Reading | None = None  # the reading of a newer proposal: it may only tighten
    history: Mapping[str, Past] = field(default_factory=dict)

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The reading in force, and after it that of a proposal."""
        return (self.reading,) if self.proposed is None else (self.reading, self.proposed)

    @property
    def amounts(self) -> dict[str, float | None]:
        """Dollars a month for each placement; None where nobody can tell."""
        return {variant: cost.usd_month for variant, cost in self.costs.items()}

    def rows_against(self, variant: str) -> tuple[Row, ...]:
        """The must-rows that take a placement away."""
        return tuple(row for row in self.fired if variant not in row.mask)

    def gates_before(self, variant: str) -> tuple[GateState, ...]:
        """The gates that stand open before a placement."""
        return tuple(gate for gate in self.gates if gate.open and variant in gate.variants)


@dataclass(frozen=True, slots=True)
class WorkloadDecision:
    """The decisions on all segments of a workload, with all that was given: policy, prices, day and facts."""

    name: str
    policy: Policy
    prices: PriceSnapshot
    as_of: date
    segments: tuple[SegmentDecision, ...]
    given: WorkloadInput
