"""Drafts in the browser: who may, what is kept, what is refused and why a button is shut."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from planner.jobs import RunState
from planner.models import DraftState, ImpactOpened, PolicyDraft, PolicyImpact, PolicyVersion
from planner.selectors import policies
from planner.services import policy as services
from tests import factories

if TYPE_CHECKING:
    from workloads.models import User

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true"}
FIGURE = {
    "since": "2026-03-01",
    "value": "4_000",
    "document": "our decision",
    "line": "1",
    "quote": "Contexts over 4,000 tokens count as long.",
}

ROW = {
    "id": "OUR-1",
    "sentence": "The one who knows leaves.",
    "mitigation": "Two who know.",
    "source.document": "our decision",
    "source.line": "1",
    "source.quote": "Two people for everything.",
}


@pytest.fixture
def rosa(db: None) -> User:
    """A reviewer of the whole organisation: who signs a policy."""
    return factories.person("rosa", "reviewer", None)


@pytest.fixture
def draft(omar: User) -> PolicyDraft:
    return services.start_draft(by=omar, as_of=timezone.now(), title="Long contexts")


@pytest.fixture
def measured(draft: PolicyDraft, omar: User) -> PolicyDraft:
    """A draft with one figure more, a reason, a date, and a finished impact of exactly that."""
    now = timezone.now()
    typed = {name: cell for name, cell in FIGURE.items() if name != "since"} | {"from": FIGURE["since"]}
    draft = services.append_value(
        draft, "long_context_tokens", typed, by=omar, revision=draft.revision, as_of=now
    )
    draft = services.describe(
        draft,
        title=draft.title,
        reason="Measured in spring.",
        effective_from=now.date() + timedelta(days=3),
        by=omar,
        revision=draft.revision,
        as_of=now,
    )
    services.run_impact(services.ask_impact(draft, by=omar, as_of=now, send=lambda _: None).pk)
    return draft


def seen_by(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, name: str, *args: Any) -> str:
    return client.get(reverse(f"planner:{name}", args=args)).content.decode()


def act(user: User, draft: PolicyDraft, action: str, **typed: Any) -> Any:
    posted = {"action": action, "revision": draft.revision, "note": ""} | typed
    return seen_by(user).post(reverse("planner:draft_act", args=[draft.pk]), posted)


def cells_of(draft: PolicyDraft, table: str, row: str) -> dict[str, Any]:
    """What the row's form would send, untouched."""
    answer = seen_by(draft.author).get(reverse("planner:draft_row", args=[draft.pk, table, row]))
    form = answer.context["form"]
    return {name: form[name].value() for name in form.fields}


def change(user: User, draft: PolicyDraft, row: str, headers: Any = None, **cells: Any) -> Any:
    posted = cells_of(draft, "constraints", row) | cells
    url = reverse("planner:draft_row", args=[draft.pk, "constraints", row])
    return seen_by(user).post(url, posted, headers=headers or {})


def test_an_operator_starts_a_draft_of_what_is_in_force(omar: User) -> None:
    answer = seen_by(omar).post(reverse("planner:draft_start"))
    made = PolicyDraft.objects.get()
    assert answer.headers["Location"] == reverse("planner:draft_rows", args=[made.pk])
    assert (made.base_id, made.author, policies.changes(made)) == (policies.active().sha, omar, ())


def test_an_auditor_reads_drafts_and_starts_none(adam: User, draft: PolicyDraft) -> None:
    reading = seen_by(adam)
    assert "Long contexts" in page(reading, "drafts")
    shown = page(reading, "draft", draft.pk)
    assert "Submit for approval" in shown
    assert reverse("planner:draft_undo", args=[draft.pk]) not in shown
    assert reading.post(reverse("planner:draft_start")).status_code == 403
    assert PolicyDraft.objects.count() == 1


