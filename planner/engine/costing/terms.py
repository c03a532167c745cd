"""What a cost is computed under, and the ways to arrange machines."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from planner.engine.capacity import specs
from planner.engine.capacity.calibration import Calibration
from planner.engine.capacity.correction import Known
from planner.engine.capacity.errors import CapacityError
from planner.engine.costing.machines import Day
from planner.engine.costing.measured import Measured, as_measured
from planner.engine.costing.people import STEP_OF

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.engine.capacity.rows import Row
    from planner.engine.facts import PriceSnapshot
    from planner.engine.policy import Assumptions, Tier

TOKENS: Final = ("2p", "2e", "3", "3r")
ARRANGEMENT: Final = {"4": "managed", "5a": "rented", "5b": "owned"}
RENTED: Final = ("4", "5a")  # by the hour: machines that were bought are paid for anyway
SERVED_WITHOUT_GPUS: Final = 8.1e9  # parameters: MLPerf 5.1 has processor results for models up to 8B


@dataclass(frozen=True, slots=True)
class Terms:
    """What a cost is computed under: the snapshot, the figures of the day, the precisions allowed, who is there.

    `shares` is how much of the people behind each operating class this work carries, all of them where it is not
    named; `hire` whether people for machines of one's own have to be hired first. `own` are benchmarks of one's own;
    without `corrected` the roofline stands alone. `profile` is how a day's requests come, 24 factors of mean 1, where it
    was measured; `may_wait_s` how long a first token may take, 0 where nobody says.
    """

    prices: PriceSnapshot
    figures: Assumptions
    precisions: tuple[str, ...]
    shares: Mapping[str, float] = field(default_factory=dict)
    hire: bool = False
    own: tuple[Row, ...] = ()
    corrected: bool = True
    profile: tuple[float, ...] = ()
    may_wait_s: float = 0.0

    @property
    def measured(self) -> Measured:
        """How fast machines are, as far as anybody measured."""
        calibration = Calibration.of(self.figures)
        if not self.corrected:
            return Measured(calibration)
        found = as_measured(calibration)
        return replace(found, own=Known.of(self.own, calibration), asked={}) if self.own else found

    def day(self, variant: str) -> Day | None:
        """The hours rented replicas follow; None where nobody measured them, or the machines stand anyway."""
        if variant not in RENTED or not self.profile:
            return None
        return Day(self.profile, variant == "4" and self.may_wait_s > self.figures["cold_start_70b"])

    def share_of(self, variant: str) -> float:
        """The share of the people behind a placement that this work carries."""
        return self.shares.get(STEP_OF.get(variant, ""), 1.0)


def runs_without_gpus(tier: Tier) -> bool:
    """Whether the tier's first open model is small enough for servers without GPUs."""
    try:
        model = specs.model(tier.open[0])
    except (CapacityError, IndexError):
        return False
    return model.dense_params + model.expert_params + model.embedding_params <= SERVED_WITHOUT_GPUS
