"""The roadmap drawn on the server: places in percent of the time axis, so that it scales without script."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from planner.selectors.words import count_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planner.selectors.roadmap import Journey, Roadmap, SharedStep, Step

MONTHS_A_QUARTER = 3
LEAST_DAYS = 180  # two quarters
NEAR = 1.6  # percent: diamonds closer than this are drawn as one


@dataclass(frozen=True)
class Quarter:
    label: str
    left: str
    middle: str


@dataclass(frozen=True)
class Bar:
    tone: str
    left: str
    width: str
    title: str


@dataclass(frozen=True)
class Gate:
    """One open gate, or several that stand too close to be told apart."""

    left: str
    title: str
    count: int = 1


@dataclass(frozen=True)
class Row:
    """One line of the chart; `label` and `when` stand beside it as text."""

    label: str
    when: str
    link: int | None
    bars: list[Bar]
    gates: list[Gate]
    targets: tuple[str, ...] = ()
    arrival: str = ""
    critical: list[Bar] = field(default_factory=list)

    @property
    def spoken(self) -> str:
        gates = sum(gate.count for gate in self.gates)
        ahead = f", {count_of(gates, 'open gate')}" if gates else ""
        return f"{self.label}, {self.when}{ahead}"


@dataclass(frozen=True)
class RowGroup:
    name: str
    note: str
    rows: list[Row]


@dataclass(frozen=True)
class Gantt:
    quarters: list[Quarter]
    today: str
    groups: list[RowGroup]


@dataclass(frozen=True)
class Axis:
    """Whole quarters from START until END, as places between 0 % and 100 %."""

    start: date
    end: date

    def at(self, day: date) -> float:
        share = (day - self.start).days / (self.end - self.start).days
        return round(100 * min(1.0, max(0.0, share)), 1)

    def place(self, day: date) -> str:
        return f"{self.at(day)}%"

    def bar(self, tone: str, start: date, end: date, title: str) -> Bar:
        width = max(0.8, round(self.at(end) - self.at(start), 1))
        return Bar(tone, self.place(start), f"{width}%", title)

    def quarters(self) -> list[Quarter]:
        starts = [self.start]
        while (following := next_quarter(starts[-1])) < self.end:
            starts.append(following)
        return [
            Quarter(
                f"Q{(day.month - 1) // MONTHS_A_QUARTER + 1} {day.year}"
                if _named(day, starts)
                else _short(day),
                self.place(day),
                f"{round((self.at(day) + self.at(next_quarter(day))) / 2, 1)}%",
            )
            for day in starts
        ]


def _named(day: date, starts: list[date]) -> bool:
    return day == starts[0] or day.month == 1


def _short(day: date) -> str:
    return f"Q{(day.month - 1) // MONTHS_A_QUARTER + 1}"


def quarter_start(day: date) -> date:
    return date(day.year, day.month - (day.month - 1) % MONTHS_A_QUARTER, 1)


def next_quarter(day: date) -> date:
    start = quarter_start(day)
    month = start.month + MONTHS_A_QUARTER
    return date(start.year + (month > 12), (month - 1) % 12 + 1, 1)  # noqa: PLR2004  months of a year


def axis_for(days: Iterable[date], today: date) -> Axis:
    """From the quarter of today until the quarter after the last day, two quarters at least."""
    known = [*days, today]
    start = quarter_start(min(known))
    end = next_quarter(max(known))
    while (end - start).days < LEAST_DAYS:
        end = next_quarter(end)
    return Axis(start, end)


def gantt(roadmap: Roadmap, today: date) -> Gantt:
    """Shared steps first, then one row a workload in its lane, a line for today."""
    axis = axis_for([day for each in roadmap.moving for day in (each.start, each.end)], today)
    groups = [
        RowGroup(
            lane.name,
            f"{lane.note}{' · ' if lane.note else ''}{count_of(len(lane.journeys), 'workload')}",
            [_journey(axis, each) for each in lane.journeys],
        )
        for lane in roadmap.lanes
    ]
    if roadmap.shared:
        rows = [_shared(axis, shared) for shared in roadmap.shared]
        groups.insert(0, RowGroup("Shared steps", "done once for everybody", rows))
    return Gantt(axis.quarters(), axis.place(today), groups)


def _journey(axis: Axis, journey: Journey) -> Row:
    """From the first step to the arrival: what prepares a move, then the move, leg by leg; below it what is critical."""
    standing = journey.standing
    bars, since = [], journey.start
    for name, start, end in journey.moves:
        if start > since:
            bars.append(axis.bar("todo", since, start, _span("Preparation", since, start)))
        bars.append(axis.bar("mid", start, end, _span(f"Traffic to class {name}", start, end)))
        since = end
    if not journey.moves:
        bars.append(axis.bar("todo", since, journey.end, _span("Preparation", since, journey.end)))
    return Row(
        str(standing.workload),
        _months(journey.start, journey.end),
        standing.workload.pk,
        bars,
        _gates(axis, [step for step in journey.steps if step.is_open_gate]),
        standing.targets,
        axis.place(journey.end) if journey.arrival else "",
        [axis.bar("crit", step.start, step.end, _title(step)) for step in journey.critical],
    )


def _gates(axis: Axis, steps: list[Step]) -> list[Gate]:
    """Open gates in order; those that would lie on top of each other become one diamond."""
    close_together: list[list[Step]] = []
    for step in sorted(steps, key=lambda each: each.end):
        if close_together and axis.at(step.end) - axis.at(close_together[-1][0].end) < NEAR:
            close_together[-1].append(step)
        else:
            close_together.append([step])
    return [
        Gate(axis.place(each[-1].end), "; ".join(_title(step) for step in each), len(each))
        for each in close_together
    ]


def _shared(axis: Axis, shared: SharedStep) -> Row:
    step = shared.step
    bar = axis.bar("shared", step.start, step.end, _title(step))
    gates = _gates(axis, [step] if step.is_open_gate else [])
    return Row(step.said["label"], _months(step.start, step.end), None, [bar], gates)


def _span(what: str, start: date, end: date) -> str:
    return f"{what}: {start:%-d %b %Y} to {end:%-d %b %Y}"


def _title(step: Step) -> str:
    return f"{step.said['label']}: {step.start:%-d %b %Y} to {step.end:%-d %b %Y}, {step.said['owner']}"


def _months(start: date, end: date) -> str:
    if (start.year, start.month) == (end.year, end.month):
        return f"{end:%b} '{end:%y}"
    return f"{start:%b} to {end:%b} '{end:%y}"