def test_a_person_without_a_role_sees_no_draft(draft: PolicyDraft) -> None:
    nobody = factories.UserFactory()
    for name in ("draft", "draft_rows"):
        assert seen_by(nobody).get(reverse(f"planner:{name}", args=[draft.pk])).status_code == 404


def test_a_cell_is_changed_shown_struck_and_undone(omar: User, draft: PolicyDraft) -> None:
    assert change(omar, draft, "DAT-424", sentence="Customer data stays under contract.").status_code == 302
    draft.refresh_from_db()
    (changed,) = policies.changes(draft)
    assert (changed.row, [column.name for column in changed.columns]) == ("DAT-424", ["sentence"])
    shown = page(seen_by(omar), "draft", draft.pk)
    assert "<del>Customer data needs enterprise terms" in shown
    assert "<ins>Customer data stays under contract.</ins>" in shown
    posted = {"table": "constraints", "row": "DAT-424", "column": "sentence", "revision": draft.revision}
    seen_by(omar).post(reverse("planner:draft_undo", args=[draft.pk]), posted)
    draft.refresh_from_db()
    assert policies.changes(draft) == ()


def test_an_untouched_form_changes_nothing(omar: User, draft: PolicyDraft) -> None:
    for row in ("INT-TAGS", "DAT-243-BAA"):
        change(omar, draft, row)
    draft.refresh_from_db()
    assert (draft.revision, policies.changes(draft)) == (1, ())


def test_a_condition_that_cannot_be_read_is_kept_with_its_place(omar: User, draft: PolicyDraft) -> None:
    answer = change(omar, draft, "DAT-424", FRAGMENT, when="'customer_dat' in data_tags")
    fragment = answer.content.decode()
    assert (answer.status_code, "<html" in fragment) == (422, False)
    assert escape("'customer_dat' in data_tags") in fragment
    assert escape("did you mean 'customer_data'?") in fragment
    draft.refresh_from_db()
    assert policies.changes(draft) == ()
    shown = page(seen_by(omar), "draft", draft.pk)
    assert "constraints.toml, row DAT-424, column when" in shown
    again = page(seen_by(omar), "draft_row", draft.pk, "constraints", "DAT-424")
    assert "<title>Error: " in again
    assert escape("'customer_dat' in data_tags") in again


def test_without_javascript_the_refusal_is_on_the_page_it_returns_to(omar: User, draft: PolicyDraft) -> None:
    answer = change(omar, draft, "DAT-424", when="nonsense > 1")
    assert answer.status_code == 302
    assert "nonsense" in seen_by(omar).get(answer.headers["Location"]).content.decode()


def test_what_cannot_be_read_is_thrown_away(omar: User, draft: PolicyDraft) -> None:
    change(omar, draft, "DAT-424", when="nonsense > 1")
    draft.refresh_from_db()
    posted = {"refused": "1", "table": "constraints", "row": "DAT-424", "column": "when"}
    seen_by(omar).post(reverse("planner:draft_undo", args=[draft.pk]), posted | {"revision": draft.revision})
    draft.refresh_from_db()
    assert draft.refused == []


def test_somebody_elses_edit_is_not_overwritten(omar: User, draft: PolicyDraft) -> None:
    shown = cells_of(draft, "constraints", "DAT-424")
    change(omar, draft, "Q5-Y1", sentence="Another row.")
    url = reverse("planner:draft_row", args=[draft.pk, "constraints", "DAT-424"])
    answer = seen_by(omar).post(url, shown | {"sentence": "Mine."})
    assert answer.status_code == 409
    assert "Mine." in answer.content.decode()
    draft.refresh_from_db()
    assert [each.row for each in policies.changes(draft)] == ["Q5-Y1"]


def test_a_figure_is_added_and_the_old_one_stays(omar: User, draft: PolicyDraft) -> None:
    url = reverse("planner:draft_value", args=[draft.pk, "long_context_tokens"])
    seen_by(omar).post(url, FIGURE | {"revision": draft.revision})
    draft.refresh_from_db()
    values = draft.document["parameters"]["parameters"]["long_context_tokens"]["values"]
    assert [each["value"] for each in values] == [100_000, 4000]
    shown = page(seen_by(omar), "draft_row", draft.pk, "parameters", "long_context_tokens")
    assert "4,000" in shown
    assert "100,000" in shown


