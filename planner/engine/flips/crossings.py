"""Where a number makes something derived from it cross a level: the derivations of `columns.derive`, turned round."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.engine.columns import Program, Table

    # the value of the first input at which the derived one reaches the level, all else as it is
    Inverse = Callable[[Program, Table, str, float], float]

HEADCOUNT: Final = ("ml_engineers", "mlops_engineers", "data_engineers")
MONTHS_AHEAD: Final = 12
PERCENT: Final = 100


def crossings(program: Program, table: Table, name: str) -> set[float]:
    """The values of NAME at which a condition on a derived input may change its answer."""
    found = set()
    for derived, inverse in _inverses(program, name):
        asked = {0.0} if derived in FLAGS else program.cuts.get(derived, frozenset())
        found |= {inverse(program, table, name, level) for level in asked}
    return {value for value in found if math.isfinite(value)}


def _inverses(program: Program, name: str) -> list[tuple[str, Inverse]]:
    ratios = program.basis.policy.ratios
    over = [(derived, _ratio) for derived, declared in ratios.items() if name in declared.ratio]
    return [(derived, inverse) for (derived, read), inverse in INVERSES.items() if read == name] + over


def _value(table: Table, name: str) -> float:
    return float(table.column(name)[0])


def _headcount(_program: Program, table: Table, name: str, level: float) -> float:
    return level - sum(_value(table, other) for other in HEADCOUNT if other != name)


def _gap(_program: Program, table: Table, name: str, level: float) -> float:
    if name == "frontier_score":
        return _value(table, "open_score") + level
    return _value(table, "frontier_score") - level


def _tolerated_gap(program: Program, table: Table, name: str, _level: float) -> float:
    return _gap(program, table, name, float(program.basis.figures["quality_gap_tolerance"]))


def _other_score(_program: Program, table: Table, name: str, _level: float) -> float:
    return _value(table, "quality_floor" if name == "slm_score" else "slm_score")


def _tokens_day(program: Program, _table: Table, _name: str, level: float) -> float:
    return level * float(program.basis.figures["days_per_month"])


def _tokens_ahead(_program: Program, table: Table, name: str, level: float) -> float:
    growth, tokens = _value(table, "growth_pct_month"), _value(table, "tokens_month")
    if name == "tokens_month":
        factor = max(0.0, 1 + growth / PERCENT) ** MONTHS_AHEAD
        return level / factor if factor else math.inf
    return ((level / tokens) ** (1 / MONTHS_AHEAD) - 1) * PERCENT if tokens > 0 and level > 0 else math.inf


def _steady(program: Program, _table: Table, _name: str, _level: float) -> float:
    return float(program.basis.figures["steady_peak_to_avg"])


def _ratio(program: Program, table: Table, name: str, level: float) -> float:
    for declared in program.basis.policy.ratios.values():
        part, whole = declared.ratio
        if name == part:
            return level * _value(table, whole)
        if name == whole and level:
            return _value(table, part) / level
    return math.inf


FLAGS: Final = frozenset({"frontier_needed", "model_params_b", "load_steady"})  # they turn once
INVERSES: Final[dict[tuple[str, str], Inverse]] = {
    **{("selfhost_headcount", name): _headcount for name in HEADCOUNT},
    **{("quality_gap_pct", name): _gap for name in ("frontier_score", "open_score")},
    **{("frontier_needed", name): _tolerated_gap for name in ("frontier_score", "open_score")},
    **{("model_params_b", name): _other_score for name in ("slm_score", "quality_floor")},
    ("tokens_day", "tokens_month"): _tokens_day,
    ("tokens_month_12m", "tokens_month"): _tokens_ahead,
    ("tokens_month_12m", "growth_pct_month"): _tokens_ahead,
    ("load_steady", "peak_to_avg"): _steady,
}
