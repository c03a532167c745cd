"""Registering, editing, listing and archiving workloads, through their pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from workloads import models
from workloads.models.registry import FactSource

pytestmark = pytest.mark.django_db


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def posted(team: Any, **changes: str) -> dict[str, str]:
    """A complete form with one segment."""
    return {
        "archetype": "support_chat",
        "name": "Help desk",
        "team": str(team.pk),
        "stage": "production",
        "tokens_month": "60M",
        "segments-TOTAL_FORMS": "1",
        "segments-INITIAL_FORMS": "0",
        "segments-0-name": "all traffic",
        "segments-0-share": "100",
        "segments-0-task_type": "support",
    } | changes


def test_a_form_is_filled_in_from_its_archetype(ana: Any) -> None:
    page = signed_in(ana).get(reverse("workloads:create"), {"archetype": "coding_assistant"})
    form = page.context["form"]
    assert form["tokens_month"].value() == "1B"
    assert [(part["name"].value(), part["share"].value()) for part in form.parts] == [
        ("completion", 70),
        ("chat", 20),
        ("agent", 10),
    ]


def test_every_archetype_is_offered_with_what_it_fills_in(ana: Any) -> None:
    page = signed_in(ana).get(reverse("workloads:create"))
    assert len(page.context["archetypes"]) >= 8
    assert all(card["lines"] for card in page.context["archetypes"])


def test_registering_keeps_who_said_each_fact(ana: Any, team: Any) -> None:
    answer = signed_in(ana).post(reverse("workloads:create"), posted(team, peak_to_avg="3"))
    workload = models.Workload.objects.get()
    assert answer.headers["Location"] == reverse("workloads:detail", args=(workload.pk,))
    assert workload.facts == {"stage": "production", "tokens_month": 60_000_000, "peak_to_avg": 3}
    assert (workload.owner, workload.team, workload.archetype) == (ana, team, "support_chat")
    said = {
        record.name: (record.value, record.source, record.said_by)
        for record in models.FactRecord.objects.all()
    }
    assert said == {
        "peak_to_avg": (3, FactSource.ARCHETYPE, ana),
        "stage": ("production", FactSource.ARCHETYPE, ana),
        "tokens_month": (60_000_000, FactSource.DECLARED, ana),
        "task_type": ("support", FactSource.ARCHETYPE, ana),
    }


def test_a_negative_volume_is_refused_with_the_way_out(ana: Any, team: Any) -> None:
    page = signed_in(ana).post(reverse("workloads:create"), posted(team, tokens_month="-5"))
    words = "-5 is negative: Tokens a month cannot be below 0. Write 0 or more, or leave it empty if you do not know."
    assert page.status_code == 422
    assert page.context["form"].errors == {"tokens_month": [words]}
    assert page.context["form"]["tokens_month"].value() == "-5"
    assert page.context["form"]["name"].value() == "Help desk"
    assert "<title>Error: Register a workload" in page.content.decode()
    assert models.Workload.objects.count() == 0


def test_shares_that_are_not_the_whole_are_refused_with_their_sum(ana: Any, team: Any) -> None:
    two = {"segments-TOTAL_FORMS": "2", "segments-1-name": "agent", "segments-1-share": "20"}
    page = signed_in(ana).post(reverse("workloads:create"), posted(team, **two))
    words = "Shares add up to 120 %; they must add up to 100 %: take 20 off."
    assert page.status_code == 422
    assert page.context["form"].errors == {"__all__": [words]}
    assert [part["share"].value() for part in page.context["form"].parts] == ["100", "20"]
    assert models.Workload.objects.count() == 0


def test_a_segment_is_added_without_javascript_and_takes_the_missing_share(ana: Any, team: Any) -> None:
    page = signed_in(ana).post(
        reverse("workloads:create"), posted(team, rows="add", **{"segments-0-share": "70"})
    )
    form = page.context["form"]
    assert page.status_code == 200
    rows = [(part["name"].value(), part["share"].value()) for part in form.parts]
    assert rows == [("all traffic", "70"), (None, "30")]
    assert form["name"].value() == "Help desk"
    assert not form.has_errors
    assert models.Workload.objects.count() == 0


def test_a_segment_is_removed_and_the_others_move_up(ana: Any, team: Any) -> None:
    two = {"segments-TOTAL_FORMS": "2", "segments-1-name": "agent", "segments-1-share": "20"}
    page = signed_in(ana).post(
        reverse("workloads:create"), posted(team, rows="remove-0", **two), headers={"HX-Request": "true"}
    )
    html = page.content.decode()
    assert re.findall(r'name="segments-\d-name" value="([^"]*)"', html) == ["agent"]
    assert "<html" not in html
    assert "err" not in html


def test_the_effect_is_shown_without_javascript(ana: Any, team: Any) -> None:
    page = signed_in(ana).post(reverse("workloads:create"), posted(team, rows="show"))
    assert page.status_code == 200
    assert 'id="preview"' in page.content.decode()
    assert models.Workload.objects.count() == 0


def test_two_workloads_of_a_team_cannot_have_the_same_name(ana: Any, team: Any) -> None:
    factories.WorkloadFactory(team=team, name="help DESK")
    page = signed_in(ana).post(reverse("workloads:create"), posted(team))
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["name"]


def test_nobody_registers_for_another_team(ana: Any, cleo: Any) -> None:
    page = signed_in(ana).post(reverse("workloads:create"), posted(cleo.teams.get()))
    assert page.status_code == 422
    assert page.context["form"].errors == {"team": ["Choose a team in which you are an architect."]}


def test_only_architects_register(omar: Any, team: Any) -> None:
    assert signed_in(omar).post(reverse("workloads:create"), posted(team)).status_code == 403
    assert models.Workload.objects.count() == 0


def edited(workload: Any, **changes: str) -> dict[str, str]:
    segment = workload.segments.get()
    return posted(
        workload.team,
        name=workload.name,
        revision=workload.changed_at.isoformat(),
        **{"segments-0-pk": str(segment.pk), "segments-0-name": segment.name, "segments-0-task_type": "faq"},
        **changes,
    )


@pytest.fixture
def workload(team: Any) -> Any:
    return factories.SegmentFactory(workload__team=team, name="all traffic").workload


def test_a_whole_share_is_shown_as_a_number_people_write(ana: Any, workload: Any) -> None:
    page = signed_in(ana).get(reverse("workloads:edit", args=[workload.pk])).content.decode()
    assert 'name="segments-0-share" value="100"' in page


def test_an_edit_leaves_a_record_of_what_changed_and_of_nothing_else(ana: Any, workload: Any) -> None:
    answer = signed_in(ana).post(reverse("workloads:edit", args=(workload.pk,)), edited(workload))
    assert answer.status_code == 302
    said = [(record.name, record.value, record.said_by) for record in models.FactRecord.objects.all()]
    assert said == [("tokens_month", 60_000_000, ana)]


def test_a_fact_that_is_no_longer_known_is_on_record_too(ana: Any, workload: Any) -> None:
    signed_in(ana).post(reverse("workloads:edit", args=(workload.pk,)), edited(workload, tokens_month=""))
    workload.refresh_from_db()
    assert workload.facts == {"stage": "production"}
    assert [(record.name, record.value) for record in models.FactRecord.objects.all()] == [
        ("tokens_month", None)
    ]


def test_an_edit_over_somebody_elses_edit_is_refused_and_keeps_what_was_typed(
    ana: Any, workload: Any
) -> None:
    form = edited(workload)
    signed_in(ana).post(reverse("workloads:edit", args=(workload.pk,)), form)
    page = signed_in(ana).post(reverse("workloads:edit", args=(workload.pk,)), form | {"tokens_month": "70M"})
    workload.refresh_from_db()
    assert page.status_code == 422
    assert page.context["form"]["tokens_month"].value() == "70M"
    assert workload.facts["tokens_month"] == 60_000_000


def test_a_removed_segment_keeps_its_decisions_and_loses_its_open_proposal(
    ana: Any, rita: Any, workload: Any
) -> None:
    gone = factories.SegmentFactory(workload=workload, name="agent", share=1)
    proposal = factories.ClassificationFactory(segment=gone, proposed_by=ana)
    signed_in(ana).post(reverse("workloads:edit", args=(workload.pk,)), edited_first(workload))
    proposal.refresh_from_db()
    assert [segment.name for segment in workload.segments.all()] == ["all traffic"]
    assert (proposal.state, proposal.segment) == ("withdrawn", models.Segment.ever.get(pk=gone.pk))


def edited_first(workload: Any) -> dict[str, str]:
    first = workload.segments.first()
    return posted(workload.team, **{"segments-0-pk": str(first.pk), "segments-0-name": first.name})


def test_segments_may_swap_names(ana: Any, workload: Any) -> None:
    first = workload.segments.get()
    second = factories.SegmentFactory(workload=workload, name="agent", share=1)
    form = posted(
        workload.team,
        **{
            "segments-TOTAL_FORMS": "2",
            "segments-0-pk": str(first.pk),
            "segments-0-name": "agent",
            "segments-0-share": "60",
            "segments-1-pk": str(second.pk),
            "segments-1-name": "all traffic",
            "segments-1-share": "40",
        },
    )
    assert signed_in(ana).post(reverse("workloads:edit", args=(workload.pk,)), form).status_code == 302
    assert list(workload.segments.values_list("pk", "name")) == [
        (first.pk, "agent"),
        (second.pk, "all traffic"),
    ]


def test_a_reader_of_the_team_may_not_edit(rita: Any, workload: Any) -> None:
    client = signed_in(rita)
    assert client.get(reverse("workloads:detail", args=(workload.pk,))).status_code == 200
    assert client.post(reverse("workloads:edit", args=(workload.pk,)), edited(workload)).status_code == 403
    assert client.post(reverse("workloads:archive", args=(workload.pk,))).status_code == 403


@pytest.mark.parametrize("name", ["detail", "edit", "archive"])
def test_a_stranger_finds_nothing(cleo: Any, workload: Any, name: str) -> None:
    assert signed_in(cleo).get(reverse(f"workloads:{name}", args=(workload.pk,))).status_code == 404


def test_archiving_takes_it_from_the_list_and_back(ana: Any, workload: Any) -> None:
    client = signed_in(ana)
    client.post(reverse("workloads:archive", args=(workload.pk,)))
    assert client.get(reverse("workloads:list")).context["rows"] == []
    shown = client.get(reverse("workloads:list"), {"archived": "on"}).context["rows"]
    assert [row.workload for row in shown] == [workload]
    client.post(reverse("workloads:restore", args=(workload.pk,)))
    assert [row.workload for row in client.get(reverse("workloads:list")).context["rows"]] == [workload]


def test_a_name_given_away_meanwhile_keeps_the_archived_one_archived(ana: Any, workload: Any) -> None:
    client = signed_in(ana)
    client.post(reverse("workloads:archive", args=(workload.pk,)))
    factories.WorkloadFactory(team=workload.team, name=workload.name)
    client.post(reverse("workloads:restore", args=(workload.pk,)))
    workload.refresh_from_db()
    assert workload.archived_at is not None


def test_the_page_names_what_the_workload_waits_for(ana: Any, workload: Any) -> None:
    page = signed_in(ana).get(reverse("workloads:detail", args=(workload.pk,)))
    segment = workload.segments.get()
    assert reverse("workloads:propose", args=(segment.pk,)) in page.content.decode()
    assert [part.segment for part in page.context["known"].to_propose] == [segment]


def test_a_typed_amount_is_read_back_in_full(ana: Any) -> None:
    page = signed_in(ana).get(reverse("workloads:understood"), {"tokens_month": "1.2M/day"})
    assert page.content.decode().strip() == "= 36,500,000 tokens a month"
