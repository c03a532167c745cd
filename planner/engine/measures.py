"""Measures: what follows from a segment's facts and costs, under the names that conditions read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from planner.engine.vocabulary import APPROVED, CLASS_OF, VARIANTS, Source, Status

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from planner.engine.facts import Facts
    from planner.engine.policy import Policy

MONTHS: Final = 12
APIS: Final = ("2p", "2e", "3", "3r")
MANAGED: Final = ("3", "3r", "4")
COST_OF: Final = {
    "cost_c1": ("1",),
    "cost_c2": ("2p", "2e"),
    "cost_c3": ("3", "3r"),
    "cost_c4": ("4",),
    "cost_c5": ("5a", "5b"),
    "equiv_api_spend_month": APIS,
    **{f"cost_{variant}": (variant,) for variant in VARIANTS},
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision settled for one segment: the variants its must-rows leave, what each costs in dollars a
    month, what is ready now, what it should become, and how firmly.
    """

    allowed: Collection[str] = VARIANTS
    costs: Mapping[str, Any] = field(default_factory=dict)
    now: str | None = None
    target: str | None = None
    status: str = Status.DECIDED
    classification: str = APPROVED


@dataclass(frozen=True, slots=True)
class Measures:
    """Every value a condition may read, and the policy's figures of the day. `computed` were worked out here;
    `excluded` have no permitted placement.
    """

    values: Mapping[str, Any]
    figures: Mapping[str, Any]
    computed: frozenset[str]
    excluded: frozenset[str]


def measure(policy: Policy, facts: Facts, outcome: Outcome, as_of: date) -> Measures:
    """The facts, the policy's assumptions for the rest, and what both imply; given facts are never overwritten."""
    permitted = frozenset(outcome.allowed)
    figures = policy.figures(as_of)
    given = {name: fact.value for name, fact in facts.items() if fact.source != Source.ASSUMED}
    values: dict[str, Any] = {name: declared.assumed for name, declared in policy.inputs.items()}
    values |= {name: fact.value for name, fact in facts.items()}
    implied = _costs(outcome.costs, permitted) | _standing(values, outcome)
    implied |= _volumes(values, given, figures) | _quality(values) | _reach(permitted)
    implied |= _spend(implied, given) | {"data_tags_status": outcome.classification}
    computed = {name: value for name, value in implied.items() if name not in given}
    excluded = frozenset(name for name, variants in COST_OF.items() if permitted.isdisjoint(variants))
    return Measures(values | computed, figures, frozenset(computed), excluded)


def _costs(costs: Mapping[str, Any], permitted: Collection[str]) -> dict[str, Any]:
    """The cheapest permitted placement behind each name; None where none is permitted or known."""
    known = {
        variant: float(cost) for variant, cost in costs.items() if cost is not None and variant in permitted
    }
    return {
        name: min((known[variant] for variant in variants if variant in known), default=None)
        for name, variants in COST_OF.items()
    }


def _standing(values: Mapping[str, Any], outcome: Outcome) -> dict[str, Any]:
    """The class that serves the segment; for something new, the one that is ready today."""
    current = str(values.get("current_class") or "none")
    ready = CLASS_OF.get(outcome.now or "", "none")
    target = CLASS_OF.get(outcome.target or "", "none")
    stands = ready if current == "none" else current
    variants = (
        [outcome.now] if stands == ready else [key for key, value in CLASS_OF.items() if value == stands]
    )
    known = [float(outcome.costs[key]) for key in variants if key and outcome.costs.get(key) is not None]
    return {
        "standing_class": stands,
        "standing_cost": min(known, default=None),
        "target_class": target,
        "target_variant": outcome.target or "none",
        "class_changes": target not in ("none", current),
        "interim_needed": ready not in ("none", current, target),
    }


def _volumes(
    values: Mapping[str, Any], given: Mapping[str, Any], figures: Mapping[str, Any]
) -> dict[str, Any]:
    tokens, growth = given.get("tokens_month"), given.get("growth_pct_month")
    peak = values.get("peak_to_avg")
    forecast = None if tokens is None or growth is None else tokens * (1 + growth / 100) ** MONTHS
    return {
        "tokens_day": None if tokens is None else tokens / figures["days_per_month"],
        "tokens_month_12m": forecast,
        "load_steady": peak is not None and peak <= figures["steady_peak_to_avg"],
    }


def _quality(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"frontier_needed": values.get("complexity") == "frontier"}


def _reach(permitted: frozenset[str]) -> dict[str, Any]:
    """What may serve as a fallback or a trial: the same limits as the data itself."""
    return {
        "api_fallback_allowed": not permitted.isdisjoint(APIS),
        "managed_trial_allowed": not permitted.isdisjoint(MANAGED),
    }


def _spend(implied: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The bill today: the real one where given, else what the standing API costs at the snapshot."""
    at_snapshot = implied["standing_cost"] if implied["standing_class"] in ("2", "3") else None
    month = given.get("api_spend_month", at_snapshot)
    return {"api_spend_month": month, "api_spend_year": None if month is None else month * MONTHS}
