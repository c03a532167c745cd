"""What a segment asks for in a month, and the policy's terms that turn it into money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from planner.engine.policy import Policy

MONTHS_PER_YEAR: Final = 12
PERCENT: Final = 100
INPUT: Final = "input_tokens_month"
OUTPUT: Final = "output_tokens_month"
PARTS: Final = (INPUT, OUTPUT)


@dataclass(frozen=True, slots=True)
class Terms:
    """The policy's figures the formulas read, on one day."""

    hours: float
    in_out_ratio: float
    batch_discount: float
    seat_price: float
    planned_use: float
    team_usd_month: float
    amortisation_months: float
    owned_overhead: float
    guesses: frozenset[str]

    @classmethod
    def of(cls, policy: Policy, figures: Mapping[str, Any]) -> Terms:
        names = policy.capacity
        value = {key: float(figures[name]) for key, name in names.items()}
        return cls(
            hours=value["hours_per_month"],
            in_out_ratio=value["in_out_ratio"],
            batch_discount=value["batch_discount"],
            seat_price=value["seat_price"],
            planned_use=value["planned_use"],
            team_usd_month=value["team_cost_year"] / MONTHS_PER_YEAR,
            amortisation_months=value["amortisation_months"],
            owned_overhead=value["owned_overhead"],
            guesses=frozenset(key for key, name in names.items() if policy.parameters[name].guess),
        )


@dataclass(frozen=True, slots=True)
class Demand:
    """What a segment asks for in a month. Output nobody counted holds no reasoning: `reasoning` is written for one token
    that is shown, and in the output already.
    """

    input_tokens: float
    output_tokens: float
    split_known: bool
    reasoning: float
    cached_share: float
    batch_share: float
    peak_to_avg: float
    open_multiplier: float
    team_share: float

    @classmethod
    def of(cls, values: Mapping[str, Any], known: Container[str], terms: Terms) -> Demand | None:
        """The demand the facts describe, or None while the volume is unknown."""
        tokens = split(values.get("tokens_month"), counted(values, known), terms.in_out_ratio)
        if tokens is None:
            return None
        tokens_in, tokens_out, told = tokens
        reasoning = 1 if OUTPUT in told else values.get("reasoning_multiplier") or 1
        return cls(
            input_tokens=tokens_in,
            output_tokens=tokens_out * reasoning,
            split_known=bool(told),
            reasoning=reasoning,
            cached_share=(values.get("cached_input_share") or 0) / PERCENT,
            batch_share=(values.get("batch_share") or 0) / PERCENT,
            peak_to_avg=values.get("peak_to_avg") or 1,
            open_multiplier=values.get("open_token_multiplier") or 1,
            team_share=values.get("team_share", 1),
        )


def counted(values: Mapping[str, Any], known: Container[str]) -> dict[str, float]:
    """The tokens in and out a month that somebody counted."""
    return {name: values[name] for name in PARTS if name in known and values.get(name) is not None}


def split(
    total: float | None, parts: Mapping[str, float], in_out_ratio: float
) -> tuple[float, float, frozenset[str]] | None:
    """Tokens in and out a month, and which of them are as somebody counted; None while the volume is unknown.

    The one nobody counted is the rest of the total. A part larger than the total says nothing about the mix: then it is
    the usual one.
    """
    if len(parts) == len(PARTS):
        return parts[INPUT], parts[OUTPUT], frozenset(parts)
    if total is None:
        return None
    fits = {name: tokens for name, tokens in parts.items() if tokens <= total}
    if INPUT in fits:
        return fits[INPUT], total - fits[INPUT], frozenset(fits)
    written = fits.get(OUTPUT, total / (in_out_ratio + 1))
    return total - written, written, frozenset(fits)
