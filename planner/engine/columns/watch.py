"""Where every trigger stands for many segments, from one reading: the twin of `measures` and `triggers`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.engine.columns.choose import NOWHERE, members
from planner.engine.columns.derive import derivations
from planner.engine.columns.own import investment, margin, unfounded
from planner.engine.expression.columns import holds
from planner.engine.expression.tree import settled
from planner.engine.measures import APIS, COST_OF, MANAGED, MONTHS, RESTS_ON
from planner.engine.vocabulary import CLASS_OF, CLASSES, VARIANTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from planner.engine.columns.portfolio import Portfolio, State
    from planner.engine.columns.table import Table
    from planner.engine.policy import Row

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]

# states of a trigger, as codes
NOT_THERE: Final = -2  # the row does not apply to the segment
NOT_EVALUATED: Final = -1
ARMED: Final = 0
NEAR: Final = 1
FIRED: Final = 2
SPENDING: Final = ("2", "3")


@dataclass(frozen=True, slots=True)
class Watched:
    """By trigger: its state for each segment, and where it has fired and the computed costs agree."""

    states: Mapping[str, NDArray[np.int8]]
    confirmed: Mapping[str, Bools]


def watch(portfolio: Portfolio, state: State) -> Watched:
    """The triggers of every segment as they stand at this moment, without their past."""
    guessed = unfounded(state.table.head(portfolio.size), RESTS_ON)
    table = measured(portfolio, state)
    figures, memo = portfolio.program.basis.figures, {}  # type: ignore[var-annotated]

    def where(row: Row, column: str) -> Bools:
        expression = row.expressions.get(column)
        if expression is None:
            return np.ones(table.size, dtype=bool)
        return holds(settled(expression.tree, figures), table, memo)

    states, confirmed = {}, {}
    for row in portfolio.program.basis.policy.rows("triggers"):
        if "fires" in row.expressions:
            stand = _happens(row, table, where(row, "fires"), guessed)
        else:
            stand = _stand(row, table, figures, guessed)
        states[row.id] = np.where(where(row, "when"), stand, NOT_THERE).astype(np.int8)
        if row.cell("kind") != "marker" or "confirm" in row.expressions:
            confirmed[row.id] = (states[row.id] == FIRED) & where(row, "confirm")
        else:
            confirmed[row.id] = np.zeros(table.size, dtype=bool)
    return Watched(states, confirmed)


def measured(portfolio: Portfolio, state: State) -> Table:
    """The segments' own readings, with what the decision implies filled in where nobody supplied it."""
    size, table = portfolio.size, state.table.head(portfolio.size)
    permitted = members(state.allowed)
    implied = _costs(state.usd, permitted) | _standing(table, state) | _reach(permitted)
    implied |= _spend(table, implied)
    implied |= investment(portfolio.program.basis, table, state, implied["standing_cost"])
    implied |= margin(table, implied["api_spend_month"])
    for name, column in implied.items():
        given = table.supplied.get(name)
        table.derived[name] = column if given is None else np.where(given, table.base[name], column)
        table.supplied[name] = np.ones(size, dtype=bool)
    figures = portfolio.program.basis.figures
    for each in derivations(table.policy):
        if each.name not in table.derived or not each.reads.isdisjoint(implied):
            each.fill(table, figures)
    return table


def _costs(usd: Floats, permitted: Bools) -> dict[str, Any]:
    """The cheapest permitted placement behind each name; NaN where none is permitted or known."""
    priced = np.where(permitted & ~np.isnan(usd), usd, np.inf)
    found = {name: priced[[VARIANTS.index(each) for each in of]].min(axis=0) for name, of in COST_OF.items()}
    return {name: np.where(np.isfinite(column), column, np.nan) for name, column in found.items()}


