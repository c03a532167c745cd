"""Triggers by what they ask for."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from planner.selectors import frame, headlines
from planner.selectors.standing import standings
from planner.selectors.watch import watch
from tests.factories import WorkloadFactory
from tests.planner.records import decided, segment, trigger
from workloads.models import Workload

pytestmark = pytest.mark.django_db


@pytest.fixture
def watched() -> None:
    decided(
        WorkloadFactory(name="Invoices"),
        segment(
            triggers=[
                trigger(
                    "A",
                    state="fired",
                    confirmed=True,
                    confirmed_words="Confirmed: cost of class 3 $86.",
                    distance_pct=-40.0,
                ),
                trigger(
                    "B",
                    state="fired",
                    confirmed=False,
                    confirmed_words="Not confirmed: cost of class 4 $4,745.",
                    distance_pct=-300.0,
                ),
                trigger("C", state="fired", confirmed=None, distance_pct=0.0),
                trigger("D", state="near", distance_pct=12.0),
                trigger("E", distance_pct=97.9),
                trigger("F", state="not_evaluated", distance_pct=None),
            ]
        ),
    )


def board() -> object:
    return watch(standings(Workload.objects.all()))


def test_each_trigger_is_in_the_group_that_says_what_to_do(watched: None) -> None:
    groups = {group.name: [each.trigger["id"] for each in group.triggers] for group in board().groups}
    assert groups == {
        "confirmed": ["A"], "unconfirmed": ["B"], "fired": ["C"], "near": ["D"], "armed": ["E"], "not_evaluated": ["F"],
    }  # fmt: skip


def test_the_level_that_fires_stands_at_four_fifths_of_the_bar(watched: None) -> None:
    fills = {each.trigger["id"]: each.trigger["fill"] for each in board().triggers}
    assert fills == {"A": 100.0, "B": 100.0, "C": 80.0, "D": 70.4, "E": 1.7, "F": None}


def test_the_headline_counts_only_what_needs_an_answer(watched: None) -> None:
    assert headlines.watch_headline(board()) == (
        "1 trigger needs an answer. 1 more fired that the economics do not confirm. 1 is near."
    )


def test_the_navigation_counts_confirmed_triggers_of_visible_workloads(
    watched: None, lena: object, ana: object
) -> None:
    assert frame.nav_counts(lena)["triggers"] == 1
    assert frame.nav_counts(ana)["triggers"] == 0


def test_the_board_shows_published_and_computed_side_by_side(watched: None, lena: object) -> None:
    client = Client()
    client.force_login(lena)
    page = client.get(reverse("planner:triggers")).content.decode()
    unconfirmed = page[page.index('id="t-unconfirmed"') : page.index('id="t-fired"')]
    assert "guide 002, line 349" in unconfirmed
    assert "Not confirmed: cost of class 4 $4,745." in unconfirmed


def test_quiet_triggers_are_shown_when_asked_for(watched: None, lena: object) -> None:
    client = Client()
    client.force_login(lena)
    assert 'id="t-armed"' not in client.get(reverse("planner:triggers")).content.decode()
    page = client.get(reverse("planner:triggers"), {"state": "armed"}).content.decode()
    assert 'id="t-armed"' in page
    assert 'id="t-near"' not in page
