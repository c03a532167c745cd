"""Everything a portfolio is decided and priced on, and the same world once something has happened to it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from planner.engine.costing import Terms
from planner.engine.costing.asked import PRECISIONS, STEPS
from planner.engine.facts import Fact
from planner.engine.policy import load_policy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from planner.engine.capacity.rows import Row
    from planner.engine.facts import Facts, GpuOffer, PriceSnapshot, SegmentInput, TokenOffer, WorkloadInput
    from planner.engine.policy import Assumptions, Policy
    from planner.engine.scenarios.named import Scenario

NOBODY: Final = dict.fromkeys(STEPS, 0.0)
OWNED: Final = "owned"  # machines that were bought: nobody takes them away


@dataclass(frozen=True, slots=True)
class World:
    """The workloads with their facts, the prices, the figures and the day. `jurisdictions` says under whose law a
    provider is, by its name; one that is missing is not known. `own` are benchmarks of one's own. `profiles` are how
    the requests of a day come, 24 factors of mean 1, by the place of the workload; one that is missing was not measured.
    """

    policy: Policy
    workloads: tuple[WorkloadInput, ...]
    prices: PriceSnapshot
    assumed: Assumptions
    as_of: date
    jurisdictions: Mapping[str, str] = field(default_factory=dict)
    own: tuple[Row, ...] = ()
    profiles: Mapping[int, tuple[float, ...]] = field(default_factory=dict)

    @property
    def terms(self) -> Terms:
        """What all costs are computed under, people aside: they are paid once for all. A policy too old to say in
        which precisions open weights may be served has the shipped ones. A part adds what it has of its own
        (`costing.asked.of_part`).
        """
        figures = {**load_policy().figures(self.as_of), **self.policy.figures(self.as_of)}
        precisions = tuple(part.strip() for part in str(figures[PRECISIONS]).split(","))
        return Terms(self.prices, self.assumed, precisions, shares=NOBODY, own=self.own)


def under(scenario: Scenario, world: World) -> World:
    """The world after a scenario; nothing that it does not name is another, and the order of several is all one."""
    return replace(
        world,
        workloads=tuple(_workload(scenario, each) for each in world.workloads),
        prices=_prices(scenario, world),
        assumed=world.assumed.having(scenario.assumptions) if scenario.assumptions else world.assumed,
    )


def _workload(scenario: Scenario, workload: WorkloadInput) -> WorkloadInput:
    """Facts that are set stand with the organisation and nowhere else: nothing narrower outranks them."""
    if not scenario.facts and scenario.volume == 1:
        return workload
    told = {name: Fact(value, source="assumed") for name, value in scenario.facts.items()}
    return replace(
        workload,
        organisation={**_facts(scenario, workload.organisation), **told},
        facts=_facts(scenario, workload.facts),
        segments=tuple(_segment(scenario, each) for each in workload.segments),
    )


def _segment(scenario: Scenario, segment: SegmentInput) -> SegmentInput:
    pending = None if segment.pending is None else _facts(scenario, segment.pending)
    return replace(segment, facts=_facts(scenario, segment.facts), pending=pending)


def _facts(scenario: Scenario, facts: Facts) -> dict[str, Fact]:
    return {
        name: _grown(fact, scenario.volume) if name in scenario.volume_facts else fact
        for name, fact in facts.items()
        if name not in scenario.facts
    }


def _grown(fact: Fact, factor: float) -> Fact:
    """A volume so many times; what is no number is left for the engine to refuse."""
    known = isinstance(fact.value, (int, float)) and not isinstance(fact.value, bool)
    return replace(fact, value=fact.value * factor) if known and factor != 1 else fact  # type: ignore[operator]


def _prices(scenario: Scenario, world: World) -> PriceSnapshot:
    """The same snapshot where no price is another: offers are looked up in it by the thousand."""
    tokens = tuple(
        _priced_token(offer, scenario.token_price)
        for offer in world.prices.token_offers
        if offer.model != scenario.retired and not _lost(scenario, world, offer.provider)
    )
    gpus = tuple(
        _priced_gpu(offer, scenario.gpu_price)
        for offer in world.prices.gpu_offers
        if offer.arrangement == OWNED or not _lost(scenario, world, offer.provider)
    )
    if (tokens, gpus) == (world.prices.token_offers, world.prices.gpu_offers):
        return world.prices
    return replace(world.prices, token_offers=tokens, gpu_offers=gpus, sha="")


def _lost(scenario: Scenario, world: World, provider: str) -> bool:
    """A provider under a law nobody has looked up stays: it is not known to be lost."""
    lost = scenario.jurisdiction_lost
    return bool(lost) and world.jurisdictions.get(provider, "") == lost


def _priced_token(offer: TokenOffer, factor: float) -> TokenOffer:
    if factor == 1:
        return offer
    return replace(
        offer,
        input_usd_per_mtok=_times(offer.input_usd_per_mtok, factor),
        output_usd_per_mtok=_times(offer.output_usd_per_mtok, factor),
        cached_input_usd_per_mtok=_times_known(offer.cached_input_usd_per_mtok, factor),
    )


def _priced_gpu(offer: GpuOffer, factor: float) -> GpuOffer:
    if factor == 1:
        return offer
    return replace(
        offer,
        amount_per_hour=_times_known(offer.amount_per_hour, factor),
        capex_low=_times_known(offer.capex_low, factor),
        capex_high=_times_known(offer.capex_high, factor),
    )


def _times_known(amount: Decimal | None, factor: float) -> Decimal | None:
    return None if amount is None else _times(amount, factor)


def _times(amount: Decimal, factor: float) -> Decimal:
    return amount * Decimal(str(factor))
