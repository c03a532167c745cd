"""Which other values of one input are worth asking about: one for each cell in which no condition changes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from planner.engine.flips.crossings import crossings
from planner.engine.flips.money import breakpoints
from planner.engine.vocabulary import Kind

if TYPE_CHECKING:
    from planner.engine.columns import Program, Table
    from planner.engine.columns.table import Shape
    from planner.engine.policy import Input


@dataclass(frozen=True, slots=True)
class Candidate:
    """Another value of one input, as it stands in a column. Of a number `cut` says whether the value is the cut
    itself, and `low` and `high` between which cuts it lies.
    """

    name: str
    code: float | int
    member: str = ""
    low: float | None = None
    high: float | None = None
    cut: bool = False


def candidates(program: Program, table: Table) -> list[Candidate]:
    """Of every input somebody can supply and an answer hangs on; TABLE holds the one reading it is asked of."""
    found: list[Candidate] = []
    for name, declared in program.basis.policy.inputs.items():
        if name in program.reads and declared.supplied_by != "derived":
            shape = table.shapes[name]
            found += _numbers(program, table, declared) if shape.is_number else _others(shape, table)
    return found


def _others(shape: Shape, table: Table) -> list[Candidate]:
    """Of a flag or a list every other value; of a set every member put in or taken out."""
    name, now = shape.declared.name, int(table.column(shape.declared.name)[0])
    if shape.declared.type == Kind.SET:
        return [Candidate(name, now ^ (1 << bit), member) for member, bit in shape.codes.items()]
    return [Candidate(name, code) for code in shape.codes.values() if code != now]


def _numbers(program: Program, table: Table, declared: Input) -> list[Candidate]:
    """One value at each cut, one between each two, one beyond the last on either side."""
    low, high = _range(program, table, declared)
    cuts = set(program.cuts.get(declared.name, ()))
    cuts |= crossings(program, table, declared.name)
    cuts |= breakpoints(program, table, declared.name, high)
    inside = [low, *sorted(cut for cut in cuts if low < cut < high), high]
    found = []
    for below, above in pairwise(inside):
        found.append(Candidate(declared.name, below, low=below, high=below, cut=True))
        found.append(Candidate(declared.name, (below + above) / 2, low=below, high=above))
    found.append(Candidate(declared.name, high, low=high, high=high, cut=True))
    return _whole(found) if declared.type == Kind.INT else found


def _whole(found: list[Candidate]) -> list[Candidate]:
    """Only whole numbers can be given: between two cuts the first one there is."""
    kept = []
    for each in found:
        code = each.code if each.cut else math.floor(each.low or 0) + 1
        if float(code).is_integer() and (each.cut or (each.high is not None and code < each.high)):
            kept.append(Candidate(each.name, code, low=each.low, high=each.high, cut=each.cut))
    return kept


def _range(program: Program, table: Table, declared: Input) -> tuple[float, float]:
    """From the smallest value to the largest, at most so many times what it is or what a rule compares it with."""
    low = 0.0 if declared.minimum is None else float(declared.minimum)
    if declared.maximum is not None:
        return low, float(declared.maximum)
    now = float(table.column(declared.name)[0])
    reach = float(program.basis.figures["flip_reach"])
    known = 0.0 if math.isnan(now) else abs(now)
    compared = program.cuts.get(declared.name, ())
    return low, reach * max(known, *compared, 1.0)
