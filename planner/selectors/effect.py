"""What a registration form amounts to, decided at once with the latest prices; nothing is stored."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.engine import FactError, decide_workload, load_policy, record
from planner.selectors import basis, inputs

if TYPE_CHECKING:
    from datetime import datetime

    from planner.engine import Policy, WorkloadInput
    from workloads.models import Workload


@dataclass(frozen=True)
class Effect:
    """The answer, or why there is none yet; `unread` are answers the policy in force does not ask for, by label."""

    record: dict[str, Any] | None
    open_question: str
    unread: tuple[str, ...] = ()

    @property
    def segments(self) -> list[dict[str, Any]]:
        return self.record["segments"] if self.record else []

    @property
    def unknown(self) -> list[dict[str, Any]]:
        """What nobody has answered yet, each once."""
        found = {each["name"]: each for segment in self.segments for each in segment["unknown"]}
        return list(found.values())


def effect(said: WorkloadInput, as_of: datetime, workload: Workload | None = None) -> Effect:
    """Decided on what is known, what was measured included; a fact that cannot be read yet is said, never raised."""
    if not said.segments:
        return Effect(None, "Name at least one part of the workload, with its share of the tokens.")
    policy, day = basis.policy(), as_of.date()
    measured = inputs.with_measured(workload, named(said), as_of)
    given = inputs.as_read_by(policy, inputs.with_waivers_of(workload, measured, day))
    try:
        decision = decide_workload(policy, given, basis.latest_prices(), day)
    except FactError as error:
        return Effect(None, error.message)
    return Effect(record(decision), "", _unread(policy, said))


def _unread(policy: Policy, said: WorkloadInput) -> tuple[str, ...]:
    """Labels of what was answered and the policy in force is too old, or too new, to read."""
    shipped = load_policy().inputs
    given = [name for facts in (said.facts, *(each.facts for each in said.segments)) for name in facts]
    unread = dict.fromkeys(name for name in given if name not in policy.inputs)
    return tuple(shipped[name].label if name in shipped else name for name in unread)


def named(given: WorkloadInput) -> WorkloadInput:
    """Half-filled forms have no name yet."""
    return given if given.name else dataclasses.replace(given, name="This workload")
