"""The bill a source reports against what the same traffic comes to at the price book's prices, and why they differ."""

from planner.engine.reconciling.causes import Cause, Found, Other, Traffic, cause_of
from planner.engine.reconciling.months import Month, Piece, Share, month_of
from planner.engine.reconciling.savings import (
    Bill,
    Effects,
    MonthBill,
    Realised,
    Untold,
    Window,
    at_volume,
    effects,
    first_of,
    last_of,
    realised,
)

__all__ = [
    "Bill",
    "Cause",
    "Effects",
    "Found",
    "Month",
    "MonthBill",
    "Other",
    "Piece",
    "Realised",
    "Share",
    "Traffic",
    "Untold",
    "Window",
    "at_volume",
    "cause_of",
    "effects",
    "first_of",
    "last_of",
    "month_of",
    "realised",
]
