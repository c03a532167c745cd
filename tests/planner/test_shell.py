"""The frame of every page, the way in, and the error pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from planner import access
from planner.selectors import frame
from planner.views import errors, shell
from tests import factories
from tests.factories import ClassificationFactory, SegmentFactory, WorkloadFactory
from tests.planner.records import AS_OF, plan

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "page"),
    [
        ("leader", "planner:portfolio"),
        ("reviewer", "planner:queue"),
        ("architect", "workloads:list"),
        ("operator", "planner:portfolio"),
        ("auditor", "planner:portfolio"),
    ],
)
def test_everybody_arrives_where_their_work_is(role: str, page: str) -> None:
    client = Client()
    client.force_login(factories.person("someone", role, None))
    assert client.get("/")["Location"] == reverse(page)


def test_rights_come_from_roles() -> None:
    held = access.rights(factories.person("omar", "operator", None))
    assert {name for name, has in held.items() if has} == {
        "see_prices", "pull_prices", "see_everything", "run_plan", "see_policy", "see_usage", "manage_usage", "manage_teams",
        "draft_policy", "sign_policy", "add_benchmark",
    }  # fmt: skip


def test_somebody_without_a_role_has_no_right() -> None:
    assert set(access.rights(factories.UserFactory()).values()) == {False}


def test_reviews_count_only_what_the_person_may_decide(team: object, rita: object, cleo: object) -> None:
    segment = SegmentFactory(workload=WorkloadFactory(team=team))
    ClassificationFactory(segment=segment)
    ClassificationFactory(segment=SegmentFactory(workload=WorkloadFactory(team=team)), proposed_by=rita)
    assert frame.nav_counts(rita)["reviews"] == 1
    assert frame.nav_counts(cleo)["reviews"] == 0


def test_the_stamp_is_that_of_the_last_finished_plan() -> None:
    assert frame.stamp() == {}
    from pricing.services import reference_snapshot_row  # noqa: PLC0415  only this test needs prices

    prices = reference_snapshot_row()
    plan(snapshot=prices)
    plan(state="running", as_of=AS_OF.replace(year=2027))
    assert frame.stamp() == {
        "policy": "a" * 64,
        "policy_version": "2026.1",
        "snapshot": "reference-2026-01",
        "snapshot_sha": prices.sha,
        "as_of": AS_OF,
    }


def test_only_known_themes_reach_the_page(rf: RequestFactory) -> None:
    for sent, kept in (("dark", "dark"), ("light", "light"), ('"><script>', ""), ("", "")):
        rf.cookies["theme"] = sent
        assert shell.shell(rf.get("/"))["theme"] == kept


def test_the_frame_asks_nothing_until_it_is_shown(
    lena: Any, rf: RequestFactory, django_assert_num_queries: Any
) -> None:
    request = rf.get("/")
    request.user = lena
    with django_assert_num_queries(0):
        shell.shell(request)


def test_a_server_error_page_asks_no_database(rf: RequestFactory, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = errors.server_error(rf.get("/"))
    assert (answer.status_code, "<html" in answer.content.decode()) == (500, True)


def test_a_refusal_says_its_reason(lena: object) -> None:
    client = Client()
    client.force_login(factories.person("adam", "auditor", None))
    answer = client.post(reverse("planner:plan_now"))
    assert answer.status_code == 403
    assert "Only an architect, a leader or an operator may start a plan." in answer.content.decode()


def test_an_unknown_address_is_a_404_page(lena: object) -> None:
    client = Client()
    client.force_login(lena)
    answer = client.get("/nowhere/")
    assert (answer.status_code, "<html" in answer.content.decode()) == (404, True)
