"""What differs between the grounds of two decisions, as far as either of them rests on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planner.engine.causes.grounds import Grounds
    from planner.engine.decision import SegmentDecision, WorkloadDecision
    from planner.engine.facts import Fact, Facts, GpuOffer, PriceSnapshot, TokenOffer, WorkloadInput
    from planner.engine.policy import Input, Row

NEW: Final = "new"  # the policy did not have the row
GONE: Final = "gone"  # the policy has it no more
EDITED: Final = "edited"  # it says something else
FIRES: Final = "fires"  # it is as it was, and applies now
RESTS: Final = "rests"  # it is as it was, and applies no more
ORGANISATION: Final = "Organisation"
WORKLOAD: Final = "Workload"


@dataclass(frozen=True, slots=True)
class FactChange:
    """A fact that somebody gave, took back, changed or stands behind anew."""

    where: str
    name: str
    declared: Input | None
    before: Fact | None
    after: Fact | None


@dataclass(frozen=True, slots=True)
class Asked:
    """An offer with the rate its currency had; what a placement was priced with."""

    offer: TokenOffer | GpuOffer
    usd_per_unit: float | None

    @property
    def amounts(self) -> tuple[object, ...]:
        """What has to be the same for the price to be the same."""
        offer = self.offer
        names = (name for name in AMOUNTS if hasattr(offer, name))
        return (offer.id, offer.currency, self.usd_per_unit, *(getattr(offer, name) for name in names))


AMOUNTS: Final = (
    "input_usd_per_mtok",
    "output_usd_per_mtok",
    "cached_input_usd_per_mtok",
    "amount_per_hour",
    "capex_low",
    "capex_high",
)


@dataclass(frozen=True, slots=True)
class PriceChange:
    """A placement that is priced with another offer, or with another amount of the same one."""

    variant: str
    before: Asked | None
    after: Asked | None


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row of the policy that applies to one of the decisions and not in the same way to the other."""

    row: Row
    state: str


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A parameter that one of the decisions reads and that is worth something else in the other."""

    name: str
    label: str
    unit: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that differs."""

    facts: tuple[FactChange, ...]
    prices: tuple[PriceChange, ...]
    rows: tuple[RowChange, ...]
    figures: tuple[FigureChange, ...]


def changes_between(
    one: Grounds, before: WorkloadDecision, other: Grounds, after: WorkloadDecision
) -> Changes:
    """What differs between two grounds that the decisions made on them rest on."""
    return Changes(
        facts=tuple(_facts(one, other)),
        prices=tuple(dict.fromkeys(_prices(one.prices, before, other.prices, after))),
        rows=tuple(_rows(before, after)),
        figures=tuple(_figures(one, before, other, after)),
    )


def _facts(one: Grounds, other: Grounds) -> Iterator[FactChange]:
    ones, others = _by_place(one.workload), _by_place(other.workload)
    for place in {**ones, **others}:
        earlier, later = ones.get(place, {}), others.get(place, {})
        for name in sorted({*earlier, *later}):
            was, is_now = earlier.get(name), later.get(name)
            if _said(was) != _said(is_now):
                declared = other.policy.inputs.get(name) or one.policy.inputs.get(name)
                yield FactChange(place, name, declared, was, is_now)


def _by_place(workload: WorkloadInput) -> dict[str, Facts]:
    """All facts by where they are said."""
    places: dict[str, Facts] = {ORGANISATION: workload.organisation, WORKLOAD: workload.facts}
    for segment in workload.segments:
        places[segment.name] = segment.facts
        if segment.pending is not None:
            places[f"{segment.name}, proposed"] = segment.pending
    return places


def _said(fact: Fact | None) -> tuple[object, str] | None:
    """Value and kind of source: saying the same again is no change."""
    return None if fact is None else (fact.value, fact.source)


def _prices(
    one: PriceSnapshot, before: WorkloadDecision, other: PriceSnapshot, after: WorkloadDecision
) -> Iterator[PriceChange]:
    ones, others = _asked(one, before), _asked(other, after)
    for place in {**ones, **others}:
        was, is_now = ones.get(place), others.get(place)
        # without a volume nothing is priced: a price is gone or new only where the prices are others
        differs = was.amounts != is_now.amounts if was and is_now else one.sha != other.sha
        if differs:
            yield PriceChange(place[1], was, is_now)


def _asked(prices: PriceSnapshot, decision: WorkloadDecision) -> dict[tuple[str, str], Asked]:
    """For each part the offers behind its placements, those the rules took away left out."""
    offers: dict[str, TokenOffer | GpuOffer] = {offer.id: offer for offer in prices.token_offers}
    offers |= {offer.id: offer for offer in prices.gpu_offers}
    return {
        (segment.name, variant): Asked(offers[cost.offer], prices.usd_per(offers[cost.offer].currency))
        for segment in decision.segments
        for variant, cost in segment.costs.items()
        if cost.offer in offers and variant in segment.allowed
    }


def _rows(before: WorkloadDecision, after: WorkloadDecision) -> Iterator[RowChange]:
    applied, applies = _applying(before), _applying(after)
    had, has = _all_rows(before), _all_rows(after)
    for name in {**applied, **applies}:
        if name not in had:
            yield RowChange(has[name], NEW)
        elif name not in has:
            yield RowChange(had[name], GONE)
        elif had[name].cells != has[name].cells:
            yield RowChange(has[name], EDITED)
        elif (name in applied) != (name in applies):
            yield RowChange(has[name], FIRES if name in applies else RESTS)


def _all_rows(decision: WorkloadDecision) -> dict[str, Row]:
    return {row.id: row for rows in decision.policy.tables.values() for row in rows}


def _applying(decision: WorkloadDecision) -> dict[str, Row]:
    """The rules, gates and preferences that apply to any part."""
    return {row.id: row for segment in decision.segments for row in _of(segment)}


def _of(segment: SegmentDecision) -> Iterator[Row]:
    yield from segment.fired
    yield from (gate.row for gate in segment.gates)
    yield from (state.row for state in segment.choice.preferences)


def _figures(
    one: Grounds, before: WorkloadDecision, other: Grounds, after: WorkloadDecision
) -> Iterator[FigureChange]:
    earlier, later = one.policy.figures(one.as_of), other.policy.figures(other.as_of)
    for name in {**_read_figures(before), **_read_figures(after)}:
        if earlier.get(name) != later.get(name):
            parameters: Mapping[str, Any] = {**one.policy.parameters, **other.policy.parameters}
            known = parameters[name]
            yield FigureChange(name, known.label, known.unit, earlier.get(name), later.get(name))


def _read_figures(decision: WorkloadDecision) -> dict[str, None]:
    """The parameters that applying rows and the formulas of the costs read."""
    rows = _applying(decision).values()
    read = (name for row in rows for each in row.expressions.values() for name in each.parameters)
    return dict.fromkeys((*read, *decision.policy.capacity.values(), decision.policy.tie_tolerance))
