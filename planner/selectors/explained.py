"""A decision laid out for its page: one part at a time, with what an approval would change."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from planner.selectors import runs, why
from planner.selectors.decisions import current_decision
from planner.selectors.standing import CLASSES, Standing, class_of, forbids
from planner.selectors.watch import GROUPS, QUIET, shown
from workloads.selectors import classifications

if TYPE_CHECKING:
    from datetime import datetime

    from planner.models import Decision, PlanRun
    from workloads.models import Workload
    from workloads.selectors.classifications import Effective


PHASES = {
    "decide": "Decide first",
    "foundation": "Lay the ground",
    "evidence": "Find out",
    "prepare": "Prepare",
    "move": "Move",
}
RECURRING = "operate"


@dataclass(frozen=True)
class Phase:
    """Steps of one kind of work, in order of start."""

    label: str
    steps: list[dict[str, Any]]

    @property
    def start(self) -> str:
        return str(min(step["start"] for step in self.steps))

    @property
    def end(self) -> str:
        return str(max(step["end"] for step in self.steps))


@dataclass(frozen=True)
class Part:
    """One segment of the record, its classification today and its answer if that were approved."""

    segment: dict[str, Any]
    if_approved: dict[str, Any] | None
    classification: Effective | None
    today: str

    @property
    def exposed(self) -> bool:
        """Whether this part runs today where its data may not go."""
        return forbids(self.segment, self.today)

    @property
    def cost_now(self) -> float | None:
        return self._cost(self.segment["now"])

    @property
    def cost_target(self) -> float | None:
        return self._cost(self.segment["target"])

    def _cost(self, variant: str | None) -> float | None:
        amount: float | None = self.segment["costs"].get(variant) if variant else None
        return amount

    @property
    def now_label(self) -> str:
        return CLASSES.get(class_of(self.segment["now"]), "Nowhere")

    @property
    def target_label(self) -> str:
        return CLASSES.get(class_of(self.segment["target"]), "None yet")

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The rules that fired, in the order in which they took placements away; then the others."""
        order = [step["row"] for step in self.segment["ladder"]]
        rows = self.segment["rows"]
        return [rows[pk] for pk in order if pk in rows] + [row for pk, row in rows.items() if pk not in order]

    @cached_property
    def conflict(self) -> list[dict[str, Any]]:
        """For each rule that excludes something: which of the eight placements, and what it says."""
        excluded = self.segment["excluded"]
        return [
            {"row": row, "variants": {variant for variant, ids in excluded.items() if row["id"] in ids}}
            for row in self.rows
            if any(row["id"] in ids for ids in excluded.values())
        ]

    @cached_property
    def binding(self) -> set[str]:
        """Rules, gates and preferences without any one of which the answer would be another."""
        rows = (*self.segment["rows"].values(), *self.segment["gates"])
        return {row["id"] for row in rows if row.get("binding")}

    @cached_property
    def why(self) -> list[dict[str, Any]]:
        return why.classes_in_full(self.segment)

    @property
    def flips_first(self) -> list[dict[str, Any]]:
        return why.flips_shown(self.segment)[0]

    @property
    def flips_more(self) -> list[dict[str, Any]]:
        return why.flips_shown(self.segment)[1]

    @property
    def flips_more_count(self) -> int:
        return sum(len(group["flips"]) for group in self.flips_more)

    @property
    def scorecards_differ(self) -> int:
        return why.answers_elsewhere(self.segment)

    @cached_property
    def decisive(self) -> set[str]:
        """Rules named by a way out where nothing fits: taking one away opens a placement."""
        return {pk for relaxation in self.segment["relaxations"] for pk in relaxation["rows"]}

    @cached_property
    def triggers(self) -> list[dict[str, Any]]:
        """Those that say something today: fired or near."""
        return [each for each in self._triggers if each["group"] not in QUIET]

    @cached_property
    def quiet_triggers(self) -> list[dict[str, Any]]:
        return [each for each in self._triggers if each["group"] in QUIET]

    @cached_property
    def _triggers(self) -> list[dict[str, Any]]:
        order = list(GROUPS)
        return sorted(map(shown, self.segment["triggers"]), key=lambda each: order.index(each["group"]))

    @property
    def steps_done(self) -> list[dict[str, Any]]:
        return [step for step in self.segment["steps"] if step["done"]]

    @property
    def steps_recurring(self) -> list[dict[str, Any]]:
        """What keeps the answer true once it is reached."""
        return [step for step in self._ahead if step["phase"] == RECURRING]

    @cached_property
    def phases(self) -> list[Phase]:
        """What is ahead, until the arrival."""
        by_phase: dict[str, list[dict[str, Any]]] = {}
        for step in self._ahead:
            by_phase.setdefault(step["phase"], []).append(step)
        return [Phase(label, by_phase[name]) for name, label in PHASES.items() if name in by_phase]

    @property
    def _ahead(self) -> list[dict[str, Any]]:
        return [step for step in self.segment["steps"] if not step["done"]]

    @cached_property
    def facts_that_decided(self) -> list[dict[str, Any]]:
        """Facts that a rule that fired read, then what was measured."""
        names = {fact["name"] for row in self.rows for fact in row["facts"]}
        read = [fact for fact in self.segment["facts"] if fact["name"] in names]
        measured = [fact for fact in self.segment["facts"] if fact["source"] == "observed"]
        return read + [fact for fact in measured if fact not in read]

    @property
    def other_facts(self) -> list[dict[str, Any]]:
        return [fact for fact in self.segment["facts"] if fact not in self.facts_that_decided]

    @property
    def open_gates(self) -> list[dict[str, Any]]:
        return [gate for gate in self.segment["gates"] if gate["open"]]

    @property
    def closed_gates(self) -> list[dict[str, Any]]:
        return [gate for gate in self.segment["gates"] if not gate["open"]]

    @cached_property
    def costs(self) -> list[dict[str, Any]]:
        """Placements with what they cost and of what, the cheapest first, unknown ones last."""
        parts = self.segment["cost_parts"]
        found = [
            {"variant": variant, "usd_month": cost, "parts": parts.get(variant)}
            for variant, cost in self.segment["costs"].items()
        ]
        return sorted(found, key=lambda row: (row["usd_month"] is None, row["usd_month"] or 0))


