"""Teams, roles, invitations and the first set-up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.workloads.test_registry_views import signed_in
from workloads import models
from workloads.models import Role
from workloads.services import people as services

pytestmark = pytest.mark.django_db


def test_an_operator_makes_a_team(omar: Any) -> None:
    answer = signed_in(omar).post(reverse("workloads:teams"), {"name": "Borealis"})
    assert answer.headers["Location"] == reverse("workloads:team", args=(models.Team.objects.get().pk,))
    again = signed_in(omar).post(reverse("workloads:teams"), {"name": "borealis"})
    assert again.status_code == 422
    assert again.context["form"].errors == {"name": ["There is a team of this name: choose another."]}


def test_nobody_else_makes_teams_or_gives_roles(ana: Any, team: Any) -> None:
    client = signed_in(ana)
    role = {"role-email": "new@example.com", "role-name": "New", "role-role": "architect"}
    assert client.post(reverse("workloads:teams"), {"name": "Mine"}).status_code == 403
    assert client.post(reverse("workloads:give_team_role", args=(team.pk,)), role).status_code == 403
    assert client.post(reverse("workloads:team", args=(team.pk,)), {"name": "Mine"}).status_code == 403
    assert client.post(reverse("workloads:organisation"), {"name": "Mine"}).status_code == 403
    assert not models.User.objects.filter(email="new@example.com").exists()


def test_a_new_person_gets_a_link_that_is_shown_once_and_works_once(omar: Any, team: Any) -> None:
    client = signed_in(omar)
    role = {"role-email": "Nora@Example.com", "role-name": "Nora", "role-role": "architect"}
    page = client.post(reverse("workloads:give_team_role", args=(team.pk,)), role, follow=True)
    url = page.context["link"]["url"]
    assert url in page.content.decode()
    assert url not in client.get(reverse("workloads:team", args=(team.pk,))).content.decode()
    stranger = Client()
    assert stranger.post(url, {"password": "short"}).status_code == 422
    assert stranger.post(url, {"password": "correct horse battery"}).headers["Location"] == reverse(
        "account_login"
    )
    assert stranger.get(url).status_code == 404
    nora = models.User.objects.get(email="nora@example.com")
    assert nora.check_password("correct horse battery")
    assert [(each.role, each.team) for each in nora.memberships.all()] == [(Role.ARCHITECT, team)]


def test_a_known_person_keeps_their_account(omar: Any, ana: Any, team: Any) -> None:
    person, link = services.give_role(
        email="ANA@example.com", name="", role=Role.REVIEWER, team=team, by=omar
    )
    assert (person, link) == (ana, "")
    assert services.give_role(email="ana@example.com", name="", role=Role.REVIEWER, team=team, by=omar) == (
        ana,
        "",
    )
    assert sorted(ana.memberships.values_list("role", flat=True)) == ["architect", "reviewer"]


def test_nobody_makes_themselves_a_reviewer(omar: Any, team: Any) -> None:
    role = {"role-email": "omar@example.com", "role-role": "reviewer"}
    assert signed_in(omar).post(reverse("workloads:give_team_role", args=(team.pk,)), role).status_code == 403
    with pytest.raises(PermissionDenied):
        services.give_role(email="OMAR@example.com", name="", role=Role.REVIEWER, team=None, by=omar)
    assert list(omar.memberships.values_list("role", flat=True)) == ["operator"]


def test_a_role_taken_away_stays_in_the_history_with_who_took_it(omar: Any, ana: Any, team: Any) -> None:
    client = signed_in(omar)
    client.post(reverse("workloads:take_role", args=(ana.memberships.get().pk,)))
    page = client.get(reverse("workloads:team", args=(team.pk,)))
    changes = [(change.who, change.act, change.role, change.by) for change in page.context["changes"]]
    assert changes == [("Ana", "lost", "Architect", "Omar"), ("Ana", "received", "Architect", "")]
    assert list(page.context["members"]) == []


def test_the_last_operator_stays(omar: Any) -> None:
    assert (
        signed_in(omar).post(reverse("workloads:take_role", args=(omar.memberships.get().pk,))).status_code
        == 403
    )
    assert omar.memberships.count() == 1


def test_a_person_sees_their_own_team_and_no_other(ana: Any, cleo: Any, team: Any) -> None:
    client = signed_in(ana)
    assert [each.name for each in client.get(reverse("workloads:teams")).context["teams"]] == ["Atlas"]
    assert client.get(reverse("workloads:team", args=(team.pk,))).status_code == 200
    assert client.get(reverse("workloads:team", args=(cleo.teams.get().pk,))).status_code == 404


def test_the_organisations_facts_are_saved_with_who_said_them(omar: Any) -> None:
    form = {"name": "Acme", "dpa_signed": "true", "ml_engineers": "2.5", "pressure_event": ""}
    assert signed_in(omar).post(reverse("workloads:organisation"), form).status_code == 302
    profile = models.OrganisationProfile.objects.get()
    assert (profile.name, profile.facts) == ("Acme", {"dpa_signed": True, "ml_engineers": 2.5})
    said = models.FactRecord.objects.values_list("scope", "name", "value", "said_by__name").order_by("name")
    assert list(said) == [
        ("organisation", "dpa_signed", True, "Omar"),
        ("organisation", "ml_engineers", 2.5, "Omar"),
    ]


def test_wrong_facts_of_the_organisation_come_back_as_typed(omar: Any) -> None:
    page = signed_in(omar).post(reverse("workloads:organisation"), {"name": "Acme", "ml_engineers": "-1"})
    assert page.status_code == 422
    assert page.context["form"]["ml_engineers"].value() == "-1"
    assert not models.OrganisationProfile.objects.exists()


SETUP = {
    "organisation": "Acme",
    "name": "Olga",
    "email": "Olga@example.com",
    "password": "correct horse battery",
}


def test_the_set_up_link_makes_the_first_operator_once(db: None) -> None:
    path, client = services.first_operator_link(timezone.now()), Client()
    assert client.post(path, SETUP | {"password": "olga"}).status_code == 422
    assert client.post(path, SETUP).headers["Location"] == reverse("account_login")
    olga = models.User.objects.get()
    assert [(each.role, each.team) for each in olga.memberships.all()] == [(Role.OPERATOR, None)]
    assert models.OrganisationProfile.objects.get().name == "Acme"
    assert client.get(path).status_code == 404
    assert client.post(path, SETUP | {"email": "eve@example.com"}).status_code == 404
    assert models.User.objects.count() == 1


def test_only_the_newest_set_up_link_works_and_only_for_a_day(db: None) -> None:
    now = timezone.now()
    older, newer = services.first_operator_link(now), services.first_operator_link(now)
    token = newer.strip("/").split("/")[-1]
    assert Client().get(older).status_code == 404
    assert services.setup_stands(token, now)
    assert not services.setup_stands(token, now + timedelta(days=1))
    assert models.SetupToken.objects.get().sha256 not in newer


def test_there_is_no_set_up_link_where_somebody_has_an_account(ana: Any) -> None:
    assert services.first_operator_link(timezone.now()) == ""
    assert models.SetupToken.objects.count() == 0
