"""The monthly cost of every placement: tokens, machines and people, each part traceable to its price and formula."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from planner.engine.economics.offers import Priced, cheapest_machine, cheapest_tokens

if TYPE_CHECKING:
    from planner.engine.economics.demand import Demand, Terms
    from planner.engine.facts import PriceSnapshot
    from planner.engine.policy import Shape, Tier

MILLION: Final = 1_000_000
SECONDS_PER_HOUR: Final = 3600
CENTS_A_DOLLAR: Final = 100
ARRANGEMENT: Final = {"4": "managed", "5a": "rented", "5b": "owned"}


@dataclass(frozen=True, slots=True)
class CostPart:
    """A part of a monthly cost: what it is for, how it was worked out, and whether a guess is in it."""

    label: str
    usd_month: float
    formula: str
    source: str
    guess: bool


@dataclass(frozen=True, slots=True)
class VariantCost:
    """What a placement costs a month; `unknown` says why nobody can tell. `load` is how many replicas the peak
    fills, before they are rounded up to whole ones.
    """

    variant: str
    usd_month: float | None
    offer: str | None = None
    comparator: str = ""
    parts: tuple[CostPart, ...] = ()
    unknown: str | None = None
    replicas: int = 0
    load: float = 0.0


def costs_of(
    tier: Tier, demand: Demand | None, seats: float | None, prices: PriceSnapshot, terms: Terms
) -> dict[str, VariantCost]:
    """The cost of each of the eight placements; where nobody can tell, the reason instead."""
    costs = {"1": _chat(seats, terms)}
    if demand is None:
        return costs | {
            variant: _unknown(variant, "The monthly volume is not known.") for variant in VOLUME_PRICED
        }
    order = Order(demand, prices, terms)
    for variant in ("2p", "2e", "3", "3r"):
        costs[variant] = _tokens(variant, tier, order)
    for variant, arrangement in ARRANGEMENT.items():
        costs[variant] = _machines(variant, tier.shapes[arrangement], order)
    return costs


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for, at which prices and on which terms."""

    demand: Demand
    prices: PriceSnapshot
    terms: Terms


VOLUME_PRICED: Final = ("2p", "2e", "3", "3r", "4", "5a", "5b")


def cents(usd: float) -> float:
    """Whole cents, half a cent upwards: the same step for one amount and for columns of them."""
    return math.floor(usd * CENTS_A_DOLLAR + 0.5) / CENTS_A_DOLLAR


def _unknown(variant: str, why: str) -> VariantCost:
    return VariantCost(variant, None, unknown=why)


def _chat(seats: float | None, terms: Terms) -> VariantCost:
    if seats is None:
        return _unknown("1", "The number of seats is not known.")
    usd = cents(seats * terms.seat_price)
    formula = f"{_count(seats)} seats at ${terms.seat_price:,.2f}"
    part = CostPart("Seats", usd, formula, "policy parameter seat_price", "seat_price" in terms.guesses)
    return VariantCost("1", usd, comparator=formula, parts=(part,))


def _tokens(variant: str, tier: Tier, order: Order) -> VariantCost:
    opened = variant.startswith("3")
    models = tier.open if opened else tier.closed
    demand, terms = order.demand, order.terms
    total = demand.input_tokens + demand.output_tokens
    input_share = demand.input_tokens / total if total else terms.in_out_ratio / (terms.in_out_ratio + 1)
    priced = cheapest_tokens(order.prices, models, opened, input_share)
    if priced is None:
        return _unknown(variant, f"The snapshot has no comparable price for {' or '.join(models)}.")
    multiplier = demand.open_multiplier if opened else 1
    discount = 1 - terms.batch_discount * demand.batch_share
    usd = cents(_token_bill(priced, demand) * multiplier * discount)
    formula = _token_formula(priced, demand, multiplier, discount)
    assumed_mix = not demand.split_known and "in_out_ratio" in terms.guesses
    part = CostPart("Tokens", usd, formula, priced.offer.source or priced.offer.id, tier.guess or assumed_mix)
    return VariantCost(
        variant, usd, priced.offer.id, f"{priced.offer.provider} {priced.offer.model}", (part,)
    )


