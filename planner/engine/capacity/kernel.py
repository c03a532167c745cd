"""How much the error of one measured row says about another configuration: less the less they share.

Regression of the errors on all measured rows with a squared-exponential kernel (Rasmussen and Williams, Gaussian
Processes for Machine Learning, 2006, section 2.2). Where to clip was chosen by leaving configurations out of the rows
that ship; varying the other constants, as they were given, gained nothing clear there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.engine.capacity.neighbours import family, places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.engine.capacity.rows import Row

SPREAD: Final = 0.35  # ln units: how far errors of the roofline go
NOISE: Final = 0.26  # ln units: the same point measured again
CLIPPED: Final = 0.6  # ln units: a larger error says something about its row alone
LENGTHS: Final = (1.4, 1.4, 1.4, 1.0)  # ln units over which errors stay alike
SHARED: Final = (0.4, 0.65, 0.25, 0.1)  # what is left where model, GPU, precision, engine differ
NOT_MEASURED: Final = -1


@dataclass(frozen=True, slots=True)
class Kernel:
    """What the measured rows say: `codes` (rows, 4) for model, GPU, precision and engine, `points` (rows, 4), the
    inverse of their covariance, and its product with the errors.
    """

    names: tuple[dict[str, int], ...]
    codes: Any
    points: Any
    inverse: Any
    weights: Any

    @classmethod
    def of(cls, rows: Sequence[Row], errors: Any) -> Kernel:
        """The kernel of rows whose roofline is off by `errors` = ln(predicted / measured)."""
        traits = [_traits(row) for row in rows]
        names = tuple(
            {name: code for code, name in enumerate(sorted(set(column)))}
            for column in zip(*traits, strict=True)
        )
        codes, points = _codes(traits, names), places(rows)
        alike = _alike(codes, points, codes, points)
        inverse = np.linalg.inv(alike + NOISE**2 * np.eye(len(rows)))
        return cls(names, codes, points, inverse, inverse @ np.clip(errors, -CLIPPED, CLIPPED))

    def errors(self, rows: Sequence[Row], left_out: Any) -> Any:
        """The error to expect of each row, where `left_out` names the place of a measured row that must not speak
        (-1: none). Leaving one out of the solved system takes its column off again.
        """
        codes = _codes([_traits(row) for row in rows], self.names)
        alike = _alike(codes, places(rows), self.codes, self.points)
        found = alike @ self.weights
        for asked in np.flatnonzero(left_out >= 0):
            place = left_out[asked]
            column = self.inverse[:, place]
            found[asked] -= alike[asked] @ column * self.weights[place] / column[place]
        return found


def _traits(row: Row) -> tuple[str, ...]:
    return *family(row), row.engine


def _codes(traits: Sequence[tuple[str, ...]], names: tuple[dict[str, int], ...]) -> Any:
    coded = [
        [known.get(name, NOT_MEASURED) for name, known in zip(each, names, strict=True)] for each in traits
    ]
    return np.array(coded, dtype=int).reshape(-1, len(names))


def _alike(codes: Any, points: Any, known_codes: Any, known_points: Any) -> Any:
    """Covariance of the errors of some rows (first axis) and of the known ones (second)."""
    distance = np.zeros((len(points), len(known_points)))
    for column, length in enumerate(LENGTHS):
        distance += ((points[:, column, None] - known_points[:, column]) / length) ** 2
    found = SPREAD**2 * np.exp(-distance / 2)
    for column, left in enumerate(SHARED):
        found *= np.where(codes[:, column, None] == known_codes[:, column], 1.0, left)
    return found
