"""The constants of the policy that ships, and a replica, a load and a row in one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.engine.capacity import Calibration, as_row, replica
from planner.engine.policy import Assumptions
from tests.engine.samples import AS_OF, POLICY

if TYPE_CHECKING:
    from planner.engine.capacity import Replica, Row

ASSUMPTIONS = Assumptions.of(POLICY, AS_OF)
CALIBRATION = Calibration.of(ASSUMPTIONS)


def machine(model: str, gpu: str, gpus: int, precision: str) -> Replica:
    return replica(model, gpu, gpus, precision, CALIBRATION)


def llama_on_two() -> Replica:
    return machine("Llama-3.1-70B", "h100", 2, "fp8")


def row(**cells: str) -> Row:
    """70B in FP8 on two H100, 1000 in, 1000 out, 64 at a time, save for what is named."""
    return as_row(
        {
            "row_id": "asked",
            "model": "Llama-3.1-70B",
            "gpu": "h100_sxm",
            "precision": "fp8",
            "n_gpu": "2",
            "input_tokens": "1000",
            "output_tokens": "1000",
            "concurrency": "64",
            **cells,
        }
    )
