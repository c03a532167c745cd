"""The route: hop by hop where the policy asks for it, past what the data forbids, and what is said about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.engine.explain import staging_entry
from planner.engine.facts import Fact
from planner.engine.measures import Outcome
from planner.engine.policy import load_policy
from planner.engine.stages import Staged, staged
from planner.engine.vocabulary import CLASS_OF, MILESTONE, MOVE, VARIANTS

if TYPE_CHECKING:
    from collections.abc import Mapping

POLICY = load_policy()
AS_OF = date(2026, 2, 2)
ORIGINS = POLICY.inputs["current_class"].values
PROFILES: tuple[dict[str, Any], ...] = (
    {},
    {
        "data_tags": {"pii", "phi", "mnpi"},
        "cross_border_transfer": True,
        "embeddings_location": "external_api",
    },
    {
        "ft_need": "full",
        "ft_reason": "tone",
        "quality_gap_known": True,
        "vector_db_location": "managed_cloud",
    },
    {
        "ft_need": "full",
        "ft_reason": "structured_output",
        "months_in_production": 12,
        "audit_trail_required": True,
    },
    {"model_params_b": 4, "interactive": True, "latency_hard": True, "sensitive_share": 40},
    {"task_type": "classification", "model_params_b": 4, "direct_calls_remaining": 3, "complexity": "simple"},
    {"task_type": "rag_qa", "assurance_required": "contract", "ops_proven_in_class4": True},
)


def route(current: str, target: str, facts: Mapping[str, Any] | None = None, **outcome: Any) -> Staged:
    given_facts = {"stage": "production", "needs_programmatic_access": True, "data_tags": {"public"}}
    known = given_facts | {"current_class": current} | dict(facts or {})
    facts_known = {
        name: Fact(frozenset(value) if isinstance(value, set) else value) for name, value in known.items()
    }
    chosen = Outcome(**{"allowed": VARIANTS, "target": target, "now": "2p", **outcome})
    return staged(POLICY, facts_known, chosen, AS_OF)


def legs(found: Staged) -> list[tuple[str, str]]:
    return [(leg.origin, leg.destination) for leg in found.legs]


@pytest.mark.parametrize(
    ("current", "target", "facts", "expected"),
    [
        ("1", "3", {}, ["2", "3"]),
        ("1", "3", {"quality_gap_known": True}, ["3"]),
        ("2", "4", {}, ["3", "4"]),
        ("2", "5a", {}, ["3", "4", "5a"]),
        ("2", "5a", {"ops_proven_in_class4": True}, ["3", "5a"]),
        ("3", "5b", {}, ["4", "5a", "5b"]),
        ("4", "5b", {"gpu_prod_experience": True}, ["5b"]),
        ("5a", "3", {}, ["3"]),
        ("3", "3", {}, []),
    ],
)
def test_the_ladder_is_climbed_stop_by_stop(
    current: str, target: str, facts: dict[str, Any], expected: list[str]
) -> None:
    assert [leg.destination for leg in route(current, target, facts).legs] == expected


def test_compliance_skips_the_ladder_with_a_trial_on_invented_data_and_says_so() -> None:
    found = route("2", "5b", {"air_gap_required": True}, allowed=("5b",))
    removed = {each.row.id: each.because for each in found.removed}
    assert legs(found) == [("2", "5b")]
    assert "STP-SYNTHETIC" in {step.id for step in found.steps}
    assert {"PTH-180", "PTH-181", "PTH-182", "PH-427", "PH-225"} == set(removed)
    assert removed["PTH-180"] == (
        "The data may not go to an open-weight API: compliance skips this step of the ladder."
    )


def test_an_api_that_costs_less_than_a_dedicated_service_makes_it_no_stop() -> None:
    dear = route("3", "5a", costs={"3": 100, "4": 900})
    cheap = route("3", "5a", costs={"3": 900, "4": 800})
    assert (legs(dear), legs(cheap)) == ([("3", "5a")], [("3", "4"), ("4", "5a")])
    assert [each.row.id for each in dear.removed] == ["PTH-181"]
    assert "PH-225" in {step.id for step in dear.steps}, "a trial takes its place"


def test_a_stop_uses_the_cheapest_placement_the_segment_may_use() -> None:
    found = route("2", "4", allowed=("2e", "3r", "4"))
    assert [leg.variant for leg in found.legs] == ["3r", "4"]
    assert "DAT-531" in {step.id for step in found.steps}, "region and agreement are due at the stop"


def test_prompts_with_personal_data_are_not_kept_for_training() -> None:
    plain = route("2", "3", {"ft_need": "full"})
    personal = route("2", "3", {"ft_need": "full", "data_tags": {"pii"}})
    assert "PH-464" in {step.id for step in plain.steps}
    assert "PH-464" in {each.row.id for each in personal.removed}
    assert "PH-464" not in {step.id for step in personal.steps}


def test_each_leg_moves_in_slices_and_only_the_last_arrives() -> None:
    steps = {step.id: step for step in route("2", "5a").steps}
    assert [steps[key].leg for key in ("PH-228-5@3", "PH-228-5@4", "PH-228-5")] == ["2>3", "3>4", "4>5a"]
    assert steps["PTH-180"].end <= steps["PH-364@4"].start <= steps["PTH-181"].end <= steps["PH-364"].start
    assert [key for key in steps if key.startswith("MS-LIVE")] == ["MS-LIVE"]


def test_hiring_starts_at_once_and_servers_wait_for_the_stop() -> None:
    steps = {step.id: step for step in route("2", "5a").steps}
    assert steps["TEA-394"].start == AS_OF
    assert steps["STP-SERVERS"].start >= steps["PTH-181"].end


def test_selected_parts_move_no_earlier_than_the_fourth_month() -> None:
    fast = {"prompts_versioned": True, "gateway_in_place": True, "retry_ratelimit_handling": True}
    stop = next(step for step in route("none", "3", fast).steps if step.id == "STP-API")
    assert stop.end >= AS_OF + timedelta(days=91)
    figures = POLICY.figures(AS_OF)
    assert (figures["weeks_gateway"], figures["weeks_optimise"], figures["api_migrate_from"]) == (4, 8, 3)


@pytest.mark.parametrize(("current", "target"), list(product(ORIGINS, VARIANTS)))
def test_a_critical_step_that_slips_moves_the_arrival_and_slack_is_exact(current: str, target: str) -> None:
    found = {step.id: step for step in route(current, target).steps}
    if "MS-LIVE" not in found:
        assert all(step.slack_days is None for step in found.values())
        return
    for step in found.values():
        if step.slack_days is not None and step.kind not in (MILESTONE, "stop"):
            assert _arrival_if_late(found, step.id, step.slack_days) == found["MS-LIVE"].end
            assert _arrival_if_late(found, step.id, step.slack_days + 1) > found["MS-LIVE"].end


def _arrival_if_late(steps: dict[str, Any], late: str, days: int) -> date:
    """The arrival when one step ends so many days later and every other start gives way no more than it must."""
    ends: dict[str, date] = {}
    for step in sorted(steps.values(), key=lambda each: (each.start, each.end, each.kind == MILESTONE)):
        pushed = [ends[need] + timedelta(days=round(step.wait * 7)) for need in step.needs]
        start = max([step.start, *pushed])
        ends[step.id] = start + (step.end - step.start) + timedelta(days=days if step.id == late else 0)
    return ends["MS-LIVE"]


@given(
    current=st.sampled_from(ORIGINS),
    target=st.sampled_from(VARIANTS),
    allowed=st.sets(st.sampled_from(VARIANTS)),
    profile=st.sampled_from(PROFILES),
    status=st.sampled_from(["decided", "blocked", "provisional"]),
)
def test_a_route_climbs_through_what_is_allowed_and_its_steps_wait_for_each_other(
    current: str, target: str, allowed: set[str], profile: dict[str, Any], status: str
) -> None:
    allowed |= {target}
    found = route(current, target, profile, allowed=tuple(allowed), status=status)
    assert all(leg.variant in allowed for leg in found.legs)
    assert not found.legs or found.legs[-1].destination == CLASS_OF[target]
    ends = {step.id: step.end for step in found.steps}
    assert len(ends) == len(found.steps)
    assert all(step.start >= ends[need] for step in found.steps for need in step.needs if not step.done)
    assert not {each.row.id for each in found.removed} & {step.row for step in found.steps}
    assert status == "decided" or not any(step.phase == MOVE for step in found.steps)


def test_every_row_is_reached_by_some_way() -> None:
    statuses = ("decided", "provisional")
    ways = product(ORIGINS, VARIANTS, PROFILES, (VARIANTS, ("5b",)), statuses)
    reached = {
        step.row
        for current, target, profile, allowed, status in ways
        if target in allowed
        for step in route(current, target, profile, allowed=allowed, status=status, now="2p").steps
    }
    reached |= {step.row for step in route("2", "3", classification="proposed").steps}
    assert {row.id for row in POLICY.rows("steps")} - reached == set()


def test_the_route_is_said_with_its_stops_its_date_and_what_it_hangs_on() -> None:
    said = staging_entry(route("3", "5a"))["route"]
    assert said["sentence"] == (
        "From class 3 (open-weight API) by way of class 4 (dedicated managed) to class 5a (self-hosted, rented), "
        f"by {staged_end('3', '5a'):%-d %b %Y} at the earliest."
    )
    assert said["critical"].startswith("The date hangs most on ")
    assert [(leg["to"], leg["stop"]) for leg in said["legs"]] == [("4", "PTH-181"), ("5a", None)]


def staged_end(current: str, target: str) -> date:
    return next(step.end for step in route(current, target).steps if step.id == "MS-LIVE")


def test_a_removed_step_says_why() -> None:
    said = staging_entry(route("3", "5b", {"air_gap_required": True}, allowed=("5b",)))["route"]["removed"]
    fallback = next(each for each in said if each["id"] == "PH-427")
    assert fallback["sentence"] == (
        "Keep a permitted API as fallback: removed because the fallback inherits the limits of the data, "
        "and this data may go to no API."
    )


def test_staying_has_no_route() -> None:
    assert staging_entry(route("3", "3"))["route"] == {
        "sentence": "",
        "critical": "",
        "legs": [],
        "removed": [],
    }
    assert replace(route("3", "3"), steps=()) == Staged()
