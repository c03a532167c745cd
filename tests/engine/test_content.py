"""The shipped policy as content: complete, cited, consistent."""

from __future__ import annotations

from datetime import date
from graphlib import TopologicalSorter

import pytest

from planner.engine.policy import Archetype, Input, Parameter, Row, load_policy
from planner.engine.policy.steps import makers_of
from planner.engine.vocabulary import CLASSES, DECIDE, EVIDENCE, FOUNDATION, MILESTONE, MOVE, OPERATE, PREPARE

POLICY = load_policy()
THEMES = {"basics", "data", "volume", "quality", "latency", "team", "operations", "money"}
SUPPLIERS = {"architect", "reviewer", "organisation", "usage", "evaluation", "prices", "derived"}
SCOPES = {"organisation", "workload", "segment", "offering", "model"}
TABLES = ("steps", "triggers", "risks", "classify")
AS_OF = date(2026, 1, 31)


@pytest.mark.parametrize("declared", POLICY.inputs.values(), ids=lambda each: each.name)
def test_every_input_says_what_it_asks_and_who_answers(declared: Input) -> None:
    assert (declared.theme in THEMES, declared.supplied_by in SUPPLIERS, declared.scope in SCOPES) == (
        True,
        True,
        True,
    )
    assert declared.label
    assert declared.help.endswith(".")
    assert bool(declared.question) is (declared.supplied_by != "derived")


@pytest.mark.parametrize(
    "declared", [each for each in POLICY.inputs.values() if each.values], ids=lambda each: each.name
)
def test_every_value_of_a_choice_has_words(declared: Input) -> None:
    assert tuple(declared.labels) == declared.values


def test_only_three_facts_stop_an_answer_when_unknown() -> None:
    assert [each.name for each in POLICY.inputs.values() if each.blocks] == [
        "stage",
        "data_tags",
        "tokens_month",
    ]


def test_the_facts_that_matter_most_come_first() -> None:
    essential = [each.name for each in POLICY.inputs.values() if each.essential]
    assert essential == [
        "task_type", "stage", "needs_programmatic_access", "current_class", "lockin_tolerance", "data_tags",
        "tokens_month", "peak_to_avg", "complexity", "quality_gap_known", "ft_need", "interactive", "latency_hard",
        "ttft_target_ms",
    ]  # fmt: skip


def test_what_a_reviewer_owns_belongs_to_a_segment() -> None:
    assert {each.scope for each in POLICY.inputs.values() if each.supplied_by == "reviewer"} == {"segment"}


@pytest.mark.parametrize("parameter", POLICY.parameters.values(), ids=lambda each: each.name)
def test_every_parameter_is_cited_and_checked(parameter: Parameter) -> None:
    reference = parameter.on(AS_OF).reference
    assert parameter.label
    assert parameter.checked >= parameter.values[-1].since
    assert reference.quote
    assert reference.document
    assert reference.line > 0 or parameter.guess, "a figure without a line is a guess and says so"


def test_published_thresholds_are_markers() -> None:
    markers = {name for name, parameter in POLICY.parameters.items() if parameter.marker}
    published = {
        "spend_trigger", "spend_cross_low", "spend_cross_high", "spend_year_watch", "c4_tokens_day",
        "c4_breakeven_low", "c4_breakeven_high", "c5_frontier_near", "c5_frontier_fired", "c5_breakeven_frontier",
        "c5_breakeven_small", "selfhost_tokens", "selfhost_tokens_12m", "high_queries", "latency_sla_ms",
    }  # fmt: skip
    assert published <= markers


def test_every_marker_is_watched_by_a_trigger() -> None:
    watched = {row.cell(level) for row in POLICY.rows("triggers") for level in ("near", "fire")}
    asked = {
        name
        for row in POLICY.rows("triggers")
        for each in row.expressions.values()
        for name in each.parameters
    }
    markers = {name for name, parameter in POLICY.parameters.items() if parameter.marker}
    unwatched = markers - watched - asked
    assert unwatched == {"latency_sensitive_ms"}, "the guides' second figure for the same 500 ms"


@pytest.mark.parametrize("table", TABLES)
def test_every_row_says_why_and_where_from(table: str) -> None:
    for row in POLICY.rows(table):
        assert row.source.quote, row.id
        assert row.source.line > 0, row.id
        assert row.sentence.endswith("."), row.id


@pytest.mark.parametrize("row", POLICY.rows("triggers"), ids=lambda row: row.id)
def test_every_trigger_has_a_metric_and_a_level_or_a_condition(row: Row) -> None:
    assert row.cell("metric") in POLICY.inputs
    assert ("fires" in row.expressions) != ("fire" in row.cells), "one of the two, never both"
    for level in ("near", "fire"):
        name = row.cell(level)
        assert name is None or name in POLICY.parameters or name in POLICY.inputs
    origin, destination = row.cell("hop")
    assert (origin in (*CLASSES, "any"), destination in (*CLASSES, "review")) == (True, True)


