"""A figure between the ends of its range."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def between(share: Floats, low: float, value: float, high: float) -> Floats:
    """Triangular on either side of the value, half of the draws below it and half above."""
    below = low + (value - low) * np.sqrt(np.clip(2 * share, 0, 1))
    above = high - (high - value) * np.sqrt(np.clip(2 * (1 - share), 0, 1))
    return np.where(share < 0.5, below, above)  # noqa: PLR2004 - the median
