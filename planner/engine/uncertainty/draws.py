"""The chances of every future, drawn once from a seed and shared by all options of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Standard normal and uniform numbers, one column a future: options compared on them differ by what they are,
    not by luck. Each kind has a stream of its own, so a longer horizon keeps the futures of a shorter one.

    `growth`, `decline` and `throughput` hold one number a future; the others one a month from the second on, since
    this month is known: `volume` and `gpu` normal, `change` and `change_size` uniform.
    """

    seed: int
    months: int
    growth: Floats
    decline: Floats
    throughput: Floats
    volume: Floats
    gpu: Floats
    change: Floats
    change_size: Floats

    @classmethod
    def of(cls, seed: int, futures: int, months: int) -> Draws:
        """The same numbers for the same seed, to the byte."""
        streams = (
            np.random.Generator(np.random.PCG64(each)) for each in np.random.SeedSequence(seed).spawn(7)
        )
        growth, decline, throughput, volume, gpu, change, change_size = streams
        monthly = (months - 1, futures)
        return cls(
            seed=seed,
            months=months,
            growth=growth.standard_normal(futures),
            decline=decline.standard_normal(futures),
            throughput=throughput.standard_normal(futures),
            volume=volume.standard_normal(monthly),
            gpu=gpu.standard_normal(monthly),
            change=change.random(monthly),
            change_size=change_size.random(monthly),
        )

    @property
    def futures(self) -> int:
        return int(self.growth.size)