@dataclass(frozen=True)
class Explained:
    workload: Workload
    decision: Decision | None
    number: int
    classifications: dict[str, Effective]
    run: PlanRun | None

    @property
    def standing(self) -> Standing | None:
        return Standing(self.decision) if self.decision else None

    @property
    def record(self) -> dict[str, Any]:
        return self.decision.record.record if self.decision else {}

    @cached_property
    def part(self) -> Part | None:
        if self.decision is None:
            return None
        segment = self.record["segments"][self.number - 1]
        then = self.decision.if_approved.record["segments"] if self.decision.if_approved else []
        if_approved = next((each for each in then if each["name"] == segment["name"]), None)
        holds = self.classifications.get(segment["name"])
        return Part(segment, if_approved, holds, Standing(self.decision).today)

    @property
    def error(self) -> str:
        """Why the newest plan could not decide this workload; empty when it could."""
        errors = self.run.errors if self.run else []
        return next((each["message"] for each in errors if each["workload"] == self.workload.pk), "")

    @property
    def is_older_than_facts(self) -> bool:
        return self.decision is not None and self.workload.changed_at > self.decision.run.as_of


def explained(workload: Workload, part: str, as_of: datetime) -> Explained:
    """The newest decision on the workload, at the part asked for or the first."""
    decision = current_decision(workload)
    segments = list(workload.segments.all())
    effective = classifications.effective(segments, as_of)
    by_name = {segment.name: effective[segment.pk] for segment in segments}
    count = len(decision.record.record["segments"]) if decision else 1
    number = int(part) if part.isdecimal() and 1 <= int(part) <= count else 1
    return Explained(workload, decision, number, by_name, runs.latest_finished())
