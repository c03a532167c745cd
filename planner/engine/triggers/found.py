"""What one run finds of a trigger: the value, its levels, which of them are passed, and why not where nobody can say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from planner.engine.measures import COST_OF, RESTS_ON
from planner.engine.vocabulary import Source

if TYPE_CHECKING:
    from planner.engine.facts import Facts
    from planner.engine.measures import Measures
    from planner.engine.policy import Row

UNKNOWN: Final = "unknown"  # a fact it needs was not supplied
STALE: Final = "stale"  # the fact was measured too long ago
EXCLUDED: Final = "excluded"  # no placement it compares is permitted
UNPRICED: Final = "unpriced"  # a cost cannot be worked out
VOLUME: Final = "tokens_month"
BILLS: Final = ("api_spend_month", "api_spend_year", "standing_cost", *COST_OF)


@dataclass(frozen=True, slots=True)
class Gap:
    """Why a trigger cannot be evaluated: the kind of gap, the facts behind it, and since when they are stale."""

    why: str
    names: tuple[str, ...]
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The value and the levels of one trigger on one day. `crossed` is None where nobody can say."""

    value: Any
    near: float | None
    fire: float | None
    clear: float | None
    below: bool
    crossed: bool | None
    cleared: bool
    close: bool
    gap: Gap | None = None

    @property
    def distance_pct(self) -> float | None:
        """How much of the level is left, in percent of it; negative beyond it."""
        if not self.fire or self.left is None:
            return None
        return round(100 * self.left / self.fire, 1)

    @property
    def left(self) -> float | None:
        """How much is left to the level, in the unit of the metric; negative beyond it."""
        if self.fire is None or isinstance(self.value, bool) or not isinstance(self.value, (int, float)):
            return None
        return self.value - self.fire if self.below else self.fire - self.value


def find(row: Row, facts: Facts, measures: Measures, as_of: date) -> Found:
    """The reading of a trigger on a day: an assumption is no measurement, and a stale one counts for nothing."""
    metric = str(row.cell("metric"))
    value = measures.values.get(metric) if metric in measures.known else None
    stale = _stale(metric, facts, measures, as_of)
    near, fire, clear = _levels(row, measures)
    below = bool(row.cell("below"))
    if "fires" in row.expressions:
        crossed = _fires(row, value, measures)
        gap = stale or (Gap(UNKNOWN, _missing(metric, measures)) if crossed is None else None)
        return Found(
            value, near, None, None, below, None if gap else crossed, not crossed, close=False, gap=gap
        )
    gap = stale or _gap(row, value, fire, measures)
    if gap or value is None or fire is None or near is None or clear is None:
        return Found(value, near, fire, clear, below, None, cleared=False, close=False, gap=gap)
    return Found(
        value,
        near,
        fire,
        clear,
        below,
        crossed=passed(value, fire, below=below),
        cleared=not passed(value, clear, below=below),
        close=passed(value, near, below=below),
    )


def passed(value: float, level: float, *, below: bool) -> bool:
    """Whether the value has reached the level, from above or from below."""
    return value < level if below else value >= level


def _fires(row: Row, value: Any, measures: Measures) -> bool | None:
    """Whether the event is there; a condition that holds on a known fact holds, whatever else is unknown."""
    names = row.expressions["fires"].names
    if row.holds("fires", measures.values, measures.figures) and any(
        name in measures.known for name in names
    ):
        return True
    return None if value is None else False


def _levels(row: Row, measures: Measures) -> tuple[float | None, float | None, float | None]:
    """The level before, the level that fires, and the one that clears; a share of the level where none is given."""
    fire = _level(row.cell("fire"), measures)
    near, clear = _level(row.cell("near"), measures), _level(row.cell("clear"), measures)
    if fire is None:
        return near, fire, clear
    below = bool(row.cell("below"))
    near = _before(fire, "near_share", measures, below=below) if near is None else near
    clear = _before(fire, "clear_share", measures, below=below) if clear is None else clear
    return near, fire, max(clear, fire) if below else min(clear, fire)


def _before(fire: float, share: str, measures: Measures, *, below: bool) -> float:
    part = float(measures.figures[share])
    return fire / part if below else fire * part


def _level(name: str | None, measures: Measures) -> float | None:
    if name is None:
        return None
    if name in measures.figures:
        return float(measures.figures[name])
    value = measures.values.get(name) if name in measures.known else None
    return None if value is None else float(value)


def _gap(row: Row, value: Any, fire: float | None, measures: Measures) -> Gap | None:
    """What is missing of the two sides compared: the metric first, then the level."""
    for name, side in ((str(row.cell("metric")), value), (str(row.cell("fire")), fire)):
        if side is None:
            if name in measures.excluded:
                return Gap(EXCLUDED, (name,))
            unpriced = name in COST_OF and VOLUME in measures.known
            return Gap(UNPRICED, (name,)) if unpriced else Gap(UNKNOWN, _missing(name, measures))
    return None


def _missing(name: str, measures: Measures) -> tuple[str, ...]:
    """The facts nobody supplied that the name rests on; itself where it rests on none."""
    parts = tuple(part for part in _rests_on(name) if part not in measures.known)
    return parts or (name,)


def _rests_on(name: str) -> tuple[str, ...]:
    return RESTS_ON.get(name) or ((VOLUME,) if name in BILLS else (name,))


def _stale(metric: str, facts: Facts, measures: Measures, as_of: date) -> Gap | None:
    """A measured fact behind the metric that is older than the policy allows."""
    oldest = as_of - timedelta(days=float(measures.figures["feed_stale_days"]))
    for name in (metric, *_rests_on(metric)):
        fact = facts.get(name)
        if fact is None or fact.source != Source.OBSERVED or fact.at is None:
            continue
        day = fact.at.date() if isinstance(fact.at, datetime) else fact.at
        if day < oldest:
            return Gap(STALE, (name,), day)
    return None
