"""Why a part runs elsewhere in a scenario: what is gone, which rule or gate stands in the way, or which price won."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from planner.engine.policy import Row
    from planner.engine.scenarios.answers import Answer

GONE: Final = "gone"  # nobody offers the placement any more
RULE: Final = "rule"  # a rule excludes it that did not before
GATE: Final = "gate"  # a gate stands before it that did not, or that nobody can close any more
PRICE: Final = "price"  # the placement costs less than the one before, which is still possible


@dataclass(frozen=True, slots=True)
class Reason:
    """One cause of a flip; `rows` are the rules or gates that make it, `usd` both placements' costs then."""

    kind: str
    variant: str
    rows: tuple[Row, ...] = ()
    usd: tuple[float | None, float | None] = (None, None)


def reasons(before: Answer, after: Answer) -> tuple[Reason, ...]:
    """What took the placement of today away, at target or, where that stays, at once; the price where nothing did."""
    column = "target" if before.target != after.target else "now"
    was, becomes = getattr(before, column), getattr(after, column)
    if was == becomes or was is None:
        return ()
    if was in after.gone:
        return (Reason(GONE, was),)
    against = _new_rows(before, after, was)
    if against:
        return (Reason(RULE, was, against),)
    stands = _new_gates(before, after, was, at_once=column == "now")
    if stands:
        return (Reason(GATE, was, stands),)
    return (Reason(PRICE, was, usd=(after.usd.get(was), after.usd.get(becomes or ""))),)


def _new_rows(before: Answer, after: Answer, variant: str) -> tuple[Row, ...]:
    known = {row.id for row in before.weighed.fired}
    return tuple(row for row in after.weighed.fired if variant not in row.mask and row.id not in known)


def _new_gates(before: Answer, after: Answer, variant: str, *, at_once: bool) -> tuple[Row, ...]:
    def barring(answer: Answer) -> dict[str, Row]:
        gates = (each for each in answer.weighed.gates if each.open and variant in each.variants)
        return {each.row.id: each.row for each in gates if at_once or not each.closable}

    known = barring(before)
    return tuple(row for pk, row in barring(after).items() if pk not in known)
