"""Configurations drawn at random: any model that can be computed on any GPU, under any load."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.engine.capacity import Load, closed, closed_loop, gpus, models, replica, replicas
from planner.engine.capacity.load import CLOSED_BATCH_MAX, SERVED_CONTEXT
from planner.engine.capacity.precision import Precision

if TYPE_CHECKING:
    from planner.engine.capacity import Calibration, Served

COUNTS = (1, 2, 4, 8)
EQUAL = 1e-12


@dataclass(frozen=True, slots=True)
class Drawn:
    """Names, one list a column, and a load with one number for each."""

    models: list[str]
    gpus: list[str]
    counts: list[int]
    precisions: list[str]
    load: Load

    def served(self, calibration: Calibration) -> Served:
        """All at once."""
        together = replicas(self.models, self.gpus, self.counts, self.precisions, calibration)
        return closed_loop(together, self.load, calibration)

    def out_tok_s(self, place: int, calibration: Calibration) -> float:
        """One of them alone."""
        names = self.models[place], self.gpus[place], self.counts[place], self.precisions[place]
        load = closed(*(float(each[place]) for each in self._lengths()))
        return float(closed_loop(replica(*names, calibration), load, calibration).out_tok_s)

    def equal(self, number: int, calibration: Calibration) -> int:
        """How many of the first `number` come out alone as they do together."""
        together = self.served(calibration).out_tok_s[:number]
        alone = [self.out_tok_s(place, calibration) for place in range(len(together))]
        return int(np.isclose(together, alone, rtol=EQUAL, atol=0, equal_nan=True).sum())

    def _lengths(self) -> tuple[Any, Any, Any]:
        return self.load.input_tokens, self.load.output_tokens, self.load.concurrency


def drawn(number: int, seed: int) -> Drawn:
    """So many configurations; the same seed draws the same."""
    draw = np.random.default_rng(seed)
    computing = [each.name for each in gpus().values() if each.computes]
    load = Load(
        input_tokens=draw.integers(50, 16_000, number).astype(float),
        output_tokens=draw.integers(10, 4_000, number).astype(float),
        concurrency=draw.integers(1, 600, number).astype(float),
        batch_max=CLOSED_BATCH_MAX,
        held_share=SERVED_CONTEXT,
    )
    return Drawn(
        models=draw.choice(list(models()), number).tolist(),
        gpus=draw.choice(computing, number).tolist(),
        counts=draw.choice(COUNTS, number).tolist(),
        precisions=draw.choice(list(Precision), number).tolist(),
        load=load,
    )
