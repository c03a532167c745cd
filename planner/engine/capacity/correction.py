"""What measured rows say about the roofline's error, and an estimate corrected by it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.engine.capacity.kernel import Kernel
from planner.engine.capacity.neighbours import NEAREST, family, nearest, newest_first, places
from planner.engine.capacity.rows import Kind, arriving, measured, roofline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.engine.capacity.calibration import Calibration
    from planner.engine.capacity.rows import Row

# Of the median of the nearest rows; the rest is the kernel's. On the rows that ship the kernel alone is a little better;
# the quarter is a hedge, because on rows kept apart the nearest were reported with the smaller 90th percentile.
NEAREST_SHARE: Final = 0.25
OWN_AVERAGED: Final = 3  # benchmark points of one's own


@dataclass(frozen=True)
class Known:
    """Measured rows and by how much the roofline is off at each: e = ln(predicted / measured).

    Rows with arrivals at random measure the arrivals, so they say nothing here.
    """

    rows: tuple[Row, ...]
    calibration: Calibration

    @classmethod
    def of(cls, rows: Sequence[Row], calibration: Calibration) -> Known:
        """What these rows say. Rows without a measurement, with arrivals at random or refused by the roofline are
        left aside.
        """
        said = tuple(row for row in rows if row.out_tok_s is not None and row.kind is not Kind.OPEN)
        answered = ~np.isnan(roofline(said, calibration)) if said else ()
        return cls(tuple(row for row, answer in zip(said, answered, strict=True) if answer), calibration)

    @cached_property
    def errors(self) -> Any:
        """ln(predicted / measured) of each row."""
        found = np.array([row.out_tok_s for row in self.rows], dtype=float)
        return np.log(roofline(self.rows, self.calibration) / found)

    @cached_property
    def points(self) -> Any:
        return places(self.rows)

    @cached_property
    def families(self) -> dict[tuple[str, str, str], Any]:
        """The rows' places by model, GPU and precision, newest first."""
        found: dict[tuple[str, str, str], list[int]] = {}
        for place in newest_first(self.rows):
            found.setdefault(family(self.rows[place]), []).append(place)
        return {name: np.array(members) for name, members in found.items()}

    @cached_property
    def ids(self) -> dict[str, int]:
        return {row.row_id: place for place, row in enumerate(self.rows)}

    @cached_property
    def kernel(self) -> Kernel:
        return Kernel.of(self.rows, self.errors)

    def neighbours(self, row: Row, number: int = NEAREST) -> tuple[Row, ...]:
        """The measured rows of the same model, GPU and precision nearest to a load, never the row itself."""
        return tuple(self.rows[place] for place in self._nearest(row, number))

    def nearest_errors(self, rows: Sequence[Row]) -> Any:
        """For each row the median error of its five nearest; NaN where nothing of its family was measured."""
        found = [self.errors[self._nearest(row, NEAREST)] for row in rows]
        return np.array([np.median(each) if len(each) else np.nan for each in found])

    def errors_expected(self, rows: Sequence[Row]) -> Any:
        """By how much the roofline is expected to be off at each row, in ln units, a measured row never counting for
        itself. Where its family was measured, a quarter is the median of the nearest, which one odd row cannot move.
        """
        if not self.rows:
            return np.zeros(len(rows))
        left_out = np.array([self.ids.get(row.row_id, -1) for row in rows], dtype=int)
        kernel, near = self.kernel.errors(rows, left_out), self.nearest_errors(rows)
        return np.where(np.isnan(near), kernel, NEAREST_SHARE * near + (1 - NEAREST_SHARE) * kernel)

    def corrected(self, rows: Sequence[Row]) -> Any:
        """Output tokens a second of each row: the roofline without the error to expect; NaN where refused."""
        if not rows:
            return np.zeros(0)
        found = roofline(rows, self.calibration) * np.exp(-self.errors_expected(rows))
        return arriving(rows, found)

    def _nearest(self, row: Row, number: int) -> Any:
        members = self.families.get(family(row), np.zeros(0, dtype=int))
        others = members[members != self.ids.get(row.row_id, -1)]
        return nearest(places([row])[0], self.points, others, number)


@lru_cache(maxsize=8)
def shipped(calibration: Calibration) -> Known:
    """What the rows that ship say under these constants."""
    return Known.of(measured(), calibration)


def own_error(row: Row, own: Known) -> float | None:
    """The error at benchmark points of one's own of the same configuration, which come before everybody else's: the
    mean of the three nearest, or of fewer; None without one.
    """
    same = [place for place, each in enumerate(own.rows) if each.configuration == row.configuration]
    if not same:
        return None
    order = [place for place in newest_first(own.rows) if place in same]
    near = nearest(places([row])[0], own.points, np.array(order), OWN_AVERAGED)
    return float(own.errors[near].mean())
