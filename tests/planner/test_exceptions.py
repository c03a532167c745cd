"""Exceptions in the browser: asked for beside the rule, decided by its owner, marked before they end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from planner.models import Waiver
from planner.models.waiver import WaiverState
from planner.services import waivers as services
from tests import factories

if TYPE_CHECKING:
    from datetime import date

    from workloads.models import User, Workload

pytestmark = pytest.mark.django_db
ROW = "DAT-424"


@pytest.fixture
def workload(team: Any) -> Workload:
    made: Workload = factories.WorkloadFactory(team=team, name="Contract answers")
    factories.SegmentFactory(workload=made, name="quotes")
    return made


@pytest.fixture
def asked(workload: Workload, ana: User) -> Waiver:
    return ask(workload, ana)


def ask(workload: Workload, by: User, days: int = 90) -> Waiver:
    return services.ask(
        workload, ROW, reason="Redacted first.", until=in_days(days), by=by, as_of=timezone.now()
    )


def in_days(days: int) -> date:
    return timezone.now().date() + timedelta(days=days)


def seen_by(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def listed(user: User, which: str = "open") -> str:
    return seen_by(user).get(reverse("planner:waivers"), {"list": which}).content.decode()


def decide(user: User, waiver: Waiver, action: str, note: str = "") -> Any:
    return seen_by(user).post(
        reverse("planner:waiver_decide", args=[waiver.pk]), {"action": action, "note": note}
    )


def test_an_architect_asks_for_one_part_until_a_day(workload: Workload, ana: User) -> None:
    url = reverse("planner:waiver_ask", args=[workload.pk, ROW])
    page = seen_by(ana).get(url).content.decode()
    assert "Customer data needs enterprise terms" in page
    part = workload.segments.get()
    typed = {"segment": part.pk, "reason": "Redacted first.", "until": in_days(90).isoformat()}
    assert seen_by(ana).post(url, typed).status_code == 302
    made = Waiver.objects.get()
    assert (made.row, made.segment, made.state, made.until) == (ROW, part, WaiverState.ASKED, in_days(90))


def test_without_a_reason_nothing_is_asked_and_the_day_stays(workload: Workload, ana: User) -> None:
    url = reverse("planner:waiver_ask", args=[workload.pk, ROW])
    answer = seen_by(ana).post(url, {"reason": " ", "until": "2031-01-02"})
    assert answer.status_code == 422
    assert "2031-01-02" in answer.content.decode()
    assert Waiver.objects.count() == 0


def test_a_past_day_is_refused(workload: Workload, ana: User) -> None:
    url = reverse("planner:waiver_ask", args=[workload.pk, ROW])
    answer = seen_by(ana).post(url, {"reason": "Late.", "until": in_days(-1).isoformat()})
    assert answer.status_code == 422
    assert Waiver.objects.count() == 0


@pytest.mark.parametrize(("row", "status"), [("DAT-245", 200), ("NO-ROW", 404), ("PH-417", 404)])
def test_a_rule_that_takes_no_exception_says_so(workload: Workload, ana: User, row: str, status: int) -> None:
    answer = seen_by(ana).get(reverse("planner:waiver_ask", args=[workload.pk, row]))
    assert answer.status_code == status
    assert 'name="reason"' not in answer.content.decode()


def test_a_stranger_gets_404_and_a_reader_no_form(
    workload: Workload, asked: Waiver, cleo: User, lena: User
) -> None:
    url = reverse("planner:waiver_ask", args=[workload.pk, ROW])
    assert seen_by(cleo).get(url).status_code == 404
    assert decide(cleo, asked, "grant").status_code == 404
    assert "Contract answers" not in listed(cleo)
    assert 'name="reason"' not in seen_by(lena).get(url).content.decode()
    assert seen_by(lena).post(url, {"reason": "x", "until": in_days(9).isoformat()}).status_code == 403


def test_who_asked_does_not_grant_and_reads_why(asked: Waiver, ana: User) -> None:
    factories.models.Membership.objects.create(user=ana, team=None, role="reviewer")
    page = listed(ana)
    assert "You asked for this; somebody else has to decide." in page
    assert 'value="grant"' not in page
    assert "Take it back" in page
    assert decide(ana, asked, "grant").status_code == 403
    asked.refresh_from_db()
    assert asked.state == WaiverState.ASKED


def test_a_reviewer_grants_and_revokes_with_a_note(asked: Waiver, rita: User) -> None:
    assert 'value="grant"' in listed(rita)
    assert decide(rita, asked, "grant").status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.granted_by) == (WaiverState.GRANTED, rita)
    answer = decide(rita, asked, "revoke")
    assert answer.status_code == 422
    assert "Say why" in answer.content.decode()
    decide(rita, asked, "revoke", "No longer redacted.")
    asked.refresh_from_db()
    assert asked.state == WaiverState.REVOKED
    assert "No longer redacted." in listed(rita, "closed")


def test_who_asked_takes_it_back(asked: Waiver, ana: User) -> None:
    assert decide(ana, asked, "withdraw").status_code == 302
    asked.refresh_from_db()
    assert asked.state == WaiverState.WITHDRAWN


def test_an_auditor_reads_and_decides_nothing(asked: Waiver, adam: User) -> None:
    page = listed(adam)
    assert "Redacted first." in page
    assert "<textarea" not in page
    assert decide(adam, asked, "refuse", "No.").status_code == 403


def test_what_ends_soon_is_marked(workload: Workload, ana: User, rita: User) -> None:
    decide(rita, ask(workload, ana, days=12), "grant")
    assert "ends in 12 days" in listed(rita)
    assert "Contract answers" in listed(rita, "ending")


def test_nothing_asked_is_said_in_words(rita: User) -> None:
    assert "No exception is asked for or granted." in listed(rita, "nonsense")
    assert "None ends within 30 days." in listed(rita, "ending")


def test_nonsense_decides_nothing(asked: Waiver, rita: User) -> None:
    assert decide(rita, asked, "explode").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_often_for_three_as_for_one(
    team: Any, ana: User, rita: User, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        ask(factories.SegmentFactory(workload__team=team).workload, ana)
    client = seen_by(rita)
    client.get(reverse("planner:waivers"))
    with django_assert_num_queries(LIST_QUERIES):
        client.get(reverse("planner:waivers"))


LIST_QUERIES = 14
