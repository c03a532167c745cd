"""From placements that are possible to the one to take, for many segments: the twin of `planner.engine.choose`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.engine.vocabulary import VARIANTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Masks = NDArray[np.uint8]
    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]

NOWHERE: Final = -1
UNPRICED: Final = 1e300  # dearer than any price, cheaper than what is not there
PLACES: Final = np.arange(len(VARIANTS), dtype=np.uint8)[:, None]


def narrowed(pool: Masks, mask: int, fires: Bools) -> Masks:
    """The preferred placements where the preference fires and any of them is left."""
    preferred = np.bitwise_and(pool, np.uint8(mask))
    return np.where(fires & (preferred != 0), preferred, pool)


def affordable(pool: Masks, usd: Floats, tolerance: float) -> Masks:
    """The cheapest and all that cost about the same; placements nobody can price give way to those priced."""
    price = np.where(members(pool), usd, np.nan)
    limit = np.fmin.reduce(price, axis=0) * (1 + tolerance)  # NaN where nobody can price any
    return np.where(np.isnan(limit), pool, packed(price <= limit))


def first(pool: Masks, usd: Floats) -> NDArray[np.int8]:
    """The place of the cheapest of what is left, at the same cost the first; NOWHERE where nothing is left."""
    price = np.where(members(pool), np.where(np.isnan(usd), UNPRICED, usd), np.inf)
    return np.where(pool == 0, NOWHERE, np.argmin(price, axis=0)).astype(np.int8)


def pick(
    pool: Masks,
    usd: Floats,
    strong: Iterable[tuple[int, Bools]],
    weak: Iterable[tuple[int, Bools]],
    tolerance: float,
) -> NDArray[np.int8]:
    """Preferences, money, tie-breaks: the place of the placement to take from each pool."""
    left = pool
    for mask, fires in strong:
        left = narrowed(left, mask, fires)
    left = affordable(left, usd, tolerance)
    for mask, fires in weak:
        left = narrowed(left, mask, fires)
    return first(left, usd)


def members(pool: Masks) -> Bools:
    """Shape (placements, segments): which placements are in the pool."""
    return np.asarray(np.bitwise_and(np.right_shift(pool[None, :], PLACES), 1), dtype=bool)


def packed(inside: Bools) -> Masks:
    """The pool as a bit mask again."""
    found: NDArray[Any] = np.packbits(inside, axis=0, bitorder="little")[0]
    return found
