"""From stored facts to what the engine reads: precedence, who said so, and the number of queries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from planner.engine import Fact
from tests import factories
from workloads import models, signals
from workloads.models.registry import FactScope
from workloads.selectors.facts import organisation_facts, portfolio_inputs, workload_input
from workloads.services import people as people_services
from workloads.services.facts import replace_facts

pytestmark = pytest.mark.django_db
PORTFOLIO_QUERIES = 11


@pytest.fixture
def segment(team: Any) -> Any:
    return factories.SegmentFactory(workload__team=team, name="all traffic")


def test_the_team_overrides_the_organisation_and_each_says_who(omar: Any, segment: Any) -> None:
    now = timezone.now()
    facts = {"dpa_signed": True, "oncall_24x7": False}
    people_services.save_organisation(name="Acme", facts=facts, by=omar, as_of=now)
    people_services.save_team(
        segment.workload.team, name="Atlas", facts={"oncall_24x7": True}, by=omar, as_of=now
    )
    segment.workload.team.refresh_from_db()
    said: dict[str, Any] = {"source": "declared", "by": "Omar", "at": now.date()}
    assert workload_input(segment.workload, now).organisation == {
        "dpa_signed": Fact(True, **said),
        "oncall_24x7": Fact(True, **said),
    }
    assert organisation_facts() == {"dpa_signed": Fact(True, **said), "oncall_24x7": Fact(False, **said)}


def test_the_newest_saying_counts(ana: Any, ben: Any, segment: Any) -> None:
    workload, now = segment.workload, timezone.now()
    replace_facts(workload, {"tokens_month": 5}, by=ana, as_of=now - timedelta(days=3))
    replace_facts(workload, {"tokens_month": 7}, by=ben, as_of=now)
    assert workload_input(workload, now).facts == {"tokens_month": Fact(7, "declared", "Ben", now.date())}


def test_a_set_is_read_as_a_set_and_an_approval_names_its_reviewer(ana: Any, rita: Any, segment: Any) -> None:
    now = timezone.now()
    factories.ClassificationFactory(
        segment=segment,
        proposed_by=ana,
        proposed_at=now,
        facts={"data_tags": ["phi", "pii"]},
        state="approved",
        decided_by=rita,
        decided_at=now,
        ends_on=now.date() + timedelta(days=30),
        snapshot={},
    )
    read = workload_input(segment.workload, now).segments[0]
    assert read.classification == "approved"
    assert read.facts["data_tags"] == Fact(
        frozenset({"phi", "pii"}), "approved", "Ana", now.date(), "Rita", now.date()
    )
    assert read.share == 100


def test_a_newer_proposal_waits_beside_what_is_approved(rita: Any, segment: Any) -> None:
    now = timezone.now()
    factories.ClassificationFactory(
        segment=segment,
        state="approved",
        decided_by=rita,
        decided_at=now,
        ends_on=now.date() + timedelta(days=30),
        snapshot={},
    )
    factories.ClassificationFactory(segment=segment, facts={"data_tags": ["phi"]})
    read = workload_input(segment.workload, now).segments[0]
    assert (read.classification, read.facts["data_tags"].value) == ("approved", frozenset({"public"}))
    assert read.pending is not None
    assert read.pending["data_tags"].value == frozenset({"phi"})


def test_an_archetypes_data_tags_are_a_proposal_until_somebody_makes_one(segment: Any) -> None:
    workload = segment.workload
    workload.archetype = "clinical_summarisation"
    workload.save()
    read = workload_input(workload, timezone.now()).segments[0]
    assert read.classification == "proposed"
    assert read.facts["data_tags"] == Fact(frozenset({"phi"}), "archetype")
    factories.ClassificationFactory(segment=segment, facts={})
    assert "data_tags" not in workload_input(workload, timezone.now()).segments[0].facts


def test_a_fact_the_policy_no_longer_takes_is_left_for_the_engine_to_name(segment: Any) -> None:
    segment.workload.facts = {"stage": "imaginary", "gone": 1}
    segment.workload.save()
    read = workload_input(segment.workload, timezone.now()).facts
    assert {name: fact.value for name, fact in read.items()} == {"stage": "imaginary", "gone": 1}


def queries() -> int:
    with CaptureQueriesContext(connection) as captured:
        portfolio_inputs(models.Workload.objects.all(), timezone.now())
    return len(captured)


def test_one_and_three_workloads_cost_the_same_queries(segment: Any) -> None:
    assert queries() == PORTFOLIO_QUERIES
    factories.SegmentFactory.create_batch(2)
    assert queries() == PORTFOLIO_QUERIES


def test_what_was_said_cannot_be_rewritten_or_deleted(ana: Any, segment: Any) -> None:
    replace_facts(segment.workload, {"tokens_month": 5}, by=ana, as_of=timezone.now())
    records = models.FactRecord.objects.filter(name="tokens_month")
    for forbidden in (
        lambda: records.update(value=6),
        lambda: records.update(said_at=timezone.now() - timedelta(days=1)),
        lambda: records.update(said_by=factories.UserFactory()),
        lambda: records.update(scope=FactScope.ORGANISATION),
        records.delete,
    ):
        with pytest.raises(DatabaseError, match=r"Cannot (update|delete) rows"), transaction.atomic():
            forbidden()
    assert [(record.value, record.said_by) for record in records] == [(5, ana)]


def test_somebody_who_leaves_takes_nothing_they_said_with_them(segment: Any) -> None:
    person = factories.UserFactory()
    replace_facts(segment.workload, {"tokens_month": 5}, by=person, as_of=timezone.now())
    person.delete()
    assert [(each.value, each.said_by) for each in models.FactRecord.objects.filter(name="tokens_month")] == [
        (5, None)
    ]


def test_listeners_hear_of_changed_facts_after_the_commit(
    omar: Any, team: Any, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[Any] = []

    def listen(**kwargs: Any) -> None:
        heard.append(kwargs["workload_id"])

    signals.facts_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            people_services.save_team(
                team, name="Atlas", facts={"dpa_signed": True}, by=omar, as_of=timezone.now()
            )
            assert heard == []
        with django_capture_on_commit_callbacks(execute=True):
            people_services.save_team(
                team, name="Atlas", facts={"dpa_signed": True}, by=omar, as_of=timezone.now()
            )
    finally:
        signals.facts_changed.disconnect(listen)
    assert heard == [None]