def test_a_figure_that_is_none_is_refused_by_name_and_kept_as_typed(omar: User, draft: PolicyDraft) -> None:
    url = reverse("planner:draft_value", args=[draft.pk, "long_context_tokens"])
    answer = seen_by(omar).post(
        url, FIGURE | {"value": "a lot", "revision": draft.revision}, headers=FRAGMENT
    )
    assert answer.status_code == 422
    assert "a lot" in answer.content.decode()
    draft.refresh_from_db()
    assert policies.changes(draft) == ()


def test_a_row_is_added_and_taken_out(omar: User, draft: PolicyDraft) -> None:
    url = reverse("planner:draft_add", args=[draft.pk, "risks"])
    seen_by(omar).post(url, ROW | {"revision": draft.revision})
    draft.refresh_from_db()
    assert [(each.row, each.kind) for each in policies.changes(draft)] == [("OUR-1", "added")]
    out = reverse("planner:draft_remove", args=[draft.pk, "risks", "OUR-1"])
    seen_by(omar).post(out, {"revision": draft.revision})
    draft.refresh_from_db()
    assert policies.changes(draft) == ()


def test_a_row_that_misses_its_source_is_asked_for_it(omar: User, draft: PolicyDraft) -> None:
    url = reverse("planner:draft_add", args=[draft.pk, "risks"])
    typed = {"id": "OUR-1", "sentence": "Half said.", "revision": draft.revision}
    answer = seen_by(omar).post(url, typed)
    assert answer.status_code == 422
    assert "Half said." in answer.content.decode()
    assert "risks.toml, column source.quote: is missing." in answer.content.decode()
    draft.refresh_from_db()
    assert policies.changes(draft) == ()


def test_a_new_row_that_cannot_be_read_is_kept_as_typed(omar: User, draft: PolicyDraft) -> None:
    url = reverse("planner:draft_add", args=[draft.pk, "risks"])
    typed = ROW | {"when": "nonsense > 1", "revision": draft.revision}
    page_again = seen_by(omar).post(url, typed, follow=True).content.decode()
    assert "nonsense &gt; 1" in page_again
    assert "<title>Error: " in page_again
    draft.refresh_from_db()
    assert (len(draft.refused), policies.changes(draft)) == (1, ())
    seen_by(omar).post(url, ROW | {"revision": draft.revision})
    draft.refresh_from_db()
    assert (draft.refused, len(policies.changes(draft))) == ([], 1)


@pytest.mark.parametrize(
    ("table", "name"), [("constraints", "NO-ROW"), ("nonsense", "x"), ("policy", "policy")]
)
def test_a_row_that_is_not_there_is_not_found(omar: User, draft: PolicyDraft, table: str, name: str) -> None:
    assert seen_by(omar).get(reverse("planner:draft_row", args=[draft.pk, table, name])).status_code == 404


@pytest.mark.parametrize(
    ("state", "polls", "status"),
    [
        (RunState.QUEUED, True, 200),
        (RunState.RUNNING, True, 200),
        (RunState.DONE, False, 286),
        (RunState.FAILED, False, 286),
    ],
)
def test_the_poll_stops_when_the_impact_is_measured(
    omar: User, draft: PolicyDraft, state: str, polls: bool, status: int
) -> None:
    PolicyImpact.objects.create(
        key="k", draft=draft, revision=draft.revision, state=state, as_of=timezone.now(), progress_total=4,
        finished_at=timezone.now(), message="In words.",
    )  # fmt: skip
    answer = seen_by(omar).get(reverse("planner:draft", args=[draft.pk]), headers=FRAGMENT)
    fragment = answer.content.decode()
    assert (answer.status_code, "hx-trigger" in fragment, "<html" in fragment) == (status, polls, False)
    assert "HX-Request" in answer["Vary"]
    whole = page(seen_by(omar), "draft", draft.pk)
    assert "<html" in whole


