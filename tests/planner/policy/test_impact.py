"""What a draft would move: counted, listed with owners, kept for exactly one revision."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db.models import F

from planner.jobs import LOST_AFTER, RunState
from planner.models import DecisionRecord, ImpactOpened, PolicyImpact
from planner.selectors import impacts
from planner.selectors.policy_words import impact_outcome
from planner.services import policy
from planner.services.policy import impact as work
from planner.services.policy.comparing import Tally
from tests.factories import SegmentFactory, WorkloadFactory
from tests.planner.policy.cast import NOW, send, threshold, value
from workloads.models import Team, User, Workload

if TYPE_CHECKING:
    from pathlib import Path

    from planner.models import PolicyDraft

pytestmark = pytest.mark.django_db
CLOSED = {
    "needs_programmatic_access": True,
    "current_class": "2",
    "stage": "production",
    "tokens_month": 50_000_000,
}


def workload(name: str, team: Team | None = None, **facts: object) -> Workload:
    more = {"team": team} if team else {}
    found = WorkloadFactory(name=name, facts=CLOSED | facts, **more)
    SegmentFactory(workload=found, name="all", facts={"task_type": "faq"})
    return found


def closing(by: User, allow: str = "5b") -> PolicyDraft:
    """A draft under which unapproved data may go nearly nowhere."""
    draft = policy.start_draft(by=by, as_of=NOW, title="Unapproved data stays")
    return policy.set_cell(draft, "constraints", "INT-TAGS", "allow", allow, by=by, revision=1, as_of=NOW)


def test_a_level_that_is_only_watched_moves_nothing(omar: User) -> None:
    workload("Bot")
    impact = policy.impact_here(threshold(omar), by=omar, as_of=NOW)
    assert (impact.state, impact.message) == (
        RunState.DONE,
        "None of 1 workload moves and what the targets cost is unknown.",
    )
    assert impact.rows.count() == 0


def test_a_rule_that_closes_moves_workloads_with_owner_team_and_money(omar: User) -> None:
    bot, other = workload("Bot"), workload("Other")
    impact = policy.impact_here(closing(omar), by=omar, as_of=NOW)
    everything = Workload.objects.all()
    assert [row.workload for row in impacts.moved(impact, everything)] == [bot, other]
    assert (impact.counts["moved"], impact.counts["compared"], impact.progress_done) == (2, 2, 2)
    assert impact.message.startswith("2 of 2 workloads move, 2 would fit nowhere any more")
    assert [row.workload for row in impacts.newly_infeasible(impact, everything)] == [bot, other]
    table = impacts.matrix(impact, "target")
    assert (table.moved, table.columns[-1], [sum(row.counts) for row in table.rows]) == (2, "Nowhere", [2])
    assert DecisionRecord.objects.count() == 0


COUNTS = Tally(compared=3).as_data


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        ({}, "None of 3 workloads moves and the targets cost the same."),
        ({"moved": 1, "cost_after": 200.0}, "1 of 3 workloads moves and the targets cost $200 a month more."),
        (
            {"moved": 2, "cost_before": 50.0, "cost_unknown": 1, "triggers_new": 1},
            "2 of 3 workloads move, the targets cost $50 a month less where both costs are known (1 unknown) and 1 trigger would newly ask for an answer.",
        ),
        ({"compared": 0}, "There is no workload yet, so nothing moves."),
    ],
)
def test_an_impact_is_told_in_one_sentence(counts: dict[str, Any], says: str) -> None:
    assert impact_outcome(COUNTS | counts) == says


def test_whose_workloads_one_may_not_see_are_only_counted(omar: User, team: Team) -> None:
    mine = workload("Mine", team)
    workload("Theirs")
    impact = policy.impact_here(closing(omar), by=omar, as_of=NOW)
    visible = Workload.objects.filter(team=team)
    assert [row.workload for row in impacts.moved(impact, visible)] == [mine]
    assert impacts.hidden_count(impact, visible) == 1


def test_moved_workloads_come_in_one_query(omar: User, django_assert_num_queries: Any) -> None:
    for count in (1, 3):
        for _ in range(count):
            workload(f"Bot {Workload.objects.count()}")
        impact = policy.impact_here(closing(omar), by=omar, as_of=NOW)
        with django_assert_num_queries(1):
            told = [
                (str(row.workload.team), str(row.workload.owner))
                for row in impacts.moved(impact, Workload.objects.all())
            ]
        assert told


def test_wrong_facts_of_one_workload_stop_nobody(omar: User) -> None:
    broken, _ = workload("Broken", tokens_month=-5), workload("Fine")
    impact = policy.impact_here(threshold(omar), by=omar, as_of=NOW)
    assert (impact.counts["failed"], impact.counts["compared"]) == (1, 1)
    (row,) = impacts.errors(impact, Workload.objects.all())
    assert row.workload == broken
    assert "-5" in row.error
    assert "1 workload could not be compared" in impact.message


def test_a_killed_impact_goes_on_after_the_last_finished_batch(
    omar: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "BATCH", 1)
    for name in ("A", "B", "C"):
        workload(name)
    draft = closing(omar)
    asked = policy.ask_impact(draft, by=omar, as_of=NOW, send=send)
    killed = PolicyImpact.claim(asked.pk)
    work.begin(killed)
    assert work.compare_next(killed, *two(draft))
    PolicyImpact.objects.filter(pk=asked.pk).update(heartbeat_at=F("heartbeat_at") - 2 * LOST_AFTER)
    policy.run_impact(asked.pk)
    asked.refresh_from_db()
    assert (asked.state, asked.attempt, asked.counts["moved"], asked.rows.count()) == (RunState.DONE, 2, 3, 3)


def two(draft: PolicyDraft) -> Any:
    from planner.selectors import basis, policies  # noqa: PLC0415  beside the only test that needs them

    return basis.policy(), policies.drafted(draft)


def test_asking_while_it_runs_is_one_run_and_asking_later_is_a_new_one(omar: User) -> None:
    draft = threshold(omar)
    first = policy.ask_impact(draft, by=omar, as_of=NOW, send=send)
    assert policy.ask_impact(draft, by=omar, as_of=NOW, send=send) == first
    policy.run_impact(first.pk)
    assert policy.ask_impact(draft, by=omar, as_of=NOW, send=send) != first


def test_an_impact_of_a_revision_that_is_gone_says_so(omar: User) -> None:
    draft = threshold(omar)
    asked = policy.ask_impact(draft, by=omar, as_of=NOW, send=send)
    policy.set_cell(
        draft, "parameters", "spend_trigger", "label", "L", by=omar, revision=draft.revision, as_of=NOW
    )
    policy.run_impact(asked.pk)
    asked.refresh_from_db()
    assert asked.state == RunState.FAILED
    assert "has changed since" in asked.message


def test_values_that_begin_later_are_compared_on_their_first_day(omar: User) -> None:
    draft = policy.start_draft(by=omar, as_of=NOW)
    draft = policy.append_value(
        draft, "spend_trigger", value(since="2027-03-01"), by=omar, revision=draft.revision, as_of=NOW
    )
    assert policy.impact_here(draft, by=omar, as_of=NOW).counts["day"] == "2027-03-01"


def test_only_a_complete_list_is_opened_and_once(omar: User, rosa: User, adam: User) -> None:
    asked = policy.ask_impact(threshold(omar), by=omar, as_of=NOW, send=send)
    with pytest.raises(ValidationError, match="not complete"):
        policy.open_moved(asked, by=rosa, as_of=NOW)
    policy.run_impact(asked.pk)
    asked.refresh_from_db()
    for _ in range(2):
        policy.open_moved(asked, by=rosa, as_of=NOW)
    assert ImpactOpened.objects.count() == 1
    with pytest.raises(PermissionDenied, match="Only an architect"):
        policy.ask_impact(asked.draft, by=adam, as_of=NOW, send=send)


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command("policy", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_compares_two_policies_by_row(omar: User) -> None:
    draft = threshold(omar)
    lines = printed("diff", "shipped", f"draft:{draft.pk}").splitlines()
    assert lines[0] == f"shipped and draft:{draft.pk}: 1 difference."
    assert lines[1].startswith("~ parameters.toml spend_trigger: ")
    assert lines[2] == "    value from 2026-12-01: nothing -> 20,000 from 2026-12-01"
    assert "no difference" in printed("diff", "active", draft.base_id[:10])


def test_the_command_tells_the_impact_and_writes_nothing(omar: User) -> None:
    workload("Bot")
    draft = closing(omar)
    told = printed("impact", "active", f"draft:{draft.pk}", "--as-of", "2026-12-01")
    assert "1 of 1 workload moves" in told
    assert "Bot (Team" in told
    assert "-> infeasible" in told
    assert "target, from (down) to (across)" in told
    assert PolicyImpact.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("spring", "No policy is called 'spring'"),
        ("draft:9", "There is no draft '9'"),
        ("draft:x", "There is no draft"),
    ],
)
def test_the_command_says_what_it_does_not_know(name: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        printed("diff", "shipped", name)


def test_a_folder_that_is_no_policy_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="missing from the policy folder"):
        printed("diff", "shipped", str(tmp_path))
