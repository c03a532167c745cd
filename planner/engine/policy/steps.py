"""What the steps must be among themselves: needs that something produces, no circle, hops that exist, durations."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any, Final

from planner.engine.expression import suggestion
from planner.engine.policy.errors import PolicyError
from planner.engine.vocabulary import CLASSES, HOPS, STOP

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from planner.engine.policy.rows import Row

FILE: Final = "steps.toml"
LISTS: Final = ("needs", "produces", "hops")


def check_steps(rows: Mapping[str, Row], inputs: Container[str], parameters: Container[str]) -> None:
    """Raises PolicyError unless the steps can be put in order and every word in them means something."""
    for row in rows.values():
        for column in LISTS:
            _check_list(row, column)
        for hop in row.cell("hops", ()):
            if hop not in HOPS:
                raise PolicyError(FILE, row.id, "hops", f"{hop!r} is not a hop; they are {', '.join(HOPS)}")
        for column in ("weeks", "wait", "until"):
            _check_duration(row, column, inputs, parameters)
        _check_stop(row)
        _check_reason(row, "because", needed="barred" in row.cells)
    _check_needs(rows)


def makers_of(rows: Iterable[Row]) -> dict[str, list[str]]:
    """For everything that steps produce, the rows that produce it."""
    makers: dict[str, list[str]] = {}
    for row in rows:
        for product in row.cell("produces", ()):
            makers.setdefault(product, []).append(row.id)
    return makers


def _check_list(row: Row, column: str) -> None:
    cell = row.cell(column, [])
    if not isinstance(cell, list) or not all(isinstance(each, str) for each in cell):
        raise PolicyError(FILE, row.id, column, 'is not a list of names; write it like ["PH-206"]')


def _check_duration(row: Row, column: str, inputs: Container[str], parameters: Container[str]) -> None:
    cell: Any = row.cell(column, 0)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and cell >= 0:
        return
    for name in [cell] if isinstance(cell, str) else cell if isinstance(cell, list) else [str(cell)]:
        if name not in parameters and name not in inputs:
            raise PolicyError(FILE, row.id, column, f"names neither a parameter nor an input: {name!r}")


def _check_stop(row: Row) -> None:
    is_stop = row.cell("kind") == STOP
    if is_stop and row.cell("at") not in CLASSES:
        raise PolicyError(
            FILE, row.id, "at", f"{row.cell('at')!r} is not a class; they are {', '.join(CLASSES)}"
        )
    if "at" in row.cells and not is_stop:
        raise PolicyError(FILE, row.id, "at", "belongs to a stop only")
    _check_reason(row, "out_of_reach", needed=is_stop)


def _check_reason(row: Row, column: str, *, needed: bool) -> None:
    if needed and not row.cell(column):
        raise PolicyError(FILE, row.id, column, "is missing; say why the step is taken out when it is")


def _check_needs(rows: Mapping[str, Row]) -> None:
    makers = makers_of(rows.values())
    graph: dict[str, list[str]] = {}
    for row in rows.values():
        for need in row.cell("needs", ()):
            if need not in rows and need not in makers:
                hint = suggestion(need, {**dict.fromkeys(rows), **dict.fromkeys(makers)})
                raise PolicyError(
                    FILE, row.id, "needs", f"names no step, and nothing produces it: {need!r}{hint}"
                )
            graph.setdefault(row.id, []).extend([need] if need in rows else makers[need])
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = " > ".join(error.args[1])
        raise PolicyError(FILE, error.args[1][0], "needs", f"go round in a circle: {circle}") from error
