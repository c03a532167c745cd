"""The full cost of every placement of one part, each with all its terms or the reason why nobody can tell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planner.engine.capacity import specs
from planner.engine.costing.cheapest import choose, machine_terms
from planner.engine.costing.machines import need, server_need, server_terms
from planner.engine.costing.many import columns_of
from planner.engine.costing.people import people_usd
from planner.engine.costing.serving import servings
from planner.engine.costing.terms import ARRANGEMENT, TOKENS, runs_without_gpus
from planner.engine.costing.tokens import TokenPrice, cheapest_offer, seat_terms, token_terms
from planner.engine.economics import priced_tokens

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.engine.costing.machines import Need
    from planner.engine.costing.serving import Serving
    from planner.engine.costing.terms import Terms
    from planner.engine.costing.work import Work
    from planner.engine.economics import Priced
    from planner.engine.policy import Tier


WITHOUT_GPUS = "servers without GPUs"


@dataclass(frozen=True, slots=True)
class FullCost:
    """What a placement costs a month, term by term; `unknown` says why nobody can tell and what to supply.

    `request_s` and `batch` are those of the replicas chosen, `need` how many of them; none where one pays by the token.
    """

    variant: str
    terms: Mapping[str, float]
    offer: str | None = None
    comparator: str = ""
    price: Priced | None = None
    serving: Serving | None = None
    request_s: float | None = None
    batch: float | None = None
    need: Need | None = None
    unknown: str | None = None

    @property
    def usd_month(self) -> float | None:
        """The sum of the terms; None while nobody can tell."""
        return None if self.unknown else float(sum(self.terms.values()))

    @property
    def machines_usd(self) -> float:
        """Without people and the fixed cost of the pool: what grows with the number of replicas."""
        return float(sum(usd for key, usd in self.terms.items() if key not in ("people", "pool")))


def full_costs(tier: Tier, work: Work | None, seats: float | None, under: Terms) -> dict[str, FullCost]:
    """Every placement of one part, each with its terms or with the reason why nobody can tell."""
    costs = {"1": _chat(seats, under)}
    if work is None:
        why = "The monthly volume is not known, or 0: measure it, or state it on the workload."
        return costs | {variant: FullCost(variant, {}, unknown=why) for variant in (*TOKENS, *ARRANGEMENT)}
    for variant in TOKENS:
        costs[variant] = _tokens(variant, tier, work, under)
    for variant in ARRANGEMENT:
        costs[variant] = _machines(variant, tier, work, under)
    return costs


def _chat(seats: float | None, under: Terms) -> FullCost:
    if seats is None:
        return FullCost("1", {}, unknown="The number of seats is not known: state it on the workload.")
    return FullCost("1", seat_terms(seats, under.figures), comparator="chat seats")


def _tokens(variant: str, tier: Tier, work: Work, under: Terms) -> FullCost:
    opened = variant.startswith("3")
    models = tier.open if opened else tier.closed
    offers = priced_tokens(under.prices, models, open_weights=opened)
    if not offers:
        why = f"The snapshot has no comparable price for {' or '.join(models)}: enter or pull one."
        return FullCost(variant, {}, unknown=why)
    priced = offers[int(cheapest_offer(offers, work, under.figures)[0])]
    terms = token_terms(variant, work, TokenPrice.of(priced, under.figures), under.figures)
    terms["people"] = people_usd(variant, under.figures, under.share_of(variant))
    comparator = f"{priced.offer.provider} {priced.offer.model}"
    return FullCost(variant, terms, priced.offer.id, comparator, price=priced)


def _machines(variant: str, tier: Tier, work: Work, under: Terms) -> FullCost:
    ways = servings(under.prices, tier.open, ARRANGEMENT[variant], under.precisions)
    many = columns_of([work])
    chosen = choose(variant, ways, many, under)
    usd, place = float(chosen.usd[0]), int(chosen.place[0])
    if variant == "5a" and runs_without_gpus(tier) and (np.isnan(usd) or _server_usd(work, under) < usd):
        servers = server_need(work, under.figures)
        terms = {key: float(each) for key, each in server_terms(servers, under.figures).items()}
        cost = FullCost(variant, terms, None, f"{WITHOUT_GPUS}, {tier.open[0]}", need=servers)
        return _with_people(cost, under)
    if np.isnan(usd):
        return FullCost(variant, {}, unknown=_why_none(variant, tier, ways, under.figures))
    way = ways[place]
    request_s = float(chosen.pace.request_s[place, 0])
    needed = need(work, request_s, under.figures)
    terms = machine_terms(variant, way, needed, under.figures, under.day(variant))
    cost = FullCost(
        variant,
        {key: float(each) for key, each in terms.items()},
        way.offer.id,
        _named(way),
        serving=way,
        request_s=request_s,
        batch=float(chosen.pace.batch[place, 0]),
        need=needed,
    )
    return _with_people(cost, under)


def _named(way: Serving) -> str:
    """The machines in a few words; whoever reads it is told where nobody measured them."""
    told = "" if specs.gpu(way.gpu).verified else "; speed never measured"
    return f"{way.offer.provider} {way.gpus} x {way.gpu}, {way.model} in {way.precision}{told}"


def _with_people(cost: FullCost, under: Terms) -> FullCost:
    people = people_usd(cost.variant, under.figures, under.share_of(cost.variant), hire=under.hire)
    return replace(cost, terms={**cost.terms, "people": float(people)})


def _server_usd(work: Work, under: Terms) -> float:
    return float(sum(server_terms(server_need(work, under.figures), under.figures).values()))


def _why_none(variant: str, tier: Tier, ways: Sequence[Serving], a: Mapping[str, float]) -> str:
    models = " or ".join(tier.open)
    if not ways:
        return (
            f"The snapshot has no {ARRANGEMENT[variant]} GPUs whose speed is known for {models}: "
            "enter or pull an offer of machines."
        )
    return (
        f"None of the {len(ways)} ways to serve {models} on {ARRANGEMENT[variant]} machines of the snapshot holds "
        f"requests of this length at {a['itl_target_ms']:g} ms a token: offer larger GPUs, or allow more time."
    )
