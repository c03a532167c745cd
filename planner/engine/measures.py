"""Measures: what follows from a segment's facts and costs, under the names that conditions read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from planner.engine.reading import ratios, read
from planner.engine.vocabulary import APPROVED, CLASS_OF, VARIANTS, Source, Status

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from planner.engine.economics import VariantCost
    from planner.engine.facts import Facts
    from planner.engine.policy import Policy

MONTHS: Final = 12
PERCENT: Final = 100
APIS: Final = ("2p", "2e", "3", "3r")
MANAGED: Final = ("3", "3r", "4")
OWN: Final = ("5a", "5b")
COST_OF: Final = {
    "cost_c1": ("1",),
    "cost_c2": ("2p", "2e"),
    "cost_c3": ("3", "3r"),
    "cost_c4": ("4",),
    "cost_c5": ("5a", "5b"),
    "equiv_api_spend_month": APIS,
    **{f"cost_{variant}": (variant,) for variant in VARIANTS},
}

# What is derived is known only where every fact it rests on is: an assumption is no measurement.
RESTS_ON: Final = {
    "selfhost_headcount": ("ml_engineers", "mlops_engineers", "data_engineers"),
    "tokens_day": ("tokens_month",),
    "tokens_month_12m": ("tokens_month", "growth_pct_month"),
    "gpu_utilisation_expected": ("tokens_month",),
    "vendor_margin_impact_pct": ("vendor_price_change_pct", "margin_month"),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision settled for one segment: the variants its must-rows leave, what each costs in dollars a
    month and how that came about, what is ready now, what it should become, and how firmly.
    """

    allowed: Collection[str] = VARIANTS
    costs: Mapping[str, Any] = field(default_factory=dict)
    now: str | None = None
    target: str | None = None
    status: str = Status.DECIDED
    classification: str = APPROVED
    priced: Mapping[str, VariantCost] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measures:
    """Every value a condition may read, and the policy's figures of the day. `known` are supplied or follow from
    what is supplied; `excluded` have no permitted placement.
    """

    values: Mapping[str, Any]
    figures: Mapping[str, Any]
    known: frozenset[str]
    excluded: frozenset[str]


def measure(policy: Policy, facts: Facts, outcome: Outcome, as_of: date) -> Measures:
    """The reading of the facts, and what it implies together with the outcome; given facts are never overwritten."""
    permitted = frozenset(outcome.allowed)
    figures = policy.figures(as_of)
    supplied = {name: fact for name, fact in facts.items() if fact.source != Source.ASSUMED}
    reading = read(policy, facts, outcome.classification, figures)
    implied = _costs(outcome.costs, permitted) | _standing(reading.values, outcome) | _reach(permitted)
    implied |= _spend(implied, supplied)
    implied |= _investment(policy, reading.values | implied, outcome, figures)
    implied |= _margin(reading.values | implied, supplied)
    implied |= ratios(policy, reading.values | implied)
    computed = {name: value for name, value in implied.items() if name not in supplied}
    excluded = frozenset(name for name, variants in COST_OF.items() if permitted.isdisjoint(variants))
    known = frozenset(supplied) | reading.derived | frozenset(computed)
    return Measures(reading.values | computed, figures, known - _unfounded(facts, supplied), excluded)


def _unfounded(facts: Facts, supplied: Facts) -> frozenset[str]:
    """What was derived from a fact that nobody supplied."""
    return frozenset(
        name
        for name, parts in RESTS_ON.items()
        if (name not in facts or facts[name].source == Source.DERIVED)
        and any(part not in supplied for part in parts)
    )


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


def _reach(permitted: frozenset[str]) -> dict[str, Any]:
    """What may serve as a fallback or a trial: the same limits as the data itself."""
    return {
        "api_fallback_allowed": not permitted.isdisjoint(APIS),
        "managed_trial_allowed": not permitted.isdisjoint(MANAGED),
    }


def _spend(implied: Mapping[str, Any], supplied: Facts) -> dict[str, Any]:
    """The bill today: the real one where given, else what the standing API costs at the snapshot."""
    month = implied["standing_cost"] if implied["standing_class"] in ("2", "3") else None
    if "api_spend_month" in supplied:
        month = supplied["api_spend_month"].value
    return {"api_spend_month": month, "api_spend_year": None if month is None else month * MONTHS}


def _investment(
    policy: Policy, values: Mapping[str, Any], outcome: Outcome, figures: Mapping[str, Any]
) -> dict[str, Any]:
    """How busy the cheapest permitted machines would be, and how many months own ones take to pay back."""
    permitted = [
        outcome.priced[key] for key in (*OWN, "4") if key in outcome.allowed and key in outcome.priced
    ]
    machines = [cost for cost in permitted if cost.usd_month is not None and cost.replicas]
    return {
        "gpu_utilisation_expected": _use(policy, values, machines, figures),
        "payback_months": next(
            (_payback(policy, values, cost, figures) for cost in machines if cost.variant == "5b"), None
        ),
    }


def _use(
    policy: Policy, values: Mapping[str, Any], machines: list[VariantCost], figures: Mapping[str, Any]
) -> float | None:
    """Average use of whole replicas that are sized for the peak (guide 002, line 145)."""
    own = [cost for cost in machines if cost.variant in OWN] or machines
    if not own:
        return None
    cheapest = min(own, key=lambda cost: cost.usd_month or 0)
    planned = float(figures[policy.capacity["planned_use"]])
    peak = values.get("peak_to_avg") or 1
    return float(PERCENT * planned * cheapest.load / peak / cheapest.replicas)


def _payback(
    policy: Policy, values: Mapping[str, Any], owned: VariantCost, figures: Mapping[str, Any]
) -> float | None:
    """Months until what is saved has paid for hardware and start (guide 004, line 15); at most the horizon, which
    stands for never.
    """
    today = values.get("standing_cost")
    if today is None:
        return None
    months = float(figures[policy.capacity["amortisation_months"]])
    written_off = owned.parts[0].usd_month / float(figures[policy.capacity["owned_overhead"]])
    saved = float(today) - ((owned.usd_month or 0) - written_off)
    horizon = float(figures["payback_horizon"])
    if saved <= 0:
        return horizon
    return min(horizon, (written_off * months + float(figures["upfront_min"])) / saved)


def _margin(values: Mapping[str, Any], supplied: Facts) -> dict[str, Any]:
    """How much of the margin the provider's last price change takes (guide 002, line 54)."""
    bill, change = values.get("api_spend_month"), values.get("vendor_price_change_pct")
    margin = supplied["margin_month"].value if "margin_month" in supplied else None
    if bill is None or change is None or not isinstance(margin, (int, float)) or margin <= 0:
        return {"vendor_margin_impact_pct": None}
    rise = bill * change / (PERCENT + change) if change > -PERCENT else 0.0
    return {"vendor_margin_impact_pct": max(0.0, PERCENT * rise / margin)}
