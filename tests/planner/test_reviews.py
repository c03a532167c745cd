"""The reviewer's queue and the decision, as each of the cast sees them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import factories
from workloads.models import Classification, User
from workloads.services import classification as services

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposal(team: Any, ana: User) -> Classification:
    segment = factories.SegmentFactory(workload__team=team, workload__name="Contract answers")
    facts = {"data_tags": ["customer_data"], "stance": "contractual"}
    return services.propose(segment, by=ana, facts=facts, reason="Quotes contracts.", as_of=timezone.now())


def decision(proposal: Classification, action: str, **changes: str) -> dict[str, str]:
    ends_on = (timezone.now() + timedelta(days=200)).date().isoformat()
    return {
        "action": action,
        "seen_hash": proposal.revision_hash,
        "note": "Read.",
        "ends_on": ends_on,
    } | changes


def post(client: Client, person: User, proposal: Classification, action: str, **changes: str) -> Any:
    client.force_login(person)
    return client.post(reverse("planner:decide", args=[proposal.pk]), decision(proposal, action, **changes))


def test_a_reviewer_finds_it_in_the_queue_and_approves(
    client: Client, rita: User, proposal: Classification
) -> None:
    client.force_login(rita)
    page = client.get(reverse("planner:queue")).content.decode()
    assert "One classification waits for a decision" in page
    assert "Contract answers" in page
    assert post(client, rita, proposal, "approve").status_code == 302
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by) == ("approved", rita)


def test_asking_for_changes_leaves_the_queue_empty_with_words(
    client: Client, rita: User, proposal: Classification
) -> None:
    post(client, rita, proposal, "ask", note="Which contracts?")
    page = client.get(reverse("planner:queue")).content.decode()
    assert "Nothing waits for a decision" in page


def test_asking_without_a_reason_keeps_what_was_typed(
    client: Client, rita: User, proposal: Classification
) -> None:
    answer = post(client, rita, proposal, "ask", note=" ", ends_on="2031-01-02")
    assert answer.status_code == 422
    assert "Say why: the proposer needs it to go on." in answer.content.decode()
    assert "2031-01-02" in answer.content.decode()


def test_the_proposer_is_refused_and_the_button_says_why(
    client: Client, ana: User, proposal: Classification
) -> None:
    client.force_login(ana)
    page = client.get(reverse("planner:review", args=[proposal.pk])).content.decode()
    assert "You proposed this; somebody else has to decide." in page
    assert post(client, ana, proposal, "approve").status_code == 403
    proposal.refresh_from_db()
    assert proposal.state == "proposed"


def test_a_superuser_is_refused(client: Client, proposal: Classification) -> None:
    root = User.objects.create_superuser("root@example.com", "correct horse battery")
    assert post(client, root, proposal, "approve").status_code == 403


def test_a_stranger_gets_404(client: Client, cleo: User, proposal: Classification) -> None:
    client.force_login(cleo)
    assert client.get(reverse("planner:review", args=[proposal.pk])).status_code == 404
    assert post(client, cleo, proposal, "approve").status_code == 404


def test_what_changed_meanwhile_answers_409_and_decides_nothing(
    client: Client, rita: User, ana: User, proposal: Classification
) -> None:
    services.propose(
        proposal.segment, by=ana, facts={"data_tags": ["phi"]}, reason="More.", as_of=timezone.now()
    )
    answer = post(client, rita, proposal, "approve")
    assert answer.status_code == 409
    assert "Changed since you opened it" in answer.content.decode()
    proposal.refresh_from_db()
    assert proposal.state == "proposed"


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_asks_as_often_for_three_as_for_one(
    client: Client, rita: User, ana: User, team: Any, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        segment = factories.SegmentFactory(workload__team=team)
        services.propose(
            segment, by=ana, facts={"data_tags": ["public"]}, reason="Public.", as_of=timezone.now()
        )
    client.force_login(rita)
    client.get(reverse("planner:queue"))
    with django_assert_num_queries(QUEUE_QUERIES):
        client.get(reverse("planner:queue"))


QUEUE_QUERIES = 15
