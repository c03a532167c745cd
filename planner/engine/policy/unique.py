"""Tables that give one value: for every case exactly one row holds, none is left out and no two hold at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from planner.engine.expression import ExpressionError
from planner.engine.expression.boxes import EVERYWHERE, Space, shared
from planner.engine.expression.tree import settled
from planner.engine.expression.writing import written, written_box
from planner.engine.policy.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from planner.engine.expression.boxes import Region
    from planner.engine.policy.inputs import Input
    from planner.engine.policy.parameters import Parameter
    from planner.engine.policy.rows import Row

FILE: Final = "classify.toml"


def check_unique(
    rows: Iterable[Row], inputs: Mapping[str, Input], parameters: Mapping[str, Parameter]
) -> None:
    """Raises PolicyError where a table has no row for a case, or two; on every day from which a value is in force."""
    tables: dict[str, list[Row]] = {}
    for row in rows:
        tables.setdefault(str(row.cell("table")), []).append(row)
    for name, members in tables.items():
        for figures in _figures(members, parameters):
            _check(name, members, inputs, figures)


def _figures(rows: Sequence[Row], parameters: Mapping[str, Parameter]) -> Iterator[dict[str, Any]]:
    """The figures these rows read, on every day on which one of them changes."""
    read = {name: parameters[name] for row in rows for name in row.expressions["when"].parameters}
    if not read:
        yield {}
    for day in sorted({value.since for parameter in read.values() for value in parameter.values}):
        yield {name: parameter.on(day).value for name, parameter in read.items()}


def _check(table: str, rows: Sequence[Row], inputs: Mapping[str, Input], figures: Mapping[str, Any]) -> None:
    conditions = [settled(row.expressions["when"].tree, figures) for row in rows]
    try:
        space = Space.of(inputs, conditions)
        regions = [space.region(condition) for condition in conditions]
        _check_overlaps(space, rows, regions)
        left = EVERYWHERE
        for region in regions:
            left = space.without(left, region)
        left = space.merged(left)
    except ExpressionError as error:
        raise PolicyError(FILE, table, "when", str(error)) from error
    if left:
        where = written(space, left)
        message = f"no row of this table covers {where}; add a row with that condition"
        raise PolicyError(FILE, table, "when", message, add={"table": table, "when": where})


def _check_overlaps(space: Space, rows: Sequence[Row], regions: Sequence[Region]) -> None:
    for place, row in enumerate(rows):
        for earlier, region in zip(rows[:place], regions[:place], strict=True):
            both = shared(region, regions[place])
            if both is not None:
                where = written_box(space, both)
                raise PolicyError(
                    FILE,
                    row.id,
                    "when",
                    f"overlaps {earlier.id} where {where}; every case of the table {row.cell('table')} has one row only",
                )