@pytest.mark.parametrize(
    "row", [row for row in POLICY.rows("triggers") if row.cell("kind") == "marker"], ids=lambda row: row.id
)
def test_a_marker_that_moves_a_workload_asks_the_economics(row: Row) -> None:
    assert "confirm" in row.expressions or row.cell("hop") == ["1", "2"]


def test_steps_need_only_steps_and_never_each_other() -> None:
    rows = {row.id: row for row in POLICY.rows("steps")}
    makers = makers_of(rows.values())
    needs = {
        key: [maker for need in row.cell("needs", ()) for maker in makers.get(need, [need])]
        for key, row in rows.items()
    }
    assert {need for each in needs.values() for need in each} <= set(rows)
    assert len(list(TopologicalSorter(needs).static_order())) == len(rows)


@pytest.mark.parametrize("row", POLICY.rows("steps"), ids=lambda row: row.id)
def test_every_step_has_a_phase_an_owner_and_a_duration(row: Row) -> None:
    assert row.cell("phase") in (DECIDE, FOUNDATION, EVIDENCE, PREPARE, MOVE, OPERATE)
    assert row.owner in ("architect", "reviewer", "leader", "operator")
    weeks = row.cell("weeks")
    names = [weeks] if isinstance(weeks, str) else [] if weeks == 0 else weeks
    assert all(name in POLICY.parameters or name in POLICY.inputs for name in names)
    assert bool(names) is (row.cell("kind") != MILESTONE)


GOTCHAS = {
    ("1", "2"): {"GOT-121", "GOT-122", "GOT-123"},
    ("2", "3"): {"GOT-231", "GOT-232", "GOT-233"},
    ("3", "4"): {"GOT-341", "GOT-342", "GOT-343"},
    ("4", "5a"): {"GOT-451", "GOT-452", "GOT-453"},
}


@pytest.mark.parametrize(
    ("hop", "gotchas"), GOTCHAS.items(), ids=[f"{start}-{end}" for start, end in GOTCHAS]
)
def test_every_hop_has_its_gotchas(hop: tuple[str, str], gotchas: set[str]) -> None:
    current, target = hop
    values = {name: each.assumed for name, each in POLICY.inputs.items()}
    values |= {"current_class": current, "target_class": target, "class_changes": True}
    figures = POLICY.figures(AS_OF)
    present = {row.id for row in POLICY.rows("steps") if row.holds("when", values, figures)}
    assert gotchas <= present


@pytest.mark.parametrize("task", POLICY.inputs["task_type"].values)
def test_every_task_has_exactly_one_difficulty(task: str) -> None:
    rows = [row for row in POLICY.rows("classify") if row.cell("table") == "complexity"]
    values = [row.cell("value") for row in rows if row.holds("when", {"task_type": task}, {})]
    assert len(values) == 1
    assert values[0] in POLICY.inputs["complexity"].values


@pytest.mark.parametrize("table", ["assurance", "validity"])
@pytest.mark.parametrize("tag", POLICY.inputs["data_tags"].values)
def test_every_tag_has_exactly_one_assurance_and_one_validity(table: str, tag: str) -> None:
    rows = [row for row in POLICY.rows("classify") if row.cell("table") == table]
    facts = {"data_tags": frozenset({tag}), "air_gap_required": False, "data_must_stay_in_infra": False}
    values = [row.cell("value") for row in rows if row.holds("when", facts, {})]
    assert len(values) == 1
    assert values[0] in (
        POLICY.parameters if table == "validity" else POLICY.inputs["assurance_required"].values
    )


def test_there_are_archetypes_for_the_usual_workloads() -> None:
    assert list(POLICY.archetypes) == [
        "support_chat", "document_extraction", "rag_qa", "coding_assistant", "inline_completion", "voice_agent",
        "agentic_workflow", "bulk_classification", "clinical_summarisation", "deal_desk", "chat_exploration",
        "batch_content",
    ]  # fmt: skip


@pytest.mark.parametrize("archetype", POLICY.archetypes.values(), ids=lambda each: each.id)
def test_an_archetype_answers_what_matters_and_its_parts_add_up(archetype: Archetype) -> None:
    parts = archetype.segments or (archetype,)
    for part in parts:
        facts = {**archetype.facts, **part.facts}
        assert {"task_type", "stage", "tokens_month", "interactive", "data_tags"} <= set(facts)
    assert sum(part.share for part in archetype.segments) in (0, 100)
