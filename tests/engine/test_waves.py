"""Waves: nobody is asked for more than there is, nothing starts before what it needs, and the reason is known."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.engine.policy import load_policy
from planner.engine.waves import (
    PEOPLE,
    PILOT,
    PLANNED,
    TEAM,
    UNFIRM,
    UNSTAFFED,
    Job,
    Plan,
    Terms,
    Work,
    assign,
)
from planner.engine.waves.work import CAPACITY
from tests.engine.samples import AS_OF

PEOPLE_ENOUGH = dict.fromkeys(CAPACITY, 100.0)
ROOMY = Terms(PEOPLE_ENOUGH, courtesy_days=0)
WEEK = 7


def work(pk: str, weeks: float = 1, *needs: str, **over: Any) -> Work:
    fields = {"id": pk, "label": pk.title(), "owner": "architect", "leg": "2>3", "kind": "step"}
    return Work(**(fields | {"days": round(weeks * WEEK), "needs": needs} | over))


def move(weeks: float = 2, *needs: str, leg: str = "2>3") -> tuple[Work, ...]:
    """Traffic in one slice, and the arrival."""
    canary = work("canary", weeks, *needs, moves=True, leg=leg)
    return (canary, work("live", 0, "canary", kind="milestone", moves=True, leg=leg))


def job(name: str, *works: Work, **over: Any) -> Job:
    return Job(**({"id": name, "name": name, "team": "Atlas", "works": works} | over))


def days(plan: Plan, name: str, work_id: str = "canary") -> tuple[int, int]:
    placed = plan.placed(name, work_id)
    return placed.start, placed.end


def test_a_move_starts_when_what_it_needs_is_done() -> None:
    plan = assign([job("a", work("prepare", 3), *move(2, "prepare"))], ROOMY)
    (only,) = plan.assignments
    assert (days(plan, "a"), only.wave, only.arrival, only.held) == ((21, 35), 1, 35, ())


def test_the_wave_is_the_quarter_in_which_traffic_first_moves() -> None:
    plan = assign([job("a", work("hire", 26, shared=True, owner="leader"), *move(2, "hire"))], ROOMY)
    (only,) = plan.assignments
    assert (only.wave, only.waits_for, [leg.wave for leg in only.legs]) == (3, ("hire",), [3])
    assert only.critical == ("hire", "canary")


def test_a_shared_step_is_done_once_by_whoever_gets_there_first() -> None:
    gate = work("gate", 4, shared=True)
    late = job("late", replace(gate, earliest=70), *move(1, "gate"))
    early = job("early", gate, *move(1, "gate"))
    plan = assign([late, early], ROOMY)
    assert (days(plan, "late", "gate"), days(plan, "early", "gate")) == ((0, 28), (0, 28))
    assert [(each.id, each.waiting) for each in plan.shared] == [("gate", ("early", "late"))]


def test_shared_steps_rank_by_workloads_then_risk_then_money() -> None:
    many, risky, dear, cheap = (work(pk, 1, shared=True) for pk in ("many", "risky", "dear", "cheap"))
    jobs = [
        job("a", many, risky, *move(), exposed=True),
        job("b", many, dear, *move(), released=900.0),
        job("c", many, cheap, *move(), released=5.0),
        job("d", many, *move(), released=None),
    ]
    ranked = assign(jobs, ROOMY).shared
    assert [each.id for each in ranked] == ["many", "risky", "dear", "cheap"]
    assert (ranked[0].released, ranked[0].unpriced, ranked[0].exposed) == (905.0, 1, 1)


def test_a_full_team_makes_the_second_workload_wait_and_says_who_is_busy() -> None:
    terms = Terms(PEOPLE_ENOUGH | {"architect": 0.25}, courtesy_days=0)
    plan = assign([job("a", *move(2)), job("b", *move(2))], terms)
    assert (days(plan, "a"), days(plan, "b")) == ((0, 14), (14, 28))
    assert [(held.kind, held.by, held.days) for held in plan.assignments[1].held] == [
        (PEOPLE, "architect", 14)
    ]


def test_architects_of_two_teams_do_not_wait_for_each_other_and_operators_do() -> None:
    terms = Terms({"architect": 0.25, "operator": 0.25}, courtesy_days=0)
    own = [job("a", *move(2)), job("b", *move(2), team="Borealis")]
    assert [days(assign(own, terms), name) for name in "ab"] == [(0, 14), (0, 14)]
    operated = [replace(each, works=tuple(replace(w, owner="operator") for w in each.works)) for each in own]
    assert [days(assign(operated, terms), name) for name in "ab"] == [(0, 14), (14, 28)]


def test_a_team_moves_one_thing_at_a_time_if_the_wait_is_short() -> None:
    jobs = [job("a", *move(3)), job("b", *move(3, leg="2>4"))]
    short = assign(jobs, Terms(PEOPLE_ENOUGH, courtesy_days=21))
    long = assign(jobs, Terms(PEOPLE_ENOUGH, courtesy_days=20))
    assert (days(short, "b"), days(long, "b")) == ((21, 42), (0, 21))
    assert [(held.kind, held.by) for held in short.assignments[1].held] == [(TEAM, "a")]


def test_the_easier_workload_goes_to_a_class_first() -> None:
    easy = job("easy", work("choose", 0, pilot=True), *move(2))
    hard = job("a harder one", work("tune", 1), *move(2, "tune"), team="Borealis")
    plan = assign([hard, easy], Terms(PEOPLE_ENOUGH))
    assert [each.job.name for each in plan.assignments] == ["easy", "a harder one"]
    assert (days(plan, "easy"), days(plan, "a harder one")) == ((0, 14), (14, 28))
    assert [(held.kind, held.by, held.days) for held in plan.assignments[1].held] == [(PILOT, "easy", 7)]


def test_where_data_lies_wrong_today_goes_before_everything_easy() -> None:
    plan = assign(
        [job("easy", work("choose", 0, pilot=True), *move()), job("exposed", *move(9), rung=5, exposed=True)],
        ROOMY,
    )
    assert [each.job.name for each in plan.assignments] == ["exposed", "easy"]


def test_what_is_not_firm_gets_no_wave_and_its_shared_steps_still_count() -> None:
    approve = work("approve", 1, shared=True, owner="reviewer")
    plan = assign([job("a", approve), job("b", approve, *move(1, "approve"))], ROOMY)
    assert [(each.status, each.wave) for each in plan.assignments] == [(UNFIRM, None), (PLANNED, 1)]
    assert plan.shared[0].waiting == ("a", "b")


def test_a_step_nobody_can_do_leaves_the_move_without_a_date() -> None:
    plan = assign([job("a", work("rack", 1, owner="operator"), *move(1, "rack"))], Terms({"architect": 1.0}))
    assert [(each.status, each.wave) for each in plan.assignments] == [(UNSTAFFED, None)]


def test_the_terms_are_the_policy_s() -> None:
    terms = Terms.of(load_policy(), AS_OF)
    assert (terms.wave_days, terms.courtesy_days) == (91, 42)
    assert {role: terms.places(role) for role in CAPACITY} == {
        "architect": 8,
        "operator": 8,
        "reviewer": 4,
        "leader": 4,
    }


@st.composite
def portfolios(draw: Any) -> list[Job]:
    """Jobs whose steps need earlier ones; some steps are the organisation's and in several jobs."""
    jobs = []
    for number in range(draw(st.integers(1, 6))):
        works: list[Work] = []
        for place in range(draw(st.integers(1, 6))):
            shared = draw(st.booleans())
            pk = f"shared{place}" if shared else f"own{place}"
            known = [each.id for each in works]
            needs = draw(st.lists(st.sampled_from(known), unique=True, max_size=2)) if known else []
            weeks = draw(st.sampled_from([0, 0.5, 1, 2, 5]))
            owner = draw(st.sampled_from(list(CAPACITY)))
            works.append(
                work(pk, weeks, *needs, shared=shared, owner=owner, wait=draw(st.sampled_from([0, 0, 10])))
            )
        target = draw(st.sampled_from(["2>3", "3>4"]))
        works.append(work("choose", 0, pilot=draw(st.booleans())))
        steps = (*works, *move(draw(st.integers(1, 3)), works[-2].id, leg=target))
        team = draw(st.sampled_from("AB"))
        jobs.append(job(f"job{number}", *steps, team=team, exposed=draw(st.booleans())))
    return jobs


