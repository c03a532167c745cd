"""Every statement of the guides has a row or a reason, and the account notices when one is lost."""

from __future__ import annotations

import copy
import shutil
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from planner.engine import PolicyError, load_policy
from planner.engine.policy import build_policy
from planner.engine.policy.coverage import coverage
from planner.engine.policy.guesses import guesses
from planner.engine.policy.load import SHIPPED, read_documents

DOCUMENTS = read_documents(SHIPPED)
AS_OF = date(2026, 1, 31)
STATEMENTS, CANONICAL, RESTATED = 364, 237, 127


def documents() -> Any:
    return copy.deepcopy(DOCUMENTS)


def row_of(changed: Any, table: str, row_id: str) -> Any:
    return next(row for row in changed[table]["rows"] if row["id"] == row_id)


def faults(changed: Any) -> tuple[str, ...]:
    """What is wrong with a changed policy that is not wrong with the shipped one."""
    shipped = coverage(load_policy()).faults
    return tuple(each for each in coverage(build_policy(changed)).faults if each not in shipped)


def refused(changed: Any) -> Any:
    with pytest.raises(PolicyError) as error:
        build_policy(changed)
    return error.value.file, error.value.row, error.value.column, error.value.message


def test_the_guides_are_there_whole() -> None:
    statements = load_policy().guides.statements.values()
    assert (len(statements), sum(each.canonical for each in statements)) == (STATEMENTS, CANONICAL)
    assert {each.source.document for each in statements} == {"000", "001", "002", "003", "004"}


def test_no_statement_is_lost_doubled_or_uncited() -> None:
    account = coverage(load_policy())
    assert account.faults == ()
    assert len(account.with_row) + len(account.with_reason) == len(account.entries) == CANONICAL
    assert account.restatements == RESTATED


def test_a_row_taken_away_loses_its_statements() -> None:
    changed = documents()
    changed["gates"]["rows"].remove(row_of(changed, "gates", "TEA-381"))
    assert faults(changed) == (
        "CLS-121: neither a row nor a reason.",
        "TEA-381: neither a row nor a reason.",
    )


def test_a_reason_beside_a_row_is_one_too_many() -> None:
    changed = documents()
    changed["coverage"]["rows"].append({"id": "CLS-101", "reason": "No.", "shown_at": ["input:stage"]})
    assert faults(changed) == ("CLS-101: has a row and a reason; take one away.",)


@pytest.mark.parametrize(
    ("table", "row_id", "column", "value", "fault"),
    [
        ("gates", "TEA-381", "covers", ["CLS-121", "CLS-999"], "gates.toml, row TEA-381, column covers: CLS-999 is no canonical statement of statements.csv."),
        ("gates", "TEA-381", "restates", ["CLS-101"], "gates.toml, row TEA-381, column restates: CLS-101 is no restatement of statements.csv."),
        ("coverage", "ECO-134", "shown_at", ["parameter:discount"], "coverage.toml, row ECO-134, column shown_at: there is no parameter:discount."),
        ("coverage", "ECO-134", "shown_at", ["page:how"], "coverage.toml, row ECO-134, column shown_at: there is no page:how."),
        ("coverage", "ECO-134", "shown_at", ["module:planner.engine.nowhere.else"], "coverage.toml, row ECO-134, column shown_at: there is no module:planner.engine.nowhere.else."),
    ],
)  # fmt: skip
def test_what_names_nothing_is_told(table: str, row_id: str, column: str, value: Any, fault: str) -> None:
    changed = documents()
    row_of(changed, table, row_id)[column] = value
    assert faults(changed) == (fault,)


