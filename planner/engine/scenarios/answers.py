"""Where each part of a portfolio may run in a world, and what every placement then costs in full."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from planner.engine.capacity import specs
from planner.engine.capacity.errors import CapacityError
from planner.engine.costing import Work, columns_of, full_costs, many_costs
from planner.engine.costing.asked import of_part
from planner.engine.costing.terms import ARRANGEMENT, RENTED, TOKENS, runs_without_gpus
from planner.engine.costing.tokens import seat_terms
from planner.engine.decide import Basis, weigh
from planner.engine.facts import FactError
from planner.engine.reading import facts_of
from planner.engine.vocabulary import VARIANTS, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planner.engine.costing import Terms
    from planner.engine.decide import Weighed
    from planner.engine.facts import SegmentInput, WorkloadInput
    from planner.engine.policy import Row, Tier
    from planner.engine.scenarios.world import World

NO_VOLUME: Final = "The monthly volume is not known, or 0: measure it, or state it on the workload."


class Part(NamedTuple):
    """A part of a portfolio: the place of its workload, and its own name."""

    workload: int
    name: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One part in one world. `feasible` and `ready` are placements that rules, gates and the offers leave; `gone`
    those nobody offers any more. `usd` is the full cost of each a month, people aside; None where nobody can tell;
    `under` is what it is computed under.
    """

    now: str | None
    target: str | None
    feasible: tuple[str, ...]
    ready: tuple[str, ...]
    gone: tuple[str, ...]
    weighed: Weighed
    tier: Tier
    work: Work | None
    seats: float | None
    under: Terms
    usd: Mapping[str, float | None]

    @property
    def status(self) -> str:
        if self.target is None:
            return Status.INFEASIBLE
        return Status.BLOCKED if self.now is None else Status.DECIDED

    @property
    def usd_target(self) -> float | None:
        return self.usd.get(self.target or "")

    @property
    def usd_now(self) -> float | None:
        return self.usd.get(self.now or "")

    @property
    def model(self) -> str:
        """The model behind the placement that is possible at once, where one pays for it by the token."""
        opened = (self.now or "").startswith("3")
        if self.now not in TOKENS:
            return ""
        models = self.tier.open if opened else self.tier.closed
        offer = self.weighed.costs[self.now].offer or ""
        return max((each for each in models if each in offer), key=len, default="")

    @property
    def unknown(self) -> str:
        """Why nobody can tell what the target costs, and what to supply; empty where it is known."""
        if self.target is None or self.usd_target is not None:
            return ""
        if self.target == "1":
            return "The number of seats is not known: state it on the workload."
        if self.work is None:
            return NO_VOLUME
        return f"No offer of {self.target} in the snapshot can be priced: enter or pull one."

    def gates_before(self, variant: str) -> tuple[Row, ...]:
        """The gates that stand open before a placement and that somebody can close."""
        return tuple(each.row for each in self.weighed.gates if each.open and variant in each.variants)


@dataclass(frozen=True, slots=True)
class Answers:
    """Every part that could be decided, and why a workload could not, by its place."""

    parts: Mapping[Part, Answer]
    refused: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class _Seen:
    part: Part
    weighed: Weighed
    tier: Tier
    work: Work | None
    seats: float | None
    under: Terms


def answers(world: World, before: World | None = None) -> Answers:
    """Every part decided and priced in a world. What was offered in BEFORE and is not in this one cannot be used."""
    seen, refused = _looked_at(world)
    usd = _full_costs(world, seen)
    gone = {name: _gone(tier, world, before) for name, tier in world.policy.tiers.items()}
    found = {each.part: _answer(each, gone[each.tier.name], usd[each.part]) for each in seen}
    return Answers(found, refused)


def _answer(seen: _Seen, gone: tuple[str, ...], usd: Mapping[str, float | None]) -> Answer:
    weighed = seen.weighed
    feasible = tuple(each for each in weighed.feasible if each not in gone)
    ready = tuple(each for each in weighed.ready if each not in gone)
    return Answer(
        now=weighed.scale.pick(ready),
        target=weighed.scale.pick(feasible),
        feasible=feasible,
        ready=ready,
        gone=gone,
        weighed=weighed,
        tier=seen.tier,
        work=seen.work,
        seats=seen.seats,
        under=seen.under,
        usd=usd,
    )


