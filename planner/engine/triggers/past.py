"""The history of a trigger as data: what a record keeps of it, and what a replay reads back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from planner.engine.facts import Past

if TYPE_CHECKING:
    from collections.abc import Mapping


def as_data(past: Past | None) -> dict[str, Any] | None:
    """The history as JSON holds it."""
    if past is None:
        return None
    return {
        "state": past.state,
        "since": past.since.isoformat(),
        "crossings": [[day.isoformat(), crossed] for day, crossed in past.crossings],
    }


def as_past(data: Mapping[str, Any] | None) -> Past | None:
    """The history a record kept."""
    if data is None:
        return None
    crossings = tuple((date.fromisoformat(day), bool(crossed)) for day, crossed in data["crossings"])
    return Past(str(data["state"]), date.fromisoformat(data["since"]), crossings)
