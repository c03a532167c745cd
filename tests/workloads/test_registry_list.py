"""The list of workloads: what it shows, filters and costs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.workloads.test_registry_views import signed_in

pytestmark = pytest.mark.django_db
LIST_QUERIES = 23


def names(person: Any, **chosen: Any) -> list[str]:
    page = signed_in(person).get(reverse("workloads:list"), chosen)
    return [row.workload.name for row in page.context["rows"]]


@pytest.fixture
def three(team: Any) -> None:
    """Approved, in review, and with nothing proposed."""
    now = timezone.now()
    done = factories.SegmentFactory(workload__team=team, workload__name="Alpha", workload__archetype="rag_qa")
    decider = factories.UserFactory()
    factories.ClassificationFactory(
        segment=done,
        state="approved",
        decided_by=decider,
        decided_at=now,
        ends_on=now.date() + timedelta(days=9),
        snapshot={},
    )
    waits = factories.SegmentFactory(
        workload__team=team, workload__name="Beta", workload__facts={"stage": "poc"}
    )
    factories.ClassificationFactory(segment=waits)
    factories.SegmentFactory(workload__team=team, workload__name="Gamma")


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, ["Alpha", "Beta", "Gamma"]),
        ({"q": "bet"}, ["Beta"]),
        ({"q": "atlas"}, ["Alpha", "Beta", "Gamma"]),
        ({"stage": "poc"}, ["Beta"]),
        ({"archetype": "rag_qa"}, ["Alpha"]),
        ({"classification": "approved"}, ["Alpha"]),
        ({"classification": "proposed"}, ["Beta"]),
        ({"classification": "missing"}, ["Gamma"]),
        ({"sort": "changed"}, ["Gamma", "Beta", "Alpha"]),
        ({"stage": "no such stage"}, ["Alpha", "Beta", "Gamma"]),
        ({"page": "no page"}, ["Alpha", "Beta", "Gamma"]),
    ],
)
def test_the_address_filters_and_orders(ana: Any, three: None, chosen: Any, expected: list[str]) -> None:
    assert names(ana, **chosen) == expected


def test_an_approval_past_its_end_is_no_approval(ana: Any, three: None) -> None:
    from workloads.models import Classification  # noqa: PLC0415  beside its one use

    Classification.objects.filter(state="approved").update(ends_on=timezone.now().date() - timedelta(days=1))
    assert names(ana, classification="missing") == ["Alpha", "Gamma"]


def test_a_stranger_sees_none_of_them(cleo: Any, three: None) -> None:
    assert names(cleo) == []


def test_leaders_operators_and_auditors_see_all(lena: Any, omar: Any, adam: Any, three: None) -> None:
    assert [names(person) for person in (lena, omar, adam)] == [["Alpha", "Beta", "Gamma"]] * 3


def test_nothing_registered_and_nothing_found_are_two_texts(ana: Any, team: Any) -> None:
    client = signed_in(ana)
    assert "Nothing registered yet" in client.get(reverse("workloads:list")).content.decode()
    page = client.get(reverse("workloads:list"), {"q": "sonar"}).content.decode()
    assert "No workload matches these filters" in page
    assert "Nothing registered yet" not in page


def test_htmx_gets_the_table_alone(ana: Any, three: None) -> None:
    page = signed_in(ana).get(reverse("workloads:list"), headers={"HX-Request": "true"})
    assert "<html" not in page.content.decode()
    assert "HX-Request" in page.headers["Vary"]
    whole = signed_in(ana).get(
        reverse("workloads:list"), headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}
    )
    assert "<html" in whole.content.decode()


def queries(person: Any) -> int:
    client = signed_in(person)
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("workloads:list"))
    return len(captured)


def test_one_and_three_workloads_cost_the_same_queries(ana: Any, team: Any) -> None:
    factories.SegmentFactory(workload__team=team)
    assert queries(ana) == LIST_QUERIES
    factories.SegmentFactory.create_batch(2, workload__team=team)
    assert queries(ana) == LIST_QUERIES
