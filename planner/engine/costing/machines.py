"""What machines cost a month that serve open weights: managed, rented and owned replicas (classes 4, 5a, 5b)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.engine.costing.work import HOURS_A_DAY, SECONDS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.engine.costing.work import Work

MONTHS_A_YEAR: Final = 12
NODE_GPUS: Final = 8
ROUNDING: Final = 1e-9  # replicas: what is left of a whole number after floating-point division
FIXED: Final = {"4": "pool_fixed_4", "5a": "pool_fixed_5a", "5b": "pool_fixed_5b"}


@dataclass(frozen=True, slots=True)
class Need:
    """Replicas a month of work takes. `mean_load` keeps so many busy on average; `load` is what the peak fills at
    the planned use; `busy` whole ones carry it, `spare` ones stand by.
    """

    mean_load: Any
    load: Any
    busy: Any
    spare: Any

    @property
    def replicas(self) -> Any:
        return self.busy + self.spare


def need(work: Work, request_s: Any, a: Mapping[str, Any]) -> Need:
    """ceil(peak x mean requests a second x replica-seconds of a request / planned use) replicas and the spare ones.

    Retries occupy machines as well; an open model's longer answers are in `request_s`.
    """
    mean = work.requests_s(a["hours_per_month"]) * a["retry_overhead"] * request_s
    load = mean * work.peak / a["rho_max"]
    busy = np.maximum(1.0, np.ceil(load - ROUNDING))
    return Need(mean, load, busy, np.zeros_like(busy) + a["n_plus"])


@dataclass(frozen=True, slots=True)
class Day:
    """How a day's requests come, 24 factors of mean 1, and whether replicas may stop altogether where nobody asks."""

    profile: Sequence[float]
    to_zero: bool = False


def rented_terms(
    variant: str, needed: Need, usd_hour: Any, a: Mapping[str, Any], day: Day | None = None
) -> dict[str, Any]:
    """Each term in dollars a month, from the hours that really work to the replicas that are paid.

    `usd_hour` is the price of one replica. Where replicas follow a day, hours outside its busy ones are not paid, and
    only replicas that run in every hour are committed. Egress, storage and management come on top of what is paid for
    a rent of one's own.
    """
    month = usd_hour * a["hours_per_month"]
    planned = needed.mean_load / a["rho_max"]
    terms = {
        "working": needed.mean_load * month,
        "planned_use": (planned - needed.mean_load) * month,
        "peak": (needed.load - planned) * month,
        "whole": (needed.busy - needed.load) * month,
        "spare": needed.spare * month,
    }
    always = needed.replicas
    if day is not None:
        followed = follow(needed, day, a)
        terms["stopped"] = -followed.stopped_hours * usd_hour
        always = followed.always
    if variant == "5a":
        terms["gpu_commitment"] = -always * month * a["gpu_commit_share"] * a["commit_discount_1y"]
        terms["adder"] = sum(terms.values()) * a["cloud_adder"]
    terms["pool"] = np.zeros_like(needed.busy) + a[FIXED[variant]]
    return terms


def owned_terms(
    gpus: Any, unit_usd: Any, unit_gpus: int, gpu_kw: Any, a: Mapping[str, Any]
) -> dict[str, Any]:
    """Each term in dollars a month of `gpus` GPUs bought in whole machines of `unit_gpus` at `unit_usd` each.

    Capital less what is left of it, over its months; interest; power through the facility; the data hall;
    maintenance. `gpu_kw` is the power of one GPU with its share of the machine at full load.
    """
    units = units_of(gpus, unit_gpus)
    price = units * unit_usd
    kilowatts = units * unit_gpus * gpu_kw
    drawn = kilowatts * a["node_load_factor"] * a["pue"]
    return {
        "capital": price * (1 - a["residual_36m"]) / a["amort_months"],
        "financing": price * a["financing_rate"] / MONTHS_A_YEAR,
        "power": drawn * a["elec_price"] * a["hours_per_month"],
        "hall": kilowatts * a["colo_per_kw"],
        "maintenance": price * a["maint_pct"] / MONTHS_A_YEAR,
        "pool": np.zeros_like(price) + a[FIXED["5b"]],
    }


def units_of(gpus: Any, unit_gpus: int) -> Any:
    """Whole machines that hold so many GPUs."""
    return np.ceil(gpus / unit_gpus - ROUNDING)


@dataclass(frozen=True, slots=True)
class Followed:
    """Replica-hours a month that are not paid, and replicas that run in every hour, spare ones counted."""

    stopped_hours: Any
    always: Any


def follow(needed: Need, day: Day, a: Mapping[str, Any]) -> Followed:
    """What is paid where replicas follow the hours of a day.

    One replica at least runs in every hour, unless it may stop where nobody asks: then spare ones stop as well, and
    every start of each is paid with the wait before the stop and the cold start. Never less than nothing.
    """
    shape = np.asarray(day.profile, dtype=float) / max(day.profile)

    def running(share: float) -> Any:
        return np.maximum(1.0, np.ceil(needed.load * share - ROUNDING))

    unpaid = HOURS_A_DAY * needed.busy - sum(running(share) for share in shape)
    always = running(shape.min()) + needed.spare
    empty = shape <= 0
    if day.to_zero and empty.any():
        starts = int((empty & ~np.roll(empty, -1)).sum())
        waits = starts * (a["idle_timeout"] + a["cold_start_70b"]) / SECONDS_PER_HOUR
        unpaid = unpaid + np.maximum(0.0, empty.sum() - waits) * (1.0 + needed.spare)
        always = np.zeros_like(always)
    return Followed(unpaid / HOURS_A_DAY * a["hours_per_month"], always)


def zero_scaled_hours(busy_hours_day: float, starts_day: float, a: Mapping[str, Any]) -> float:
    """Hours a month one replica is billed that stops when nobody asks: busy ones, and for every start the wait until
    it stops again and the cold start.
    """
    days = a["hours_per_month"] / HOURS_A_DAY
    waiting = starts_day * (a["idle_timeout"] + a["cold_start_70b"]) / SECONDS_PER_HOUR
    return min(a["hours_per_month"], days * (busy_hours_day + waiting))


def server_need(work: Work, a: Mapping[str, Any]) -> Need:
    """Servers without GPUs a small model takes, by the output tokens a second each writes."""
    return need(work, work.output_tokens * work.longer / a["cpu_32c_8b_tok_s"], a)


def server_usd_month(a: Mapping[str, Any]) -> Any:
    """What one server without GPUs costs a month, what comes on top of its rent included."""
    return a["cpu_server_usd_month"] * (1 + a["cloud_adder"])


def server_terms(needed: Need, a: Mapping[str, Any]) -> dict[str, Any]:
    """Each term in dollars a month of servers without GPUs."""
    rent = needed.replicas * a["cpu_server_usd_month"]
    return {"servers": rent, "adder": rent * a["cloud_adder"], "pool": np.zeros_like(rent) + a[FIXED["5a"]]}
