"""The live effect of a registration form: quick, and never a fault of the program."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from planner.models import Decision
from workloads.models import Workload

pytestmark = pytest.mark.django_db
MANAGEMENT = {"segments-TOTAL_FORMS": "1", "segments-INITIAL_FORMS": "0"}
FILLED = MANAGEMENT | {
    "name": "FAQ bot",
    "stage": "production",
    "tokens_month": "50M",
    "current_class": "2",
    "segments-0-name": "all",
    "segments-0-share": "100",
    "segments-0-task_type": "faq",
}


@pytest.fixture
def client(ana: object) -> Client:
    client = Client()
    client.force_login(ana)
    return client


def effect_of(client: Client, data: dict[str, str]) -> tuple[int, str]:
    answer = client.post(reverse("planner:preview"), data)
    return answer.status_code, answer.content.decode()


def test_it_shows_six_classes_and_the_cost_a_month(client: Client) -> None:
    status, fragment = effect_of(client, FILLED)
    assert (status, "<html" in fragment) == (200, False)
    assert fragment.count('class="cls cls-') >= 6
    assert "A month at target" in fragment


def test_the_line_for_narrow_screens_comes_with_it(client: Client) -> None:
    line = effect_of(client, FILLED)[1].split('id="live-line"')[1]
    assert line.startswith(' hx-swap-oob="true">')
    assert 'class="cls cls-' in line


def test_a_changed_answer_changes_the_effect(client: Client) -> None:
    assert effect_of(client, FILLED)[1] != effect_of(client, FILLED | {"tokens_month": "20 B"})[1]


@pytest.mark.parametrize(
    "data",
    [
        {},
        MANAGEMENT,
        FILLED | {"tokens_month": "-5"},
        FILLED | {"tokens_month": "many"},
        FILLED | {"name": "", "segments-0-share": ""},
        FILLED | {"segments-0-share": "120"},
        FILLED | {"stage": "nonsense", "segments-0-task_type": "nonsense"},
        FILLED | {"segments-TOTAL_FORMS": "x"},
        FILLED | {"archetype": "no such archetype", "team": "999999"},
    ],
)
def test_half_filled_and_wrong_forms_get_an_answer(client: Client, data: dict[str, str]) -> None:
    assert effect_of(client, data)[0] == 200


def test_it_stores_nothing(client: Client) -> None:
    effect_of(client, FILLED)
    assert Decision.objects.count() == 0
    assert Workload.objects.count() == 0
