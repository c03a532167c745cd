"""Analysis of a policy while it is being edited: what can never hold, what adds nothing, what contradicts itself.

Rows are judged as if every input could take every value by itself; two inputs of which one follows from the other
may therefore be found together in a box that no workload can reach.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from planner.engine.analysis.conditions import idle_conditions
from planner.engine.analysis.finding import Fault, Finding, Severity, refusal
from planner.engine.analysis.mapped import Mapped
from planner.engine.analysis.musts import contradictions, shadowed
from planner.engine.analysis.upkeep import stale_parameters, unexercised, unread
from planner.engine.expression import ExpressionError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import date

    from planner.engine.policy import Policy

__all__ = ["Fault", "Finding", "Severity", "findings", "refusal"]

SEVERITIES: Final = tuple(Severity)
FAULTS: Final = tuple(Fault)


def findings(
    policy: Policy,
    as_of: date,
    cases: Sequence[Mapping[str, Any]] = (),
    read_elsewhere: Collection[str] | None = None,
) -> tuple[Finding, ...]:
    """Everything found in a loaded policy, errors first.

    `cases` are the values of all inputs in each case, to tell rows that none exercises; `read_elsewhere` the names
    that programs read, to tell those nobody reads. Without them these two questions are not asked.
    """
    found = [*_logic(policy, as_of), *stale_parameters(policy, as_of)]
    if read_elsewhere is not None:
        found += unread(policy, read_elsewhere)
    if cases:
        found += unexercised(policy, policy.figures(as_of), cases)
    return tuple(sorted(found, key=_order))


def _logic(policy: Policy, as_of: date) -> Iterator[Finding]:
    try:
        mapped = Mapped.of(policy, as_of)
    except ExpressionError as error:
        yield Finding(Fault.UNSEEN, Severity.WARNING, "inputs.toml", (), "values", f"{error}.")
        return
    yield from mapped.unseen
    yield from idle_conditions(mapped)
    yield from shadowed(mapped)
    yield from contradictions(mapped)


def _order(finding: Finding) -> tuple[int, int]:
    return SEVERITIES.index(finding.severity), FAULTS.index(finding.fault)