PERSONS = st.sampled_from([0.25, 0.5, 1.0])
TERMS = st.builds(
    Terms,
    people=st.fixed_dictionaries(dict.fromkeys(CAPACITY, PERSONS)),
    courtesy_days=st.sampled_from([0, 14, 42]),
)


@given(portfolios(), TERMS)
def test_nobody_is_asked_for_more_than_there_is(jobs: list[Job], terms: Terms) -> None:
    calendar = assign(jobs, terms).calendar
    asked: Counter[tuple[str, str, int]] = Counter()
    for (job_id, work_id), placed in calendar.placed.items():
        each = calendar.works[job_id, work_id]
        if placed and each.takes_people:
            team = calendar.jobs[job_id].team if each.owner == "architect" else ""
            first, last = placed.start // WEEK, (placed.end - 1) // WEEK
            asked.update((each.owner, team, week) for week in range(first, last + 1))
    assert all(count * terms.share <= terms.people[role] for (role, _, _), count in asked.items())


@given(portfolios(), TERMS)
def test_nothing_starts_before_what_it_needs(jobs: list[Job], terms: Terms) -> None:
    plan = assign(jobs, terms)
    for each in plan.assignments:
        assert each.status == PLANNED
        for one in each.job.works:
            key = plan.calendar.key(each.job.id, one.id)
            placed = plan.calendar.placed[key]
            needs = [plan.calendar.placed[need] for need in plan.calendar.needs(key)]
            assert placed.start >= max(
                [one.earliest * (key[0] == each.job.id), *(need.end for need in needs)]
            )
        assert each.wave == each.legs[0].start // terms.wave_days + 1
        assert each.arrival == max(leg.end for leg in each.legs)


