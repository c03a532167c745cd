"""`manage.py policy check`: findings grouped, errors first; status 1 on an error, or on a warning when strict."""

from __future__ import annotations

import json
import shutil
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command

from planner.engine.policy.load import SHIPPED
from tests.engine.test_mistakes import rule, write

if TYPE_CHECKING:
    from pathlib import Path

DAY = "--as-of=2026-11-21"


def check(*options: str) -> str:
    out = StringIO()
    call_command("policy", "check", *options, stdout=out)
    return out.getvalue()


def refused(*options: str) -> tuple[str, str]:
    """What was printed before the end, and how it ended."""
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("policy", "check", *options, stdout=out)
    assert error.value.returncode == 1
    return out.getvalue(), str(error.value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(SHIPPED, tmp_path / "policy")


def test_the_shipped_policy_passes() -> None:
    told = check(DAY)
    assert told.startswith("0 errors, ")
    assert "Note: accepted contradiction (1)\n  constraints.toml, row QUA-601, column contradicts: " in told
    assert "Note: read by nobody" in told


def test_the_shipped_policy_passes_today() -> None:
    assert check().startswith("0 errors, ")


def test_errors_come_first_and_end_with_status_1(folder: Path) -> None:
    write(folder, "constraints.toml", rule("5 < ml_engineers < 5"))
    told, ended = refused(DAY, f"--policy={folder}")
    assert told.splitlines()[2] == "Error: dead row (1)"
    assert told.splitlines()[3] == (
        "  constraints.toml, row NEW, column when: NEW can never hold: no case satisfies '5 < ml_engineers < 5'."
    )
    assert told.startswith("1 error, ")
    assert ended == "1 finding to mend."


def test_warnings_count_when_strict(folder: Path) -> None:
    write(folder, "constraints.toml", rule("frontier_needed and dpa_signed"))
    told = check(DAY, f"--policy={folder}")
    assert "Warning: contradiction (1)\n  constraints.toml, row QUA-601, NEW, column when: " in told
    assert '    add: {"id": "NEW", "contradicts": ["QUA-601"]}' in told
    assert "to mend" in refused(DAY, f"--policy={folder}", "--strict")[1]


def test_a_policy_that_cannot_be_read_is_one_finding(folder: Path) -> None:
    write(folder, "constraints.toml", rule("token_month > 5"))
    told, _ = refused(DAY, f"--policy={folder}")
    assert (
        "  constraints.toml, row NEW, column when: unknown input 'token_month'; did you mean 'tokens_month'?"
        in told
    )


def test_findings_are_given_as_json(folder: Path) -> None:
    write(folder, "constraints.toml", rule("tokens_month < 0"))
    told, _ = refused(DAY, f"--policy={folder}", "--json")
    dead, *others = json.loads(told)
    assert (dead["severity"], dead["fault"], dead["file"]) == ("error", "dead row", "constraints.toml")
    assert (dead["rows"], dead["column"]) == (["NEW"], "when")
    assert {each["severity"] for each in others} <= {"warning", "note"}


def test_a_folder_without_cases_is_asked_those_that_ship(folder: Path) -> None:
    (folder / "cases.json").unlink()
    assert "holds in none" in json_of(DAY, f"--policy={folder}")


@pytest.mark.parametrize("content", ["{", '[{"title": "no parts"}]'])
def test_cases_that_cannot_be_read_are_named(folder: Path, content: str) -> None:
    (folder / "cases.json").write_text(content)
    with pytest.raises(CommandError, match=r"cases\.json cannot be used as cases: ") as error:
        check(DAY, f"--policy={folder}")
    assert error.value.returncode == 2


def json_of(*options: str) -> Any:
    return check("--json", *options)
