"""The list of plans, one plan in all four states, and the button."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from planner.jobs import RunState
from planner.models import PlanRun
from tests import factories
from tests.factories import WorkloadFactory
from tests.planner.records import decided, plan, segment

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true"}


def seen_by(user: object) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("state", "polls", "status"),
    [
        (RunState.QUEUED, True, 200),
        (RunState.RUNNING, True, 200),
        (RunState.DONE, False, 286),
        (RunState.FAILED, False, 286),
    ],
)
def test_the_poll_stops_when_the_plan_is_finished(state: str, polls: bool, status: int, lena: object) -> None:
    run = plan(state=state, progress_total=4, progress_done=1, message="In words.")
    answer = seen_by(lena).get(reverse("planner:run", args=[run.pk]), headers=FRAGMENT)
    fragment = answer.content.decode()
    assert (answer.status_code, "hx-trigger" in fragment, "<html" in fragment) == (status, polls, False)
    assert "In words." in fragment
    assert "HX-Request" in answer["Vary"]


def test_without_htmx_and_from_history_it_is_a_whole_page(lena: object) -> None:
    run = plan()
    for headers in ({}, FRAGMENT | {"HX-History-Restore-Request": "true"}):
        answer = seen_by(lena).get(reverse("planner:run", args=[run.pk]), headers=headers)
        assert (answer.status_code, "<html" in answer.content.decode()) == (200, True)


def test_moves_and_errors_of_other_teams_stay_hidden(ana: object, team: object, lena: object) -> None:
    ours, theirs = WorkloadFactory(name="Ours", team=team), WorkloadFactory(name="Theirs")
    errors = [
        {"workload": each.pk, "name": each.name, "fact": "", "message": f"{each.name} is wrong"}
        for each in (ours, theirs)
    ]
    run = plan(errors=errors)
    move = [{"segment": "all", "was": None, "is": {"status": "decided", "now": "3", "target": "3"}}]
    for each in (ours, theirs):
        decided(each, segment("2", "3"), run=run, moves=move)
    page = seen_by(ana).get(reverse("planner:run", args=[run.pk])).content.decode()
    assert "Ours is wrong" in page
    assert "Theirs" not in page
    assert page.count("Ours</a>") == 2
    assert "Theirs is wrong" in seen_by(lena).get(reverse("planner:run", args=[run.pk])).content.decode()


def test_the_list_says_why_and_what_came_of_it(lena: object) -> None:
    run = plan(reason="new prices", message="18 workloads decided, 3 moved.")
    page = seen_by(lena).get(reverse("planner:runs")).content.decode()
    assert f"Plan {run.pk}" in page
    assert "18 workloads decided, 3 moved." in page


@pytest.mark.parametrize(
    ("role", "allowed"),
    [("operator", True), ("leader", True), ("architect", True), ("reviewer", False), ("auditor", False)],
)
def test_who_may_start_a_plan(role: str, allowed: bool) -> None:
    person = factories.person("someone", role, None)
    answer = seen_by(person).post(reverse("planner:plan_now"))
    assert (answer.status_code, PlanRun.objects.count()) == ((302, 1) if allowed else (403, 0))


def test_the_button_is_a_post(lena: object) -> None:
    assert seen_by(lena).get(reverse("planner:plan_now")).url == reverse("planner:runs")
    assert PlanRun.objects.count() == 0


def test_somebody_without_any_role_sees_no_plan() -> None:
    run = plan()
    assert seen_by(factories.UserFactory()).get(reverse("planner:run", args=[run.pk])).status_code == 404
