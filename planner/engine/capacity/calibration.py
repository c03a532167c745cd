"""What serving engines reach of the hardware's peaks, and how sure an estimate is: figures of the policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from planner.engine.policy import Assumptions

FITTED: Final = {
    "compute_bf16": "eta_compute_bf16",
    "compute_fp8": "eta_compute_fp8",
    "compute_fp4": "eta_compute_fp4",
    "bandwidth": "eta_bandwidth",
    "layer_s": "t_layer",
    "expert_layer_s": "t_moe_layer",
}
CONVENTIONS: Final = {
    "exchange_s": "comm_alpha",
    "link": "link_efficiency",
    "latent_kv_bytes": "kv_bytes_mla",
    "memory_share": "mem_frac",
    "memory_reserve_bytes": "mem_overhead",
    "headroom_min": "kv_headroom_min",
    "planning_batch_max": "max_batch_planning",
    "sd_roofline": "throughput_lognormal_sd",
    "sd_corrected": "throughput_sd_corrected",
    "sd_own": "throughput_sd_own",
}
FIGURES: Final = {**FITTED, **CONVENTIONS}  # field here -> parameter of the policy
WIDEST: Final = "throughput_lognormal_sd"


@dataclass(frozen=True, slots=True)
class Calibration:
    """The constants of the roofline. The first six are fitted on measured rows (`fitting.refit`), the others conventions.

    Shares of dense peaks; seconds per layer and step; bytes; standard deviations of ln throughput.
    """

    compute_bf16: float
    compute_fp8: float
    compute_fp4: float
    bandwidth: float
    layer_s: float
    expert_layer_s: float
    exchange_s: float
    link: float
    latent_kv_bytes: float
    memory_share: float
    memory_reserve_bytes: float
    headroom_min: float
    planning_batch_max: float
    sd_roofline: float
    sd_corrected: float
    sd_own: float
    sd_unverified: float

    @classmethod
    def of(cls, assumptions: Assumptions) -> Calibration:
        """The constants a policy's assumptions give; a GPU nobody measured gets the high end of the spread.
        UnknownAssumptionError names a figure that is missing.
        """
        values = {field: assumptions[name] for field, name in FIGURES.items()}
        widest = assumptions.figures[WIDEST].high
        return cls(**values, sd_unverified=max(widest or 0.0, values["sd_roofline"]))
