"""A draft is always a readable policy; what is none is kept beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from planner.engine import load_policy
from planner.models import DraftEvent, DraftState, PolicyDraft, PolicyEdit
from planner.selectors import policies
from planner.services import policy
from tests.planner.policy.cast import NOW, TODAY, described, submitted, threshold, value

if TYPE_CHECKING:
    from workloads.models import User

pytestmark = pytest.mark.django_db


def start(by: User) -> PolicyDraft:
    return policy.start_draft(by=by, as_of=NOW)


def cell(draft: PolicyDraft, table: str, row: str, column: str, text: str, by: User) -> PolicyDraft:
    return policy.set_cell(draft, table, row, column, text, by=by, revision=draft.revision, as_of=NOW)


def test_a_draft_begins_as_the_active_policy_under_the_next_name(omar: User) -> None:
    draft = start(omar)
    assert (draft.base_id, draft.version, draft.revision) == (load_policy().sha, "2026.2", 1)
    assert policies.changes(draft) == ()


@pytest.mark.parametrize(
    ("table", "row", "column", "text", "becomes"),
    [
        ("constraints", "DAT-243", "when", "'phi' in data_tags and not baa_signed", "'phi' in data_tags and not baa_signed"),
        ("constraints", "DAT-243", "allow", "4, 5a", ["4", "5a"]),
        ("constraints", "DAT-243", "waivable", "no", False),
        ("constraints", "DAT-243", "source.line", "12", 12),
        ("constraints", "DAT-243", "source.quote", "Said by the board", "Said by the board"),
        ("parameters", "spend_trigger", "label", "Level", "Level"),
        ("inputs", "task_type", "unknown", "faq", "faq"),
        ("inputs", "stage", "unknown", "production", "production"),
    ],
)  # fmt: skip
def test_a_cell_says_what_was_typed_in_its_own_kind(
    omar: User, table: str, row: str, column: str, text: str, becomes: Any
) -> None:
    draft = cell(start(omar), table, row, column, text, omar)
    assert draft.refused == []
    (change,) = policies.changes(draft)
    assert (change.table, change.row, change.kind) == (table, row, "changed")
    assert [(each.name, each.new) for each in change.columns] == [(column, becomes)]


@pytest.mark.parametrize(
    ("table", "row", "column", "text", "says"),
    [
        ("constraints", "DAT-243", "when", "'phi' in data_tag", "unknown"),
        ("constraints", "DAT-243", "when", "__import__('os')", "call"),
        ("constraints", "DAT-243", "allow", "4, 6", "'6' is not a placement"),
        ("constraints", "DAT-243", "waivable", "maybe", "neither yes nor no"),
        ("constraints", "DAT-243", "source.line", "twelve", "not a number"),
        ("constraints", "DAT-243", "sentence", "", "is missing"),
        ("constraints", "DAT-243", "id", "X", "add a row under the new name"),
        ("parameters", "spend_trigger", "values", "3", "append a value"),
        ("parameters", "spend_trigger", "checked", "soon", "not a date"),
        ("inputs", "task_type", "unknown", "nonsense", "not one of its values"),
        ("inputs", "task_type", "type", "bool", "comes with the product"),
        ("policy", "policy", "version", "9", "new release"),
    ],
)
def test_text_that_makes_no_policy_is_kept_with_its_reason_and_counts_for_nothing(
    omar: User, table: str, row: str, column: str, text: str, says: str
) -> None:
    draft = cell(start(omar), table, row, column, text, omar)
    assert policies.changes(draft) == ()
    refused = policies.refused_at(draft, table, row, column)
    assert refused["text"] == text
    assert refused["file"] == f"{table}.toml"
    assert says in refused["message"]
    assert row in refused["message"]


def test_the_right_text_or_a_discard_takes_the_refused_text_away(omar: User) -> None:
    draft = cell(start(omar), "constraints", "DAT-243", "waivable", "maybe", omar)
    assert cell(draft, "constraints", "DAT-243", "waivable", "no", omar).refused == []
    draft = cell(PolicyDraft.objects.get(), "constraints", "DAT-243", "waivable", "maybe", omar)
    draft = policy.discard_refused(
        draft, "constraints", "DAT-243", "waivable", by=omar, revision=draft.revision, as_of=NOW
    )
    assert draft.refused == []


NEW_ROW = {
    "id": "OWN-1",
    "label": "No chat for contracts",
    "layer": "compliance",
    "when": "task_type == 'legal_analysis'",
    "allow": "2e, 4, 5a, 5b",
    "owner": "reviewer",
    "sentence": "Contracts stay out of shared services.",
    "source.document": "board",
    "source.line": "3",
    "source.quote": "Contracts stay with us",
}


def test_a_row_is_added_and_removed(omar: User) -> None:
    draft = start(omar)
    draft = policy.add_row(draft, "constraints", NEW_ROW, by=omar, revision=draft.revision, as_of=NOW)
    assert [(each.row, each.kind) for each in policies.changes(draft)] == [("OWN-1", "added")]
    assert policies.drafted(draft).rows("constraints")[-1].mask == {"2e", "4", "5a", "5b"}
    draft = policy.remove_row(draft, "constraints", "DAT-243", by=omar, revision=draft.revision, as_of=NOW)
    assert {(each.row, each.kind) for each in policies.changes(draft)} == {
        ("OWN-1", "added"),
        ("DAT-243", "removed"),
    }


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"id": ""}, "every row has a name"),
        ({"id": "DAT-243"}, "is used already"),
        ({"when": "nonsense == 1"}, "unknown"),
        ({"source.quote": ""}, "misses quote"),
        ({"layer": "kindness"}, "not one of"),
    ],
)
def test_a_row_that_makes_no_policy_is_kept_as_it_was_filled_in(
    omar: User, changed: dict[str, str], says: str
) -> None:
    draft, cells = start(omar), NEW_ROW | changed
    draft = policy.add_row(draft, "constraints", cells, by=omar, revision=draft.revision, as_of=NOW)
    assert policies.changes(draft) == ()
    assert draft.refused[0]["text"] == cells
    assert says in draft.refused[0]["message"]


def test_a_value_is_appended_and_the_old_ones_stay(omar: User) -> None:
    draft = threshold(omar)
    values = policies.drafted(draft).parameters["spend_trigger"].values
    assert [each.value for each in values] == [10_000, 20_000]
    (change,) = policies.changes(draft)
    assert [each.name for each in change.columns] == ["value from 2026-12-01"]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (value(since="2025-01-01"), "has to be after 1 Jan 2026"),
        (value(since=""), "has to be after"),
        (value(since="2027-13-45"), "not a date"),
        (value("lots"), "not a number"),
        (value() | {"quote": " "}, "is missing"),
        (value() | {"line": "x"}, "not a number"),
    ],
)
def test_a_value_without_a_later_day_an_amount_and_a_source_is_refused(
    omar: User, typed: Any, says: str
) -> None:
    draft = start(omar)
    draft = policy.append_value(draft, "spend_trigger", typed, by=omar, revision=draft.revision, as_of=NOW)
    assert policies.changes(draft) == ()
    assert says in draft.refused[0]["message"]


def test_a_new_parameter_comes_with_its_first_value(omar: User) -> None:
    draft = start(omar)
    cells = {
        "id": "board_level",
        "label": "Level of the board",
        "unit": "USD/month",
        "guess": "no",
        "checked": "2026-12-01",
    }
    draft = policy.add_row(
        draft, "parameters", cells | value("7.5"), by=omar, revision=draft.revision, as_of=NOW
    )
    assert draft.refused == []
    assert policies.drafted(draft).parameter("board_level", TODAY).value == 7.5


@pytest.mark.parametrize("column", ["", "when"])
def test_undoing_gives_back_the_base(omar: User, column: str) -> None:
    draft = cell(start(omar), "constraints", "DAT-243", "when", "'phi' in data_tags or customer_is_eu", omar)
    draft = cell(
        PolicyDraft.objects.get(),
        "constraints",
        "DAT-243",
        "when",
        "'phi' in data_tags and not baa_signed",
        omar,
    )
    draft = policy.undo(
        draft, "constraints", "DAT-243", column=column, by=omar, revision=draft.revision, as_of=NOW
    )
    assert (policies.changes(draft), draft.refused) == ((), [])


def test_a_removed_row_comes_back_where_it_stood(omar: User) -> None:
    draft = start(omar)
    first = load_policy().rows("preferences")[0].id
    draft = policy.remove_row(draft, "preferences", first, by=omar, revision=draft.revision, as_of=NOW)
    assert [each.kind for each in policies.changes(draft)] == ["removed"]
    draft = policy.undo(draft, "preferences", first, by=omar, revision=draft.revision, as_of=NOW)
    assert policies.changes(draft) == ()


def test_a_parameter_that_rules_read_cannot_go(omar: User) -> None:
    draft = start(omar)
    draft = policy.remove_row(
        draft, "parameters", "ttft_hard_ms", by=omar, revision=draft.revision, as_of=NOW
    )
    assert policies.changes(draft) == ()
    assert "ttft_hard_ms" in draft.refused[0]["message"]


def test_an_edit_of_what_is_no_longer_on_the_screen_is_refused(omar: User) -> None:
    draft = start(omar)
    cell(draft, "constraints", "DAT-243", "waivable", "no", omar)
    with pytest.raises(policy.ChangedMeanwhileError):
        cell(draft, "constraints", "DAT-243", "waivable", "yes", omar)


def test_typing_the_same_again_is_no_edit(omar: User) -> None:
    draft = cell(start(omar), "constraints", "DAT-243", "waivable", "no", omar)
    again = cell(draft, "constraints", "DAT-243", "waivable", "no", omar)
    assert again.revision == draft.revision
    assert PolicyEdit.objects.count() == 2


def test_everybody_who_edits_is_remembered_also_by_plain_sql(omar: User, olga: User) -> None:
    draft = cell(start(omar), "constraints", "DAT-243", "waivable", "no", olga)
    assert draft.editors == sorted([omar.pk, olga.pk])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select set_config('planner.person', '4711', true)")
        cursor.execute("update planner_policydraft set title = 'Other'")
        cursor.execute("update planner_policydraft set sha = 'other'")
    draft.refresh_from_db()
    assert 4711 in draft.editors
    assert draft.revision == 3


@pytest.mark.parametrize(
    "column", ["title = 'x'", "document = '{}'", "sha = 'x'", "effective_from = '2030-01-01'", "reason = 'x'"]
)
def test_a_submitted_draft_is_frozen_also_for_plain_sql(omar: User, column: str) -> None:
    submitted(threshold(omar), omar)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"update planner_policydraft set {column}")
    draft = PolicyDraft.objects.get()
    with pytest.raises(PermissionDenied, match="frozen"):
        cell(draft, "constraints", "DAT-243", "waivable", "no", omar)


@pytest.mark.parametrize(
    "change", ["author_id = author_id + 1", "editors = '{}'", "revision = 1", "base_id = 'x'"]
)
def test_a_draft_keeps_its_author_editors_and_revisions(omar: User, change: str) -> None:
    threshold(omar)
    with (
        pytest.raises(IntegrityError, match="keeps its author"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"update planner_policydraft set {change}")


def test_who_has_no_role_in_it_drafts_nothing(adam: User, lena: User, omar: User) -> None:
    for person in (adam, lena):
        with pytest.raises(PermissionDenied, match="Only an architect, a reviewer or an operator"):
            start(person)
        with pytest.raises(PermissionDenied, match="Only an architect, a reviewer or an operator"):
            cell(start(omar), "constraints", "DAT-243", "waivable", "no", person)


def test_an_architect_drafts_only_what_architects_own(ana: User) -> None:
    draft = start(ana)
    with pytest.raises(PermissionDenied, match="compliance is not theirs"):
        cell(draft, "constraints", "DAT-243", "waivable", "no", ana)
    gate = load_policy().rows("gates")[0].id
    assert cell(draft, "gates", gate, "label", "Measured", ana).revision == 2


def test_a_title_is_needed_and_what_is_described_is_in_the_history(omar: User) -> None:
    draft = start(omar)
    with pytest.raises(ValidationError, match="title"):
        policy.describe(draft, title=" ", reason="", effective_from=None, by=omar, revision=1, as_of=NOW)
    again = described(draft, omar)
    told = {"title": again.title, "reason": "Said better.", "effective_from": again.effective_from}
    assert policy.describe(again, **told, by=omar, revision=2, as_of=NOW).revision == 2
    assert list(DraftEvent.objects.order_by("pgh_id").values_list("revision", "state")) == [
        (1, DraftState.EDITING),
        (2, DraftState.EDITING),
        (2, DraftState.EDITING),
    ]


def test_the_checks_name_the_cases_that_come_out_otherwise(omar: User) -> None:
    draft = start(omar)
    assert policies.checks(draft, TODAY).clean
    draft = cell(draft, "constraints", "DAT-243", "when", "True", omar)
    checks = policies.checks(draft, TODAY)
    assert checks.failed_cases
    assert not any(case.error for case in checks.failed_cases)
    assert not checks.clean
