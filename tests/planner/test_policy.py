"""The policy page shows what is used, with its sources."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from planner.engine import load_policy
from planner.engine.policy.coverage import coverage
from planner.engine.policy.guesses import guesses
from planner.models import PolicyVersion
from planner.selectors.reading import reading
from planner.selectors.tables import ROW_TABLES, TABLES, table_of
from planner.services import policy as services

if TYPE_CHECKING:
    from workloads.models import User

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 21)


@pytest.fixture
def client(adam: object) -> Client:
    client = Client()
    client.force_login(adam)
    return client


def page_of(client: Client, table: str = "", **asked: str) -> str:
    return client.get(reverse("planner:policy"), {"table": table} | asked).content.decode()


@pytest.mark.parametrize("table", [table.name for table in ROW_TABLES])
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
    assert page.count("<details open>") == 1  # long tables are folded


def test_a_row_shows_the_figures_it_reads_as_they_stand(client: Client) -> None:
    page = page_of(client, "gates")
    assert "?table=parameters#eval_min" in page
    assert "since 1 Jan 2026" in page


def test_every_fact_is_there(client: Client) -> None:
    assert page_of(client, "inputs").count("<tr id=") == len(load_policy().inputs)


def test_every_contradiction_names_what_to_change(client: Client) -> None:
    page = page_of(client, "settlements")
    settlements = load_policy().guides.settlements.values()
    assert page.count("<tr id=") == len(settlements) > 0
    for each in settlements:
        for name in (*each.rows, *each.parameters):
            assert reverse("planner:policy_entry", args=[name]) in page


def test_every_statement_of_the_guides_shows_its_row_or_a_reason(client: Client) -> None:
    page = page_of(client, "statements")
    told = coverage(load_policy()).entries
    assert page.count("<tr id=") == len(told) > 0
    assert all(f'id="{each.statement.id}"' in page for each in told)


def test_a_row_says_what_else_the_guides_say_of_it(client: Client) -> None:
    policy = load_policy()
    row = next(row for table in ROW_TABLES for row in policy.rows(table.name) if row.restates)
    assert f"Said again as {', '.join(row.restates)}" in page_of(client, row.table)


def test_an_unknown_table_shows_the_rules(client: Client) -> None:
    assert page_of(client, "nonsense").count("<tr id=") == len(load_policy().rows("constraints"))
    assert page_of(client).count('aria-current="page"') >= 1


def test_a_search_narrows_every_table_and_says_where_else_it_matches(client: Client) -> None:
    page = client.get(reverse("planner:policy"), {"q": "BAA phi"}).content.decode()
    assert 'id="DAT-243-BAA"' in page
    assert 'id="Q5-Y1"' not in page
    found = reading(load_policy(), "constraints", DAY, "baa phi")
    assert found.counts["constraints"] == found.shown < len(load_policy().rows("constraints"))
    assert "Nothing in this table matches" in page_of(client, "tiers", q="phi")


def test_a_layer_can_be_shown_alone(client: Client) -> None:
    found = reading(load_policy(), "constraints", DAY, layer="latency")
    assert {told.row.layer for group in found.groups for told in group.entries} == {"latency"}
    assert reading(load_policy(), "constraints", DAY, layer="nonsense").layer == ""


@pytest.mark.parametrize("name", ["DAT-424", "spend_trigger", "task_type", "simple"])
def test_every_entry_has_an_address_of_its_own(client: Client, name: str) -> None:
    answer = client.get(reverse("planner:policy_entry", args=[name]))
    table = table_of(load_policy(), name)
    assert answer.headers["Location"] == f"{reverse('planner:policy')}?table={table}#{name}"


def test_an_entry_that_is_not_there_is_not_found(client: Client) -> None:
    assert client.get(reverse("planner:policy_entry", args=["NO-ROW"])).status_code == 404


def test_all_tables_are_one_link_away(client: Client) -> None:
    page = page_of(client)
    assert [name for name in TABLES if f'href="?table={name}"' in page] == list(TABLES)


def test_figures_nobody_published_are_listed_where_figures_are_explained(client: Client) -> None:
    page = client.get(reverse("planner:how")).content.decode()
    listed = guesses(load_policy(), timezone.now().date())
    assert page.count("<tr id=") == len(listed) > 0
    assert [each.name for each in listed if f'<tr id="{each.name}">' not in page] == []


def test_versions_are_listed_and_compared_row_by_row(omar: User) -> None:
    client = Client()
    client.force_login(omar)
    now = timezone.now()
    draft = services.start_draft(by=omar, as_of=now)
    draft = services.set_cell(
        draft, "constraints", "DAT-424", "sentence", "Other words.", by=omar, revision=1, as_of=now
    )
    PolicyVersion.objects.create(sha=draft.sha, version="2025.9", document=draft.document, first_used_at=now)
    page = client.get(reverse("planner:versions")).content.decode()
    assert "2025.9" in page
    assert "What differs" not in page
    compared = client.get(reverse("planner:versions"), {"old": draft.base_id, "new": draft.sha})
    assert "<ins>Other words.</ins>" in compared.content.decode()
    old = client.get(reverse("planner:policy"), {"version": draft.sha, "q": "Other"}).content.decode()
    assert "Not in force." in old
    assert "Other words." in old
    assert client.get(reverse("planner:policy"), {"version": "nonsense"}).status_code == 404
    assert (
        "Nothing: they say the same."
        in client.get(reverse("planner:versions"), {"old": draft.sha, "new": draft.sha}).content.decode()
    )