def _standing(table: Table, state: State) -> dict[str, Any]:
    """The class that serves the segment; for something new, the one that is ready today."""
    codes = table.shapes["standing_class"].codes
    nothing = codes["none"]
    of = np.array([codes[CLASS_OF[variant]] for variant in VARIANTS] + [nothing])  # the last is NOWHERE's, -1
    ready, target = of[state.now], of[state.target]
    current = _recoded(table, "current_class", codes)
    stands = np.where(current == nothing, ready, current)
    prices = np.where(np.isnan(state.usd), np.inf, state.usd)
    cost = np.full(table.size, np.inf)
    for each in CLASSES:
        rows = [VARIANTS.index(variant) for variant in VARIANTS if CLASS_OF[variant] == each]
        cost = np.where(stands == codes[each], prices[rows].min(axis=0), cost)
    own = np.where(state.now == NOWHERE, np.inf, prices[state.now, np.arange(table.size)])
    cost = np.where(stands == ready, own, cost)
    variants = table.shapes["target_variant"].codes
    placed = np.array([variants[variant] for variant in VARIANTS] + [variants["none"]])
    return {
        "standing_class": stands.astype(np.int16),
        "standing_cost": np.where(np.isfinite(cost), cost, np.nan),
        "target_class": target.astype(np.int16),
        "target_variant": placed[state.target].astype(np.int16),
        "class_changes": ((target != nothing) & (target != current)).astype(np.int16),
        "interim_needed": ((ready != nothing) & (ready != current) & (ready != target)).astype(np.int16),
    }


def _recoded(table: Table, name: str, codes: Mapping[Any, int]) -> NDArray[np.int16]:
    """A column of one list of values in the codes of another; unknown is none."""
    own = table.shapes[name].codes
    turned = np.full(len(own) + 1, codes["none"], dtype=np.int16)
    for value, code in own.items():
        turned[code] = codes[value]
    return turned[table.column(name)]


def _reach(permitted: Bools) -> dict[str, Any]:
    return {
        name: permitted[[VARIANTS.index(each) for each in of]].any(axis=0).astype(np.int16)
        for name, of in (("api_fallback_allowed", APIS), ("managed_trial_allowed", MANAGED))
    }


def _spend(table: Table, implied: Mapping[str, Any]) -> dict[str, Any]:
    """The bill today: the real one where given, else what the standing API costs at the snapshot."""
    codes = table.shapes["standing_class"].codes
    paid = np.isin(implied["standing_class"], [codes[each] for each in SPENDING])
    month = np.where(paid, implied["standing_cost"], np.nan)
    month = np.where(table.knows("api_spend_month"), table.base["api_spend_month"], month)
    return {"api_spend_month": month, "api_spend_year": month * MONTHS}


def _happens(row: Row, table: Table, fires: Bools, guessed: Mapping[str, Bools]) -> NDArray[np.int8]:
    """Fired where the condition holds on something known; armed where it does not and the metric is known."""
    known = [_known(table, name, guessed) for name in row.expressions["fires"].names]
    told = np.logical_or.reduce(known) & fires
    quiet = np.where(_known(table, str(row.cell("metric")), guessed), ARMED, NOT_EVALUATED)
    return np.where(told, FIRED, quiet).astype(np.int8)


def _stand(
    row: Row, table: Table, figures: Mapping[str, Any], guessed: Mapping[str, Bools]
) -> NDArray[np.int8]:
    """Armed, near or fired; not evaluated where the metric or its level is unknown. What has to last longer than
    one reading is near at first.
    """
    metric = str(row.cell("metric"))
    value, known = table.column(metric), _known(table, metric, guessed)
    fire = _level(row.cell("fire"), table, figures, guessed)
    if fire is None:
        return np.full(table.size, NOT_EVALUATED, dtype=np.int8)
    below, share = bool(row.cell("below")), float(figures["near_share"])
    near, usual = _level(row.cell("near"), table, figures, guessed), fire / share if below else fire * share
    near = usual if near is None else np.where(np.isnan(near), usual, near)
    fired, nearly = (value < fire, value < near) if below else (value >= fire, value >= near)
    sustain = row.cell("sustain")
    at_once = FIRED if sustain is None or figures[sustain["n"]] == 1 else NEAR
    stand = np.where(fired, at_once, np.where(nearly, NEAR, ARMED))
    return np.where(known & ~np.isnan(fire), stand, NOT_EVALUATED).astype(np.int8)


def _known(table: Table, name: str, guessed: Mapping[str, Bools]) -> Bools:
    """Supplied, implied or derived from what is known; an amount that came out unknown is not."""
    there = table.knows(name) | (name in table.derived)
    if name in guessed:
        there = there & ~guessed[name]
    return there & ~np.isnan(table.column(name)) if table.is_number(name) else there


def _level(
    name: str | None, table: Table, figures: Mapping[str, Any], guessed: Mapping[str, Bools]
) -> Floats | None:
    if name is None:
        return None
    if name in figures:
        return np.full(table.size, float(figures[name]))
    return np.where(_known(table, name, guessed), table.column(name), np.nan)