@given(portfolios(), TERMS, st.randoms(use_true_random=False))
def test_the_order_of_the_list_changes_nothing(jobs: list[Job], terms: Terms, random: Any) -> None:
    mixed = list(jobs)
    random.shuffle(mixed)
    first, second = assign(jobs, terms), assign(mixed, terms)
    assert (first.assignments, first.shared) == (second.assignments, second.shared)
    assert first.calendar.placed == second.calendar.placed


@given(portfolios(), TERMS)
def test_every_delay_has_a_reason_and_courtesy_never_costs_more_than_the_policy_allows(
    jobs: list[Job], terms: Terms
) -> None:
    calendar = assign(jobs, terms).calendar
    for key, placed in calendar.placed.items():
        own = calendar.works[key]
        ready = max([own.earliest, *(calendar.placed[need].end + own.wait for need in calendar.needs(key))])
        assert placed.start - ready == sum(held.days for held in placed.held)
        assert all(held.days <= terms.courtesy_days for held in placed.held if held.kind != PEOPLE)


@pytest.mark.parametrize("persons", [0.25, 1.0])
def test_more_people_never_make_the_last_arrival_later_here(persons: float) -> None:
    jobs = [job(name, *move(2)) for name in "abcdef"]
    few = assign(jobs, Terms(dict.fromkeys(CAPACITY, persons), courtesy_days=0))
    many = assign(jobs, Terms(dict.fromkeys(CAPACITY, persons * 2), courtesy_days=0))
    assert last_arrival(many) < last_arrival(few)


def last_arrival(plan: Plan) -> int:
    return max(each.arrival or 0 for each in plan.assignments)
