"""Conditions that say nothing: those that can never hold, those that always do, gates that never open or close."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.engine.analysis.finding import Fault, Finding, Severity
from planner.engine.analysis.words import listed, region_in_words
from planner.engine.expression.boxes import EVERYWHERE, NOWHERE
from planner.engine.expression.tree import All, Check, Either, Negation, Node, Switch, Truth
from planner.engine.expression.writing import written
from planner.engine.vocabulary import VARIANTS, in_order

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.engine.analysis.mapped import Mapped
    from planner.engine.expression.boxes import Region
    from planner.engine.policy import Row


def idle_conditions(mapped: Mapped) -> Iterator[Finding]:
    """Every condition that is the same for all cases, where that is not what its writer can have meant."""
    for row, column, region in mapped.rows():
        if region == NOWHERE:
            yield from _never(mapped, row, column)
        elif mapped.space.inside(EVERYWHERE, region):
            yield from _always(row, column)
    for gate in mapped.policy.rows("gates"):
        yield from _gate(mapped, gate)


def _never(mapped: Mapped, row: Row, column: str) -> Iterator[Finding]:
    tree = row.expressions[column].tree
    if isinstance(tree, Truth) and column != "when":
        return  # written as False: nobody can close it, nothing confirms it
    decided_by = sorted(set(_switches(tree)))
    if decided_by:
        values = listed([f"P.{name} is {mapped.figures[name]}" for name in decided_by], "and")
        sentence = f"{row.id} holds for nobody while {values}."
        yield _finding(Fault.ASLEEP, Severity.NOTE, row, column, sentence)
    else:
        sentence = f"{row.id} can never hold: no case satisfies {row.expressions[column].text!r}."
        yield _finding(Fault.DEAD, Severity.ERROR, row, column, sentence)


def _switches(node: Node) -> Iterator[str]:
    """The parameters a condition asks by themselves: they switch it on and off for everybody."""
    match node:
        case Switch(figure) | Check(figure, _, _):
            yield figure.name
        case Negation(part):
            yield from _switches(part)
        case All(parts) | Either(parts):
            for part in parts:
                yield from _switches(part)


def _always(row: Row, column: str) -> Iterator[Finding]:
    plainly = isinstance(row.expressions[column].tree, Truth)
    if row.table == "constraints":
        lost = ", ".join(in_order(set(VARIANTS) - row.mask)) or "nothing"
        sentence = f"{row.id} holds for every workload and takes {lost} away from all of them."
        yield _finding(Fault.ALWAYS, Severity.WARNING, row, column, sentence)
    elif not plainly and not set(_switches(row.expressions[column].tree)):
        sentence = f"{row.id} asks {row.expressions[column].text!r}, which every case satisfies; write True, or mend it."
        yield _finding(Fault.ALWAYS, Severity.WARNING, row, column, sentence)


def _gate(mapped: Mapped, gate: Row) -> Iterator[Finding]:
    applies, closed = mapped.region(gate), mapped.region(gate, "closed_when")
    if not applies or not closed:
        return  # told already
    both = mapped.space.meet(applies, closed)
    if both == NOWHERE:
        sentence = f"{gate.id} can never be closed where it applies."
        yield _placed(Fault.NEVER_CLOSED, mapped, gate, applies, sentence)
    elif mapped.space.inside(applies, closed):
        sentence = f"{gate.id} is closed wherever it applies."
        yield _placed(Fault.NEVER_OPEN, mapped, gate, applies, sentence)


def _placed(fault: Fault, mapped: Mapped, row: Row, region: Region, sentence: str) -> Finding:
    return Finding(
        fault,
        Severity.WARNING,
        f"{row.table}.toml",
        (row.id,),
        "closed_when",
        sentence,
        box=region_in_words(mapped.policy.inputs, mapped.space, region),
        condition=written(mapped.space, region),
    )


def _finding(fault: Fault, severity: Severity, row: Row, column: str, sentence: str) -> Finding:
    return Finding(fault, severity, f"{row.table}.toml", (row.id,), column, sentence)
