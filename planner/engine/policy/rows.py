"""Rows of the policy's tables: conditions parsed and checked, masks of placements, sources, and nothing unknown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from planner.engine.expression import Expression, ExpressionError, InputShape, parse, suggestion
from planner.engine.policy.errors import PolicyError
from planner.engine.policy.parameters import Parameter, Reference, as_reference
from planner.engine.vocabulary import PHASES, STEP_KINDS, VARIANTS, in_order

if TYPE_CHECKING:
    from collections.abc import Mapping

EXPRESSIONS: Final = ("when", "closed_when", "closable_when", "confirm", "fires", "done", "barred")
MASKS: Final = ("allow", "prefer", "for", "says")
POINTERS: Final = ("yes", "no")  # what an answer of a scorecard points to
ANY_ROW: Final = ("id", "label", "when", "owner", "sentence", "source", "covers", "restates")
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "constraints": (*ANY_ROW, "layer", "strength", "allow", "waivable", "statutory", "contradicts"),
    "preferences": (*ANY_ROW, "strength", "prefer"),
    "gates": (*ANY_ROW, "for", "closed_when", "closable_when", "weeks"),
    "steps": (
        *ANY_ROW,
        "phase",
        "kind",
        "at",
        "hops",
        "each_leg",
        "pilot",
        "weeks",
        "wait",
        "until",
        "done",
        "barred",
        "because",
        "out_of_reach",
        "needs",
        "produces",
        "shared",
    ),
    "triggers": (
        *ANY_ROW,
        "kind",
        "metric",
        "unit",
        "near",
        "fire",
        "below",
        "fires",
        "confirm",
        "clear",
        "sustain",
        "drifts",
        "hop",
    ),
    "risks": (*ANY_ROW, "mitigation", "likelihood", "impact"),
    "classify": (*ANY_ROW, "table", "value"),
    "scorecards": (
        *ANY_ROW,
        "kind",
        "card",
        "needs",
        "yes",
        "no",
        "yes_says",
        "no_says",
        "count",
        "at_least",
        "says",
    ),
}
REQUIRED: Final[dict[str, tuple[str, ...]]] = {
    "constraints": ("label", "when", "layer", "allow", "owner", "sentence", "source"),
    "preferences": ("label", "when", "strength", "prefer", "sentence", "source"),
    "gates": ("label", "when", "for", "closed_when", "owner", "sentence", "source"),
    "steps": ("label", "phase", "kind", "sentence", "source"),
    "triggers": ("label", "kind", "metric", "sentence", "source"),
    "risks": ("sentence", "mitigation", "source"),
    "classify": ("table", "when", "value", "source"),
    "scorecards": ("label", "kind", "card", "source"),
}
CHOICES: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("constraints", "layer"): ("integrity", "compliance", "quality", "latency"),
    ("constraints", "strength"): ("must",),
    ("preferences", "strength"): ("strong", "weak"),
    ("triggers", "kind"): ("marker", "computed", "event"),
    ("triggers", "drifts"): ("volume", "spend", "time"),
    ("steps", "kind"): STEP_KINDS,
    ("steps", "phase"): PHASES,
    ("scorecards", "kind"): ("card", "question", "verdict", "alias"),
    ("scorecards", "count"): ("yes", "no"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table. What only one kind of table has is in `cells`, its conditions in `expressions`."""

    id: str
    table: str
    label: str
    owner: str
    sentence: str
    source: Reference
    expressions: Mapping[str, Expression]
    cells: Mapping[str, Any]
    layer: str = ""
    strength: str = ""
    mask: frozenset[str] = frozenset()
    waivable: bool = True
    statutory: bool = False

    def cell(self, column: str, default: Any = None) -> Any:
        """What the row says in a column of its table."""
        return self.cells.get(column, default)

    def holds(
        self, column: str, values: Mapping[str, Any], parameters: Mapping[str, Any], default: bool = True
    ) -> bool:
        """Whether the condition in a column is true; a row without that condition takes the default."""
        expression = self.expressions.get(column)
        return default if expression is None else expression.holds(values, parameters)

    @property
    def carries(self) -> tuple[str, ...]:
        """The statements of the guides it carries out: the one it is named after, and others it covers."""
        return (self.id, *self.cells.get("covers", ()))

    @property
    def restates(self) -> tuple[str, ...]:
        """The places where the guides say the same in other words."""
        return tuple(self.cells.get("restates", ()))

    @property
    def may_be_waived(self) -> bool:
        """Whether anybody here may except a workload from it; a statute stands above everybody here."""
        return self.waivable and not self.statutory

    @property
    def names(self) -> tuple[str, ...]:
        """The inputs its conditions read."""
        return tuple(dict.fromkeys(name for each in self.expressions.values() for name in each.names))


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads the rows of one file against the declared inputs and parameters."""

    file: str
    table: str
    inputs: Mapping[str, InputShape]
    parameters: Mapping[str, Parameter]

    def read(self, cells: Mapping[str, Any], position: int) -> Row:
        row_id = cells.get("id")
        if not isinstance(row_id, str) or not row_id:
            raise PolicyError(
                self.file, f"number {position}", "id", "is missing; every row has a name of its own"
            )
        self._check_columns(row_id, cells)
        for column in POINTERS:
            if column in cells:
                self._variants(row_id, column, cells[column])
        return Row(
            id=row_id,
            table=self.table,
            label=str(cells.get("label", row_id)),
            owner=str(cells.get("owner", "")),
            sentence=str(cells.get("sentence", "")),
            source=as_reference(self.file, row_id, "source", cells["source"]),
            expressions={
                column: self._expression(row_id, column, cells[column])
                for column in EXPRESSIONS
                if column in cells
            },
            cells=cells,
            layer=str(cells.get("layer", "")),
            strength=str(cells.get("strength", "must" if self.table == "constraints" else "")),
            mask=self._mask(row_id, cells),
            waivable=bool(cells.get("waivable", True)),
            statutory=bool(cells.get("statutory", False)),
        )

    def _check_columns(self, row_id: str, cells: Mapping[str, Any]) -> None:
        known = COLUMNS[self.table]
        for column in cells:
            if column not in known:
                raise PolicyError(
                    self.file,
                    row_id,
                    column,
                    f"is not a column of this table{suggestion(column, dict.fromkeys(known))}",
                )
        for column in REQUIRED[self.table]:
            if column not in cells:
                raise PolicyError(self.file, row_id, column, "is missing")
        self._check_cited(row_id, cells)
        for (table, column), choices in CHOICES.items():
            if table == self.table and column in cells and cells[column] not in choices:
                raise PolicyError(
                    self.file, row_id, column, f"{cells[column]!r} is not one of {', '.join(choices)}"
                )

    def _check_cited(self, row_id: str, cells: Mapping[str, Any]) -> None:
        for column, of in (("covers", "statements"), ("restates", "statements"), ("contradicts", "row ids")):
            cited = cells.get(column, [])
            if not (isinstance(cited, list) and all(isinstance(each, str) for each in cited)):
                raise PolicyError(self.file, row_id, column, f"is not a list of {of}")

    def _expression(self, row_id: str, column: str, text: object) -> Expression:
        if not isinstance(text, str):
            raise PolicyError(self.file, row_id, column, f"{text!r} is not a condition; write it as text")
        try:
            return parse(text, self.inputs, self.parameters)
        except ExpressionError as error:
            raise PolicyError(self.file, row_id, column, str(error)) from error

    def _mask(self, row_id: str, cells: Mapping[str, Any]) -> frozenset[str]:
        for column in MASKS:
            if column in cells:
                return frozenset(self._variants(row_id, column, cells[column]))
        return frozenset()

    def _variants(self, row_id: str, column: str, raw: object) -> tuple[str, ...]:
        if not isinstance(raw, list) or not raw:
            raise PolicyError(self.file, row_id, column, "is not a list of placements")
        for variant in raw:
            if variant not in VARIANTS:
                raise PolicyError(
                    self.file,
                    row_id,
                    column,
                    f"{variant!r} is not a placement; they are {', '.join(VARIANTS)}",
                )
        return in_order(raw)
