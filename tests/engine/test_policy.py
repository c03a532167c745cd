"""Policy files: what is loaded, and what is refused with file, row and column."""

from __future__ import annotations

import copy
import json
import shutil
from datetime import date
from typing import Any

import pytest

from planner.engine import PolicyError, load_policy
from planner.engine.policy import build_policy
from planner.engine.policy.load import SHIPPED, as_kept, read_documents

DOCUMENTS = read_documents(SHIPPED)


def documents() -> Any:
    return copy.deepcopy(DOCUMENTS)


def refused(changed: Any) -> Any:
    with pytest.raises(PolicyError) as error:
        build_policy(changed)
    return error.value.file, error.value.row, error.value.column, error.value.message


def test_the_shipped_policy_is_read_once() -> None:
    assert load_policy() is load_policy()


def test_the_identity_of_a_policy_is_its_content() -> None:
    same, other = documents(), documents()
    other["constraints"]["rows"][0]["sentence"] += " Really."
    assert build_policy(same).sha == load_policy().sha
    assert build_policy(other).sha != load_policy().sha


def test_the_order_of_inputs_is_content_and_survives_a_database_that_forgets_it() -> None:
    kept = json.loads(json.dumps(as_kept(DOCUMENTS), default=str, sort_keys=True))
    again, other = build_policy(kept), documents()
    assert again.sha == load_policy().sha
    assert list(again.inputs) == list(load_policy().inputs) != sorted(again.inputs)
    other["inputs"]["inputs"] = dict(reversed(other["inputs"]["inputs"].items()))
    assert build_policy(other).sha != again.sha
    kept["inputs"]["order"] = ["stage", "gone"]
    assert list(build_policy(kept).inputs) == ["stage", *sorted(set(again.inputs) - {"stage"})]
    kept["inputs"]["order"] = "stage"
    assert refused(kept) == ("inputs.toml", "order", "-", "is not a list of names")


def test_a_parameter_has_the_value_of_the_day_and_says_who_says_so() -> None:
    changed = documents()
    reference = {"document": "000", "quote": "later", "line": 1}
    changed["parameters"]["parameters"]["eval_min"]["values"].append(
        {"from": date(2027, 1, 1), "value": 250, "reference": reference}
    )
    policy = build_policy(changed)
    assert policy.parameter("eval_min", date(2026, 12, 31)).value == 100
    later = policy.parameter("eval_min", date(2027, 1, 1))
    assert (later.value, later.since, later.reference.quote) == (250, date(2027, 1, 1), "later")


def test_a_missing_file_is_named(tmp_path: Any) -> None:
    shutil.copytree(SHIPPED, tmp_path / "policy", ignore=shutil.ignore_patterns("gates.toml"))
    with pytest.raises(PolicyError, match=r"gates\.toml, row -, column -: is missing from the policy folder"):
        load_policy(tmp_path / "policy")


def test_a_file_that_is_not_toml_is_named(tmp_path: Any) -> None:
    shutil.copytree(SHIPPED, tmp_path / "policy", ignore=shutil.ignore_patterns("gates.toml"))
    (tmp_path / "policy" / "gates.toml").write_text("[[rows]\n")
    with pytest.raises(PolicyError, match=r"gates.toml, row -, column -: cannot be read: "):
        load_policy(tmp_path / "policy")


