"""What a policy carries along: parameters to look at again, figures and facts nobody reads, rows no case exercises."""

from __future__ import annotations

from calendar import monthrange
from typing import TYPE_CHECKING, Any, Final

from planner.engine.analysis.finding import Fault, Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import date

    from planner.engine.policy import Parameter, Policy, Row

REVIEW: Final = "parameter_review_months"
DECIDING: Final = ("constraints", "preferences", "gates", "classify")
YEAR: Final = 12
WRITTEN: Final = ("produces",)  # a column that names facts it sets, not facts it reads


def stale_parameters(policy: Policy, as_of: date) -> Iterator[Finding]:
    """Parameters last checked longer ago than the policy allows."""
    if REVIEW not in policy.parameters:
        return
    months = int(policy.parameter(REVIEW, as_of).value)
    for parameter in policy.parameters.values():
        due = _later(parameter.checked, months)
        if due < as_of:
            yield _stale(parameter, months, due)


def _stale(parameter: Parameter, months: int, due: date) -> Finding:
    return Finding(
        Fault.STALE,
        Severity.WARNING,
        "parameters.toml",
        (parameter.name,),
        "checked",
        f"{parameter.label} was last checked on {parameter.checked}; after {months} months it was due on {due}.",
    )


def _later(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, YEAR)
    year, month = day.year + year, month + 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))


def unread(policy: Policy, elsewhere: Collection[str]) -> Iterator[Finding]:
    """Parameters and inputs that no row names, and nothing outside the policy's tables either."""
    read = set(elsewhere) | {policy.tie_tolerance, *policy.capacity.values(), REVIEW}
    for rows in policy.tables.values():
        for row in rows:
            read |= _read_by(row)
    for declared in policy.ratios.values():
        read |= set(declared.ratio)
    for file, names in (("parameters.toml", policy.parameters), ("inputs.toml", policy.inputs)):
        for name in names:
            if name not in read:
                sentence = f"Nothing reads {name}; use it in a row, or take it out."
                yield Finding(Fault.UNREAD, Severity.NOTE, file, (name,), "-", sentence)


def _read_by(row: Row) -> set[str]:
    """The names in a row: those its conditions ask, and those its cells give, as a level, a duration or a value."""
    asked = {name for each in row.expressions.values() for name in (*each.names, *each.parameters)}
    given = (value for column, value in row.cells.items() if column not in WRITTEN)
    return asked | {text for value in given for text in _texts(value)}


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _texts(each)


def unexercised(
    policy: Policy, figures: Mapping[str, Any], cases: Sequence[Mapping[str, Any]]
) -> Iterator[Finding]:
    """Rows whose condition holds in none of the cases, each a value for every input."""
    for table, rows in policy.tables.items():
        for row in rows:
            if "when" in row.expressions and not any(row.holds("when", case, figures) for case in cases):
                severity = Severity.WARNING if table in DECIDING else Severity.NOTE
                sentence = f"{row.id} holds in none of the {len(cases)} cases."
                yield Finding(Fault.UNEXERCISED, severity, f"{table}.toml", (row.id,), "when", sentence)
