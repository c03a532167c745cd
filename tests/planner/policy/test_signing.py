"""Four eyes on the policy: each refusal by the service, and again by the database in plain SQL."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction

from planner import access
from planner.models import DraftState, PolicyApproval, PolicyDraft
from planner.selectors import policies
from planner.selectors.submission import open_points
from planner.services import policy
from tests.planner.policy.cast import NOW, TODAY, described, opened, send, signed, submitted, threshold
from workloads.models import User

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


def sign(draft: PolicyDraft, by: User) -> PolicyDraft:
    return policy.sign(draft, by=by, revision=draft.revision, note="", as_of=NOW, send=send)


def sql(statement: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def approve_by_sql(
    draft: PolicyDraft, person: User, role: str = "reviewer", layer: str = "parameters"
) -> None:
    sql(
        "insert into planner_policyapproval (draft_id, revision, layer, role, person_id, at, note)"
        " values (%s, %s, %s, %s, %s, now(), '')",
        draft.pk, draft.revision, layer, role, person.pk,
    )  # fmt: skip


def test_a_second_person_who_opened_the_list_signs(omar: User, rosa: User) -> None:
    draft = signed(submitted(threshold(omar), omar), rosa)
    assert (draft.state, draft.decided_by) == (DraftState.ACTIVE, rosa)
    (approval,) = PolicyApproval.objects.all()
    assert (approval.layer, approval.role, approval.person) == ("parameters", "reviewer", rosa)


def test_a_draft_lacks_everything_at_first_and_says_so(omar: User) -> None:
    draft = policy.start_draft(by=omar, as_of=NOW)
    assert [point.field for point in open_points(draft, TODAY)] == ["changes", "reason", "effective_from"]
    draft = threshold(omar)
    assert [point.field for point in open_points(draft, TODAY)] == ["reason", "effective_from", "impact"]
    with pytest.raises(ValidationError, match="Say why"):
        policy.submit(draft, by=omar, revision=draft.revision, as_of=NOW)


def test_a_date_that_has_passed_is_refused(omar: User) -> None:
    draft = described(threshold(omar), omar, effective_from=TODAY - timedelta(days=1))
    policy.impact_here(draft, by=omar, as_of=NOW)
    with pytest.raises(ValidationError, match="today or later"):
        policy.submit(draft, by=omar, revision=draft.revision, as_of=NOW)


def test_a_change_that_cites_nobody_is_refused(omar: User) -> None:
    draft = described(threshold(omar), omar)
    draft = policy.set_cell(
        draft, "constraints", "DAT-243", "source.quote", "-", by=omar, revision=draft.revision, as_of=NOW
    )
    kept = draft.document["constraints"]["rows"]
    next(row for row in kept if row["id"] == "DAT-243")["source"]["quote"] = " "
    assert "source" in [point.field for point in open_points(draft, TODAY)]


def test_text_nobody_can_read_keeps_a_draft_from_being_submitted(omar: User) -> None:
    draft = described(threshold(omar), omar)
    draft = policy.set_cell(
        draft, "constraints", "DAT-243", "waivable", "maybe", by=omar, revision=draft.revision, as_of=NOW
    )
    policy.impact_here(draft, by=omar, as_of=NOW)
    with pytest.raises(ValidationError, match="could not be read"):
        policy.submit(draft, by=omar, revision=draft.revision, as_of=NOW)
    with pytest.raises(IntegrityError, match="submitted_draft_is_complete"):
        sql("update planner_policydraft set state = 'submitted', needs = '{\"parameters\": [\"reviewer\"]}'")


def test_the_impact_is_of_exactly_this_revision(omar: User) -> None:
    draft = described(threshold(omar), omar)
    policy.impact_here(draft, by=omar, as_of=NOW)
    draft = policy.set_cell(
        draft, "parameters", "spend_trigger", "label", "Level", by=omar, revision=draft.revision, as_of=NOW
    )
    with pytest.raises(ValidationError, match="impact of this revision"):
        policy.submit(draft, by=omar, revision=draft.revision, as_of=NOW)
    with pytest.raises(IntegrityError, match="impact of exactly this revision"):
        sql("update planner_policydraft set state = 'submitted', needs = '{\"parameters\": [\"reviewer\"]}'")
    assert policies.stale_impact(draft).revision == draft.revision - 1


def test_only_a_writer_submits(omar: User, olga: User) -> None:
    draft = described(threshold(omar), omar)
    with pytest.raises(PermissionDenied, match="Only who wrote"):
        policy.submit(draft, by=olga, revision=draft.revision, as_of=NOW)


def refused(draft: PolicyDraft, person: User, words: str) -> None:
    """By the service with these words, by the database whatever the role."""
    assert words in access.why_not_sign(person, draft)
    with pytest.raises(PermissionDenied, match=words):
        sign(draft, person)
    for role in ("reviewer", "operator"):
        with pytest.raises(IntegrityError):
            approve_by_sql(draft, person, role)


def test_the_author_never_signs_not_even_as_reviewer_and_superuser(rosa: User) -> None:
    User.objects.filter(pk=rosa.pk).update(is_superuser=True)
    rosa.refresh_from_db()
    refused(opened(submitted(threshold(rosa), rosa), rosa), rosa, "You wrote this")


def test_an_editor_never_signs(omar: User, rosa: User) -> None:
    draft = threshold(omar)
    draft = policy.set_cell(
        draft, "parameters", "spend_trigger", "label", "Level", by=rosa, revision=draft.revision, as_of=NOW
    )
    refused(opened(submitted(draft, omar), rosa), rosa, "You edited this")


def test_a_reviewer_of_one_team_signs_nothing_that_holds_for_all(omar: User, rita: User) -> None:
    refused(opened(submitted(threshold(omar), omar), rita), rita, "of the whole organisation")


def test_a_superuser_without_a_role_signs_nothing(omar: User) -> None:
    root = User.objects.create_superuser("root@example.com", "correct horse battery")
    refused(opened(submitted(threshold(omar), omar), root), root, "of the whole organisation")


def test_an_owner_of_another_layer_signs_nothing(omar: User, arno: User) -> None:
    draft = opened(submitted(threshold(omar), omar), arno)
    refused(draft, arno, "of the whole organisation")
    with pytest.raises(IntegrityError, match="in a role that owns it"):
        approve_by_sql(draft, arno, "architect")


def test_who_has_not_opened_the_list_does_not_sign(omar: User, rosa: User) -> None:
    refused(submitted(threshold(omar), omar), rosa, "Open the list of moved workloads first")


def test_an_approval_without_signatures_is_refused_in_plain_sql(omar: User, rosa: User) -> None:
    opened(submitted(threshold(omar), omar), rosa)
    with pytest.raises(IntegrityError, match="every changed layer is signed"):
        sql("update planner_policydraft set state = 'approved', decided_by_id = %s", rosa.pk)


@pytest.mark.parametrize("state", ["approved", "active", "rejected", "superseded"])
def test_a_draft_does_not_jump_in_plain_sql(omar: User, rosa: User, state: str) -> None:
    described(threshold(omar), omar)
    with pytest.raises(IntegrityError):
        sql(
            "update planner_policydraft set state = %s, decided_by_id = %s, needs = '{\"x\": []}'",
            state,
            rosa.pk,
        )


def test_what_has_to_be_signed_cannot_be_lessened_in_plain_sql(omar: User) -> None:
    submitted(threshold(omar), omar)
    with pytest.raises(IntegrityError, match="settled on submission"):
        sql('update planner_policydraft set needs = \'{"parameters": ["auditor"]}\'')


def test_a_draft_is_not_written_as_approved_in_plain_sql(omar: User) -> None:
    draft = described(threshold(omar), omar)
    with pytest.raises(IntegrityError, match="begins in editing"):
        PolicyDraft.objects.create(
            base=draft.base, document={}, sha="x", title="x", author=omar, created_at=NOW, state="approved"
        )


@pytest.mark.parametrize(
    "statement",
    [
        "update planner_policyapproval set person_id = person_id",
        "delete from planner_policyapproval",
        "delete from planner_impactopened",
        "update planner_policyedit set text = ''",
        "delete from planner_policydraft",
        "update planner_policyimpact set counts = '{}'",
        "delete from planner_policyactivation",
    ],
)
def test_what_was_signed_seen_and_done_stays(omar: User, rosa: User, statement: str) -> None:
    signed(submitted(threshold(omar), omar), rosa)
    with pytest.raises(DatabaseError):
        sql(statement)


def test_layers_of_two_owners_take_two_signatures(omar: User, rosa: User, arno: User) -> None:
    draft = threshold(omar)
    gate = policies.drafted(draft).rows("gates")[0].id
    for table, row, column, text in (
        ("gates", gate, "label", "Measured"),
        ("constraints", "DAT-243", "label", "Health"),
    ):
        draft = policy.set_cell(draft, table, row, column, text, by=omar, revision=draft.revision, as_of=NOW)
    draft = submitted(draft, omar)
    assert draft.needs == {
        "compliance": ["reviewer"],
        "gates": ["architect", "reviewer"],
        "parameters": ["operator", "reviewer"],
    }
    draft = signed(draft, arno)
    assert draft.state == DraftState.SUBMITTED
    assert [need.layer for need in policies.needs(draft) if need.signed] == ["gates"]
    assert "signed what is yours" in access.why_not_sign(arno, draft)
    assert signed(draft, rosa).state == DraftState.ACTIVE


def test_a_figure_that_rules_read_belongs_to_the_owners_of_the_rules(omar: User) -> None:
    draft = threshold(omar, amount="90", parameter="ttft_hard_ms")
    assert [need.layer for need in policies.needs(draft)] == ["latency"]


def test_a_signature_binds_to_the_revision_that_was_seen(omar: User, rosa: User) -> None:
    draft = opened(submitted(threshold(omar), omar), rosa)
    with pytest.raises(policy.ChangedMeanwhileError):
        policy.sign(draft, by=rosa, revision=draft.revision - 1, note="", as_of=NOW, send=send)


def test_taking_a_draft_back_voids_the_signatures(omar: User, rosa: User, arno: User) -> None:
    draft = threshold(omar)
    gate = policies.drafted(draft).rows("gates")[0].id
    draft = policy.set_cell(draft, "gates", gate, "label", "M", by=omar, revision=draft.revision, as_of=NOW)
    draft = signed(submitted(draft, omar), arno)
    with pytest.raises(PermissionDenied, match="Only its author"):
        policy.take_back(draft, by=rosa, as_of=NOW)
    back = policy.take_back(draft, by=omar, as_of=NOW)
    assert (back.state, back.needs) == (DraftState.EDITING, {})
    again = submitted(PolicyDraft.objects.get(), omar)
    assert again.revision > draft.revision
    assert not any(need.signed for need in policies.needs(again))


def closing(step: Callable[..., PolicyDraft], draft: PolicyDraft, by: User, note: str = "") -> PolicyDraft:
    return step(draft, by=by, revision=draft.revision, note=note, as_of=NOW)


def test_a_rejection_needs_a_reason_and_a_second_person(omar: User, rosa: User) -> None:
    draft = submitted(threshold(omar), omar)
    with pytest.raises(ValidationError, match="Say why"):
        closing(policy.reject, draft, rosa)
    with pytest.raises(PermissionDenied, match="You wrote this"):
        closing(policy.reject, draft, omar, "no")
    assert closing(policy.reject, draft, rosa, "Too high.").state == DraftState.REJECTED
    fresh, conflicts = policy.rebase(draft, by=omar, as_of=NOW)
    assert (policies.changes(fresh), conflicts) == (policies.changes(draft), [])


def test_the_author_withdraws_and_nobody_else(omar: User, rosa: User) -> None:
    draft = threshold(omar)
    with pytest.raises(PermissionDenied, match="Only its author"):
        policy.withdraw(draft, by=rosa, as_of=NOW)
    assert policy.withdraw(draft, by=omar, as_of=NOW).state == DraftState.WITHDRAWN
    with pytest.raises(PermissionDenied, match="closed"):
        policy.withdraw(draft, by=omar, as_of=NOW)


def test_the_timeline_tells_who_did_what(omar: User, rosa: User) -> None:
    draft = signed(submitted(threshold(omar), omar), rosa)
    told = [(str(event.by or ""), event.words) for event in policies.timeline(draft)]
    assert {
        ("Omar", "began the draft"),
        ("Omar", "appended a value to spend_trigger values"),
        ("Omar", "submitted it"),
        ("Rosa", "opened the list of moved workloads"),
        ("Rosa", "signed figures as reviewer"),
        ("", "became active"),
    } <= set(told)
