"""The roadmap drawn on the server: places in percent of the time axis, so that it scales without script."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from planner.selectors.words import count_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planner.selectors.roadmap import Journey, Roadmap, SharedStep, Step

MONTHS_A_QUARTER = 3
LEAST_QUARTERS = 4


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
    left: str
    closed: bool
    title: str


@dataclass(frozen=True)
class Row:
    """One line of the chart; `label` and `when` stand beside it as text."""

    label: str
    when: str
    link: int | None
    bars: list[Bar]
    gates: list[Gate]

    @property
    def spoken(self) -> str:
        gates = f", {count_of(len(self.gates), 'gate')}" if self.gates else ""
        return f"{self.label}, {self.when}{gates}"


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
    """From the quarter of today until the quarter after the last day, a year at least."""
    known = [*days, today]
    start = quarter_start(min(known))
    end = next_quarter(max(known))
    for _ in range(LEAST_QUARTERS):
        if (end - start).days < 365:  # noqa: PLR2004  days of a year
            end = next_quarter(end)
    return Axis(start, end)


def gantt(roadmap: Roadmap, today: date) -> Gantt:
    """Shared steps first, then one row a workload in its lane, a line for today."""
    axis = axis_for(
        [day for each in roadmap.moving for step in each.steps for day in (step.start, step.end)], today
    )
    groups = [
        RowGroup(
            lane.name,
            count_of(len(lane.journeys), "workload"),
            [_journey(axis, each) for each in lane.journeys],
        )
        for lane in roadmap.lanes
    ]
    if roadmap.shared:
        rows = [_shared(axis, shared) for shared in roadmap.shared]
        groups.insert(0, RowGroup("Shared steps", "done once for everybody", rows))
    return Gantt(axis.quarters(), axis.place(today), groups)


def _journey(axis: Axis, journey: Journey) -> Row:
    name = str(journey.standing.workload)
    bars = [axis.bar(_tone(step), step.start, step.end, _title(step)) for step in journey.own]
    gates = [
        Gate(axis.place(step.end), bool(step.said["done"]), _title(step))
        for step in journey.steps
        if step.said["kind"] == "gate"
    ]
    return Row(name, _months(journey.start, journey.end), journey.standing.workload.pk, bars, gates)


def _shared(axis: Axis, shared: SharedStep) -> Row:
    step = shared.step
    if step.said["kind"] == "gate":
        gate = Gate(axis.place(step.end), bool(step.said["done"]), _title(step))
        return Row(step.said["label"], _months(step.start, step.end), None, [], [gate])
    bar = axis.bar("shared", step.start, step.end, _title(step))
    return Row(step.said["label"], _months(step.start, step.end), None, [bar], [])


def _tone(step: Step) -> str:
    return "done" if step.said["done"] else "todo"


def _title(step: Step) -> str:
    return f"{step.said['label']}: {step.start:%-d %b %Y} to {step.end:%-d %b %Y}, {step.said['owner']}"


def _months(start: date, end: date) -> str:
    if (start.year, start.month) == (end.year, end.month):
        return f"{end:%b} '{end:%y}"
    return f"{start:%b} to {end:%b} '{end:%y}"
