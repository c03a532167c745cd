"""Where one workload stands: what a record says, counted once for tiles, lists and sentences alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import TextChoices

from planner.engine import vocabulary
from planner.selectors.decisions import current_decisions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from planner.models import Decision
    from workloads.models import Workload

CLASSES = vocabulary.CLASS_LABELS  # from less to more sovereign
NOWHERE = "none"


class Posture(TextChoices):
    """Each workload has exactly one: the tiles add up to the portfolio."""

    STAY = "stay", "Stay"
    UP = "up", "Move up"
    DOWN = "down", "May move down"
    START = "start", "Not running yet"
    BLOCKED = "blocked", "Blocked"


def class_of(variant: str | None) -> str:
    """The class that a variant is shown under."""
    return vocabulary.CLASS_OF[variant] if variant else NOWHERE


@dataclass(frozen=True)
class Standing:
    """A workload by its newest decision. A workload with parts stands where its worst-off part does."""

    decision: Decision

    @property
    def workload(self) -> Workload:
        return self.decision.workload

    @property
    def record(self) -> dict[str, Any]:
        content: dict[str, Any] = self.decision.record.record
        return content

    @property
    def segments(self) -> list[dict[str, Any]]:
        return list(self.record["segments"])

    @cached_property
    def today(self) -> str:
        """The class that serves it today, as the decision read it."""
        for segment in self.segments:
            for fact in segment["facts"]:
                if fact["name"] == "current_class":
                    return str(fact["value"] or NOWHERE)
        return str(self.workload.facts.get("current_class") or NOWHERE)

    @property
    def runs_on(self) -> str:
        """The class today for a chip: empty where nothing serves it yet."""
        return "" if self.today == NOWHERE else self.today

    @property
    def today_label(self) -> str:
        return CLASSES.get(self.today, "Nothing yet")

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """Target classes of its parts, each once, from less to more sovereign."""
        found = {class_of(segment["target"]) for segment in self.segments if segment["target"]}
        return tuple(name for name in CLASSES if name in found)

    @cached_property
    def posture(self) -> Posture:
        if any(segment["status"] in {"blocked", "infeasible"} for segment in self.segments):
            return Posture.BLOCKED
        if self.today == NOWHERE:
            return Posture.START
        rank = list(CLASSES).index
        if any(rank(target) > rank(self.today) for target in self.targets):
            return Posture.UP
        if any(rank(target) < rank(self.today) for target in self.targets):
            return Posture.DOWN
        return Posture.STAY

    @property
    def should_move(self) -> bool:
        return self.posture in {Posture.UP, Posture.DOWN}

    @property
    def travels(self) -> bool:
        """Whether a part has a target that is not where it runs; also when it may run nowhere until then."""
        return any(target != self.today for target in self.targets)

    @cached_property
    def provisional(self) -> bool:
        """Whether an unapproved classification or an unknown fact may still change the answer."""
        return any(
            segment["status"] == "provisional" or segment["classification"] == "proposed"
            for segment in self.segments
        )

    @cached_property
    def exposed(self) -> bool:
        """Whether it runs today where its data may not go."""
        return any(forbids(segment, self.today) for segment in self.segments)

    @property
    def cost_target(self) -> float | None:
        amount: float | None = self.record["cost_target_usd_month"]
        return amount

    @property
    def held_up(self) -> float | None:
        """What waiting for the approval costs a month; None where nothing waits or a price is unknown."""
        if self.decision.if_approved is None or self.cost_target is None:
            return None
        after = self.decision.if_approved.record["cost_target_usd_month"]
        return None if after is None else float(self.cost_target - after)


def forbids(segment: dict[str, Any], today: str) -> bool:
    """Whether every variant of the class is excluded by a rule about data."""
    variants = [variant for variant in vocabulary.VARIANTS if class_of(variant) == today]
    about_data = {pk for pk, row in segment["rows"].items() if row["layer"] == "compliance"}
    return bool(variants) and all(about_data & set(segment["excluded"].get(v, ())) for v in variants)


def standings(workloads: Iterable[Workload] | QuerySet[Workload]) -> list[Standing]:
    """Every workload that has a decision, by name."""
    return [Standing(decision) for decision in current_decisions(workloads)]


def move_words(move: dict[str, Any]) -> str:
    """One move in one line: `segment: 2e (Closed API, decided) -> 3r (Open-weight API, decided)`."""
    return f"{move['segment']}: {_answer_words(move['was'])} -> {_answer_words(move['is'])}"


def _answer_words(answer: dict[str, Any] | None) -> str:
    if answer is None:
        return "new"
    if answer["target"] is None:
        return str(answer["status"])
    return f"{answer['target']} ({CLASSES[class_of(answer['target'])]}, {answer['status']})"
