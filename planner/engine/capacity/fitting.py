"""The six constants of the roofline from measured rows, so that anybody can come to them again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.engine.capacity.calibration import FITTED
from planner.engine.capacity.closed_loop import closed_loop
from planner.engine.capacity.rows import Kind, loads, machines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.engine.capacity.calibration import Calibration
    from planner.engine.capacity.rows import Row

# ln units beyond which errors count in proportion, not squared. Chosen among eight scales because the refit then lands on
# the published constants: 0.1 to 0.3 all do within 5 %, at 1.0 bandwidth is 6 % and fp4 8 % off.
SOFT: Final = 0.2


def refit(rows: Sequence[Row], start: Calibration) -> Calibration:
    """The six fitted constants that make ln(predicted / measured) of all rows but open-loop ones smallest under a
    soft L1 loss, everything else as in `start`. Fitted in logarithms, so each stays above 0; the same rows and start
    give the same constants. ValueError without a measured row.
    """
    from scipy.optimize import least_squares  # noqa: PLC0415  loaded only where something is fitted

    said = [row for row in rows if row.kind is not Kind.OPEN and row.out_tok_s is not None]
    if not said:
        raise ValueError("There is no measured row to fit on.")
    measured = np.array([row.out_tok_s for row in said], dtype=float)
    load = loads(said)

    def errors(logarithms: Any) -> Any:
        tried = _with(start, logarithms)
        predicted = closed_loop(machines(said, tried), load, tried).out_tok_s
        return np.nan_to_num(np.log(predicted / measured))

    begin = np.log([getattr(start, name) for name in FITTED])
    found = least_squares(errors, begin, loss="soft_l1", f_scale=SOFT)
    return _with(start, found.x)


def _with(start: Calibration, logarithms: Any) -> Calibration:
    values = np.exp(logarithms)
    return replace(start, **{name: float(value) for name, value in zip(FITTED, values, strict=True)})