def test_submitting_needs_a_measured_impact_and_says_so(omar: User, draft: PolicyDraft) -> None:
    reason = page(seen_by(omar), "draft", draft.pk)
    assert 'id="why-submit"' in reason
    assert act(omar, draft, "submit").status_code in {403, 422}
    draft.refresh_from_db()
    assert draft.state == DraftState.EDITING


def test_an_edit_makes_the_impact_stale(omar: User, measured: PolicyDraft) -> None:
    change(omar, measured, "Q5-Y1", sentence="Another row.")
    assert "Edited since it was computed" in page(seen_by(omar), "draft", measured.pk)


def test_the_author_is_refused_as_approver_and_the_button_says_why(omar: User, measured: PolicyDraft) -> None:
    assert act(omar, measured, "submit").status_code == 302
    measured.refresh_from_db()
    shown = page(seen_by(omar), "draft", measured.pk)
    assert 'value="sign" disabled aria-describedby="why-sign"' in shown
    assert act(omar, measured, "sign").status_code == 403
    measured.refresh_from_db()
    assert measured.state == DraftState.SUBMITTED


def test_approving_needs_the_list_of_moved_workloads_opened(
    omar: User, rosa: User, measured: PolicyDraft
) -> None:
    act(omar, measured, "submit")
    measured.refresh_from_db()
    assert 'value="sign" disabled' in page(seen_by(rosa), "draft", measured.pk)
    assert act(rosa, measured, "sign").status_code == 403
    seen_by(rosa).get(reverse("planner:impact", args=[measured.impacts.get().pk]))
    assert ImpactOpened.objects.get().person == rosa
    assert 'value="sign" disabled' not in page(seen_by(rosa), "draft", measured.pk)
    assert act(rosa, measured, "sign", note="Fine.").status_code == 302
    measured.refresh_from_db()
    assert measured.state == DraftState.APPROVED
    assert "Becomes active on" in page(seen_by(rosa), "draft", measured.pk)


def test_rejecting_needs_a_note_and_keeps_what_was_typed(
    omar: User, rosa: User, measured: PolicyDraft
) -> None:
    act(omar, measured, "submit")
    measured.refresh_from_db()
    answer = act(rosa, measured, "reject", note=" ")
    assert answer.status_code == 422
    act(rosa, measured, "reject", note="Not in spring.")
    measured.refresh_from_db()
    assert (measured.state, measured.note) == (DraftState.REJECTED, "Not in spring.")


def test_a_submitted_draft_is_frozen_and_can_be_taken_back(omar: User, measured: PolicyDraft) -> None:
    act(omar, measured, "submit")
    measured.refresh_from_db()
    assert "Change a row or a figure" not in page(seen_by(omar), "draft", measured.pk)
    act(omar, measured, "take_back")
    measured.refresh_from_db()
    assert measured.state == DraftState.EDITING
    assert act(omar, measured, "withdraw").status_code == 302
    measured.refresh_from_db()
    assert measured.state == DraftState.WITHDRAWN


def test_a_decision_on_an_older_text_is_refused(omar: User, rosa: User, measured: PolicyDraft) -> None:
    act(omar, measured, "submit")
    seen_by(rosa).get(reverse("planner:impact", args=[measured.impacts.get().pk]))
    measured.refresh_from_db()
    answer = act(rosa, measured, "sign", revision=measured.revision - 1)
    assert answer.status_code == 409
    assert "Changed since you opened it" in answer.content.decode()


def test_nonsense_is_nothing_a_draft_can_do(omar: User, draft: PolicyDraft) -> None:
    assert act(omar, draft, "explode").status_code == 422