ROW = "DAT-243"


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("when", "'phi' in data_tag", "unknown input 'data_tag'; did you mean 'data_tags'?"),
        ("when", "'ph' in data_tags", "'ph' is not a value of data_tags; did you mean 'phi'?"),
        ("when", "tokens_month > '1'", "tokens_month against '1': a number cannot be compared with a text"),
        ("when", "data_tags.pop()", "data_tags.pop(): calls are not allowed; the only function is any_of(set, 'a', 'b')"),
        ("when", True, "True is not a condition; write it as text"),
        ("allow", ["2", "4"], "'2' is not a placement; they are 1, 2p, 2e, 3, 3r, 4, 5a, 5b"),
        ("allow", [], "is not a list of placements"),
        ("layer", "complience", "'complience' is not one of integrity, compliance, quality, latency"),
        ("allows", ["4"], "is not a column of this table; did you mean 'allow'?"),
        ("source", {"document": "002"}, "misses quote, line; it takes document, quote and line"),
        ("source", {"document": "002", "quote": "x", "line": 1, "page": 2}, "has unknown keys page; it takes document, quote and line"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_refused_with_file_row_and_column(column: Any, value: Any, message: Any) -> None:
    changed = documents()
    row = next(row for row in changed["constraints"]["rows"] if row["id"] == ROW)
    row[column] = value
    assert refused(changed) == ("constraints.toml", ROW, column, message)


@pytest.mark.parametrize("column", ["when", "allow", "layer", "owner", "sentence", "source", "label"])
def test_a_row_says_everything_it_has_to(column: Any) -> None:
    changed = documents()
    row = next(row for row in changed["constraints"]["rows"] if row["id"] == ROW)
    del row[column]
    assert refused(changed) == ("constraints.toml", ROW, column, "is missing")


def test_a_row_without_a_name_is_told_by_its_place() -> None:
    changed = documents()
    del changed["gates"]["rows"][2]["id"]
    assert refused(changed) == ("gates.toml", "number 3", "id", "is missing; every row has a name of its own")


def test_two_rows_may_not_share_a_name() -> None:
    changed = documents()
    changed["preferences"]["rows"].append(changed["preferences"]["rows"][0])
    assert refused(changed)[:3] == ("preferences.toml", "INC-PERIMETER", "id")


@pytest.mark.parametrize("missing", ["from", "value", "reference"])
def test_a_parameter_without_its_source_is_refused(missing: Any) -> None:
    changed = documents()
    del changed["parameters"]["parameters"]["eval_min"]["values"][0][missing]
    message = "is missing; every value has from, value and reference"
    assert refused(changed) == ("parameters.toml", "eval_min", missing, message)


@pytest.mark.parametrize(
    ("file", "path", "value", "expected"),
    [
        ("inputs", ("inputs", "stage", "type"), "choice", ("inputs.toml", "stage", "type")),
        ("inputs", ("inputs", "stage", "unkown"), "mvp", ("inputs.toml", "stage", "unkown")),
        ("inputs", ("inputs", "stage", "unknown"), "beta", ("inputs.toml", "stage", "unknown")),
        ("parameters", ("parameters", "eval_min", "values"), [], ("parameters.toml", "eval_min", "values")),
        ("parameters", ("parameters", "eval_min", "checked"), "today", ("parameters.toml", "eval_min", "checked")),
        ("archetypes", ("archetypes", "support_chat", "facts", "token_month"), 1, ("archetypes.toml", "support_chat", "token_month")),
        ("archetypes", ("archetypes", "support_chat", "facts", "stage"), "beta", ("archetypes.toml", "support_chat", "stage")),
        ("policy", ("policy", "tie_tolerance"), "tie", ("policy.toml", "policy", "tie_tolerance")),
        ("tiers", ("tiers", "simple", "managed"), {"gpu": "l4"}, ("tiers.toml", "simple", "managed.gpus")),
    ],
)  # fmt: skip
def test_every_file_is_checked(file: Any, path: Any, value: Any, expected: Any) -> None:
    changed = documents()
    place = changed[file]
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert refused(changed)[:3] == expected


@pytest.mark.parametrize(
    ("file", "path"), [("inputs", ("inputs", "stage", "label")), ("tiers", ("tiers", "simple", "open"))]
)
def test_what_every_entry_needs_is_asked_for(file: Any, path: Any) -> None:
    changed = documents()
    del changed[file][path[0]][path[1]][path[2]]
    assert refused(changed) == (f"{file}.toml", path[1], path[2], "is missing")


def test_every_difficulty_needs_a_tier() -> None:
    changed = documents()
    del changed["tiers"]["tiers"]["complex"]
    assert refused(changed)[:3] == ("tiers.toml", "complex", "tiers")


def test_every_shipped_row_has_a_sentence_that_ends() -> None:
    policy = load_policy()
    for table in ("constraints", "preferences", "gates"):
        for row in policy.rows(table):
            assert row.sentence.endswith("."), row.id
            assert row.source.line > 0, row.id


def test_a_value_that_is_neither_number_nor_word_is_refused() -> None:
    changed = documents()
    changed["parameters"]["parameters"]["eval_min"]["values"][0]["value"] = [100]
    assert refused(changed) == (
        "parameters.toml",
        "eval_min",
        "value",
        "[100] is not a number, a text, true or false",
    )


def test_a_source_is_cited_in_full() -> None:
    changed = documents()
    changed["constraints"]["rows"][0]["source"] = "guide 002"
    assert refused(changed)[2:] == (
        "source",
        'is missing; cite it as { document = "000", line = 1, quote = "..." }',
    )


def test_a_policy_may_do_without_steps_and_triggers(tmp_path: Any) -> None:
    without = ("steps", "triggers", "risks", "classify", "settlements")
    left_out = shutil.ignore_patterns(*(f"{name}.toml" for name in without))
    shutil.copytree(SHIPPED, tmp_path / "policy", ignore=left_out)
    policy = load_policy(tmp_path / "policy")
    assert (policy.rows("steps"), policy.rows("triggers")) == ((), ())


def test_a_condition_may_read_a_yes_or_no_of_the_policy() -> None:
    changed = documents()
    changed["preferences"]["rows"][0]["when"] = "P.eu_cada_in_force or P.dpf_status != 'upheld'"
    row = build_policy(changed).rows("preferences")[0]
    assert row.expressions["when"].parameters == ("eu_cada_in_force", "dpf_status")


def test_a_condition_nested_without_end_is_refused() -> None:
    changed = documents()
    changed["constraints"]["rows"][0]["when"] = "not " * 100_000 + "True"
    assert refused(changed)[2] == "when"


@pytest.mark.parametrize(
    ("name", "content", "row", "message"),
    [
        ("policy", {"policy": 5}, "policy", "is not a table; begin it with [policy]"),
        ("inputs", {"inputs": 5}, "inputs", "is not a table; begin each entry with [inputs.its_name]"),
        ("tiers", {"tiers": {"simple": 5}}, "simple", "is not a table; begin it with [tiers.simple]"),
        ("gates", {"rows": {"id": "G"}}, "rows", "is not a list of tables; begin each row with [[rows]]"),
        ("gates", {"rows": ["G"]}, "rows", "is not a list of tables; begin each row with [[rows]]"),
    ],
)  # fmt: skip
def test_a_file_of_another_shape_is_refused(name: str, content: Any, row: str, message: str) -> None:
    assert refused(documents() | {name: content}) == (f"{name}.toml", row, "-", message)
