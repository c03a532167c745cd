"""The threshold cases: one on each side of every number a row compares with, and one for each rule without a number."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from planner.engine import decide_workload, parse_workloads
from planner.engine.expression.tree import Comparison, atoms, compared, settled
from planner.engine.measures import Measures, Outcome, measure
from tests.engine.samples import AS_OF, POLICY, PRICES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.engine.decision import SegmentDecision
    from planner.engine.policy import Row

FILE = Path(__file__).parents[2] / "planner/policy/threshold_cases.json"
CASES: list[dict[str, Any]] = json.loads(FILE.read_text("utf-8"))
FIGURES = POLICY.figures(AS_OF)
TABLES = ("constraints", "preferences", "gates", "classify", "triggers")  # those that change what is done
CLOSE = 0.05  # of the number, or one unit


class Threshold(NamedTuple):
    """A number, or an input, that a column of a row compares an input with."""

    table: str
    row: str
    column: str
    name: str
    operator: str
    value: float | str

    @property
    def place(self) -> str:
        return f"{self.table} {self.row} {self.column}"

    def limit(self, measures: Measures) -> Any:
        return measures.values.get(self.value) if isinstance(self.value, str) else self.value

    def holds(self, measures: Measures) -> bool:
        return compared(measures.values.get(self.name), self.operator, self.limit(measures))

    def near(self, measures: Measures) -> bool:
        """Whether a case lies at the threshold or next to it: far away it would prove nothing."""
        value, limit = measures.values.get(self.name), self.limit(measures)
        return value is not None and limit is not None and abs(value - limit) <= max(CLOSE * abs(limit), 1)


@cache
def decided(number: int) -> tuple[SegmentDecision, Measures]:
    """A case as it is decided, with everything that triggers may read."""
    entry = next(entry for entry in CASES if entry["id"] == number)
    segment = decide_workload(POLICY, parse_workloads([entry], POLICY)[0], PRICES, AS_OF).segments[0]
    outcome = Outcome(
        segment.allowed, segment.amounts, segment.now, segment.target, segment.status, segment.classification
    )
    return segment, measure(POLICY, segment.reading.known, outcome, AS_OF)


def outcomes(number: int) -> dict[str, bool]:
    """Every column of every row that bears on the case, and whether it holds."""
    segment, measures = decided(number)
    found = {f"constraints {row.id} when": row in segment.fired for row in POLICY.rows("constraints")}
    for row in (*POLICY.rows("preferences"), *POLICY.rows("classify")):
        found[f"{row.table} {row.id} when"] = row.holds("when", segment.reading.values, FIGURES)
    for row in POLICY.rows("risks"):
        found[f"risks {row.id} when"] = row.holds("when", measures.values, measures.figures)
    for gate in segment.gates:
        found[f"gates {gate.row.id} closed_when"] = not gate.open
        found[f"gates {gate.row.id} closable_when"] = gate.closable
    for row in POLICY.rows("triggers"):
        applies = row.holds("when", measures.values, measures.figures)
        for column in row.expressions:
            held = row.holds(column, measures.values, measures.figures)
            found[f"triggers {row.id} {column}"] = applies and held
        for each in levels(row):
            found[each.place] = applies and each.holds(measures)
    return found


def levels(row: Row) -> Iterator[Threshold]:
    operator = "<" if row.cell("below") else ">="
    for column in ("near", "fire"):
        if name := row.cell(column):
            yield Threshold(row.table, row.id, column, row.cell("metric"), operator, FIGURES.get(name, name))


def thresholds() -> Iterator[Threshold]:
    """Every number a row compares an input with, of the day."""
    for table in TABLES:
        for row in POLICY.rows(table):
            for column, expression in row.expressions.items():
                for atom in atoms(settled(expression.tree, FIGURES)):
                    if isinstance(atom, Comparison) and not isinstance(atom.value, (str, bool)):
                        yield Threshold(table, row.id, column, atom.name, atom.operator, float(atom.value))
            yield from levels(row)


@pytest.mark.parametrize("entry", CASES, ids=lambda entry: entry["title"])
def test_a_case_on_a_threshold_comes_out_as_expected(entry: Any) -> None:
    expected = entry["segments"][0]["expect"]
    segment, _ = decided(entry["id"])
    found = outcomes(entry["id"])
    assert {
        "status": segment.status,
        "now": segment.now,
        "target": segment.target,
        "allowed_by_must_rows": list(segment.allowed),
        "holds": [name for name in expected["holds"] if found[name]],
        "fails": [name for name in expected["fails"] if not found[name]],
    } == expected


def test_there_are_many_and_each_says_what_it_is_about() -> None:
    assert len(CASES) >= 80
    assert len({entry["title"] for entry in CASES}) == len({entry["id"] for entry in CASES}) == len(CASES)
    assert all(
        entry["segments"][0]["expect"]["holds"] or entry["segments"][0]["expect"]["fails"] for entry in CASES
    )


@pytest.mark.parametrize(
    "threshold", sorted(set(thresholds()), key=str), ids=lambda each: f"{each.place} {each.name}"
)
def test_every_threshold_has_a_case_on_either_side(threshold: Threshold) -> None:
    seen: dict[str, set[bool]] = {"holds": set(), "fails": set()}
    for entry in CASES:
        expected = entry["segments"][0]["expect"]
        _, measures = decided(entry["id"])
        for side, truths in seen.items():
            if threshold.place in expected[side] and threshold.near(measures):
                truths.add(threshold.holds(measures))
    assert len(seen["holds"] | seen["fails"]) == 2, "one case lies on each side"
    assert seen["holds"] != seen["fails"], "and the column turns with it"
    assert seen["holds"], "it holds on one"
    assert seen["fails"], "and fails on the other"
