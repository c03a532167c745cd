"""The terms of a full cost in words: what each is for, how it was worked out, and which figures are in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from planner.engine.amounts import in_words
from planner.engine.costing.people import OWN_MACHINES, STAFFING
from planner.engine.explain.words import lower_first

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.engine.costing import FullCost, Terms, Work
    from planner.engine.policy import Assumption

MILLION: Final = 1_000_000
PERCENT: Final = 100
MILLISECONDS: Final = 1000
LABELS: Final = {
    "seats": "Seats",
    "administration": "Administration of seats",
    "input": "Input tokens",
    "output": "Output tokens",
    "reasoning": "Hidden reasoning",
    "cached": "Cached input",
    "written": "Cache writes",
    "longer": "Longer answers of the open model",
    "retries": "Retries",
    "batches": "Batches",
    "commitment": "Committed volume",
    "uplift": "Enterprise terms",
    "working": "Hours that work",
    "planned_use": "Room below full load",
    "peak": "Room for the peak",
    "whole": "Whole replicas",
    "spare": "Spare replicas",
    "gpu_commitment": "Committed GPUs",
    "stopped": "Stopped outside busy hours",
    "adder": "Egress, storage, management",
    "servers": "Servers",
    "capital": "Capital",
    "financing": "Interest",
    "power": "Power",
    "hall": "Data hall",
    "maintenance": "Maintenance",
    "pool": "Monitoring and storage of the pool",
    "people": "People",
}
READS: Final[dict[str, tuple[str, ...]]] = {
    "seats": ("seat_price",),
    "administration": ("seat_price", "seat_admin"),
    "retries": ("retry_overhead",),
    "batches": ("batch_discount",),
    "commitment": ("commit_discount_tokens",),
    "uplift": ("uplift_enterprise",),
    "working": ("hours_per_month", "retry_overhead", "itl_target_ms"),
    "planned_use": ("rho_max",),
    "spare": ("n_plus",),
    "gpu_commitment": ("gpu_commit_share", "commit_discount_1y"),
    "stopped": ("idle_timeout", "cold_start_70b"),
    "adder": ("cloud_adder",),
    "servers": ("cpu_server_usd_month", "cpu_32c_8b_tok_s", "rho_max", "n_plus"),
    "capital": ("amort_months", "residual_36m"),
    "financing": ("financing_rate",),
    "power": ("node_kw", "node_load_factor", "pue", "elec_price", "hours_per_month"),
    "hall": ("node_kw", "colo_per_kw"),
    "maintenance": ("maint_pct",),
}
POOL: Final = {"4": "pool_fixed_4", "5a": "pool_fixed_5a", "5b": "pool_fixed_5b"}


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One figure of the policy in words, with its range and its source."""

    label: str
    value: str
    range: str
    source: str
    guess: bool
    changed: bool
    shipped: bool


@dataclass(frozen=True, slots=True)
class TermLine:
    """One term: what it is for, dollars a month, how it was worked out, and the figures of the policy in it."""

    key: str
    label: str
    usd_month: float
    formula: str
    figures: tuple[FigureLine, ...]

    @property
    def guess(self) -> bool:
        return any(each.guess for each in self.figures)


def term_lines(cost: FullCost, work: Work | None, under: Terms) -> list[TermLine]:
    """The terms that are not zero, in the order in which they lead to the total."""
    return [
        TermLine(
            key, LABELS[key], usd, _formula(key, cost, work, under), _figures(key, cost.variant, work, under)
        )
        for key, usd in cost.terms.items()
        if usd or key == "people"
    ]


def _figures(key: str, variant: str, work: Work | None, under: Terms) -> tuple[FigureLine, ...]:
    names = list(READS.get(key, ()))
    if key == "pool":
        names.append(POOL[variant])
    if key == "people":
        hired = under.hire and variant in OWN_MACHINES
        names += ["team_cost_year"] if hired else [STAFFING[variant], "fte_cost"]
    stand_in = work.stand_in if work else frozenset()
    names += [figure for figure, terms in STANDS_IN.items() if figure in stand_in and key in terms]
    return tuple(figure_line(under.figures.figures[name]) for name in names if name in under.figures)


def set_aside(decided: Mapping[str, Any]) -> str:
    """Why a decision sets a placement aside that its rules allow, in a sentence; nothing where money alone does."""
    if decided["state"] == "not_ready":
        return f"The decision holds it for not ready: {lower_first(decided['sentence'])}"
    _, aside, reason = decided["sentence"].partition("Set aside: ")
    return f"The decision sets it aside: {reason}" if aside else ""


def figure_line(figure: Assumption) -> FigureLine:
    """0.7 to 0.85; a range is left out where somebody asked for another value."""
    bounded = figure.low is not None and figure.high is not None and not figure.changed
    return FigureLine(
        label=figure.label,
        value=f"{figure.value:,.6g} {figure.unit}".rstrip(),
        range=f"{figure.low:,.6g} to {figure.high:,.6g}" if bounded else "",
        source=figure.reference.quote,
        guess=figure.guess,
        changed=figure.changed,
        shipped=figure.shipped,
    )


STANDS_IN: Final = {
    "peak_to_mean_workload": ("peak",),
    "cache_hit_share": ("cached",),
    "cache_write_share": ("written",),
    "batch_share_default": ("batches",),
    "reasoning_multiplier": ("reasoning",),
    "in_out_ratio": ("input", "output"),
    "tokens_per_request": ("working",),
}


