"""The policy page shows what is used, with its sources."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from planner.engine import load_policy
from planner.engine.policy.guesses import guesses
from planner.selectors.reading import ROW_TABLES, TABLES

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(adam: object) -> Client:
    client = Client()
    client.force_login(adam)
    return client


def page_of(client: Client, table: str = "") -> str:
    return client.get(reverse("planner:policy"), {"table": table}).content.decode()


@pytest.mark.parametrize("table", sorted(ROW_TABLES))
def test_every_row_is_there_with_its_quote(client: Client, table: str) -> None:
    page = page_of(client, table)
    for row in load_policy().rows(table):
        assert f'id="{row.id}"' in page
        assert escape(row.source.quote) in page


def test_every_parameter_is_there_and_guesses_are_marked(client: Client) -> None:
    page = page_of(client, "parameters")
    parameters = load_policy().parameters
    assert page.count("<tr id=") == len(parameters)
    assert page.count(">guess</span>") == sum(each.guess for each in parameters.values())


def test_every_fact_is_there(client: Client) -> None:
    assert page_of(client, "inputs").count("<tr id=") == len(load_policy().inputs)


def test_an_unknown_table_shows_the_rules(client: Client) -> None:
    assert page_of(client, "nonsense").count("<tr id=") == len(load_policy().rows("constraints"))
    assert page_of(client).count('aria-current="page"') >= 1


def test_all_tables_are_one_link_away(client: Client) -> None:
    page = page_of(client)
    assert [name for name in TABLES if f'href="?table={name}"' in page] == list(TABLES)


def test_figures_nobody_published_are_listed_where_figures_are_explained(client: Client) -> None:
    page = client.get(reverse("planner:how")).content.decode()
    listed = guesses(load_policy(), timezone.now().date())
    assert page.count("<tr id=") == len(listed) > 0
    assert [each.name for each in listed if f'<tr id="{each.name}">' not in page] == []
