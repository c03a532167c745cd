"""What tokens cost a month from whom one pays by the token: classes 2 and 3."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from planner.engine.costing.work import Work
    from planner.engine.economics import Priced

MILLION: Final = 1_000_000
OPEN: Final = frozenset({"3", "3r"})
UNDER_TERMS: Final = frozenset({"2e", "3r"})


@dataclass(frozen=True, slots=True)
class TokenPrice:
    """Dollars per million tokens. `guessed` names the prices the offer does not have and a ratio stands in for."""

    input: Any
    output: Any
    cached: Any
    written: Any
    guessed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, priced: Priced, a: Mapping[str, Any]) -> TokenPrice:
        """The offer's prices; without a cached price of its own the usual share of the input price."""
        guessed = {"cache_write_ratio"} | ({"cached_price_ratio"} if priced.cached is None else set())
        cached = priced.input * a["cached_price_ratio"] if priced.cached is None else priced.cached
        written = priced.input * a["cache_write_ratio"]
        return cls(priced.input, priced.output, cached, written, frozenset(guessed))


def token_terms(variant: str, work: Work, price: TokenPrice, a: Mapping[str, Any]) -> dict[str, Any]:
    """Each term in dollars a month; their sum is

    N kappa [Lin ((1 - c - w) p_in + c p_cached + w p_write) + q Lout p_out] (1 - discount b) (1 - commitment),
    with the uplift of enterprise terms on top. Numbers or arrays, as the work and the figures are.
    """
    longer = work.longer if variant in OPEN else 1
    tokens_in, tokens_out = work.input_tokens_month / MILLION, work.output_tokens_month / MILLION
    terms = {
        "input": tokens_in * price.input,
        "output": tokens_out * price.output,
        "reasoning": tokens_out * price.output * (work.reasoning - 1),
        "cached": -work.cached_share * tokens_in * (price.input - price.cached),
        "written": work.written_share * tokens_in * (price.written - price.input),
    }
    used = sum(terms.values())
    terms["longer"] = used * (longer - 1)
    terms["retries"] = used * longer * (a["retry_overhead"] - 1)
    paid = used * longer * a["retry_overhead"]
    terms["batches"] = -paid * a["batch_discount"] * work.batch_share
    listed = paid + terms["batches"]
    terms["commitment"] = -listed * a["commit_discount_tokens"]
    if variant in UNDER_TERMS:
        terms["uplift"] = (listed + terms["commitment"]) * a["uplift_enterprise"]
    return terms


def cheapest_offer(
    offers: Sequence[Priced], work: Work, a: Mapping[str, Any]
) -> tuple[NDArray[np.intp], TokenPrice]:
    """Where the offer stands that costs this work least, caching and reasoning counted, and its prices: of equal ones
    the first. One of each for every part where the work has columns; the months of a part (last axis) share theirs,
    since its mix stays.
    """
    names = ("input", "output", "cached", "written")
    each = [TokenPrice.of(offer, a) for offer in offers]
    prices = np.array([[getattr(price, name) for name in names] for price in each], dtype=float)
    paid_at = [np.asarray(amount) for amount in _paid_at(work)]
    mixes = np.stack(
        np.broadcast_arrays(*(amount[..., :1] if amount.ndim > 1 else amount for amount in paid_at))
    )
    place = np.argmin(np.tensordot(prices, mixes, axes=1), axis=0)
    return place, TokenPrice(*(prices[place, column] for column in range(len(names))))


def _paid_at(work: Work) -> tuple[Any, Any, Any, Any]:
    """Tokens a month paid at the price of input, of output, of input from a cache and of input into one."""
    given = work.input_tokens_month
    return (
        given * (1 - work.cached_share - work.written_share),
        work.output_tokens_month * work.reasoning,
        given * work.cached_share,
        given * work.written_share,
    )


def seat_terms(seats: Any, a: Mapping[str, Any]) -> dict[str, Any]:
    """Seats of a chat product and their administration; no programmatic volume goes through them."""
    return {"seats": seats * a["seat_price"], "administration": seats * a["seat_price"] * a["seat_admin"]}
