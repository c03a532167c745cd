"""The state of a trigger: from what it was and what is found now to what it is. History comes in and goes out as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from planner.engine.facts import Past
    from planner.engine.measures import Measures
    from planner.engine.policy import Row
    from planner.engine.triggers.found import Found

ARMED: Final = "armed"
NEAR: Final = "near"
FIRED: Final = "fired"
RESOLVED: Final = "resolved"
NOT_EVALUATED: Final = "not_evaluated"

DAYS_PER_WEEK: Final = 7
MONTHS_PER_YEAR: Final = 12
# A day's period, numbered so that the next one is one more; weeks begin on Monday.
PERIOD: Final[Mapping[str, Callable[[date], int]]] = {
    "day": date.toordinal,
    "week": lambda day: (day.toordinal() - 1) // DAYS_PER_WEEK,
    "month": lambda day: day.year * MONTHS_PER_YEAR + day.month,
}
# At most so long each, for whoever fetches the history.
LONGEST: Final = {"day": timedelta(days=1), "week": timedelta(weeks=1), "month": timedelta(days=31)}


def last_of_each(
    crossings: Iterable[tuple[date, bool]], each: str, *, before: date
) -> tuple[tuple[date, bool], ...]:
    """The last reading of every period that ended before the one of a day; the current one is read anew."""
    number = PERIOD[each]
    last = {number(day): (day, was) for day, was in sorted(crossings, key=lambda pair: pair[0])}
    return tuple(last[period] for period in sorted(last) if period < number(before))


@dataclass(frozen=True, slots=True)
class Sustain:
    """For how long a level must be passed: in `n` of the last `of` periods, the current one among them."""

    n: int = 1
    of: int = 1
    each: str = "day"

    @classmethod
    def asked(cls, row: Row, measures: Measures) -> Sustain:
        """What the row asks for; without a word of it, one reading is enough."""
        cells = row.cell("sustain")
        if cells is None:
            return cls()
        return cls(int(measures.figures[cells["n"]]), int(measures.figures[cells["of"]]), cells["each"])

    def count(self, past: Past | None, crossed: bool | None, as_of: date) -> int:
        """In how many of the last periods the level was passed. A period nobody looked at counts as none."""
        number = PERIOD[self.each]
        current = number(as_of)
        seen = last_of_each(past.crossings, self.each, before=as_of) if past else ()
        before = sum(was for day, was in seen if current - number(day) < self.of)
        return before + bool(crossed)


@dataclass(frozen=True, slots=True)
class Stand:
    """The state of a trigger, since when, and in how many periods its level was passed."""

    state: str
    since: date | None
    count: int


def advance(past: Past | None, found: Found, sustain: Sustain, resolved_days: float, as_of: date) -> Stand:
    """The state that follows. Once fired it stays so until the clear level is passed; then it is resolved for a
    while. What cannot be evaluated says so, and leaves the history as it was.
    """
    count = sustain.count(past, found.crossed, as_of)
    if found.crossed is None:
        return Stand(NOT_EVALUATED, None, count)
    state = _next(past, found, sustain, count, resolved_days, as_of)
    since = past.since if past and past.state == state else as_of
    return Stand(state, since, count)


def _next(
    past: Past | None, found: Found, sustain: Sustain, count: int, resolved_days: float, as_of: date
) -> str:
    if past and past.state == FIRED:
        return RESOLVED if found.cleared else FIRED
    if found.crossed and count >= sustain.n:
        return FIRED
    if is_fresh(past, resolved_days, as_of):
        return RESOLVED
    return NEAR if found.crossed or found.close else ARMED


def is_fresh(past: Past | None, resolved_days: float, as_of: date) -> bool:
    """Whether it was resolved so lately that it is still shown as such."""
    return bool(past and past.state == RESOLVED and as_of - past.since < timedelta(days=resolved_days))