def _looked_at(world: World) -> tuple[list[_Seen], dict[int, str]]:
    basis, everybody = Basis.of(world.policy, world.prices, world.as_of), world.terms
    seen: list[_Seen] = []
    refused = {}
    for place, workload in enumerate(world.workloads):
        try:
            seen += _parts(world, basis, everybody, place, workload)
        except FactError as error:
            refused[place] = error.message
    return seen, refused


def _parts(world: World, basis: Basis, everybody: Terms, place: int, workload: WorkloadInput) -> list[_Seen]:
    return [
        _part(world, basis, everybody, workload, Part(place, each.name), each) for each in _segments(workload)
    ]


def _segments(workload: WorkloadInput) -> Iterator[SegmentInput]:
    """With the exceptions of the whole workload beside those of the part, as when it is decided."""
    for each in workload.segments:
        yield replace(each, waivers=(*workload.waivers, *each.waivers))


def _part(
    world: World, basis: Basis, everybody: Terms, workload: WorkloadInput, part: Part, segment: SegmentInput
) -> _Seen:
    weighed = weigh(basis, facts_of(world.policy, workload, segment), segment)
    reading = weighed.reading
    return _Seen(
        part,
        weighed,
        world.policy.tiers[reading.values["complexity"]],
        Work.of(reading.values, reading.known, world.assumed),
        reading.values["seats"] if "seats" in reading.facts else None,
        of_part(everybody, reading, world.profiles.get(part.workload, ())),
    )


def _full_costs(world: World, seen: list[_Seen]) -> dict[Part, dict[str, float | None]]:
    """The full cost of every placement, people aside: those are paid once for all."""
    terms = world.terms
    found: dict[Part, dict[str, float | None]] = {}
    for each in seen:
        seats = None if each.seats is None else float(sum(seat_terms(each.seats, world.assumed).values()))
        found[each.part] = dict.fromkeys(VARIANTS) | {"1": seats}
    for tier in world.policy.tiers.values():
        members = [(each.part, each.work) for each in seen if each.tier is tier and each.work is not None]
        if not members:
            continue
        with np.errstate(divide="ignore", invalid="ignore"):  # an output of nothing has no time per token
            priced = many_costs(tier, columns_of([work for _, work in members]), terms)
        for variant, usd in priced.items():
            for (part, _), amount in zip(members, usd, strict=True):
                found[part][variant] = float(amount) if np.isfinite(amount) else None
    for each in seen:
        found[each.part] |= _following_the_day(each)
    return found


def _following_the_day(seen: _Seen) -> dict[str, float | None]:
    """The full cost of machines that may stop at quiet hours, of a part whose day was measured. That is worked out one
    part at a time, so only where rules leave it such machines.
    """
    stoppable = [each for each in RENTED if each in seen.weighed.feasible]
    if not stoppable or not seen.under.profile or seen.work is None:
        return {}
    with np.errstate(divide="ignore", invalid="ignore"):
        costs = full_costs(seen.tier, seen.work, seen.seats, seen.under)
    return {variant: costs[variant].usd_month for variant in stoppable}


def _gone(tier: Tier, world: World, before: World | None) -> tuple[str, ...]:
    if before is None or before.prices is world.prices:
        return ()
    offered = _offered(tier, world)
    return tuple(each for each in VARIANTS if each in _offered(tier, before) and each not in offered)


def _offered(tier: Tier, world: World) -> frozenset[str]:
    """The placements for which anybody offers what serves the tier, at whatever price and in whatever currency."""
    found = {"1"}
    sold = {(offer.model, offer.open_weights) for offer in world.prices.token_offers}
    for variant in TOKENS:
        opened = variant.startswith("3")
        if any((model, opened) in sold for model in (tier.open if opened else tier.closed)):
            found.add(variant)
    kinds = {(offer.arrangement, _computes(offer.gpu)) for offer in world.prices.gpu_offers}
    found |= {variant for variant, arrangement in ARRANGEMENT.items() if (arrangement, True) in kinds}
    return frozenset(found | ({"5a"} if runs_without_gpus(tier) else set()))


def _computes(gpu: str) -> bool:
    try:
        return specs.gpu(gpu).computes
    except CapacityError:
        return False
