"""Every mistake a policy can hold, made in a copy of the shipped folder: told with file, row and column."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from planner.engine import PolicyError, load_policy
from planner.engine.analysis import findings
from planner.engine.analysis.finding import Fault
from planner.engine.policy.load import SHIPPED
from tests.engine.samples import AS_OF

if TYPE_CHECKING:
    from pathlib import Path

RULE = """
[[rows]]
id = "{id}"
label = "New"
layer = "compliance"
when = "{when}"
allow = {allow}
owner = "reviewer"
sentence = "Something new."
source = {{ document = "002", line = 327, quote = "override all others" }}
"""
CLASS = """
[[rows]]
id = "{id}"
table = "complexity"
when = "{when}"
value = "simple"
source = {{ document = "002", line = 327, quote = "override all others" }}
"""
PARAMETER = """
[parameters.new_limit]
label = "New"
checked = 2026-11-21
[[parameters.new_limit.values]]
from = 2026-01-01
value = 5
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(SHIPPED, tmp_path / "policy")


def write(folder: Path, file: str, text: str) -> None:
    path = folder / file
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def rule(when: str, row_id: str = "NEW", allow: str = '["5b"]') -> str:
    return RULE.format(id=row_id, when=when, allow=allow)


@pytest.mark.parametrize(
    ("file", "text", "row", "column", "message"),
    [
        pytest.param("constraints.toml", rule("token_month > 5"), "NEW", "when",
                     "unknown input 'token_month'; did you mean 'tokens_month'?", id="unknown input"),
        pytest.param("constraints.toml", rule("stage == 'prodution'"), "NEW", "when",
                     "'prodution' is not a value of stage; did you mean 'production'?", id="wrong enum value"),
        pytest.param("constraints.toml", rule("tokens_month > '5'"), "NEW", "when",
                     "tokens_month against '5': a number cannot be compared with a text", id="text against number"),
        pytest.param("constraints.toml", rule("stage.name == 'poc'"), "NEW", "when",
                     "stage.name: attributes are not allowed; parameters are written P.name", id="attribute access"),
        pytest.param("constraints.toml", rule("len(data_tags) > 2"), "NEW", "when",
                     "len(data_tags): calls are not allowed here", id="call"),
        pytest.param("constraints.toml", rule("P.eval_mim > 2"), "NEW", "when",
                     "unknown parameter P.eval_mim; did you mean 'eval_min'?", id="unknown parameter"),
        pytest.param("constraints.toml", rule("latency_hard", row_id="DAT-243"), "DAT-243", "id",
                     "is used twice; every row has an id of its own", id="duplicate id"),
        pytest.param("constraints.toml", rule("latency_hard", allow='["6"]'), "NEW", "allow",
                     "'6' is not a placement; they are 1, 2p, 2e, 3, 3r, 4, 5a, 5b", id="unknown placement"),
        pytest.param("parameters.toml", PARAMETER, "new_limit", "reference",
                     "is missing; every value has from, value and reference", id="parameter without reference"),
        pytest.param("classify.toml", CLASS.format(id="NEW", when="task_type in ('voice', 'faq')"), "NEW", "when",
                     "overlaps CLASSIFY-SIMPLE where task_type in ('faq', 'voice'); "
                     "every case of the table complexity has one row only", id="overlapping classify rows"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_with_file_row_and_column(
    folder: Path, file: str, text: str, row: str, column: str, message: str
) -> None:
    write(folder, file, text)
    with pytest.raises(PolicyError) as refused:
        load_policy(folder)
    error = refused.value
    assert (error.file, error.row, error.column, error.message) == (file, row, column, message)


def test_a_gap_is_refused_with_the_condition_nobody_covers(folder: Path) -> None:
    path = folder / "classify.toml"
    text = path.read_text("utf-8")
    assert "'tool_call', 'voice')" in text
    path.write_text(text.replace("'tool_call', 'voice')", "'tool_call')"), "utf-8")
    with pytest.raises(PolicyError) as refused:
        load_policy(folder)
    assert str(refused.value) == (
        "classify.toml, row complexity, column when: no row of this table covers task_type == 'voice'; "
        "add a row with that condition"
    )
    assert refused.value.add == {"table": "complexity", "when": "task_type == 'voice'"}


def test_an_entry_declared_twice_is_refused_by_name(folder: Path) -> None:
    write(folder, "inputs.toml", '\n[inputs.stage]\nlabel = "Stage again"\n')
    with pytest.raises(PolicyError, match=r"inputs\.toml, .*Cannot declare \('inputs', 'stage'\) twice"):
        load_policy(folder)


def test_two_must_rows_that_can_never_both_hold_are_reported_with_the_box(folder: Path) -> None:
    write(folder, "constraints.toml", rule("gov_or_defence and tokens_month < 50e6", allow='["1", "2p"]'))
    told = [each for each in findings(load_policy(folder), AS_OF) if each.fault is Fault.CONTRADICTION]
    against = next(each for each in told if each.rows == ("DAT-246", "NEW"))
    assert (against.file, against.column) == ("constraints.toml", "when")
    assert against.box == "government or defence is yes and tokens a month under 50M"
    assert against.condition == "gov_or_defence and tokens_month < 50_000_000"
