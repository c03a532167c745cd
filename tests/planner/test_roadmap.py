"""Lanes, shared steps and dates of the roadmap."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from planner import charts
from planner.selectors import headlines
from planner.selectors.roadmap import UNPLANNED, Roadmap, everybody, roadmap
from planner.selectors.standing import standings
from tests.factories import TeamFactory, WorkloadFactory
from tests.planner.records import decided, segment, step
from workloads.models import Workload

pytestmark = pytest.mark.django_db
TODAY = date(2026, 1, 22)
GATEWAY = step("PH-206", "2026-01-22", "2026-02-19", shared=True, label="Put all calls behind one gateway")


@pytest.fixture
def two_movers() -> None:
    canary = step("CANARY", "2026-02-19", "2026-03-19", phase="move", label="Canary")
    licence = step("LIC", "2026-02-01", "2026-02-15", kind="gate", owner="reviewer", label="Licence cleared")
    canary |= {"needs": ["PH-206", "LIC"]}
    arrived = step("MS", "2026-03-19", "2026-03-19", kind="milestone", phase="move", needs=["CANARY"])
    atlas, borealis = TeamFactory(name="Atlas"), TeamFactory(name="Borealis")
    decided(
        WorkloadFactory(name="Search", team=atlas),
        segment("2", "3r", steps=[GATEWAY, licence, canary, arrived]),
    )
    late = step("CANARY", "2026-05-01", "2026-11-30", label="Canary")
    decided(WorkloadFactory(name="Notes", team=borealis), segment("2", "5a", steps=[GATEWAY, late]))
    decided(
        WorkloadFactory(name="Rests", team=atlas),
        segment("3", "3r", steps=[step("KEEP", "2026-02-01", "2026-02-02")]),
    )


def found(by: str = "team") -> Roadmap:
    return roadmap(standings(Workload.objects.all()), by, {})


def test_it_has_a_lane_a_team_and_leaves_out_who_stays(two_movers: None) -> None:
    lanes = [(lane.name, [str(each.standing.workload) for each in lane.journeys]) for lane in found().lanes]
    assert lanes == [("Atlas", ["Search"]), ("Borealis", ["Notes"])]


def test_lanes_can_be_by_target_class(two_movers: None) -> None:
    assert [lane.name for lane in found("class").lanes] == [
        "To 3 Open-weight API",
        "To 5a Self-hosted, rented",
    ]


def test_lanes_can_be_by_wave_and_what_has_no_date_comes_last(two_movers: None) -> None:
    assert [
        (lane.name, [str(each.standing.workload) for each in lane.journeys]) for lane in found("wave").lanes
    ] == [
        ("Wave 1", ["Search"]),
        (UNPLANNED, ["Notes"]),
    ]


def test_a_wave_says_how_long_it_lasts(two_movers: None) -> None:
    assert [lane.note for lane in found("wave").lanes] == ["22 Jan 2026 to 22 Apr 2026", ""]


def test_who_sees_one_team_sees_the_dates_of_the_plan_for_all_and_no_other_name() -> None:
    for name in ("Ahead", "Behind"):
        read = step("READ", "2026-01-22", "2026-03-05", owner="reviewer", kind="gate")
        slice_ = step("CANARY", "2026-03-05", "2026-03-19", phase="move", leg="2>3", needs=["READ"])
        live = step(
            "MS", "2026-03-19", "2026-03-19", kind="milestone", phase="move", leg="2>3", needs=["CANARY"]
        )
        decided(
            WorkloadFactory(name=name, team=TeamFactory()), segment("2", "3r", steps=[read, slice_, live])
        )
    everything = found("wave")
    behind = next(each for each in everything.moving if str(each.standing.workload) == "Behind")
    assert behind.why == "Ahead goes to this class first and this one learns from it, two weeks."
    known = standings(Workload.objects.filter(name="Behind"))
    (seen,) = roadmap(everybody(known), "wave", {}, {each.workload.pk for each in known}).moving
    assert (seen.arrival, seen.why) == (
        behind.arrival,
        "Another workload goes to this class first and this one learns from it, two weeks.",
    )


def test_every_workload_says_why_then(two_movers: None) -> None:
    assert {str(each.standing.workload): each.why for each in found().moving} == {
        "Search": "Waits for put all calls behind one gateway until 19 Feb 2026.",
        "Notes": "No move is planned: two steps come first, and then it is decided again.",
    }


def test_the_steps_an_arrival_hangs_on_are_marked(two_movers: None) -> None:
    search, _ = found().moving
    assert [each.said["id"] for each in search.critical] == ["PH-206", "CANARY"]


def test_a_shared_step_says_what_it_opens_and_what_that_saves(two_movers: None) -> None:
    search = Workload.objects.get(name="Search")
    (shared,) = roadmap(standings(Workload.objects.all()), "wave", {search.pk: Decimal(14210)}).shared
    assert shared.opens == "Unblocks two workloads, $14k a month, one of them without a known saving."


def test_a_team_with_one_pair_of_hands_does_one_thing_after_the_other() -> None:
    team = TeamFactory(name="Atlas")
    for name in "ABCDEFGHI":
        slice_ = step("CANARY", "2026-02-02", "2026-03-02", phase="move")
        live = step("MS", "2026-03-02", "2026-03-02", kind="milestone", phase="move", needs=["CANARY"])
        decided(WorkloadFactory(name=name, team=team), segment("2", "3r", steps=[slice_, live]))
    late = found("wave").moving[-1]
    assert late.end > date(2026, 3, 2)
    assert "Atlas moves" in late.why


def test_a_shared_step_is_listed_once_with_who_waits_for_it(two_movers: None) -> None:
    (shared,) = found().shared
    assert (shared.step.said["id"], [str(each.workload) for each in shared.waiting]) == (
        "PH-206",
        ["Search", "Notes"],
    )


def test_the_first_gate_and_the_arrivals_are_named(two_movers: None) -> None:
    search, notes = found().moving
    assert (search.first_gate.said["label"], notes.first_gate) == ("Licence cleared", None)
    assert [(str(journey.standing.workload), day) for journey, day in found().arrivals] == [
        ("Search", date(2026, 3, 19))
    ]


def test_the_headline_counts_moves_and_says_when_they_are_done(two_movers: None) -> None:
    assert (
        headlines.roadmap_headline(found())
        == "2 moves in 1 wave, done by March 2026. 1 shared step opens the way."
    )
    assert headlines.roadmap_lede(found()).startswith(
        "1 of them waits for an approval, an answer or a person before any date"
    )


def test_the_chart_runs_over_whole_quarters_with_today_in_the_first(two_movers: None) -> None:
    drawn = charts.gantt(found(), TODAY)
    assert [quarter.label for quarter in drawn.quarters] == ["Q1 2026", "Q2", "Q3", "Q4"]
    assert drawn.today == "5.8%"
    assert [group.name for group in drawn.groups] == ["Shared steps", "Atlas", "Borealis"]
    search = drawn.groups[1].rows[0]
    assert [(bar.tone, bar.left, bar.width) for bar in search.bars] == [
        ("todo", "5.8%", "7.6%"),
        ("mid", "13.4%", "7.7%"),
    ]
    assert ([gate.left for gate in search.gates], search.arrival) == (["12.3%"], "21.1%")
    assert search.spoken == "Search, Jan to Mar '26, 1 open gate"


def test_a_move_without_an_arrival_is_drawn_as_preparation_and_has_no_flag(two_movers: None) -> None:
    notes = charts.gantt(found(), TODAY).groups[2].rows[0]
    assert ([bar.tone for bar in notes.bars], notes.arrival) == (["todo"], "")


def test_gates_that_close_together_are_one_diamond_that_names_both(lena: object) -> None:
    gates = [
        step(pk, "2026-02-01", day, kind="gate") for pk, day in (("A", "2026-02-14"), ("B", "2026-02-15"))
    ]
    decided(WorkloadFactory(name="Search"), segment("2", "3r", steps=gates))
    (gate,) = charts.gantt(found(), TODAY).groups[0].rows[0].gates
    assert gate.count == 2
    assert ("Step A" in gate.title, "Step B" in gate.title) == (True, True)


def test_the_page_draws_without_style_or_script_and_has_the_table(two_movers: None, lena: object) -> None:
    client = Client()
    client.force_login(lena)
    page = client.get(reverse("planner:roadmap")).content.decode()
    chart = page[page.index('class="lanes') : page.index("</section>", page.index('class="lanes'))]
    assert "style=" not in chart
    assert chart.count('class="gate"') == 1
    assert "Licence cleared" in page[page.index('id="h-table"') :]


def test_a_portfolio_at_rest_says_so(lena: object) -> None:
    client = Client()
    client.force_login(lena)
    assert "No workload has to move." in client.get(reverse("planner:roadmap")).content.decode()
