"""Smaller, larger, either: what numbers and arrays spell differently, so that each formula is written once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable


class Arithmetic(NamedTuple):
    """`least`, `most` of two; `choose(condition, then, otherwise)`; `whole` rounds down."""

    least: Callable[[Any, Any], Any]
    most: Callable[[Any, Any], Any]
    choose: Callable[[Any, Any, Any], Any]
    whole: Callable[[Any], Any]


def _choose(condition: bool, then: float, otherwise: float) -> float:
    return then if condition else otherwise


def _whole(number: float) -> float:
    return number // 1.0


ONE = Arithmetic(min, max, _choose, _whole)
MANY = Arithmetic(np.minimum, np.maximum, np.where, np.floor)