@pytest.mark.parametrize(
    ("table", "change", "expected"),
    [
        ("statements", {"line": "twelve"}, ("line", "'twelve' is not the number of a line")),
        ("statements", {"same_as": "CLS-999"}, ("same_as", "names no statement: 'CLS-999'; did you mean 'CLS-469'?")),
        ("statements", {"same_as": "GOT-122"}, ("same_as", "GOT-122 restates PH-313; name that one")),
        ("statements", {"quote": None}, ("quote", "is missing")),
        ("statements", {"page": "1"}, ("page", "is not known")),
        ("coverage", {"shown_at": []}, ("shown_at", "is missing")),
        ("coverage", {"show_at": ["input:stage"]}, ("show_at", "is not known; did you mean 'shown_at'?")),
        ("settlements", {"rows": ["DEF-300"]}, ("rows", "names nothing that is there: 'DEF-300'; did you mean 'DEF-301'?")),
        ("settlements", {"parameters": ["eval_mi"]}, ("parameters", "names nothing that is there: 'eval_mi'; did you mean 'eval_min'?")),
        ("settlements", {"clash": ["DEF-300"]}, ("clash", "names nothing that is there: 'DEF-300'; did you mean 'DEF-301'?")),
        ("settlements", {"rows": [], "parameters": []}, ("rows", "names neither a row nor a parameter that a user could change")),
        ("settlements", {"sentence": ""}, ("sentence", "is missing")),
        ("settlements", {"row": ["DEF-301"]}, ("row", "is not known; did you mean 'rows'?")),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_refused_with_file_row_and_column(table: str, change: Any, expected: Any) -> None:
    changed = documents()
    entry = changed[table]["rows"][0]
    entry.update(change)
    file = f"{table}.csv" if table == "statements" else f"{table}.toml"
    assert refused(changed) == (file, entry["id"], *expected)


@pytest.mark.parametrize("table", ["statements", "coverage", "settlements"])
def test_an_entry_stands_once(table: str) -> None:
    changed = documents()
    changed[table]["rows"].append(changed[table]["rows"][0])
    assert refused(changed)[1:] == (changed[table]["rows"][0]["id"], "id", "is used twice")


def test_cited_statements_are_a_list() -> None:
    changed = documents()
    row_of(changed, "gates", "TEA-381")["covers"] = "CLS-121"
    assert refused(changed) == ("gates.toml", "TEA-381", "covers", "is not a list of statements")


@pytest.mark.parametrize("table", ["statements", "coverage", "settlements"])
def test_the_guides_and_what_became_of_them_belong_to_the_identity(table: str) -> None:
    changed = documents()
    changed[table]["rows"].pop()
    assert build_policy(changed).sha != load_policy().sha


def test_a_policy_kept_before_the_guides_belonged_to_it_is_still_read() -> None:
    kept = documents()
    for name in ("statements", "coverage", "settlements"):
        del kept[name]
    assert build_policy(kept).guides.statements == {}


def test_all_sixteen_contradictions_are_settled() -> None:
    assert list(load_policy().guides.settlements) == [f"C{number}" for number in range(1, 17)]


def report(*options: str) -> str:
    out = StringIO()
    call_command("policy", "coverage", *options, stdout=out)
    return out.getvalue()


def test_the_report_lists_every_statement_and_every_row() -> None:
    text = report()
    first, second, *_ = text.splitlines()
    assert first.startswith("237 of 237 canonical statements: ")
    assert second == "127 of 127 restatements cited"
    policy = load_policy()
    for table in policy.tables.values():
        for row in table:
            assert f" {row.table} {row.id} [{row.source.document}, line {row.source.line}: " in text, row.id
    for reason in policy.guides.reasons.values():
        assert f"\n{reason.id:<9} no row: {reason.reason}" in text


def test_the_report_on_a_folder_ends_in_an_error_that_names_what_is_lost(tmp_path: Any) -> None:
    folder = tmp_path / "policy"
    shutil.copytree(SHIPPED, folder)
    gates = folder / "gates.toml"
    gates.write_text(gates.read_text("utf-8").replace('covers = ["CLS-121"]\n', ""), "utf-8")
    with pytest.raises(CommandError, match=r"^CLS-121: neither a row nor a reason\.$"):
        report("--policy", str(folder))


def test_the_report_on_a_broken_folder_names_the_fault(tmp_path: Any) -> None:
    with pytest.raises(CommandError, match=r"^policy\.toml, row -, column -: is missing"):
        report("--policy", str(tmp_path))


def test_every_figure_marked_as_a_guess_is_listed_wherever_it_stands() -> None:
    policy = load_policy()
    listed = {each.name for each in guesses(policy, AS_OF)}
    assert {each.name for each in policy.parameters.values() if each.guess} <= listed
    shapes = {
        f"{tier.name}.{arrangement}"
        for tier in policy.tiers.values()
        for arrangement, shape in tier.shapes.items()
        if shape.guess
    }
    assert shapes <= listed
    assert "complex.models" in listed
    assert {"eval_min", "moderate.managed", "simple.models"}.isdisjoint(listed)
