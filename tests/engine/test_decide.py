"""Deciding one segment: readiness, preferences, what is unknown, what is proposed, and who is in place."""

from __future__ import annotations

from typing import Any

import pytest

from planner.engine import FactError, SegmentInput, WorkloadInput, decide_workload
from planner.engine.explain import relaxation_entry
from planner.engine.facts import Fact
from tests.engine.samples import AS_OF, OWNING, POLICY, PRICES, STAFFED, decide, workload


def answer(*args: Any, **facts: Any) -> Any:
    decided = decide(*args, **facts)
    return decided.status, decided.now, decided.target


def open_gates(decided: Any) -> Any:
    return [gate.row.id for gate in decided.gates_before(decided.target)]


HIRING = {"willing_to_hire": True}
MUST = [
    ("residency leaves what is locked to a region", {"residency": "eu"}, {"2e", "3r", "4", "5a", "5b"}),
    ("residency in a regulated sector leaves no shared open endpoint", {"residency": "eu", "regimes": ["fin_sector"]}, {"2e", "4", "5a", "5b"}),
    ("a regulated sector needs enterprise terms", {"regimes": ["hipaa"]}, {"2e", "3r", "4", "5a", "5b"}),
    ("export control needs own hosting", {"data_tags": ["itar"]}, {"5a", "5b"}),
    ("insider information needs isolation", {"data_tags": ["mnpi"]}, {"2e", "4", "5a", "5b"}),
    ("legal strategy needs isolation", {"data_tags": ["legal_strategy"]}, {"2e", "4", "5a", "5b"}),
    ("a proof of the data path needs own hosting", {"data_path_proof_required": True}, {"5a", "5b"}),
    ("no processor allowed needs own hosting", {"third_party_processing_allowed": False}, {"5a", "5b"}),
    ("no external dependency needs own hosting", {"no_external_dependency": True}, {"5a", "5b"}),
    ("work without a connection needs own machines", {"offline_required": True}, {"5b"}),
    ("an audit of the weights needs open weights", {"weight_level_audit_required": True}, {"3", "3r", "4", "5a", "5b"}),
    ("distillation needs open weights", {"distillation_needed": True}, {"3", "3r", "4", "5a", "5b"}),
    ("verified deletion outlasts kept logs only with zero retention", {"verified_deletion_required": True}, {"3", "3r", "4", "5a", "5b"}),
    ("zero retention answers verified deletion", {"verified_deletion_required": True, "zdr_configured": True}, {"2p", "2e", "3", "3r", "4", "5a", "5b"}),
    ("moderate fine-tuning leaves closed APIs", {"ft_need": "moderate"}, {"2p", "2e", "3", "3r", "4", "5a", "5b"}),
    ("moderate fine-tuning on health data does not", {"ft_need": "moderate", "data_tags": ["phi"]}, {"4", "5a", "5b"}),
    ("full fine-tuning needs the weights", {"ft_need": "full", "prompt_rag_insufficient_proven": True}, {"3", "3r", "4", "5a", "5b"}),
    ("full fine-tuning for tone is not justified", {"ft_need": "full", "prompt_rag_insufficient_proven": True, "ft_reason": "tone"}, {"2p", "2e", "3", "3r", "4", "5a", "5b"}),
    ("a hard first token of 199 ms leaves no closed API", {"latency_hard": True, "ttft_target_ms": 199}, {"3", "3r", "4", "5a", "5b"}),
    ("a hard first token of 200 ms leaves them", {"latency_hard": True, "ttft_target_ms": 200}, {"2p", "2e", "3", "3r", "4", "5a", "5b"}),
    ("a hard first token of 99 ms needs own hosting", {"latency_hard": True, "ttft_target_ms": 99}, {"5a", "5b"}),
    ("a wish of 99 ms needs nothing", {"ttft_target_ms": 99}, {"2p", "2e", "3", "3r", "4", "5a", "5b"}),
    ("jitter matters only against a hard limit", {"shared_api_jitter": True}, {"2p", "2e", "3", "3r", "4", "5a", "5b"}),
    ("source code stays out of chat products", {"data_tags": ["source_code"], "needs_programmatic_access": False}, {"2p", "2e", "3", "3r", "4", "5a", "5b"}),
    ("a technical stance on public data changes nothing", {"stance": "technical"}, {"2p", "2e", "3", "3r", "4", "5a", "5b"}),
    ("a technical stance on regulated work needs own hosting", {"stance": "technical", "regimes": ["gdpr"]}, {"5a", "5b"}),
    ("assurance by contract", {"assurance_required": "contractual"}, {"2e", "3r", "4", "5a", "5b"}),
    ("assurance by isolation", {"assurance_required": "isolated"}, {"4", "5a", "5b"}),
    ("assurance by perimeter", {"assurance_required": "perimeter"}, {"5a", "5b"}),
    ("assurance by air gap", {"assurance_required": "air_gap"}, {"5b"}),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "allowed"), [row[1:] for row in MUST], ids=[row[0] for row in MUST])
