"""What follows from the facts, over columns: the twins of `planner.engine.reading`, held equal by a law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.engine.expression.columns import holds
from planner.engine.expression.tree import settled
from planner.engine.reading import MONTHS_AHEAD, PERCENT, PERSONAL, REGIONS
from planner.engine.vocabulary import APPROVED, PROPOSED

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from numpy.typing import NDArray

    from planner.engine.columns.table import Table
    from planner.engine.policy import Policy

    Column = NDArray[Any]
    Figures = Mapping[str, Any]
    Derive = Callable[[Table, Figures], Column]


@dataclass(frozen=True, slots=True)
class Derivation:
    """A column that follows from others, unless somebody supplied it; `always` where nobody can."""

    name: str
    reads: frozenset[str]
    derive: Derive
    always: bool = False

    def fill(self, table: Table, figures: Figures) -> None:
        found = self.derive(table, figures)
        given = table.supplied.get(self.name)
        if given is not None and not self.always:
            found = np.where(given, table.base[self.name], found)
        table.derived[self.name] = found


def derivations(policy: Policy) -> tuple[Derivation, ...]:
    """In the order in which one needs the other."""
    named = [Derivation(name, frozenset(reads), derive, always) for name, reads, derive, always in NAMED]
    complexity = Derivation(
        "complexity", frozenset({"task_type", *_complexity_reads(policy)}), _complexity, always=False
    )
    complete = Derivation("inputs_complete_pct", frozenset(policy.essential), _complete)
    ratios = [
        Derivation(name, frozenset(declared.ratio), _ratio(*declared.ratio))
        for name, declared in policy.ratios.items()
    ]
    return (*named[:2], complexity, *named[2:], complete, *ratios)


def derive(
    table: Table, todo: Collection[Derivation], figures: Figures, changed: Collection[str] | None = None
) -> frozenset[str]:
    """The table's derived columns are filled; with CHANGED only those that hang on these inputs.

    Returns every input whose column may now be another: the changed ones and what follows from them.
    """
    touched = set(changed or ())
    for each in todo:
        if changed is None or not touched.isdisjoint(each.reads) or each.name in touched:
            each.fill(table, figures)
            touched.add(each.name)
    return frozenset(touched)


def _status(table: Table, _figures: Figures) -> Column:
    approved = table.approved & (table.column("data_tags") != 0)
    codes = (table.code("data_tags_status", APPROVED), table.code("data_tags_status", PROPOSED))
    return np.where(approved, *codes).astype(np.int16)


def _headcount(table: Table, _figures: Figures) -> Column:
    return table.column("ml_engineers") + table.column("mlops_engineers") + table.column("data_engineers")


def _complexity_reads(policy: Policy) -> set[str]:
    return {
        name for row in policy.rows("classify") if row.cell("table") == "complexity" for name in row.names
    }


def _complexity(table: Table, figures: Figures) -> Column:
    found, open_rows = table.base["complexity"].copy(), table.knows("task_type").copy()
    for row in table.policy.rows("classify"):
        if row.cell("table") != "complexity":
            continue
        here = open_rows & holds(settled(row.expressions["when"].tree, figures), table, {})
        found[here] = table.code("complexity", row.cell("value"))
        open_rows &= ~here
    return found


def _measured(table: Table) -> NDArray[np.bool_]:
    return table.knows("frontier_score") & table.knows("open_score")


def _gap(table: Table, _figures: Figures) -> Column:
    gap = table.column("frontier_score") - table.column("open_score")
    return np.where(_measured(table), gap, table.base["quality_gap_pct"])


def _gap_known(table: Table, _figures: Figures) -> Column:
    return np.where(_measured(table), 1, table.base["quality_gap_known"])


def _frontier(table: Table, figures: Figures) -> Column:
    gap = table.column("frontier_score") - table.column("open_score")
    stated = table.column("complexity") == table.code("complexity", "frontier")
    return np.where(_measured(table), gap > figures["quality_gap_tolerance"], stated).astype(np.int16)


def _model_size(table: Table, figures: Figures) -> Column:
    small = table.knows("slm_score") & (table.column("slm_score") >= table.column("quality_floor"))
    return np.where(small, float(figures["slm_b"]), table.base["model_params_b"])


def _tokens_day(table: Table, figures: Figures) -> Column:
    return table.column("tokens_month") / figures["days_per_month"]


def _tokens_ahead(table: Table, _figures: Figures) -> Column:
    factor = np.maximum(0.0, 1 + table.column("growth_pct_month") / PERCENT)
    return table.column("tokens_month") * factor**MONTHS_AHEAD


def _steady(table: Table, figures: Figures) -> Column:
    return np.less_equal(table.column("peak_to_avg"), figures["steady_peak_to_avg"]).astype(np.int16)


def _crosses_border(table: Table, _figures: Figures) -> Column:
    region, residency = table.column("provider_region"), table.column("residency")
    tags = sum(1 << table.code("data_tags", tag) for tag in PERSONAL)
    gdpr = 1 << table.code("regimes", "gdpr")
    to_us = (
        (table.column("regimes") & gdpr != 0)
        & (region == table.code("provider_region", "us"))
        & (table.column("data_tags") & tags != 0)
    )
    apart = np.zeros(table.size, dtype=bool)
    for wanted in REGIONS:
        for served in REGIONS:
            if wanted != served and served in table.shapes["provider_region"].codes:
                apart |= (residency == table.code("residency", wanted)) & (
                    region == table.code("provider_region", served)
                )
    return (to_us | apart).astype(np.int16)


def _complete(table: Table, _figures: Figures) -> Column:
    names = table.policy.essential
    if not names:
        return np.full(table.size, float(PERCENT))
    share = sum(table.knows(name).astype(np.float64) for name in names) / len(names)
    return np.round(np.asarray(PERCENT * share), 1)


def _ratio(part: str, whole: str) -> Derive:
    def divided(table: Table, _figures: Figures) -> Column:
        above, below = table.column(part), table.column(whole)
        known = ~np.isnan(below) & (below != 0)
        return np.where(known, above / np.where(known, below, 1.0), np.nan)

    return divided


NAMED: Final[tuple[tuple[str, tuple[str, ...], Derive, bool], ...]] = (
    ("data_tags_status", ("data_tags",), _status, True),
    ("selfhost_headcount", ("ml_engineers", "mlops_engineers", "data_engineers"), _headcount, False),
    ("quality_gap_pct", ("frontier_score", "open_score"), _gap, False),
    ("quality_gap_known", ("frontier_score", "open_score"), _gap_known, False),
    ("frontier_needed", ("complexity", "frontier_score", "open_score"), _frontier, False),
    ("model_params_b", ("slm_score", "quality_floor"), _model_size, False),
    ("tokens_day", ("tokens_month",), _tokens_day, False),
    ("tokens_month_12m", ("tokens_month", "growth_pct_month"), _tokens_ahead, False),
    ("load_steady", ("peak_to_avg",), _steady, False),
    (
        "cross_border_transfer",
        ("provider_region", "residency", "regimes", "data_tags"),
        _crosses_border,
        False,
    ),
)
