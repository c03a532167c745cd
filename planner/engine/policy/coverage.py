"""Coverage: for every statement of the guides the row that carries it out, or the reason why none does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from planner.engine.policy.statements import COVERAGE, STATEMENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from planner.engine.policy.load import Policy
    from planner.engine.policy.rows import Row
    from planner.engine.policy.statements import Reason, Statement

ENGINE: Final = "planner.engine."


@dataclass(frozen=True, slots=True)
class Entry:
    """A canonical statement with the rows that carry it out, or the reason why there is none."""

    statement: Statement
    rows: tuple[Row, ...]
    reason: Reason | None

    @property
    def lost(self) -> bool:
        return not self.rows and self.reason is None

    @property
    def doubled(self) -> bool:
        return bool(self.rows) and self.reason is not None


@dataclass(frozen=True)
class Coverage:
    """What became of the guides: one entry for each canonical statement, and the rows that are none of theirs."""

    entries: tuple[Entry, ...]
    restatements: int
    uncited: tuple[str, ...]
    others: tuple[Row, ...]
    broken: tuple[str, ...]

    @property
    def with_row(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.rows)

    @property
    def with_reason(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.reason and not entry.rows)

    @property
    def headline(self) -> str:
        told = len(self.with_row) + len(self.with_reason)
        return (
            f"{told} of {len(self.entries)} canonical statements: {len(self.with_row)} rows, "
            f"{len(self.with_reason)} with a reason"
        )

    @cached_property
    def faults(self) -> tuple[str, ...]:
        """What is wrong, one sentence each; none when every statement is told once and every name is there."""
        lost = [f"{each.statement.id}: neither a row nor a reason." for each in self.entries if each.lost]
        doubled = [
            f"{each.statement.id}: has a row and a reason; take one away."
            for each in self.entries
            if each.doubled
        ]
        uncited = [f"{each}: a restatement that no row and no reason cites." for each in self.uncited]
        return (*lost, *doubled, *uncited, *self.broken)


def coverage(policy: Policy) -> Coverage:
    """The account of a policy: every statement with its rows or its reason, and what does not add up."""
    rows = [row for table in policy.tables.values() for row in table]
    carried: dict[str, list[Row]] = {}
    for row in rows:
        for statement in row.carries:
            carried.setdefault(statement, []).append(row)
    canonical = [each for each in policy.guides.statements.values() if each.canonical]
    restated = [each.id for each in policy.guides.statements.values() if not each.canonical]
    cited = set(carried).union(
        *(row.restates for row in rows), *(reason.restates for reason in policy.guides.reasons.values())
    )
    return Coverage(
        entries=tuple(
            Entry(each, tuple(carried.get(each.id, ())), policy.guides.reasons.get(each.id))
            for each in canonical
        ),
        restatements=len(restated),
        uncited=tuple(each for each in restated if each not in cited),
        others=tuple(row for row in rows if not any(each.id in row.carries for each in canonical)),
        broken=tuple(_broken(policy, rows)),
    )


def _broken(policy: Policy, rows: Iterable[Row]) -> Iterator[str]:
    """Everything named that is not there."""
    for row in rows:
        where = f"{row.table}.toml, row {row.id}"
        yield from _unknown(policy, where, "covers", row.carries[1:], canonical=True)
        yield from _unknown(policy, where, "restates", row.restates, canonical=False)
    for reason in policy.guides.reasons.values():
        where = f"{COVERAGE}, row {reason.id}"
        yield from _unknown(policy, where, "id", (reason.id,), canonical=True)
        yield from _unknown(policy, where, "restates", reason.restates, canonical=False)
        for place in reason.shown_at:
            if not _exists(policy, place):
                yield f"{where}, column shown_at: there is no {place}."


def _unknown(
    policy: Policy, where: str, column: str, ids: Iterable[str], *, canonical: bool
) -> Iterator[str]:
    kind = "canonical statement" if canonical else "restatement"
    for each in ids:
        statement = policy.guides.statements.get(each)
        if statement is None or statement.canonical is not canonical:
            yield f"{where}, column {column}: {each} is no {kind} of {STATEMENTS}."


def _exists(policy: Policy, place: str) -> bool:
    """Whether a place written kind:name is there: parameter, input, tier, row, or a module of the engine."""
    kind, _, name = place.partition(":")
    match kind:
        case "parameter":
            return name in policy.parameters
        case "input":
            return name in policy.inputs
        case "tier":
            return name in policy.tiers
        case "row":
            return any(row.id == name for table in policy.tables.values() for row in table)
        case "module":
            return name.startswith(ENGINE) and _is_module(name)
        case _:
            return False


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False
