"""What serving engines reach of the hardware's peaks, and how sure an estimate is: figures of the policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Calibration:
    """The constants of the roofline. The first six are fitted on measured rows (`fit.refit`), the others conventions.

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

    @classmethod
    def of(cls, assumptions: Mapping[str, float]) -> Calibration:
        """The constants a policy's assumptions give. UnknownAssumptionError names one that is missing."""
        return cls(
            compute_bf16=assumptions["eta_compute_bf16"],
            compute_fp8=assumptions["eta_compute_fp8"],
            compute_fp4=assumptions["eta_compute_fp4"],
            bandwidth=assumptions["eta_bandwidth"],
            layer_s=assumptions["t_layer"],
            expert_layer_s=assumptions["t_moe_layer"],
            exchange_s=assumptions["comm_alpha"],
            link=assumptions["link_efficiency"],
            latent_kv_bytes=assumptions["kv_bytes_mla"],
            memory_share=assumptions["mem_frac"],
            memory_reserve_bytes=assumptions["mem_overhead"],
            headroom_min=assumptions["kv_headroom_min"],
            planning_batch_max=assumptions["max_batch_planning"],
            sd_roofline=assumptions["throughput_lognormal_sd"],
            sd_corrected=assumptions["throughput_sd_corrected"],
            sd_own=assumptions["throughput_sd_own"],
        )
