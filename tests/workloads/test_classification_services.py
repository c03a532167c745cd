"""Four eyes: refused by the service, by the constraint and by the trigger, each on its own."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from tests import factories
from workloads.models import Classification, Segment, User
from workloads.selectors import classifications as selectors
from workloads.services import classification as services

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ENDS_ON = date(2027, 11, 21)


@pytest.fixture
def segment(team: Any) -> Segment:
    return factories.SegmentFactory(workload__team=team)


def propose(segment: Segment, by: User, **changes: Any) -> Classification:
    given = {"facts": {"data_tags": ["public"]}, "reason": "Only published texts."} | changes
    return services.propose(segment, by=by, as_of=NOW, **given)


def approve(proposal: Classification, by: User, **changes: Any) -> Classification:
    given: dict[str, Any] = {
        "action": "approve", "seen_hash": proposal.revision_hash, "note": "", "ends_on": ENDS_ON, "as_of": NOW,
    }  # fmt: skip
    return services.decide(proposal.pk, by=by, **(given | changes))


def test_a_reviewer_approves_and_the_snapshot_is_kept_with_its_hash(
    segment: Segment, ana: User, rita: User
) -> None:
    approved = approve(propose(segment, ana), rita)
    assert (approved.state, approved.decided_by, approved.ends_on) == ("approved", rita, ENDS_ON)
    assert approved.snapshot["facts"] == {"data_tags": ["public"]}
    assert len(approved.snapshot_hash) == 64


def test_the_proposer_is_refused_as_decider_even_as_reviewer_and_superuser(
    segment: Segment, rita: User
) -> None:
    rita.is_superuser = True
    rita.save()
    proposal = propose(segment, rita)
    with pytest.raises(PermissionDenied, match="You proposed this"):
        approve(proposal, rita)
    assert Classification.objects.get().state == "proposed"


def test_an_editor_is_refused_as_decider(segment: Segment, ana: User, rita: User) -> None:
    propose(segment, ana)
    proposal = propose(segment, rita, reason="Better said.")
    with pytest.raises(PermissionDenied, match="You edited this"):
        approve(proposal, rita)


def test_a_superuser_without_the_reviewer_role_is_refused(segment: Segment, ana: User) -> None:
    root = User.objects.create_superuser("root@example.com", "correct horse battery")
    with pytest.raises(PermissionDenied, match="Only a reviewer"):
        approve(propose(segment, ana), root)


@pytest.mark.parametrize("decider", ["proposed_by", "editor"])
def test_the_database_refuses_the_writer_as_decider_in_plain_sql(
    segment: Segment, ana: User, ben: User, decider: str
) -> None:
    proposal = propose(segment, ana)
    if decider == "editor":
        proposal = propose(segment, ben, reason="Said by Ben.")
    who = ana if decider == "proposed_by" else ben
    sql = "update workloads_classification set decided_by_id = %s where id = %s"
    with (
        pytest.raises(IntegrityError, match="decider_is"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, [who.pk, proposal.pk])


def test_any_edit_of_what_was_approved_voids_the_decision(segment: Segment, ana: User, rita: User) -> None:
    approved = approve(propose(segment, ana), rita)
    with connection.cursor() as cursor:
        cursor.execute('update workloads_classification set facts = \'{"data_tags": ["phi"]}\'')
    approved.refresh_from_db()
    assert (approved.state, approved.decided_by, approved.snapshot) == ("proposed", None, None)


def test_the_decision_binds_to_what_was_seen(segment: Segment, ana: User, rita: User) -> None:
    seen = propose(segment, ana)
    propose(segment, ana, facts={"data_tags": ["phi"]})
    with pytest.raises(services.ChangedMeanwhileError):
        approve(seen, rita)


def test_asking_for_changes_needs_a_reason_and_sends_it_back(segment: Segment, ana: User, rita: User) -> None:
    proposal = propose(segment, ana)
    with pytest.raises(ValidationError, match="Say why"):
        approve(proposal, rita, action="ask")
    assert approve(proposal, rita, action="ask", note="Which texts?").state == "changes_requested"
    again = propose(segment, ana, reason="Press releases only.")
    assert (again.pk, again.state, again.decided_by) == (proposal.pk, "proposed", None)


def test_an_approval_needs_an_end_date_in_the_future(segment: Segment, ana: User, rita: User) -> None:
    with pytest.raises(ValidationError, match="end date after today"):
        approve(propose(segment, ana), rita, ends_on=NOW.date())


def test_a_new_approval_replaces_the_old_one(segment: Segment, ana: User, rita: User) -> None:
    first = approve(propose(segment, ana), rita)
    second = approve(propose(segment, ana, facts={"data_tags": ["pii"]}), rita)
    first.refresh_from_db()
    assert (first.state, second.state) == ("revoked", "approved")


def test_an_approval_past_its_end_no_longer_holds(segment: Segment, ana: User, rita: User) -> None:
    approve(propose(segment, ana), rita)
    later = datetime(2027, 11, 22, tzinfo=UTC)
    assert selectors.effective([segment], later)[segment.pk].status == "proposed"
    assert services.expire_due(later) == 1
    assert Classification.objects.get().state == "expired"


def test_a_pending_proposal_stands_beside_what_is_approved(segment: Segment, ana: User, rita: User) -> None:
    approve(propose(segment, ana), rita)
    propose(segment, ana, facts={"data_tags": ["phi"]})
    holds = selectors.effective([segment], NOW)[segment.pk]
    assert holds.status == "approved"
    assert set(holds.facts["data_tags"].value) == {"public"}
    assert holds.pending is not None
    assert set(holds.pending["data_tags"].value) == {"phi"}


def test_nothing_said_is_not_approved(segment: Segment) -> None:
    holds = selectors.effective([segment], NOW)[segment.pk]
    assert (holds.status, holds.facts, holds.classification) == ("proposed", {}, None)


def test_every_state_change_is_in_the_history_also_by_plain_sql(
    segment: Segment, ana: User, rita: User
) -> None:
    approve(propose(segment, ana), rita)
    with connection.cursor() as cursor:
        cursor.execute("update workloads_classification set state = 'expired'")
    events = Classification.pgh_event_model.objects.order_by("pgh_id")
    assert list(events.values_list("state", flat=True)) == ["proposed", "approved", "expired"]
