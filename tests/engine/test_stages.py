"""Stages: the right steps, in an order that can be followed, on dates that add up."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from planner.engine.facts import Fact
from planner.engine.measures import Outcome
from planner.engine.policy import load_policy
from planner.engine.stages import Step, staged
from planner.engine.vocabulary import VARIANTS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

POLICY = load_policy()
AS_OF = date(2026, 2, 2)
APIS = {"2p", "2e", "3", "3r"}


def steps(
    current: str, target: str | None, facts: Mapping[str, Any] | None = None, **outcome: Any
) -> dict[str, Step]:
    given = {
        "current_class": Fact(current),
        "stage": Fact("production"),
        "data_tags": Fact(frozenset({"public"})),
    }
    given |= {name: Fact(value) for name, value in (facts or {}).items()}
    chosen = Outcome(**{"allowed": VARIANTS, "target": target, "now": target, **outcome})
    return {step.id: step for step in staged(POLICY, given, chosen, AS_OF).steps}


@pytest.mark.parametrize("current", POLICY.inputs["current_class"].values)
@pytest.mark.parametrize("target", VARIANTS)
def test_nothing_starts_before_what_it_needs_has_ended(current: str, target: str | None) -> None:
    found = steps(current, target)
    for step in found.values():
        assert step.start >= max((found[need].end for need in step.needs), default=AS_OF)
        assert step.end == step.start + timedelta(days=round(step.weeks * 7)) or step.weeks != int(step.weeks)


@pytest.mark.parametrize(
    ("current", "target", "gotchas"),
    [
        ("1", "2p", ["GOT-121", "GOT-122", "GOT-123"]),
        ("2", "3", ["GOT-231", "GOT-232", "GOT-233"]),
        ("3", "4", ["GOT-341", "GOT-342", "GOT-343"]),
        ("4", "5a", ["GOT-451", "GOT-452", "GOT-453"]),
        ("4", "5b", ["GAT-174", "GOT-451", "GOT-452", "GOT-453"]),
    ],
)
def test_each_hop_brings_its_gotchas(current: str, target: str | None, gotchas: Collection[str]) -> None:
    found = steps(current, target)
    assert [step_id for step_id in gotchas if step_id not in found] == []


def test_the_way_from_closed_to_open_api_runs_through_shadow_and_canary() -> None:
    found = steps("2", "3")
    order = ["GOT-233", "PH-364", "PH-228-5", "PH-228-25", "PH-228-100", "MS-LIVE", "STP-RETIRE"]
    assert all(found[before].end <= found[after].start for before, after in pairwise(order))
    assert found["MS-LIVE"].start > AS_OF


def test_staying_is_a_short_list_of_what_is_missing_and_what_recurs() -> None:
    ready = {"gateway_in_place": True, "budgets_alerts": True, "logging_own_store": True, "prompts_versioned": True,
             "guardrails": True, "retry_ratelimit_handling": True, "fallback_configured": True, "model_pinned": True,
             "eval_examples": 200, "eval_in_ci": True, "quality_gap_known": True, "license_cleared": True}  # fmt: skip
    found = steps("3", "3", ready)
    assert list(found) == ["PH-312", "PH-428", "Q5-REV"]


@pytest.mark.parametrize("status", ["infeasible", "blocked"])
def test_a_segment_without_a_target_gets_no_step(status: str) -> None:
    assert steps("2", None, status=status, now=None, allowed=()) == {}


def test_a_segment_that_may_not_run_today_prepares_and_does_not_move() -> None:
    found = steps("2", "5a", status="blocked", now=None)
    assert {step.phase for step in found.values()} == {"foundation", "evidence", "prepare"}


@pytest.mark.parametrize(("status", "classification"), [("decided", "proposed"), ("provisional", "proposed")])
def test_an_unapproved_classification_starts_nothing_but_its_own_approval(
    status: str, classification: str
) -> None:
    assert list(steps("2", "3", status=status, classification=classification)) == ["STP-APPROVE"]


def test_an_approved_but_provisional_answer_asks_for_the_missing_facts() -> None:
    assert list(steps("2", "3", status="provisional")) == ["INP-347"]


def test_data_that_may_not_leave_gets_no_api_fallback_and_rehearses_with_invented_data() -> None:
    inside = steps("3", "5b", {"air_gap_required": True}, allowed=("5b",))
    open_to_all = steps("3", "5b", costs={"3": 100, "4": 900})
    assert ("PH-427" in inside, "PH-225" in inside, "STP-SYNTHETIC" in inside) == (False, False, True)
    assert ("PH-427" in open_to_all, "PH-225" in open_to_all, "STP-SYNTHETIC" in open_to_all) == (
        True,
        True,
        False,
    )


def test_hiring_takes_the_longer_of_the_usual_time_and_your_own() -> None:
    usual = steps("3", "5a", {"hiring_lead_months": 1})["TEA-394"]
    slow = steps("3", "5a", {"hiring_lead_months": 9})["TEA-394"]
    assert [usual.weeks, slow.weeks] == pytest.approx([13, 39.1], abs=0.1)
    assert slow.shared


def test_a_duration_beyond_every_calendar_ends_within_it() -> None:
    endless = steps("3", "5a", {"hiring_lead_months": 1e12})["TEA-394"]
    assert (endless.end - endless.start).days == 5200 * 7


def test_a_team_in_place_is_not_hired_again() -> None:
    step = steps("3", "5a", {"selfhost_headcount": 3})["TEA-394"]
    assert (step.done, step.weeks, step.start, step.end) == (True, 0, AS_OF, AS_OF)


def test_organisation_steps_are_marked_as_shared() -> None:
    shared = {step.id for step in steps("3", "5b").values() if step.shared}
    assert {"PH-206", "TEA-394", "GAT-171", "GAT-174", "GOT-451"} <= shared


def test_milestones_come_in_order() -> None:
    found = steps("2", "5a")
    dates = [found[milestone].start for milestone in ("MS-FOUNDATION", "MS-EVIDENCE", "MS-READY", "MS-LIVE")]
    assert dates[2] >= max(dates[:2])
    assert dates[3] > dates[2]


def test_the_embedding_move_appears_only_where_embeddings_are_outside() -> None:
    assert "KB-214" in steps("3", "5a", {"embeddings_location": "external_api"})
    assert "KB-214" not in steps("3", "5a", {"embeddings_location": "self_hosted"})


def test_the_agreement_gates_follow_the_variant() -> None:
    assert "DAT-531" in steps("2", "3r")
    assert "DAT-531" not in steps("2", "3")
    assert "DAT-243" in steps("3", "2e", {"data_tags": frozenset({"phi"})})


def test_an_interim_placement_comes_before_a_distant_target() -> None:
    known = {"quality_gap_known": True}
    assert "STP-INTERIM" in steps("none", "5a", known, now="2e")
    assert "STP-INTERIM" not in steps("none", "5a", known, now="3"), (
        "the first stop is where it may run today"
    )


def test_stepping_back_to_a_closed_api_retunes_prompts() -> None:
    found = steps("3", "2p")
    assert ("STP-RETUNE" in found, "GOT-232" in found) == (True, False)


def test_later_planning_moves_every_date() -> None:
    given = {"current_class": Fact("2"), "stage": Fact("production")}
    outcome = Outcome(target="3", now="2p")
    early = staged(POLICY, given, outcome, AS_OF).steps
    late = staged(POLICY, given, outcome, AS_OF + timedelta(days=30)).steps
    assert [step.start + timedelta(days=30) for step in early] == [step.start for step in late]
