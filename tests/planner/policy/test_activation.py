"""A policy becomes active on its date, the portfolio is planned with it, and the way back is the same."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from planner import services
from planner.engine import load_policy
from planner.engine.policy import build_policy
from planner.models import DraftState, PlanRun, PolicyActivation, PolicyDraft, PolicyImpact, PolicyVersion
from planner.selectors import basis, policies
from planner.services import policy, ticking, waivers
from tests import factories
from tests.planner.policy.cast import NOW, TODAY, described, send, signed, submitted, threshold, value
from tests.planner.records import senders

if TYPE_CHECKING:
    from workloads.models import User

pytestmark = pytest.mark.django_db
TOMORROW = NOW + timedelta(days=1)


def activated(omar: User, rosa: User, amount: str = "20000", since: str = "2026-12-01") -> PolicyDraft:
    draft = policy.start_draft(by=omar, as_of=NOW, title=f"Level {amount}")
    draft = policy.append_value(
        draft, "spend_trigger", value(amount, since), by=omar, revision=draft.revision, as_of=NOW
    )
    return signed(submitted(draft, omar), rosa)


def level() -> object:
    return basis.policy().parameter("spend_trigger", TODAY).value


def test_the_shipped_policy_is_active_before_any_other(omar: User) -> None:
    assert basis.policy() is load_policy()
    assert (policies.active().since, policies.news()) == (None, None)


def test_a_signed_policy_is_active_at_once_when_its_date_has_come(omar: User, rosa: User) -> None:
    draft = activated(omar, rosa)
    assert (level(), basis.policy().version, basis.policy().sha) == (20_000, "2026.2", draft.sha)
    active = policies.active()
    assert (active.since, active.by, active.activation.rolled_back_from) == (NOW, rosa, None)
    assert active.activation.run.reason == "policy 2026.2 became active"
    assert basis.policy(NOW - timedelta(seconds=1)) is load_policy()


def test_the_plan_it_asks_for_decides_with_it(omar: User, rosa: User) -> None:
    draft = activated(omar, rosa)
    run = PlanRun.objects.get()
    services.run_plan(run.pk)
    run.refresh_from_db()
    assert (run.state, run.policy_id) == ("done", draft.sha)
    assert services.ask_when_policy_changed(NOW, send) is None


def test_a_later_date_waits_for_the_tick(omar: User, rosa: User) -> None:
    draft = signed(submitted(threshold(omar), omar, effective_from=TOMORROW.date()), rosa)
    assert (draft.state, basis.policy()) == (DraftState.APPROVED, load_policy())
    assert policy.activate_due(NOW, send) == 0
    assert policy.activate_due(TOMORROW, send) == 1
    assert policy.activate_due(TOMORROW, send) == 0
    draft.refresh_from_db()
    assert (draft.state, level()) == (DraftState.ACTIVE, 20_000)
    assert PolicyActivation.objects.get().activated_by is None


def test_the_tick_begins_policies_ends_waivers_and_sends_lost_impacts_again(
    omar: User, rosa: User, ana: User
) -> None:
    draft = signed(submitted(threshold(omar), omar, effective_from=TOMORROW.date()), rosa)
    workload = factories.WorkloadFactory(team=ana.memberships.get().team, owner=ana)
    asked = waivers.ask(workload, "DAT-243", reason="A pilot.", until=TOMORROW.date(), by=ana, as_of=NOW)
    waivers.grant(asked.pk, by=rosa, note="", as_of=NOW, send=send)
    lost = policy.ask_impact(threshold(omar), by=omar, as_of=NOW, send=send)
    PolicyImpact.objects.filter(pk=lost.pk).update(sent_at=NOW - timedelta(days=99))
    sent: list[int] = []
    for _ in range(2):
        ticking.tick(TOMORROW + timedelta(days=1), senders(impact=sent.append))
    draft.refresh_from_db()
    asked.refresh_from_db()
    assert (draft.state, asked.state) == (DraftState.ACTIVE, "ended")
    assert lost.pk in sent


def activation(draft: PolicyDraft, version: PolicyVersion, **over: object) -> PolicyActivation:
    told = {"version": version, "draft": draft, "effective_from": TODAY, "activated_at": NOW, "reason": "sql"}
    return PolicyActivation.objects.create(**(told | over))


def test_the_database_lets_nothing_become_active_but_what_was_signed(omar: User, rosa: User) -> None:
    draft = described(threshold(omar), omar)
    version = PolicyVersion.objects.create(
        sha=draft.sha, version="2026.2", document=draft.document, first_used_at=NOW
    )
    with pytest.raises(IntegrityError, match="only an approved draft"):
        activation(draft, version)


def test_the_database_holds_the_date_and_the_text(omar: User, rosa: User) -> None:
    draft = signed(submitted(threshold(omar), omar, effective_from=TOMORROW.date()), rosa)
    fields = {"version": "2026.2", "first_used_at": NOW}
    other = PolicyVersion.objects.create(sha="f" * 64, document={}, **fields)
    for version, when, words in (
        (PolicyVersion.objects.create(sha=draft.sha, document=draft.document, **fields), NOW, "on its date"),
        (other, TOMORROW, "as it was signed"),
    ):
        with pytest.raises(IntegrityError, match=words), transaction.atomic():
            activation(draft, version, activated_at=when)


def test_of_two_drafts_on_one_base_the_second_begins_again(omar: User, rosa: User) -> None:
    second = signed(
        submitted(threshold(omar, "30000", "low_spend"), omar, effective_from=TOMORROW.date()), rosa
    )
    late = described(threshold(omar, "9", "spend_trigger"), omar)
    activated(omar, rosa)
    assert policies.is_stale(second)
    assert policy.activate_due(TOMORROW, send) == 0
    second.refresh_from_db()
    assert (second.state, level()) == (DraftState.SUPERSEDED, 20_000)
    assert second.note.startswith("Another policy became active")
    policy.impact_here(late, by=omar, as_of=NOW)
    with pytest.raises(policy.StaleBaseError):
        policy.submit(late, by=omar, revision=late.revision, as_of=NOW)

    fresh, conflicts = policy.rebase(second, by=omar, as_of=NOW)
    assert (fresh.base_id, fresh.version, conflicts) == (basis.policy_sha(), "2026.3", [])
    assert [each.row for each in policies.changes(fresh)] == ["low_spend"]
    assert signed(submitted(fresh, omar), rosa).state == DraftState.ACTIVE
    assert (level(), basis.policy().parameter("low_spend", TODAY).value) == (20_000, 30_000)


def test_a_rebase_names_what_the_active_policy_says_otherwise(omar: User, rosa: User) -> None:
    late = threshold(omar, "9")
    activated(omar, rosa)
    fresh, (conflict,) = policy.rebase(late, by=omar, as_of=NOW)
    assert policies.changes(fresh) == ()
    assert (conflict.row, conflict.column) == ("spend_trigger", "value from 2026-12-01")
    assert (conflict.wanted["value"], conflict.found["value"]) == (9, 20_000)


def test_going_back_takes_the_same_path_and_says_from_where(omar: User, rosa: User) -> None:
    first = activated(omar, rosa)
    shipped = PolicyVersion.objects.get(sha=load_policy().sha)
    draft = policy.start_rollback(shipped, by=omar, as_of=NOW)
    assert [(each.row, each.columns[0].new) for each in policies.changes(draft)] == [("spend_trigger", None)]
    assert signed(submitted(draft, omar), rosa).state == DraftState.ACTIVE
    assert (level(), basis.policy().version) == (10_000, "2026.3")
    assert policies.active().activation.rolled_back_from_id == first.sha
    assert policies.news() is None
    with pytest.raises(ValidationError, match="nothing to go back to"):
        policy.start_rollback(PolicyVersion.objects.get(sha=basis.policy_sha()), by=omar, as_of=NOW)


def test_a_newly_shipped_policy_waits_until_somebody_takes_it_over(
    omar: User, rosa: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    activated(omar, rosa)
    document = policy_with(basis.policy_document(), "low_spend", "Another label")
    shipped = build_policy(document)
    monkeypatch.setattr(basis, "load_policy", lambda: shipped)
    monkeypatch.setattr(basis, "policy_document", lambda: document)
    assert level() == 20_000
    news = policies.news()
    assert news.sentence.startswith("The shipped policy changed: 2026.9 differs in 1 place")
    draft, conflicts = policy.start_adoption(by=omar, as_of=NOW)
    assert (conflicts, [each.row for each in policies.changes(draft)]) == ([], ["low_spend"])
    assert signed(submitted(draft, omar), rosa).state == DraftState.ACTIVE
    assert (level(), basis.policy().parameters["low_spend"].label) == (20_000, "Another label")
    assert (policies.news(), policies.active().activation.rolled_back_from) == (None, None)
    with pytest.raises(ValidationError, match="taken over"):
        policy.start_adoption(by=omar, as_of=NOW)


def policy_with(document: dict[str, Any], name: str, label: str) -> dict[str, Any]:
    parameters = document["parameters"]["parameters"]
    changed = {**parameters, name: {**parameters[name], "label": label}}
    head = {**document["policy"], "policy": {**document["policy"]["policy"], "version": "2026.9"}}
    return {**document, "parameters": {"parameters": changed}, "policy": head}


def test_all_versions_are_listed_with_when_they_held(omar: User, rosa: User) -> None:
    activated(omar, rosa)
    found = {
        each.version.version: (each.is_active, each.is_shipped, len(each.activations))
        for each in policies.versions()
    }
    assert found == {"2026.1": (False, True, 0), "2026.2": (True, False, 1)}


def test_reading_the_active_policy_costs_one_query(
    omar: User, rosa: User, django_assert_num_queries: object
) -> None:
    activated(omar, rosa)
    basis.policy()
    with django_assert_num_queries(1):  # type: ignore[operator]
        basis.policy()
