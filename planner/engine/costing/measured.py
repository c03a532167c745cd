"""How much faster than the roofline each way to serve is, as measured rows and benchmarks of one's own say."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.engine.capacity import specs
from planner.engine.capacity.correction import own_error, shipped
from planner.engine.capacity.rows import Kind, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.engine.capacity.calibration import Calibration
    from planner.engine.capacity.correction import Known
    from planner.engine.costing.serving import Serving

    Floats = NDArray[np.float64]

# The request at which ways are compared with what was measured: the mean of a published conversation trace.
INPUT_TOKENS: Final = 1155.0
OUTPUT_TOKENS: Final = 211.0
IN_FLIGHT: Final = 64.0


@dataclass(frozen=True, eq=False)
class Measured:
    """The constants of the roofline, what everybody's measured rows say, and one's own benchmarks, which come first.

    Each way is asked for once; `asked` keeps the answers.
    """

    calibration: Calibration
    known: Known | None = None
    own: Known | None = None
    asked: dict[Row, float] = field(default_factory=dict)

    def faster(self, ways: Sequence[Serving]) -> Floats:
        """For each way, how many times as fast as the roofline it is; 1 where nothing like it was measured."""
        return np.array([self._faster(way) for way in ways], dtype=float)

    def _faster(self, way: Serving) -> float:
        model, gpu = specs.model(way.model).measured_as, specs.gpu(way.gpu).name
        row = Row(
            "", model, gpu, way.precision, way.gpus, Kind.CLOSED, INPUT_TOKENS, OUTPUT_TOKENS, IN_FLIGHT
        )
        if row not in self.asked:
            self.asked[row] = math.exp(-self._error(row))
        return self.asked[row]

    def _error(self, row: Row) -> float:
        error = own_error(row, self.own) if self.own else None
        if error is not None:
            return error
        return float(self.known.errors_expected([row])[0]) if self.known else 0.0


@lru_cache(maxsize=8)
def as_measured(calibration: Calibration) -> Measured:
    """What the rows that ship say, kept while the process lives."""
    return Measured(calibration, shipped(calibration))
