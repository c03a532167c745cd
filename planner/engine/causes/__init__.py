"""Why a later decision differs from an earlier one: what changed, and which of the changes leads to the answer."""

from planner.engine.causes.changes import (
    Changes,
    FactChange,
    FigureChange,
    PriceChange,
    RowChange,
    changes_between,
)
from planner.engine.causes.effects import Answer, Causes, Effect, Move, causes
from planner.engine.causes.grounds import Grounds, groups_between, swapped

__all__ = [
    "Answer",
    "Causes",
    "Changes",
    "Effect",
    "FactChange",
    "FigureChange",
    "Grounds",
    "Move",
    "PriceChange",
    "RowChange",
    "causes",
    "changes_between",
    "groups_between",
    "swapped",
]