def _formula(key: str, cost: FullCost, work: Work | None, under: Terms) -> str:
    """How the term was worked out, with the numbers in it."""
    values: dict[str, Any] = {name: each.value for name, each in under.figures.figures.items()}
    if key == "people":
        hired = under.hire and cost.variant in OWN_MACHINES
        staff = 0 if hired else values[STAFFING[cost.variant]]
        share = _share(under.share_of(cost.variant))
        return (HIRED if hired else STAFFED).format(**values, staff=staff) + share
    if cost.price is not None:
        values |= _of_tokens(cost, values)
    elif cost.serving is not None:
        values |= _of_machines(cost)
    return FORMULAS[key].format(**values, work=work, terms=cost.terms, **_derived(key, cost, work, values))


def _share(share: float) -> str:
    """How much of the people this work carries."""
    return (
        ", all of it carried here"
        if share == 1
        else f", {float(f'{share:.2g}') * PERCENT:g}% of it carried here"
    )


def _of_tokens(cost: FullCost, a: Mapping[str, Any]) -> dict[str, Any]:
    """The offer's prices, dollars per million tokens."""
    price = cost.price
    cached = price.cached if price and price.cached is not None else None
    usual = price.input * a["cached_price_ratio"] if price else 0.0
    return {
        "price": price,
        "price_cached": usual if cached is None else cached,
        "usual": ", the usual share of the input price" if cached is None else "",
    }


def _of_machines(cost: FullCost) -> dict[str, Any]:
    """The replicas, as numbers."""
    needed, serving = cost.need, cost.serving
    if needed is None or serving is None:
        return {}
    number = int(float(needed.replicas))
    return {
        "busy": float(needed.busy),
        "load": float(needed.load),
        "mean_load": float(needed.mean_load),
        "replicas": f"{number:,} replica{'' if number == 1 else 's'} of {serving.gpus} GPU{'' if serving.gpus == 1 else 's'}",
        "usd_hour": serving.usd,
        "request_ms": (cost.request_s or 0) * MILLISECONDS,
    }


def _derived(key: str, cost: FullCost, work: Work | None, a: Mapping[str, Any]) -> dict[str, Any]:
    """What has to be worked back from a term, or put in words."""
    if key == "seats":
        return {"number": cost.terms["seats"] / a["seat_price"]}
    if key == "servers":
        return {"number": cost.terms["servers"] / a["cpu_server_usd_month"]}
    if key == "capital":
        return {"number": cost.terms["capital"] * a["amort_months"] / (1 - a["residual_36m"])}
    if key in ("input", "output") and work is not None:
        tokens = work.input_tokens_month if key == "input" else work.output_tokens_month
        return {"tokens": in_words(tokens, "tokens")}
    return {}


HIRED: Final = "the smallest team, which has to be hired: ${team_cost_year:,.0f} a year"
STAFFED: Final = "{staff:g} people at ${fte_cost:,.0f} a year"
FORMULAS: Final = {
    "seats": "{number:,.0f} seats at ${seat_price:,.2f}",
    "administration": "{seat_admin:.0%} of the seats' price",
    "input": "{tokens} at ${price.input:,.4g} a million",
    "output": "{tokens} at ${price.output:,.4g} a million",
    "reasoning": "{work.reasoning:g} tokens written for one that is shown",
    "cached": "{work.cached_share:.0%} of the input at ${price_cached:,.4g} instead of ${price.input:,.4g}{usual}",
    "written": "{work.written_share:.0%} of the input written at {cache_write_ratio:g} times its price",
    "longer": "the open model needs {work.longer:g} times the tokens",
    "retries": "{retry_overhead:g} tokens paid for one that is used",
    "batches": "{work.batch_share:.0%} can wait, at {batch_discount:.0%} off",
    "commitment": "{commit_discount_tokens:.0%} off for committed volume",
    "uplift": "{uplift_enterprise:.0%} on top for enterprise terms",
    "working": (
        "{mean_load:.3g} replicas busy on average at ${usd_hour:,.2f} an hour for {hours_per_month:g} hours; a request "
        "of {work.input_tokens:,.0f} + {work.output_tokens:,.0f} tokens takes {request_ms:,.0f} ms of one"
    ),
    "planned_use": "replicas are planned at {rho_max:.0%} of what they can serve",
    "peak": "the peak is {work.peak:g} times the mean",
    "whole": "a load of {load:.3g} replicas takes {busy:,.0f}, since they come whole",
    "spare": "{n_plus:g} standing by",
    "gpu_commitment": "{gpu_commit_share:.0%} of the rent of replicas that always run, committed for a year at {commit_discount_1y:.0%} off",
    "stopped": "replicas follow the hours of the day as measured; one runs at any time unless a cold start may be waited for",
    "adder": "{cloud_adder:.0%} of the rent that is paid",
    "pool": "fixed, whatever its size",
    "capital": (
        "machines of ${number:,.0f} over {amort_months:g} months, {residual_36m:.0%} left at the end; {replicas}"
    ),
    "financing": "{financing_rate:.0%} a year on the price",
    "power": (
        "{node_load_factor:.0%} of full power, times {pue:g} for the facility, at ${elec_price:g} a kWh"
    ),
    "hall": "${colo_per_kw:g} a kilowatt",
    "maintenance": "{maint_pct:.0%} of the price a year",
    "servers": (
        "{number:,.0f} servers at ${cpu_server_usd_month:,.0f}; each writes {cpu_32c_8b_tok_s:g} tokens a second"
    ),
}


def replicas_sentence(cost: FullCost) -> str:
    """How many replicas there are, how busy, and what one serves at a time."""
    needed, serving = cost.need, cost.serving
    if needed is None or serving is None:
        return ""
    number = float(needed.replicas)
    busy = float(needed.mean_load) / number
    return (
        f"{number:,.0f} replicas of {serving.gpus} {serving.gpu.upper()}, {float(needed.spare):g} of them spare, are busy "
        f"{float(f'{busy:.2g}') * PERCENT:g} % of the time on average; each serves up to {cost.batch:,.0f} requests at a time."
    )
