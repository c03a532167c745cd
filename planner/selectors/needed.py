"""Decisions that only people can take: ways out where nothing fits, shared steps, waiting reviews."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.selectors.words import count_of, day_of, usd

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planner.selectors.standing import Standing

LEADERSHIP = "leader"


@dataclass(frozen=True)
class Needed:
    """One decision: what, why, who takes it, what it costs, which workloads wait for it."""

    title: str
    why: str
    who: str
    cost: str
    waiting: tuple[Standing, ...]
    kind: str


def decisions_needed(standings: list[Standing]) -> list[Needed]:
    """Ways out first, then shared steps by how many wait for them, then reviews by money held up."""
    return [*ways_out(standings), *shared_decisions(standings), *reviews(standings)]


def ways_out(standings: list[Standing]) -> list[Needed]:
    """One decision for each smallest set of rules that leaves workloads without any placement."""
    groups: dict[str, tuple[dict[str, Any], list[Standing]]] = {}
    for standing in standings:
        for segment in standing.segments:
            if segment["relaxations"]:
                cheapest = segment["relaxations"][0]
                key = f"{sorted(cheapest['rows'])}{sorted(cheapest['gates'])}{cheapest['sentence']}"
                waiting = groups.setdefault(key, (cheapest, []))[1]
                if standing not in waiting:
                    waiting.append(standing)
    return [_way_out(relaxation, waiting) for relaxation, waiting in groups.values()]


def _way_out(relaxation: dict[str, Any], waiting: list[Standing]) -> Needed:
    names = ", ".join(str(each.workload) for each in waiting)
    statutory = " A statute stands behind one of the rules." if relaxation["statutory"] else ""
    return Needed(
        title=relaxation["sentence"],
        why=f"Without it {names} {'has' if len(waiting) == 1 else 'have'} nowhere to run.{statutory}",
        who=relaxation["grantor"],
        cost=a_month("costs", relaxation["cost_usd_month"]),
        waiting=tuple(waiting),
        kind="way_out",
    )


def shared_decisions(standings: list[Standing]) -> list[Needed]:
    """Organisation-level steps that leadership owns, the one with the most waiting workloads first."""
    steps: dict[str, tuple[dict[str, Any], list[Standing]]] = {}
    for standing, step in open_shared_steps(standings):
        if step["owner"] == LEADERSHIP:
            waiting = steps.setdefault(step["id"], (step, []))[1]
            if standing not in waiting:
                waiting.append(standing)
    ranked = sorted(steps.values(), key=lambda pair: (-len(pair[1]), pair[0]["start"]))
    return [
        Needed(
            title=step["label"],
            why=step["sentence"],
            who=step["owner"],
            cost=f"{day_of(step['start'])} to {day_of(step['end'])}",
            waiting=tuple(waiting),
            kind="step",
        )
        for step, waiting in ranked
    ]


def open_shared_steps(standings: list[Standing]) -> Iterable[tuple[Standing, dict[str, Any]]]:
    for standing in standings:
        for segment in standing.segments:
            for step in segment["steps"]:
                if step["shared"] and not step["done"]:
                    yield standing, step


def reviews(standings: list[Standing]) -> list[Needed]:
    """One decision for all waiting classifications, with the money that waiting holds up."""
    waiting = [each for each in standings if each.decision.if_approved is not None]
    if not waiting:
        return []
    held = sum(each.held_up or 0 for each in waiting)
    return [
        Needed(
            title=f"Review {count_of(len(waiting), 'waiting classification')}",
            why="Until a reviewer has decided, the strictest plausible reading of the data applies.",
            who="reviewer",
            cost=a_month("holds up", held) if held > 0 else "no money held up, only certainty",
            waiting=tuple(sorted(waiting, key=lambda each: -(each.held_up or 0))),
            kind="review",
        )
    ]


def a_month(verb: str, amount: float | None) -> str:
    return "cost unknown: a price is missing" if amount is None else f"{verb} {usd(amount)} a month"
