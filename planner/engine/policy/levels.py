"""The levels of a trigger: each names a figure of the policy or a fact, and a state of its own has no gap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from planner.engine.expression import suggestion
from planner.engine.policy.errors import PolicyError
from planner.engine.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from planner.engine.policy.inputs import Input
    from planner.engine.policy.parameters import Parameter
    from planner.engine.policy.rows import Row

FILE: Final = "triggers.toml"
LEVELS: Final = ("near", "fire", "clear")
PERIODS: Final = ("day", "week", "month")
OVER_TIME: Final = frozenset({"clear", "sustain", "drifts"})  # a policy kept from before knows none of them
# What every trigger is read with: when it counts as near, cleared, stale, resolved, and how far a forecast looks.
FIGURES: Final = (
    "near_share",
    "clear_share",
    "trigger_resolved_days",
    "feed_stale_days",
    "demand_volatility",
    "price_drift_pct_month",
    "forecast_horizon",
    "payback_horizon",
)


def check_levels(
    rows: Iterable[Row], inputs: Mapping[str, Input], parameters: Mapping[str, Parameter]
) -> None:
    """Raises PolicyError unless every trigger can be read: metric, one way to fire, levels, and how long it lasts."""
    for row in rows:
        if not OVER_TIME.isdisjoint(row.cells):
            _check_figures(parameters)
        _check_metric(row, inputs)
        if ("fires" in row.expressions) == ("fire" in row.cells):
            raise PolicyError(
                FILE, row.id, "fire", "give fire, a level, or fires, a condition: one of the two, not both"
            )
        for column in LEVELS:
            if column in row.cells:
                _check_level(row, column, inputs, parameters)
        if "sustain" in row.cells:
            _check_sustain(row, row.cells["sustain"], parameters)


def _check_figures(parameters: Mapping[str, Parameter]) -> None:
    for name in FIGURES:
        if name not in parameters:
            raise PolicyError("parameters.toml", name, "-", "is missing; triggers are read with it")


def _check_metric(row: Row, inputs: Mapping[str, Input]) -> None:
    metric = row.cell("metric")
    if metric not in inputs:
        raise PolicyError(
            FILE, row.id, "metric", f"unknown input {metric!r}{suggestion(str(metric), inputs)}"
        )
    if "fire" in row.cells and inputs[metric].type not in (Kind.INT, Kind.NUMBER):
        raise PolicyError(FILE, row.id, "metric", f"{metric} is no amount; give fires, a condition, instead")


def _check_level(
    row: Row, column: str, inputs: Mapping[str, Input], parameters: Mapping[str, Parameter]
) -> None:
    name = row.cells[column]
    if name in parameters:
        amount = parameters[name].kind == "number"
    elif name in inputs:
        amount = inputs[name].type in (Kind.INT, Kind.NUMBER)
    else:
        known: dict[str, Any] = {**inputs, **parameters}
        raise PolicyError(
            FILE, row.id, column, f"names no parameter and no input: {name!r}{suggestion(str(name), known)}"
        )
    if not amount:
        raise PolicyError(FILE, row.id, column, f"{name} is no amount")


def _check_sustain(row: Row, cells: object, parameters: Mapping[str, Parameter]) -> None:
    if not isinstance(cells, dict) or set(cells) != {"n", "of", "each"}:
        raise PolicyError(
            FILE,
            row.id,
            "sustain",
            'is not complete; write { n = "a parameter", of = "a parameter", each = "week" }',
        )
    if cells["each"] not in PERIODS:
        raise PolicyError(
            FILE, row.id, "sustain", f"{cells['each']!r} is no period; they are {', '.join(PERIODS)}"
        )
    n, of = (_counts(row, cells[part], parameters) for part in ("n", "of"))
    if any(many < 1 for many in n) or min(of) < max(n):
        raise PolicyError(FILE, row.id, "sustain", f"asks for {max(n)} of {min(of)}; n is 1 to of")


def _counts(row: Row, name: object, parameters: Mapping[str, Parameter]) -> list[int]:
    """Every value the parameter ever had: whole numbers."""
    if name not in parameters:
        raise PolicyError(
            FILE, row.id, "sustain", f"names no parameter: {name!r}{suggestion(str(name), parameters)}"
        )
    values = [dated.value for dated in parameters[str(name)].values]
    if any(isinstance(value, bool) or not isinstance(value, int) for value in values):
        raise PolicyError(FILE, row.id, "sustain", f"{name} is no whole number")
    return [int(value) for value in values]
