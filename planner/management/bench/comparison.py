"""The same forty rows on our columns and on zen-engine, side by side, once their answers have been found equal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.engine.columns import Table
from planner.engine.expression.columns import holds
from planner.engine.expression.tree import (
    All,
    Comparison,
    Flag,
    Member,
    Negation,
    Node,
    Overlap,
    Truth,
    settled,
)
from planner.management.bench.clock import timed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.engine.columns import Given
    from planner.engine.policy import Policy

ROWS = 40
THEIRS = 500  # segments zen-engine is given at once
TABLES = ("constraints", "preferences", "gates", "classify", "steps", "risks", "triggers")


@dataclass(frozen=True)
class Compared:
    """Segments a second through the forty rows: ours, theirs, and whether every answer was the same."""

    ours: float
    theirs: float
    rows: int
    checked: int
    version: str

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs


def compare(policy: Policy, figures: Mapping[str, Any], segments: Sequence[Given], times: int) -> Compared:
    """Raises ImportError without zen-engine, AssertionError should one answer differ."""
    import zen  # noqa: PLC0415  an extra: measured with, never needed

    rules = forty(policy, figures)
    table = Table.of(policy, [(each.facts, each.approved) for each in segments])
    theirs = min(THEIRS, table.size)
    engine = zen.ZenEngine({"loader": _loader(zen, rules)})
    requests: Any = [{"key": "table", "context": _context(table, rules, place)} for place in range(theirs)]
    answers = [
        {found["row"] for found in answer["data"]["result"]} for answer in engine.evaluate_batch(requests)
    ]
    ours = _ours(rules, table)
    for place, answer in enumerate(answers):
        expected = {name for name, column in ours.items() if column[place]}
        assert answer == expected, f"segment {place}: {sorted(answer ^ expected)}"  # noqa: S101
    our_ms = timed(lambda: _ours(rules, table), times).median_ms
    their_ms = timed(lambda: engine.evaluate_batch(requests), times).median_ms
    return Compared(table.size / our_ms * 1000, theirs / their_ms * 1000, len(rules), theirs, _version())


def forty(policy: Policy, figures: Mapping[str, Any]) -> dict[str, Node]:
    """The first forty conditions of the policy that are one line of a decision table: tests joined by and."""
    found: dict[str, Node] = {}
    for table in TABLES:
        for row in policy.rows(table):
            expression = row.expressions.get("when")
            if expression is None or len(found) == ROWS:
                continue
            node = settled(expression.tree, figures)
            if _is_line(policy, node):
                found[f"{table}/{row.id}"] = node
    return found


def _is_line(policy: Policy, node: Node) -> bool:
    parts = node.parts if isinstance(node, All) else (node,)
    plain = [part.part if isinstance(part, Negation) else part for part in parts]
    names = [part.name for part in plain if isinstance(part, (Flag, Comparison, Member, Overlap))]
    supplied = all(policy.inputs[name].supplied_by != "derived" for name in names)
    return len(names) == len(plain) == len(set(names)) and supplied and not isinstance(node, Truth)


def _ours(rules: Mapping[str, Node], table: Table) -> dict[str, Any]:
    memo: dict[Node, Any] = {}
    return {name: holds(node, table, memo) for name, node in rules.items()}


def _loader(zen: Any, rules: Mapping[str, Node]) -> Any:
    content = zen.ZenDecisionContent(json.dumps(_document(rules)))
    return lambda _key: content


def _document(rules: Mapping[str, Node]) -> dict[str, Any]:
    """The rows as a decision table of the JSON decision model: an empty cell asks nothing."""
    lines = {name: _cells(node) for name, node in rules.items()}
    fields = sorted({field for cells in lines.values() for field in cells})
    table = {
        "hitPolicy": "collect",
        "inputs": [{"id": field, "field": field, "name": field} for field in fields],
        "outputs": [{"id": "row", "field": "row", "name": "row"}],
        "rules": [
            {"_id": name, "row": json.dumps(name), **{field: cells.get(field, "") for field in fields}}
            for name, cells in lines.items()
        ],
    }
    nodes = [("in", "inputNode", {}), ("rows", "decisionTableNode", table), ("out", "outputNode", {})]
    return {
        "nodes": [
            {"id": name, "type": kind, "name": name, "content": content} for name, kind, content in nodes
        ],
        "edges": [
            {"id": f"{source}-{target}", "sourceId": source, "targetId": target, "type": "edge"}
            for source, target in (("in", "rows"), ("rows", "out"))
        ],
    }


def _cells(node: Node) -> dict[str, str]:
    return dict(_cell(part) for part in (node.parts if isinstance(node, All) else (node,)))


def _cell(node: Node) -> tuple[str, str]:  # noqa: PLR0911 - one a kind of node
    match node:
        case Negation(Flag(name)):
            return name, "$ != true"
        case Negation(Member(name, members)):
            return name, f"$ not in {_list(members)}"
        case Negation(Overlap(name, members)):
            return name, f"none($, # in {_list(members)})"
        case Negation(Comparison(name, operator, value)):
            return name, f"not($ {operator} {json.dumps(value)})"
        case Flag(name):
            return name, "$ == true"
        case Comparison(name, operator, value):
            return name, f"$ {operator} {json.dumps(value)}"
        case Member(name, members):
            return name, f"$ in {_list(members)}"
        case Overlap(name, members):
            return name, f"some($, # in {_list(members)})"
        case _:
            raise TypeError(f"{node!r} is no cell of a decision table")


def _list(members: frozenset[Any]) -> str:
    return json.dumps(sorted(members))


def _context(table: Table, rules: Mapping[str, Node], place: int) -> dict[str, Any]:
    fields = {field for node in rules.values() for field in _cells(node)}
    return {field: _value(table, field, place) for field in fields}


def _value(table: Table, name: str, place: int) -> Any:
    shape, code = table.shapes[name], table.column(name)[place]
    if shape.is_number:
        return None if np.isnan(code) else float(code)
    if shape.declared.type == "set":
        return [member for member, bit in shape.codes.items() if int(code) >> bit & 1]
    return next((value for value, each in shape.codes.items() if each == code), None)


def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415

    return version("zen-engine")
