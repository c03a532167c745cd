"""What a cost is computed under, and the ways to arrange machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from planner.engine.capacity import specs
from planner.engine.capacity.calibration import Calibration
from planner.engine.capacity.errors import CapacityError

if TYPE_CHECKING:
    from planner.engine.facts import PriceSnapshot
    from planner.engine.policy import Assumptions, Tier

TOKENS: Final = ("2p", "2e", "3", "3r")
ARRANGEMENT: Final = {"4": "managed", "5a": "rented", "5b": "owned"}
SERVED_WITHOUT_GPUS: Final = 8.1e9  # parameters: MLPerf 5.1 has processor results for models up to 8B


@dataclass(frozen=True, slots=True)
class Terms:
    """What a cost is computed under: the snapshot, the figures of the day, the precisions allowed, who is there.

    `share` is how much of each class's people this work carries, `hire` whether they have to be hired first.
    """

    prices: PriceSnapshot
    figures: Assumptions
    precisions: tuple[str, ...]
    share: float = 1.0
    hire: bool = False

    @property
    def calibration(self) -> Calibration:
        return Calibration.of(self.figures)


def runs_without_gpus(tier: Tier) -> bool:
    """Whether the tier's first open model is small enough for servers without GPUs."""
    try:
        model = specs.model(tier.open[0])
    except (CapacityError, IndexError):
        return False
    return model.dense_params + model.expert_params + model.embedding_params <= SERVED_WITHOUT_GPUS