def test_a_must_row_leaves(facts: Any, allowed: Any) -> None:
    assert set(decide(**facts).allowed) == allowed


def test_a_government_organisation_hosts_itself() -> None:
    assert decide({"gov_or_defence": True}).allowed == ("5a", "5b")


def test_hiring_makes_own_hosting_a_target_that_may_not_run_yet() -> None:
    decided = decide(HIRING, data_tags=["phi"], stance="technical")
    assert (decided.status, decided.now, decided.target) == ("blocked", None, "5a")
    assert open_gates(decided) == ["TEA-386", "TEA-383", "TEA-384", "GAT-223", "GAT-205", "GAT-171"]


def test_the_best_ready_placement_serves_until_the_team_is_hired() -> None:
    assert answer(HIRING, data_tags=["mnpi"], complexity="moderate") == ("decided", "4", "5a")


@pytest.mark.parametrize(
    ("missing", "facts"),
    [
        ("TEA-386", {"data_engineers": 0, "mlops_engineers": 1, "ml_engineers": 1}),
        ("TEA-383", {"ml_engineers": 0}),
        ("TEA-384", {"mlops_engineers": 0}),
        ("GAT-223", {"gpu_stack_people": 1}),
        ("GAT-205", {"gpu_prod_experience": False}),
        ("GAT-171", {"oncall_24x7": False}),
    ],
)
def test_each_part_of_a_team_is_a_gate_of_its_own(missing: Any, facts: Any) -> None:
    decided = decide(STAFFED | facts, data_must_stay_in_infra=True)
    assert (decided.status, open_gates(decided)) == ("blocked", [missing])


def test_full_fine_tuning_on_own_machines_takes_three_ml_engineers() -> None:
    facts = {"ft_need": "full", "prompt_rag_insufficient_proven": True, "data_must_stay_in_infra": True}
    assert open_gates(decide(STAFFED, **facts)) == ["GAT-353"]


@pytest.mark.parametrize(
    ("organisation", "expected"),
    [
        (STAFFED, ("infeasible", None, None)),
        (STAFFED | {"facilities_ready": True}, ("infeasible", None, None)),
        (STAFFED | {"upfront_budget": 49_999}, ("infeasible", None, None)),
        (STAFFED | {"upfront_budget": 50_000}, ("blocked", None, "5b")),
        (OWNING, ("decided", "5b", "5b")),
    ],
)
def test_own_machines_need_room_and_capital(organisation: Any, expected: Any) -> None:
    assert answer(organisation, air_gap_required=True, data_tags=["classified"]) == expected


@pytest.mark.parametrize(
    ("facts", "gate"),
    [({"eval_examples": 99}, "PH-411"), ({"gateway_in_place": False}, "GOT-231")],
)
def test_preparation_stands_before_open_weights(facts: Any, gate: Any) -> None:
    decided = decide(**facts)
    assert (decided.now, decided.target, open_gates(decided)) == ("2p", "3", [gate])


def test_an_agreement_stands_before_customer_data_on_an_open_api() -> None:
    decided = decide({"dpa_signed": False}, data_tags=["customer_data"], complexity="moderate")
    assert (decided.now, decided.target, open_gates(decided)) == ("4", "3r", ["DAT-531"])


def test_an_unmeasured_gap_starts_on_a_closed_api() -> None:
    assert answer(quality_gap_known=False) == ("decided", "2p", "2p")


def test_two_scores_measure_the_gap_and_outrank_the_stated_difficulty() -> None:
    facts = {"complexity": "frontier", "quality_gap_known": None, "open_score": 81}
    assert answer(frontier_score=86, **facts) == ("decided", "3", "3")
    assert answer(frontier_score=86.5, **facts) == ("decided", "2p", "2p")


def test_the_task_tells_the_difficulty_when_nobody_does() -> None:
    assert decide(complexity=None, task_type="agentic").target == "2p"
    assert decide(complexity=None, task_type="faq").target == "3"


def test_a_stated_difficulty_outranks_the_task() -> None:
    assert decide(complexity="simple", task_type="agentic").target == "3"


def test_long_contexts_stay_on_closed_apis_from_the_published_length() -> None:
    assert decide(context_tokens_p95=100_000).target == "3"
    assert decide(context_tokens_p95=100_001).target == "2p"


def test_an_internal_tool_stops_at_dedicated_but_never_below_what_the_data_needs() -> None:
    assert decide(OWNING, needs_custom_stack=True, internal_tool=True).target == "3"
    assert decide(OWNING, internal_tool=True, data_must_stay_in_infra=True).target == "5a"
    assert decide(STAFFED, internal_tool=True, data_tags=["industrial_ip"]).target == "5a"


