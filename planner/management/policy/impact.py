"""`manage.py policy impact A B`: the whole portfolio decided under both policies, with the same facts and prices."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from planner.management.day import day
from planner.management.policy.naming import policy_named
from planner.selectors import basis
from planner.selectors.impacts import matrix_of
from planner.selectors.policy_words import impact_outcome
from planner.selectors.standing import move_words
from planner.selectors.words import usd
from planner.services.policy.comparing import Tally, cost
from planner.services.policy.impact import compare_all

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator

    from planner.selectors.impacts import Matrix
    from planner.services.policy.comparing import Compared


def add_arguments(parser: ArgumentParser) -> None:
    for name in ("old", "new"):
        parser.add_argument(
            name, help="shipped, active, draft:N, a version, the beginning of a hash, or a folder"
        )
    parser.add_argument("--as-of", type=day, help="day to decide for, as 2026-01-31; today when not given")
    parser.add_argument("--json", action="store_true", help="as data")


def lines(options: dict[str, Any]) -> Iterator[str]:
    """Moved workloads as they are found, then the counts; nothing is written."""
    old, new = policy_named(options["old"]), policy_named(options["new"])
    now = timezone.now()
    on = options["as_of"] or now.date()
    tally, told = Tally(day=on.isoformat()), []
    for each in compare_all(old.policy, new.policy, prices=basis.latest_prices(), as_of=now, day=on):
        tally.add(each)
        if each.differs:
            told.append(each)
    if options["json"]:
        yield json.dumps(
            {**tally.as_data, "workloads": [_data(each) for each in told]}, indent=1, sort_keys=True
        )
        return
    yield f"{old.label} and {new.label} on {on:%-d %b %Y}: {impact_outcome(tally.as_data)}"
    for each in told:
        yield from _lines(each)
    for name in ("now", "target"):
        yield from _matrix(name, matrix_of(getattr(tally, name)))


def _lines(each: Compared) -> Iterator[str]:
    whose = f"{each.workload} ({each.workload.team}, {each.workload.owner})"
    for move in each.moves:
        yield f"{whose} / {move_words(move)}"
    for trigger in each.triggers_new:
        yield f"{whose} / {trigger['segment']}: {trigger['id']} would ask for an answer"
    if each.error:
        yield f"{whose}: {each.error}"
    elif cost(each.before) != cost(each.after):
        yield f"    {_usd(cost(each.before))} -> {_usd(cost(each.after))} a month"


def _usd(amount: float | None) -> str:
    return "unknown" if amount is None else usd(amount)


def _matrix(name: str, matrix: Matrix) -> Iterator[str]:
    """From each class (down) to each (across), in parts of workloads."""
    if not matrix.rows:
        return
    wide = max(len(label) for label in (*matrix.columns, *(row.label for row in matrix.rows)))
    yield f"{name}, from (down) to (across), in parts of workloads:"
    yield "  ".join(["".ljust(wide), *(label.rjust(wide) for label in matrix.columns)])
    for row in matrix.rows:
        yield "  ".join([row.label.ljust(wide), *(str(count).rjust(wide) for count in row.counts)])


def _data(each: Compared) -> dict[str, Any]:
    return {
        "workload": each.workload.pk,
        "name": each.workload.name,
        "team": str(each.workload.team),
        "owner": str(each.workload.owner),
        "moves": each.moves,
        "newly_infeasible": each.newly_infeasible,
        "triggers_new": each.triggers_new,
        "cost_before": cost(each.before),
        "cost_after": cost(each.after),
        "error": each.error,
    }