def test_an_older_version_comes_back_as_a_draft(omar: User, draft: PolicyDraft) -> None:
    older = PolicyVersion.objects.create(
        sha=draft.sha, version="2025.9", document=draft.document, first_used_at=timezone.now()
    )
    answer = seen_by(omar).post(reverse("planner:roll_back", args=[older.sha]))
    assert answer.status_code == 302
    assert PolicyDraft.objects.order_by("-pk")[0].restores == older
    active = seen_by(omar).post(reverse("planner:roll_back", args=[draft.base_id]), follow=True)
    assert "there is nothing to go back to" in active.content.decode()
    assert seen_by(omar).post(reverse("planner:roll_back", args=["no"])).status_code == 404


def test_a_withdrawn_draft_is_begun_again_with_its_changes(omar: User, measured: PolicyDraft) -> None:
    act(omar, measured, "withdraw")
    assert "Begin again with these changes" in page(seen_by(omar), "draft", measured.pk)
    answer = seen_by(omar).post(reverse("planner:draft_rebase", args=[measured.pk]), follow=True)
    fresh = PolicyDraft.objects.order_by("-pk")[0]
    assert policies.changes(fresh) == policies.changes(measured)
    assert "Every change fits on the active policy." in answer.content.decode()


def test_there_is_nothing_to_take_over_while_the_shipped_policy_is_in_force(omar: User) -> None:
    answer = seen_by(omar).post(reverse("planner:draft_adopt"), follow=True)
    assert "has taken over the shipped one already" in answer.content.decode()
    assert PolicyDraft.objects.count() == 0


def test_a_reader_may_not_ask_for_the_impact(adam: User, draft: PolicyDraft) -> None:
    assert seen_by(adam).post(reverse("planner:draft_measure", args=[draft.pk])).status_code == 403
    assert PolicyImpact.objects.count() == 0


def test_moved_workloads_of_other_teams_are_counted_and_not_named(
    omar: User, ana: User, team: Any, draft: PolicyDraft
) -> None:
    impact = PolicyImpact.objects.create(
        key="k", draft=draft, revision=draft.revision, state=RunState.RUNNING, attempt=1, as_of=timezone.now()
    )
    move = {"segment": "all", "was": {"status": "decided", "now": "3", "target": "3"}}
    move["is"] = {"status": "infeasible", "now": None, "target": None}
    for made in (factories.WorkloadFactory(name="Ours", team=team), factories.WorkloadFactory(name="Theirs")):
        impact.rows.create(workload=made, moves=[move], newly_infeasible=True, cost_before=10.0)
    assert seen_by(ana).get(reverse("planner:impact", args=[impact.pk])).status_code == 302
    PolicyImpact.objects.filter(pk=impact.pk).update(state=RunState.DONE, finished_at=timezone.now())
    shown = page(seen_by(ana), "impact", impact.pk)
    assert "Ours" in shown
    assert "Theirs" not in shown
    assert "1 more of teams you do not see" in shown
    assert "Nothing fits any more" in shown


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_often_for_three_drafts_as_for_one(
    omar: User, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        services.start_draft(by=omar, as_of=timezone.now())
    client = seen_by(omar)
    client.get(reverse("planner:drafts"))
    with django_assert_num_queries(LIST_QUERIES):
        client.get(reverse("planner:drafts"))


@pytest.mark.parametrize("count", [1, 3])
def test_a_draft_asks_as_often_for_three_changes_as_for_one(
    omar: User, draft: PolicyDraft, count: int, django_assert_num_queries: Any
) -> None:
    for row in ("DAT-424", "Q5-Y1", "DAT-243")[:count]:
        draft.refresh_from_db()
        change(omar, draft, row, sentence="Other words.")
    client = seen_by(omar)
    client.get(reverse("planner:draft", args=[draft.pk]))
    with django_assert_num_queries(DRAFT_QUERIES):
        client.get(reverse("planner:draft", args=[draft.pk]))


LIST_QUERIES = 10
DRAFT_QUERIES = 24