def test_a_preference_that_binds_says_what_it_costs() -> None:
    decided = decide(STAFFED, data_tags=["mnpi"], complexity="moderate")
    states = {state.row.id: (state.state, state.usd_month) for state in decided.choice.preferences}
    # with the first preference gone the second still keeps the data on machines nobody shares
    assert states == {"DAT-244": ("binding", 30_406.03), "DAT-244-ISOLATED": ("idle", None)}


def test_fine_tuning_without_a_team_goes_to_managed_machines() -> None:
    assert decide(ft_need="full", prompt_rag_insufficient_proven=True).target == "4"
    assert decide(STAFFED, ft_need="full", prompt_rag_insufficient_proven=True).target == "3"


PHI = {"data_tags": ["phi"], "complexity": "moderate"}


@pytest.mark.parametrize(
    ("organisation", "current", "target"),
    [
        ({}, "none", "2e"),
        ({}, "2", "2e"),
        ({}, "4", "4"),
        ({}, "5a", "4"),
        (STAFFED, "5a", "5a"),
        (STAFFED | {"oncall_24x7": False}, "5a", "4"),
    ],
)
def test_assurance_of_sensitive_data_does_not_go_down_by_itself(
    organisation: Any, current: Any, target: Any
) -> None:
    assert decide(organisation, current_class=current, **PHI).target == target


def test_public_data_may_move_down() -> None:
    assert decide(STAFFED, current_class="5a").target == "3"


def test_an_unapproved_classification_is_treated_as_sensitive() -> None:
    decided = decide(classification="proposed")
    assert (decided.status, decided.now, decided.allowed) == ("decided", "2e", ("2e", "4", "5a", "5b"))


def test_an_approved_classification_without_a_single_tag_classifies_nothing() -> None:
    assert decide(data_tags=[]).allowed == ("2e", "4", "5a", "5b")


def test_a_newer_proposal_only_tightens_what_was_approved() -> None:
    assert decide(pending={"data_tags": ["public"], "stance": "contractual"}, data_tags=["phi"]).allowed == (
        "2e",
        "4",
        "5a",
        "5b",
    )
    assert decide(pending={"data_tags": ["phi"]}).allowed == ("2e", "4", "5a", "5b")


def test_a_proposal_that_needs_an_agreement_opens_its_gate() -> None:
    decided = decide({"dpa_signed": False}, pending={"data_tags": ["pii"]})
    assert (decided.now, decided.target) == ("4", "3r")


def test_unknown_data_keeps_the_answer_provisional_and_careful() -> None:
    decided = decide(data_tags=None)
    assert (decided.status, decided.allowed) == ("provisional", ("2e", "4", "5a", "5b"))
    assert [fact.name for fact in decided.unknown if fact.blocks] == ["data_tags"]


def test_an_unknown_volume_keeps_the_answer_provisional_and_prices_nothing() -> None:
    decided = decide(tokens_month=None)
    assert decided.status == "provisional"
    assert set(decided.amounts.values()) == {None}


def test_an_unknown_stage_that_changes_nothing_keeps_nothing_open() -> None:
    assert decide(stage=None).status == "decided"
    assert decide(stage=None, needs_programmatic_access=False).status == "provisional"


def test_an_assumed_fact_says_what_another_answer_would_lead_to() -> None:
    unknown = {fact.name: fact.answers for fact in decide(complexity=None, ft_need=None).unknown}
    assert unknown["complexity"] == ("2",)
    assert unknown["ft_need"] == ()


def test_a_workloads_volume_is_divided_by_the_share_of_a_segment() -> None:
    given = workload()
    facts = dict(given.segments[0].facts)
    volume = facts.pop("tokens_month")
    halves = tuple(SegmentInput(name, 50, "approved", facts) for name in ("a", "b"))
    split = WorkloadInput("split", given.organisation, {"tokens_month": volume}, halves)
    decided = decide_workload(POLICY, split, PRICES, AS_OF)
    assert [segment.amounts["2p"] for segment in decided.segments] == [103.13, 103.13]


def test_a_fact_the_policy_cannot_read_is_refused_by_name() -> None:
    given = workload()
    wrong = WorkloadInput("x", {"ml_engineer": Fact(1)}, given.facts, given.segments)
    with pytest.raises(
        FactError, match=r"'ml_engineer' is not a fact of this policy; did you mean 'ml_engineers'\?"
    ):
        decide_workload(POLICY, wrong, PRICES, AS_OF)
    stale = WorkloadInput("x", given.organisation, {"stage": Fact("beta")}, given.segments)
    with pytest.raises(FactError) as refused:
        decide_workload(POLICY, stale, PRICES, AS_OF)
    assert refused.value.name == "stage"


def test_a_rule_nobody_may_waive_leaves_no_grantor() -> None:
    ways = [
        relaxation_entry(way)
        for way in decide(STAFFED, air_gap_required=True, data_tags=["classified"]).relaxations
    ]
    assert [(way["rows"], way["gates"], way["grantor"]) for way in ways] == [
        (["DAT-161"], [], "nobody"),
        ([], ["GAT-174", "ECO-395"], "leader"),
    ]
