"""Which declared facts belong where, how an archetype fills them in, and how a value reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from planner.engine import Archetype, Fact, Input, Policy, load_policy

Preset = Mapping[str, Any]
# Decided by a reviewer, or computed: nobody fills these in on a workload's own form.
NOT_ASKED = ("reviewer", "derived")
BARE = ("ratio", "count", "share")
OF_THE_ORGANISATION = ("organisation", "offering", "model")
THEMES = {
    "basics": "Basics",
    "data": "Data and rules",
    "volume": "Volume",
    "quality": "Quality",
    "latency": "Latency",
    "team": "Team",
    "operations": "Operations",
    "money": "Money",
}


def asked(policy: Policy, *scopes: str) -> tuple[Input, ...]:
    """The facts of these scopes that people fill in, in the policy's order."""
    return tuple(
        given
        for given in policy.inputs.values()
        if given.scope in scopes and given.supplied_by not in NOT_ASKED
    )


def workload_inputs(policy: Policy) -> tuple[Input, ...]:
    return asked(policy, "workload")


def segment_inputs(policy: Policy) -> tuple[Input, ...]:
    return asked(policy, "segment")


def organisation_inputs(policy: Policy) -> tuple[Input, ...]:
    """The organisation's own facts and those of the offerings and models it uses."""
    return asked(policy, *OF_THE_ORGANISATION)


def only(facts: Preset, inputs: tuple[Input, ...]) -> dict[str, Any]:
    """Those of the facts that these inputs declare, as they are stored."""
    declared = {given.name: given for given in inputs}
    return {name: as_stored(declared[name].parse(value)) for name, value in facts.items() if name in declared}


def as_stored(value: Any) -> Any:
    """The engine's value as JSON keeps it: a set as a sorted list."""
    return sorted(value) if isinstance(value, frozenset | set) else value


def preset_of(archetype: str, segment: str = "") -> Preset:
    """What an archetype says of a segment of this name, over what it says of the whole."""
    preset = load_policy().archetypes.get(archetype)
    if preset is None:
        return {}
    own = next((part.facts for part in preset.segments if part.name == segment), {})
    return {**preset.facts, **own}


def reviewer_facts(preset: Preset) -> dict[str, Fact]:
    """The preset's data facts: a proposal at most, until somebody proposes and a reviewer decides."""
    inputs = load_policy().inputs
    return {
        name: Fact(inputs[name].parse(value), "archetype")
        for name, value in preset.items()
        if inputs[name].supplied_by == "reviewer"
    }


def preset_segments(archetype: Archetype | None, policy: Policy) -> list[dict[str, Any]]:
    """The segments an archetype starts with; one for everything where it names none."""
    inputs = segment_inputs(policy)
    if archetype is None:
        return [{"name": "all traffic", "share": 100}]
    common = only(archetype.facts, inputs)
    if not archetype.segments:
        return [{"name": "all traffic", "share": 100, **common}]
    return [
        {"name": part.name, "share": part.share, **common, **only(part.facts, inputs)}
        for part in archetype.segments
    ]


def value_words(given: Input | None, value: Any) -> str:
    """A value as people read it: yes, labels, and numbers with their unit."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, frozenset | set | list | tuple):
        return ", ".join(_label(given, str(each)) for each in sorted(value)) or "None"
    if isinstance(value, int | float):
        number = f"{int(value):,}" if float(value).is_integer() else f"{value:,}"
        return f"{number} {unit_words(given)}".strip()
    return _label(given, str(value))


def _label(given: Input | None, value: str) -> str:
    return (given.labels.get(value) if given else None) or value.replace("_", " ")


def hours_per_month() -> float:
    """The policy's convention, by which machines are billed: a day is then 1/30.4 of a month."""
    return float(load_policy().parameter("hours_per_month", date.max).value)


def unit_words(given: Input | None) -> str:
    """tokens/month reads tokens a month; a bare number needs no unit."""
    unit = given.unit if given else ""
    return "" if unit in BARE else unit.replace("/", " a ")


def assumption_words(given: Input) -> str:
    """What the engine takes while nobody knows."""
    if given.blocks:
        return "Without it no answer is firm."
    return f"Not known is read as: {value_words(given, given.unknown)}."
