"""Triggers of all workloads by what they ask for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator

from planner.models import AnswerKind
from planner.selectors import trigger_history
from workloads.models import Segment

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from planner.models import TriggerAnswer
    from planner.selectors.standing import Standing
    from planner.selectors.trigger_history import Key

# group -> what it is called, what it means, its tone and icon
GROUPS = {
    "confirmed": ("Confirmed", "fired, and the computed answer agrees", "bad", "stop"),
    "unconfirmed": (
        "Fired, not confirmed",
        "the published marker is crossed, the break-even is not",
        "warn",
        "warn",
    ),
    "fired": (
        "Fired, not computed",
        "crossed, but a price or a fact to check it with is missing",
        "warn",
        "unknown",
    ),
    "near": ("Near", "close to its level", "info", "clock"),
    "armed": ("Armed", "watched, far away", "", "open"),
    "snoozed": ("Snoozed", "somebody said why it can wait, and until when", "", "clock"),
    "resolved": ("Resolved", "cleared, or answered for good", "ok", "ok"),
    "not_evaluated": ("Not evaluated", "a fact or a feed it needs is missing", "", "unknown"),
}
QUIET = {"armed", "snoozed", "resolved", "not_evaluated"}  # shown when asked for
ANSWERED_GROUPS = {AnswerKind.SNOOZED: "snoozed", AnswerKind.RESOLVED: "resolved"}
SHOWN_AT_ONCE = 20
A_PAGE = 50
LINE_WIDTH, LINE_HEIGHT = 110.0, 20.0
FEWEST_POINTS = 3


def group_of(trigger: dict[str, Any], answer: TriggerAnswer | None = None) -> str:
    """Fired splits by whether the computed economics confirm it; what somebody answered leads elsewhere."""
    if answer and answer.kind in ANSWERED_GROUPS:
        return ANSWERED_GROUPS[AnswerKind(answer.kind)]
    if trigger["state"] != "fired":
        return str(trigger["state"])
    return {True: "confirmed", False: "unconfirmed", None: "fired"}[trigger["confirmed"]]


def asks_for_an_answer(trigger: dict[str, Any]) -> bool:
    """Whether somebody has to act: it fired, and the computed economics (or the event itself) confirm it."""
    return group_of(trigger) == "confirmed"


def shown(trigger: dict[str, Any], answer: TriggerAnswer | None = None) -> dict[str, Any]:
    """The trigger with its group, and how long its bar is: the level that fires stands at 80 %."""
    left = trigger["distance_pct"]
    fill = None if left is None else round(min(100.0, max(0.0, (100 - left) * 0.8)), 1)
    return trigger | {"group": group_of(trigger, answer), "fill": fill}


@dataclass(frozen=True)
class Watched:
    """One trigger of one part of a workload, with what was said about it and the line of its last weeks."""

    standing: Standing
    segment: str
    segment_id: int | None
    trigger: dict[str, Any]
    answer: TriggerAnswer | None = None
    points: str = ""
    may_answer: bool = False

    @property
    def is_acknowledged(self) -> bool:
        return bool(self.answer and self.answer.kind == AnswerKind.ACKNOWLEDGED)

    @property
    def answerable(self) -> bool:
        """Whether this person may say something about it now."""
        return self.may_answer and self.trigger["state"] in ("near", "fired") and self.segment_id is not None


@dataclass(frozen=True)
class Group:
    name: str
    label: str
    meaning: str
    tone: str
    icon: str
    triggers: list[Watched]
    shown: list[Watched]
    page: Page[Watched] | None = None

    @property
    def more(self) -> int:
        return len(self.triggers) - len(self.shown)


@dataclass(frozen=True)
class Watch:
    """Triggers, and the one group asked for (empty: all that are not quiet)."""

    triggers: list[Watched]
    asked: str = ""
    groups: list[Group] = field(default_factory=list)

    def of(self, group: str) -> list[Watched]:
        """Triggers of the group, the one furthest along first."""
        return self._by_group.get(group, [])

    @cached_property
    def _by_group(self) -> dict[str, list[Watched]]:
        found: dict[str, list[Watched]] = {}
        for each in sorted(self.triggers, key=lambda each: -(each.trigger["fill"] or 0)):
            found.setdefault(each.trigger["group"], []).append(each)
        return found

    def find(self, segment: int, trigger: str) -> Watched | None:
        """The trigger of the segment, as its newest decision has it."""
        found = (
            each for each in self.triggers if each.segment_id == segment and each.trigger["id"] == trigger
        )
        return next(found, None)

    @property
    def asking(self) -> int:
        """How many need an answer: confirmed, and nobody has taken note of them."""
        return sum(not each.is_acknowledged for each in self.of("confirmed"))


@dataclass(frozen=True)
class Beside:
    """What stands beside the records: segments by name, answers that hold, and whose triggers may be answered."""

    segments: dict[tuple[int, str], int]
    answers: dict[Key, TriggerAnswer]
    teams: set[int | None]

    def watched(self, standing: Standing, segment: str, trigger: dict[str, Any]) -> Watched:
        workload = standing.workload
        pk = self.segments.get((workload.pk, segment))
        answer = self.answers.get((pk or 0, trigger["id"]))
        may = bool(self.teams & {None, workload.team_id})
        return Watched(standing, segment, pk, shown(trigger, answer), answer, may_answer=may)


def watch(
    standings: list[Standing],
    asked: str = "",
    *,
    as_of: datetime,
    teams: Iterable[int | None] = (),
    page: str | int = 1,
) -> Watch:
    """Every trigger of every part of these workloads, those of TEAMS to be answered; three queries."""
    beside = _beside(standings, as_of, set(teams))
    watched = [
        beside.watched(standing, segment["name"], trigger)
        for standing in standings
        for segment in standing.segments
        for trigger in segment["triggers"]
    ]
    found = Watch(watched, asked if asked in GROUPS else "")
    return Watch(watched, found.asked, _groups(found, as_of, page))


def _beside(standings: list[Standing], as_of: datetime, teams: set[int | None]) -> Beside:
    rows = Segment.objects.filter(workload__in=[standing.workload.pk for standing in standings])
    segments = {(of, name): pk for pk, of, name in rows.values_list("pk", "workload_id", "name")}
    stands = {
        (segments.get((standing.workload.pk, segment["name"]), 0), trigger["id"]): standing_at(trigger)
        for standing in standings
        for segment in standing.segments
        for trigger in segment["triggers"]
    }
    answers = trigger_history.answers_that_hold(segments.values(), stands, as_of.date())
    return Beside(segments, answers, teams)


def standing_at(trigger: dict[str, Any]) -> str:
    """What an answer binds to: the state and the day it began."""
    return f"{trigger['state']} {trigger.get('since')}"


def _groups(found: Watch, as_of: datetime, number: str | int) -> list[Group]:
    """The groups that are not empty; those to be shown with their first triggers, each with its line."""
    page = Paginator(found.of(found.asked), A_PAGE).get_page(number)
    seen = {name: _seen(found, name, page) for name in GROUPS if found.of(name)}
    keys = [(each.segment_id or 0, each.trigger["id"]) for rows in seen.values() for each in rows]
    lines = trigger_history.lines(keys, as_of)
    return [
        Group(
            name,
            *GROUPS[name],
            found.of(name),
            [_with_line(each, lines) for each in rows],
            page if name == found.asked else None,
        )
        for name, rows in seen.items()
    ]


def _seen(found: Watch, group: str, page: Page[Watched]) -> list[Watched]:
    """A page of the group asked for; the first of each that is not quiet when none was."""
    if group == found.asked:
        return list(page.object_list)
    return [] if found.asked or group in QUIET else found.of(group)[:SHOWN_AT_ONCE]


def _with_line(each: Watched, lines: dict[Key, list[float]]) -> Watched:
    values = lines.get((each.segment_id or 0, each.trigger["id"]), [])
    return replace(each, points=points_of(values))


def points_of(values: list[float]) -> str:
    """A line through the values, lowest to highest; empty for too few to be one."""
    if len(values) < FEWEST_POINTS:
        return ""
    low, high = min(values), max(values)
    step, scale = LINE_WIDTH / (len(values) - 1), (LINE_HEIGHT - 2) / ((high - low) or 1)
    return " ".join(
        f"{place * step:.1f},{LINE_HEIGHT - 1 - (value - low) * scale:.1f}"
        for place, value in enumerate(values)
    )
