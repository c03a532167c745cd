"""Which offer of a snapshot counts: the cheapest comparable one for what is needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planner.engine.facts import GpuOffer, PriceSnapshot, TokenOffer

HALF = 0.5


@dataclass(frozen=True, slots=True)
class Machine:
    """An offer for the machines of one replica, in dollars: by the hour, or as capital."""

    offer: GpuOffer
    usd: float


@dataclass(frozen=True, slots=True)
class Priced:
    """A token offer in dollars per million tokens."""

    offer: TokenOffer
    input: float
    output: float
    cached: float | None

    def blended(self, input_share: float) -> float:
        return self.input * input_share + self.output * (1 - input_share)


@lru_cache(maxsize=4096)
def cheapest_tokens(
    prices: PriceSnapshot, models: tuple[str, ...], open_weights: bool, input_share: float
) -> Priced | None:
    """The cheapest offer of any of these models for a mix of input and output, or None without one."""
    offers = priced_tokens(prices, models, open_weights=open_weights)
    return min(offers, key=lambda each: each.blended(input_share), default=None)


@lru_cache(maxsize=1024)
def priced_tokens(
    prices: PriceSnapshot, models: tuple[str, ...], *, open_weights: bool
) -> tuple[Priced, ...]:
    """Every comparable offer of these models in dollars, by name: of equally cheap ones the first counts."""
    priced = [
        each
        for offer in prices.token_offers
        if offer.model in models and offer.open_weights == open_weights and (each := _priced(prices, offer))
    ]
    return tuple(sorted(priced, key=lambda each: each.offer.id))


@lru_cache(maxsize=1024)
def cheapest_machine(prices: PriceSnapshot, arrangement: str, gpu: str, gpus: int) -> Machine | None:
    """The cheapest way to get so many GPUs of a kind: one node of that size, or else several smaller ones."""
    offers = [offer for offer in prices.gpu_offers if offer.arrangement == arrangement and offer.gpu == gpu]
    whole = [
        machine for offer in offers if offer.gpu_count == gpus and (machine := _machine(prices, offer, 1))
    ]
    parts = [
        machine
        for offer in offers
        if offer.gpu_count < gpus
        and gpus % offer.gpu_count == 0
        and (machine := _machine(prices, offer, gpus // offer.gpu_count))
    ]
    return _cheapest(whole) or _cheapest(parts)


def _cheapest(machines: Iterable[Machine]) -> Machine | None:
    return min(machines, key=lambda machine: (machine.usd, machine.offer.id), default=None)


def _priced(prices: PriceSnapshot, offer: TokenOffer) -> Priced | None:
    """In dollars; an unknown currency, or 0 for both directions, is an unknown price."""
    rate = prices.usd_per(offer.currency)
    if rate is None or not (offer.input_usd_per_mtok or offer.output_usd_per_mtok):
        return None
    cached = offer.cached_input_usd_per_mtok
    return Priced(
        offer,
        float(offer.input_usd_per_mtok) * rate,
        float(offer.output_usd_per_mtok) * rate,
        None if cached is None else float(cached) * rate,
    )


def _machine(prices: PriceSnapshot, offer: GpuOffer, count: int) -> Machine | None:
    rate = prices.usd_per(offer.currency)
    amount = _capital(offer) if offer.arrangement == "owned" else offer.amount_per_hour
    if rate is None or not amount:
        return None
    return Machine(offer, float(amount) * rate * count)


def _capital(offer: GpuOffer) -> float | None:
    """The middle of the range a machine is sold for."""
    low, high = offer.capex_low or offer.capex_high, offer.capex_high or offer.capex_low
    return None if low is None or high is None else (float(low) + float(high)) * HALF
