"""Why then, and what a shared step is worth, in words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from planner.engine.explain import order_sentence, shared_sentence, wave_sentence
from planner.engine.waves import Job, Terms, assign
from tests.engine.test_waves import PEOPLE_ENOUGH, ROOMY, job, move, work

AS_OF = date(2026, 2, 2)


def why(name: str, jobs: list[Job], terms: Terms = ROOMY, named: tuple[str, ...] = ("a", "b")) -> str:
    plan = assign(jobs, terms)
    found = next(each for each in plan.assignments if each.job.id == name)
    return wave_sentence(plan, found, AS_OF, named)


def test_a_move_that_waits_for_nothing_says_so() -> None:
    assert why("a", [job("a", *move())]) == "Nothing stands in its way but its own steps."


def test_a_shared_step_is_named_with_the_day_it_ends() -> None:
    gate = work("gate", 4, shared=True, label="Sign the terms")
    assert why("a", [job("a", gate, *move(1, "gate"))]) == "Waits for sign the terms until 2 Mar 2026."


@pytest.mark.parametrize(
    ("owner", "said"),
    [
        ("architect", "The architects of Atlas are busy for three weeks."),
        ("operator", "Every operator is busy for two weeks."),
    ],
)
def test_busy_people_are_named_by_role_or_team(owner: str, said: str) -> None:
    few = Terms(PEOPLE_ENOUGH | {owner: 0.25}, courtesy_days=0)
    jobs = [job(name, work("prepare", 2, owner=owner), *move(1, "prepare")) for name in "ab"]
    assert why("b", jobs, few) == said


def test_the_other_move_of_the_team_is_named_only_to_who_may_see_it() -> None:
    jobs = [job("a", *move(1)), job("b", *move(1, leg="2>4"))]
    terms = Terms(PEOPLE_ENOUGH)
    assert why("b", jobs, terms) == "Atlas moves a first, one week."
    assert why("b", jobs, terms, ("b",)) == "Atlas moves another workload first, one week."


def test_a_pilot_teaches_the_others() -> None:
    jobs = [job("a", *move(1)), job("b", *move(1), team="Borealis")]
    assert why("b", jobs, Terms(PEOPLE_ENOUGH)) == (
        "A goes to this class first and this one learns from it, one week."
    )


def test_what_is_not_firm_and_what_nobody_can_do_have_no_date() -> None:
    assert why("a", [job("a", work("approve", label="Approve the tags"))]) == (
        "No move is planned: approve the tags comes first."
    )
    assert why("a", [job("a", work("one"), work("two"))]) == (
        "No move is planned: two steps come first, and then it is decided again."
    )
    assert why("a", [job("a", *move())], Terms()) == "No date: nobody is there for one of its steps."


@pytest.mark.parametrize(
    ("released", "exposed", "said"),
    [
        ((14_000.0, 210.0), (), "Unblocks two workloads, $14.2k a month."),
        ((0.0, 0.0), (), "Unblocks two workloads."),
        ((-500.0, 100.0), ("a",), "Unblocks two workloads, at $400 a month more, one of them runs where the data may not go."),
        ((None, 150.0), ("a", "b"), "Unblocks two workloads, $150 a month, one of them without a known saving, two of them run where the data may not go."),
    ],
)  # fmt: skip
def test_a_shared_step_says_what_it_opens(released: Any, exposed: tuple[str, ...], said: str) -> None:
    gate = work("gate", shared=True)
    jobs = [
        job(name, gate, *move(1, "gate"), released=money, exposed=name in exposed)
        for name, money in zip("ab", released, strict=True)
    ]
    (shared,) = assign(jobs, ROOMY).shared
    assert shared_sentence(shared) == said


def test_the_order_of_turns_is_said() -> None:
    assert order_sentence().startswith("Data that lies wrong today goes first, then what is easy to learn on")
