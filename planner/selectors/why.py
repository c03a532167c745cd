"""Why, laid out for the decision page: each placement with all that stands against it, flips a few at a time."""

from __future__ import annotations

from typing import Any

ANSWERS = frozenset({"now", "target", "now_and_target", "dearer", "unknown"})
ICONS = {"looser": "dn", "stricter": "up", "on_course": "observed"}
FLIPS_SHOWN = 4


def classes_in_full(segment: dict[str, Any]) -> list[dict[str, Any]]:
    """Each class with its placements, the rules and open gates against each, and what would open it."""
    rules, gates = segment["rows"], {gate["id"]: gate for gate in segment["gates"]}
    ways = {entry["class"]: entry for entry in segment.get("ways", ())}
    return [
        {
            **group,
            "hint": ", ".join(dict.fromkeys(pk for each in group["variants"] for pk in each["rows"])),
            "variants": [_in_full(each, rules, gates) for each in group["variants"]],
            **ways.get(group["class"], {}),
        }
        for group in segment["classes"]
    ]


def _in_full(variant: dict[str, Any], rules: dict[str, Any], gates: dict[str, Any]) -> dict[str, Any]:
    return {
        **variant,
        "answer": variant["state"] in ANSWERS,
        "rules": [rules[pk] for pk in variant["rows"] if pk in rules],
        "open_gates": [gates[pk] for pk in variant["gates"] if pk in gates],
    }


def flips_shown(segment: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """One flip of each of the first few facts of a group, and the groups that have more."""
    groups = [{**group, "icon": ICONS[group["group"]]} for group in segment.get("flips", ())]
    first = [{**group, "flips": _one_of_each(group["flips"])[:FLIPS_SHOWN]} for group in groups]
    more = [
        {**group, "flips": [flip for flip in group["flips"] if flip not in shown["flips"]]}
        for group, shown in zip(groups, first, strict=True)
    ]
    return first, [group for group in more if group["flips"]]


def _one_of_each(flips: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first flip of each fact, in order."""
    return list({flip["name"]: flip for flip in reversed(flips)}.values())[::-1]


def answers_elsewhere(segment: dict[str, Any]) -> int:
    """How many answers of the scorecards point to another placement than the decision."""
    told = (
        each for card in segment.get("scorecards", ()) for each in (*card["questions"], *card["verdicts"])
    )
    return sum(each["agrees"] is False for each in told)
