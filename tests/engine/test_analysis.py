"""The analysis of a policy: each kind of mistake is found, told in words, and what ships has none."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

from planner.engine import PolicyError, load_policy
from planner.engine.analysis import findings, refusal
from planner.engine.analysis.finding import Fault, Severity
from planner.engine.analysis.mapped import Mapped
from planner.engine.analysis.words import box_in_words
from planner.engine.cases import case_values, decided_values
from planner.engine.expression import parse
from planner.engine.expression.boxes import Space
from planner.engine.policy import build_policy
from planner.engine.policy.load import SHIPPED, read_documents
from tests.engine.samples import AS_OF, CASES, POLICY, PRICES
from tests.engine.test_properties import CLASSIFICATIONS, FACTS, workload

DOCUMENTS = read_documents(SHIPPED)
SOURCE = {"document": "002", "line": 1, "quote": "x"}


def row(row_id: str, when: str, **cells: Any) -> dict[str, Any]:
    """A must-row that leaves own hosting only."""
    return {
        "id": row_id,
        "label": row_id,
        "layer": "compliance",
        "when": when,
        "allow": ["5a", "5b"],
        "owner": "reviewer",
        "sentence": "So it is.",
        "source": SOURCE,
        **cells,
    }


def gate(row_id: str, when: str, closed_when: str) -> dict[str, Any]:
    plain = row(row_id, when, closed_when=closed_when, **{"for": ["4"]})
    return {name: cell for name, cell in plain.items() if name not in ("layer", "allow")}


def with_rows(*rows: dict[str, Any], table: str = "constraints") -> Any:
    """The shipped policy with rows of one table replaced by these."""
    changed: Any = copy.deepcopy(DOCUMENTS)
    changed[table]["rows"] = list(rows)
    changed["settlements"] = {}  # they name rows that are gone now
    return build_policy(changed)


def found(policy: Any, *faults: Fault, **given: Any) -> list[Any]:
    return [each for each in findings(policy, AS_OF, **given) if each.fault in faults]


def test_the_shipped_policy_has_no_errors_and_no_contradiction_it_does_not_declare() -> None:
    doubtful = [each.sentence for each in findings(POLICY, AS_OF) if each.severity is not Severity.NOTE]
    assert doubtful == []


def test_every_contradiction_of_the_guides_is_one_with_the_frontier_rule() -> None:
    changed: Any = copy.deepcopy(DOCUMENTS)
    for each in changed["constraints"]["rows"]:
        each.pop("contradicts", None)
    pairs = found(build_policy(changed), Fault.CONTRADICTION, Fault.THREE_WAY)
    assert len(pairs) > 12
    assert all("QUA-601" in each.rows for each in pairs)
    assert all(each.severity is Severity.WARNING for each in pairs)


def test_a_row_that_can_never_hold_is_an_error() -> None:
    [dead] = found(with_rows(row("NEVER", "tokens_month < 5 and tokens_month > P.spend_trigger")), Fault.DEAD)
    assert (dead.severity, dead.file, dead.rows, dead.column) == (
        "error",
        "constraints.toml",
        ("NEVER",),
        "when",
    )
    assert dead.sentence == (
        "NEVER can never hold: no case satisfies 'tokens_month < 5 and tokens_month > P.spend_trigger'."
    )


def test_a_row_that_waits_for_a_parameter_sleeps() -> None:
    policy = with_rows(row("LATER", "P.eu_cada_in_force and 'pii' in data_tags"))
    [asleep] = found(policy, Fault.ASLEEP, Fault.DEAD)
    assert (asleep.severity, asleep.sentence) == (
        "note",
        "LATER holds for nobody while P.eu_cada_in_force is False.",
    )


def test_a_must_row_that_always_holds_is_told() -> None:
    [always] = found(with_rows(row("ALL", "latency_hard or not latency_hard")), Fault.ALWAYS)
    assert (
        always.sentence == "ALL holds for every workload and takes 1, 2p, 2e, 3, 3r, 4 away from all of them."
    )


def test_a_preference_may_be_for_everybody_but_says_so_plainly() -> None:
    plain = {**row("ALL", "True"), "strength": "weak", "prefer": ["4"]}
    preference = {name: cell for name, cell in plain.items() if name not in ("layer", "allow")}
    assert found(with_rows(preference, table="preferences"), Fault.ALWAYS) == []
    roundabout = {**preference, "when": "ml_engineers >= 0"}
    [always] = found(with_rows(roundabout, table="preferences"), Fault.ALWAYS)
    assert (
        always.sentence == "ALL asks 'ml_engineers >= 0', which every case satisfies; write True, or mend it."
    )


def test_a_gate_that_cannot_be_closed_and_one_that_never_opens_are_told() -> None:
    policy = with_rows(
        gate("SHUT", "'phi' in data_tags", "'phi' not in data_tags"),
        gate("DONE", "ml_engineers > 3", "ml_engineers > 1"),
        gate("FINE", "True", "dpa_signed"),
        table="gates",
    )
    shut, done = found(policy, Fault.NEVER_CLOSED, Fault.NEVER_OPEN)
    assert (shut.sentence, shut.box) == (
        "SHUT can never be closed where it applies.",
        "data tags include Health data (PHI)",
    )
    assert (done.sentence, done.condition) == ("DONE is closed wherever it applies.", "ml_engineers > 3")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (
            [row("WIDE", "ml_engineers > 1"), row("NARROW", "ml_engineers > 3", allow=["4", "5a", "5b"])],
            [("NARROW", "WIDE")],
        ),
        ([row("ONE", "latency_hard"), row("TWO", "latency_hard == True")], [("TWO", "ONE")]),
        (  # the later layer cannot make an earlier row idle
            [
                row("LATE", "latency_hard", layer="latency"),
                row("EARLY", "latency_hard and audit_trail_required"),
            ],
            [],
        ),
        ([row("WIDE", "ml_engineers > 1", allow=["4", "5a"]), row("OTHER", "ml_engineers > 3")], []),
        (
            [
                row("A", "latency_hard", allow=["4", "5a", "5b"]),
                row("B", "latency_hard", allow=["1", "5a", "5b"]),
                row("BOTH", "latency_hard and ml_engineers > 3"),
            ],
            [("BOTH", "A", "B")],
        ),
    ],
)
def test_a_row_that_others_make_idle_is_shadowed(rows: Any, told: Any) -> None:
    assert [each.rows for each in found(with_rows(*rows), Fault.SHADOWED)] == told


@pytest.mark.parametrize("firm", [{"waivable": False}, {"statutory": True}])
def test_a_row_that_stands_where_the_other_may_be_waived_is_not_idle(firm: Any) -> None:
    policy = with_rows(row("WIDE", "ml_engineers > 1"), row("FIRM", "ml_engineers > 3", **firm))
    assert found(policy, Fault.SHADOWED) == []


def test_two_rows_that_can_never_both_be_met_are_told_with_their_box() -> None:
    policy = with_rows(
        row("BIG", "tokens_month >= 100_000_000 and 'phi' in data_tags"),
        row("SMALL", "tokens_month >= 1_000", allow=["1", "2p"]),
    )
    [pair] = found(policy, Fault.CONTRADICTION)
    assert (pair.rows, pair.file, pair.column) == (("BIG", "SMALL"), "constraints.toml", "when")
    assert pair.box == "tokens a month at least 100M and data tags include Health data (PHI)"
    assert pair.condition == "tokens_month >= 100_000_000 and 'phi' in data_tags"
    assert pair.sentence == (
        "BIG and SMALL can never both be met: one leaves 5a and 5b, the other 1 and 2p. "
        "Both hold where tokens a month at least 100M and data tags include Health data (PHI)."
    )
    assert pair.add == {"id": "SMALL", "contradicts": ["BIG"]}


def test_rows_that_cannot_hold_together_contradict_nothing() -> None:
    policy = with_rows(
        row("BIG", "tokens_month >= 1_000"), row("SMALL", "tokens_month < 1_000", allow=["1", "2p"])
    )
    assert found(policy, Fault.CONTRADICTION) == []


def test_an_accepted_contradiction_is_a_note_and_one_that_is_none_is_told() -> None:
    policy = with_rows(
        row("OWN", "latency_hard"),
        row("CHAT", "True", allow=["1"], contradicts=["OWN", "CALM", "GONE"]),
        row("CALM", "audit_trail_required", allow=["1", "2p", "5a"]),
    )
    told = found(policy, Fault.CONTRADICTION, Fault.ACCEPTED)
    assert [(each.severity.value, each.sentence) for each in told] == [
        ("error", "CHAT is said to contradict GONE, and there is no such row."),
        ("warning", "CHAT is said to contradict CALM; they do not, so take it out."),
        ("note", "CHAT leaves no placement together with 1 other row, and is meant to."),
    ]


def test_three_rows_of_which_only_two_can_be_met_are_told_once() -> None:
    policy = with_rows(
        row("A", "latency_hard", allow=["1", "2p"]),
        row("B", "audit_trail_required", allow=["2p", "3"]),
        row("C", "air_gap_required", allow=["1", "3"]),
        row("D", "offline_required", allow=["1", "3"]),
    )
    [three] = found(policy, Fault.CONTRADICTION, Fault.THREE_WAY)
    assert (three.fault, three.rows) == (Fault.THREE_WAY, ("A", "B", "C", "D"))
    assert three.sentence.startswith("A and B together leave 2p, and C or D can take that too, as where ")


def test_a_condition_too_wide_to_draw_does_not_stop_the_analysis() -> None:
    names = [each.name for each in POLICY.inputs.values() if each.type == "bool"][:24]
    wide = " and ".join(f"({one} or {other})" for one, other in zip(names[::2], names[1::2], strict=True))
    policy = with_rows(row("WIDE", wide), row("NEVER", "tokens_month < 0"))
    dead, unseen = found(policy, Fault.UNSEEN, Fault.DEAD)
    assert (dead.rows, unseen.rows) == (("NEVER",), ("WIDE",))
    assert unseen.sentence == (
        "The condition has more than 1000 alternatives once its or-parts are multiplied out; split the row."
    )


def test_an_input_with_too_many_values_to_draw_is_told() -> None:
    changed: Any = copy.deepcopy(DOCUMENTS)
    names = [f"tag{place}" for place in range(17)]
    changed["inputs"]["inputs"]["data_tags"]["values"] += names
    changed["constraints"]["rows"] += [row(name.upper(), f"'{name}' in data_tags") for name in names]
    [unseen] = found(build_policy(changed), Fault.UNSEEN)
    assert (unseen.severity, unseen.file, unseen.column) == ("warning", "inputs.toml", "values")
    assert unseen.sentence.endswith(
        "groups of the values of data_tags apart; more than 16 cannot be analysed."
    )


def test_a_parameter_not_looked_at_for_months_is_due() -> None:
    assert found(POLICY, Fault.STALE) == []
    late = [each for each in findings(POLICY, date(2027, 5, 22)) if each.fault is Fault.STALE]
    assert {each.rows[0] for each in late} >= {"eval_min", "spend_trigger"}
    assert "2026-11-21; after 6 months it was due on 2027-05-21." in late[0].sentence
    assert [each for each in findings(POLICY, date(2027, 5, 21)) if each.fault is Fault.STALE] == []


def test_what_nobody_reads_is_told() -> None:
    told = {each.rows[0] for each in found(POLICY, Fault.UNREAD, read_elsewhere=["days_per_month"])}
    assert "weeks_migrate" in told  # no row, no cost and no program asks it
    read = (
        "eval_min",
        "tie_tolerance",
        "util",
        "spend_trigger",
        "hiring_lead_months",
        "days_per_month",
        "data_tags",
    )
    assert told.isdisjoint(read)
    assert found(POLICY, Fault.UNREAD) == []  # nobody said what programs read


def test_rows_that_no_case_exercises_are_told() -> None:
    policy = with_rows(
        row("COMMON", "'public' in data_tags"), row("RARE", "gov_or_defence and 'pii' in data_tags")
    )
    values = list(case_values(policy, CASES, PRICES, AS_OF))
    told = [
        each for each in found(policy, Fault.UNEXERCISED, cases=values) if each.file == "constraints.toml"
    ]
    assert [(each.rows, each.severity.value) for each in told] == [(("RARE",), "warning")]
    assert f"in none of the {len(values)} cases" in told[0].sentence


def classified(*rows: tuple[str, str]) -> Any:
    changed: Any = copy.deepcopy(DOCUMENTS)
    table = [
        {"id": each, "table": "size", "when": when, "value": each, "source": SOURCE} for each, when in rows
    ]
    changed["classify"]["rows"] += table
    return changed


def test_a_gap_is_refused_with_the_row_that_would_fill_it() -> None:
    with pytest.raises(PolicyError) as refused:
        build_policy(classified(("small", "ml_engineers < 3"), ("large", "ml_engineers > 5 and dpa_signed")))
    error = refused.value
    assert (error.file, error.row, error.column) == ("classify.toml", "size", "when")
    assert refusal(error).add == {"table": "size", "when": error.add["when"]}
    filled = classified(
        ("small", "ml_engineers < 3"),
        ("large", "ml_engineers > 5 and dpa_signed"),
        ("rest", error.add["when"]),
    )
    assert build_policy(filled).rows("classify")[-1].id == "rest"


def test_what_is_unknown_belongs_to_a_row_too() -> None:
    with pytest.raises(PolicyError, match=r"no row of this table covers stage not in \('exploration', "):
        build_policy(classified(("any", "stage in ('exploration', 'poc', 'mvp', 'production')")))


def test_rows_that_overlap_are_refused_with_where() -> None:
    with pytest.raises(PolicyError) as refused:
        build_policy(classified(("small", "ml_engineers < 3"), ("large", "ml_engineers >= 2")))
    assert str(refused.value) == (
        "classify.toml, row large, column when: overlaps small where 2 <= ml_engineers < 3; "
        "every case of the table size has one row only"
    )


def test_a_table_is_complete_on_every_day_its_parameters_change() -> None:
    changed = classified(("small", "ml_engineers < P.eval_min"), ("large", "ml_engineers >= 100"))
    build_policy(copy.deepcopy(changed))
    changed["parameters"]["parameters"]["eval_min"]["values"].append(
        {"from": date(2027, 1, 1), "value": 90, "reference": SOURCE}
    )
    with pytest.raises(PolicyError, match="no row of this table covers 90 <= ml_engineers < 100"):
        build_policy(changed)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("'phi' in data_tags and tokens_month >= 1e8", "data tags include Health data (PHI) and tokens a month at least 100M"),
        ("10_000 <= tokens_month < 20_000", "tokens a month at least 10k but under 20k"),
        ("p95_target_ms == 441", "answer within (p95) exactly 441 ms"),
        ("not latency_hard", "hard latency limit is no"),
        ("stage == 'poc'", "stage is Proof of concept"),
        ("stage != 'poc' and baa_signed", "stage is Exploration, First release or In production and BAA is yes"),
        ("stage in ('poc', 'mvp')", "stage is Proof of concept or First release"),
        ("not any_of(data_tags, 'pii', 'phi')", "data tags do not include Personal data (PII) or Health data (PHI)"),
        ("ttft_target_ms < 100 or ttft_target_ms > 200", "first token within under 100 ms or over 200 ms"),
        ("residency != 'eu'", "residency is not EU"),
        ("'pii' in data_tags or not 'phi' in data_tags", "data tags are one of 3 combinations, such as none"),
    ],
)  # fmt: skip
def test_a_box_is_told_in_words(condition: str, words: str) -> None:
    node = parse(condition, POLICY.inputs, POLICY.parameters).tree
    space = Space.of(POLICY.inputs, [node])
    [box] = space.region(node)
    assert box_in_words(POLICY.inputs, space, box) == words


def test_every_condition_of_the_shipped_policy_is_drawn() -> None:
    mapped = Mapped.of(POLICY, AS_OF)
    drawn = sum(1 for _ in mapped.rows())
    assert drawn == sum(len(each.expressions) for rows in load_policy().tables.values() for each in rows)
    assert mapped.unseen == ()


DRAWN = Mapped.of(POLICY, AS_OF)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(FACTS, CLASSIFICATIONS)
def test_every_row_holds_for_a_workload_exactly_where_it_is_drawn(facts: Any, classification: Any) -> None:
    for values in decided_values(POLICY, workload(facts, classification), PRICES, AS_OF):
        for each, column, region in DRAWN.rows():
            drawn = DRAWN.space.contains(region, values)
            assert drawn is each.holds(column, values, DRAWN.figures), (each.id, column)
