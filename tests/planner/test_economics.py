"""The economics page of a workload: full costs on the decision's own facts, terms, break-evens, what if."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from planner import services
from planner.management.sample.cases import Case, cases
from planner.management.sample.load import register_case
from planner.models import PlanRun
from planner.selectors import basis, decisions
from pricing.models import Snapshot
from tests.factories import WorkloadFactory
from workloads.models import OrganisationProfile, User, Workload
from workloads.services.facts import replace_facts

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
FAQ, HYBRID, UNMEASURED = 2, 17, 27


@pytest.fixture
def client(ana: User) -> Client:
    client = Client()
    client.force_login(ana)
    return client


def without_volume(case: Case) -> Case:
    parts = tuple(replace(part, facts=unmeasured(part.facts)) for part in case.parts)
    return replace(case, facts=unmeasured(case.facts), parts=parts)


def unmeasured(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name != "tokens_month"}


@pytest.fixture
def planned(ana: User, rita: User, team: Any) -> dict[int, Workload]:
    """A plain one, one of three parts, and one whose volume nobody knows."""
    known, now = cases(), timezone.now()
    known = {**known, UNMEASURED: without_volume(known[UNMEASURED])}
    replace_facts(OrganisationProfile(pk=1), known[HYBRID].organisation, by=ana, as_of=now)
    found = {
        number: register_case(
            known[number], name=f"Case {number}", team=team, by=ana, reviewer=rita, as_of=now
        )
        for number in (FAQ, HYBRID, UNMEASURED)
    }
    services.plan_here(as_of=now, snapshot=services.snapshot_named("reference-2026-01"))
    return found


def page_of(client: Client, workload: Workload, **query: str) -> str:
    answer = client.get(reverse("planner:economics", args=[workload.pk]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_it_opens_with_whether_the_full_cost_agrees_and_why(
    client: Client, planned: dict[int, Workload]
) -> None:
    words = words_of(page_of(client, planned[FAQ]))
    assert "In full, an open-weight API costs" in words
    assert "the least of what is allowed." in words
    assert "An open-weight API wins: at" in words


def test_every_term_of_rented_machines_is_shown_with_its_formula_figures_and_source(
    client: Client, planned: dict[int, Workload]
) -> None:
    page = page_of(client, planned[HYBRID], part="2", **{"class": "5a"})
    terms = words_of(page[page.index('id="h-terms"') : page.index('id="h-volume"')])
    for label in (
        "Hours that work",
        "Room below full load",
        "Room for the peak",
        "Whole replicas",
        "Spare replicas",
        "Egress, storage, management",
        "Monitoring and storage of the pool",
        "People",
        "Together",
    ):
        assert label in terms
    assert "replicas are planned at 70% of what they can serve" in terms
    assert "1.5 people at $200,000 a year" in terms
    assert "guide 002: 1 to 2 MLOps" in terms
    assert ":rented" not in terms  # an offer is named by its words, not by its id
    assert "10% of it carried here" in terms  # ten workloads share the team, says the fact


def test_the_break_even_names_its_comparator_and_says_never_where_it_is_never(
    client: Client, planned: dict[int, Workload]
) -> None:
    page = words_of(page_of(client, planned[FAQ]))
    assert "it breaks even at no volume against groq llama-3.1-8b at $" in page
    assert "Use a replica needs" in page
    assert "Not confirmed" in page  # the published marker stands beside it


def test_asking_for_more_people_and_a_higher_peak_moves_the_cost_and_nothing_is_kept(
    client: Client, planned: dict[int, Workload]
) -> None:
    plain = page_of(client, planned[HYBRID], part="2", **{"class": "5a"})
    asked = page_of(
        client, planned[HYBRID], part="2", **{"class": "5a"}, people_rented="5", team_share="100", peak="40"
    )
    assert "5 people at $200,000 a year, all of it carried here" in words_of(asked)
    assert "the peak is 40 times the mean" in words_of(asked)
    assert "Some figures are asked for otherwise; nothing is kept." in words_of(asked)
    assert words_of(page_of(client, planned[HYBRID], part="2", **{"class": "5a"})) == words_of(plain)


def test_a_figure_that_cannot_be_read_is_named_kept_and_changes_nothing(
    client: Client, planned: dict[int, Workload]
) -> None:
    page = page_of(client, planned[FAQ], peak="many", spare="-1")
    assert "Peak over mean: Must be a number between 1 and 1,000." in words_of(page)
    assert "Spare replicas: Must lie between 0 and 100." in words_of(page)
    assert 'value="many"' in page
    assert "In full, an open-weight API costs" in page


def test_an_unknown_volume_is_unknown_and_says_what_to_supply(
    client: Client, planned: dict[int, Workload]
) -> None:
    words = words_of(page_of(client, planned[UNMEASURED]))
    assert "The monthly volume is not known, or 0: measure it, or state it on the workload." in words
    assert "nobody can tell" in words
    assert "$0" not in words


def test_htmx_gets_the_figures_alone_with_the_charts_written_into_them(
    client: Client, planned: dict[int, Workload]
) -> None:
    address = reverse("planner:economics", args=[planned[FAQ].pk])
    answer = client.get(address, {"class": "4"}, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert page.lstrip().startswith('<div id="figures">')
    assert "<script" not in page
    drawn = [json.loads(each.replace("&quot;", '"')) for each in re.findall(r'data-figure="([^"]+)"', page)]
    assert {trace["type"] for figure in drawn for trace in figure["data"]} == {"bar", "scatter"}


def test_a_part_that_is_not_there_shows_the_first_and_a_class_that_is_not_there_the_target(
    client: Client, planned: dict[int, Workload]
) -> None:
    plain = words_of(page_of(client, planned[HYBRID]))
    assert words_of(page_of(client, planned[HYBRID], part="99", **{"class": "9z"})) == plain


def test_without_a_decision_it_says_so(client: Client, team: Any) -> None:
    page = words_of(page_of(client, WorkloadFactory(name="New", team=team)))
    assert "Not costed yet" in page
    assert "No finished plan has reached this workload" in page


def test_a_stranger_finds_nothing(cleo: User, planned: dict[int, Workload]) -> None:
    stranger = Client()
    stranger.force_login(cleo)
    assert stranger.get(reverse("planner:economics", args=[planned[FAQ].pk])).status_code == 404


def test_it_takes_as_many_queries_for_three_parts_as_for_one(
    client: Client, planned: dict[int, Workload], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert PlanRun.objects.count() == 1
    for number in (FAQ, HYBRID):
        page_of(client, planned[number])  # the process has read policy and prices
    for number in (FAQ, HYBRID):
        with django_assert_num_queries(QUERIES):
            page_of(client, planned[number])


QUERIES = 22


def test_an_archived_workload_carries_no_people(planned: dict[int, Workload]) -> None:
    assert planned[FAQ].pk in dict(decisions.targets())
    Workload.objects.filter(pk=planned[FAQ].pk).update(archived_at=timezone.now())
    assert planned[FAQ].pk not in dict(decisions.targets())
    assert planned[HYBRID].pk in dict(decisions.targets())


def test_prices_that_return_to_what_they_were_are_the_latest_again(planned: dict[int, Workload]) -> None:
    first = basis.latest_snapshot()
    assert first is not None
    other = Snapshot.objects.create(
        sha="f" * 64, name="other", as_of=first.as_of, document=Snapshot.objects.get(pk=first.pk).document
    )
    run = PlanRun.objects.order_by("-pk")[0]
    services.plan_here(as_of=timezone.now(), snapshot=other)
    assert basis.latest_snapshot() == other
    services.plan_here(as_of=timezone.now(), snapshot=Snapshot.objects.get(pk=run.snapshot_id))
    assert basis.latest_snapshot() == first