def _token_bill(priced: Priced, demand: Demand) -> float:
    cached_price = priced.input if priced.cached is None else priced.cached
    input_price = priced.input * (1 - demand.cached_share) + cached_price * demand.cached_share
    return (demand.input_tokens * input_price + demand.output_tokens * priced.output) / MILLION


def _token_formula(priced: Priced, demand: Demand, multiplier: float, discount: float) -> str:
    text = (
        f"{_millions(demand.input_tokens)} input at ${priced.input:,.4g} + "
        f"{_millions(demand.output_tokens)} output at ${priced.output:,.4g} per million"
    )
    if demand.cached_share and priced.cached is not None:
        text += f", {demand.cached_share:.0%} of the input cached at ${priced.cached:,.4g}"
    if demand.reasoning != 1:
        text += f", {demand.reasoning:g} tokens written for one that is shown"
    if multiplier != 1:
        text += f", times {multiplier:g} for the open model's longer answers"
    return text if discount == 1 else f"{text}, times {discount:g} for batches"


def _machines(variant: str, shape: Shape, order: Order) -> VariantCost:
    demand, terms = order.demand, order.terms
    machine = cheapest_machine(order.prices, ARRANGEMENT[variant], shape.gpu, shape.gpus)
    if machine is None:
        return _unknown(
            variant,
            f"The snapshot has no comparable price for {shape.gpus} x {shape.gpu}, {ARRANGEMENT[variant]}.",
        )
    load = load_of(demand, shape, terms)
    replicas = max(1, math.ceil(load))
    guess = shape.guess or (
        variant == "5b" and bool({"amortisation_months", "owned_overhead"} & terms.guesses)
    )
    usd, formula = _machine_bill(variant, machine.usd, replicas, terms)
    parts = [CostPart("Machines", usd, formula, machine.offer.source or machine.offer.id, guess)]
    if variant != "4":
        parts.append(_team(demand, terms))
    total = cents(sum(part.usd_month for part in parts))
    comparator = f"{machine.offer.provider} {shape.gpus} x {shape.gpu}"
    return VariantCost(
        variant, total, machine.offer.id, comparator, tuple(parts), replicas=replicas, load=load
    )


def _machine_bill(variant: str, usd: float, replicas: int, terms: Terms) -> tuple[float, str]:
    if variant == "5b":
        bill = replicas * usd / terms.amortisation_months * terms.owned_overhead
        formula = (
            f"{_replicas(replicas)} of ${usd:,.0f}, written off over {terms.amortisation_months:g} months, "
            f"times {terms.owned_overhead:g} for power, room and repair"
        )
    else:
        bill = replicas * usd * terms.hours
        formula = f"{_replicas(replicas)} at ${usd:,.2f} an hour for {terms.hours:g} hours"
    return cents(bill), formula


def load_of(demand: Demand, shape: Shape, terms: Terms) -> float:
    """How many replicas the peak fills; whole ones are bought, and one at least."""
    capacity = shape.tokens_per_second * terms.planned_use * terms.hours * SECONDS_PER_HOUR
    peak = demand.output_tokens * demand.open_multiplier * demand.peak_to_avg
    return peak / capacity


def _team(demand: Demand, terms: Terms) -> CostPart:
    usd = cents(terms.team_usd_month * demand.team_share)
    formula = f"{demand.team_share:.0%} of a team of ${terms.team_usd_month:,.0f} a month"
    return CostPart(
        "People", usd, formula, "policy parameter team_cost_year", "team_cost_year" in terms.guesses
    )


def _replicas(count: int) -> str:
    return "1 replica" if count == 1 else f"{count:,} replicas"


def _count(number: float) -> str:
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.1f}"


def _millions(tokens: float) -> str:
    return f"{tokens / MILLION:,.1f} M"
