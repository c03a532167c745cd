"""`manage.py decide`: JSON in, JSON out, exit code 2 with the offending fact, and never a database."""

from __future__ import annotations

import json
import shutil
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from planner.engine import load_policy
from planner.engine.policy.load import SHIPPED
from tests.engine.samples import CASES, case


def run(tmp_path: Any, document: Any, *options: Any) -> Any:
    file = tmp_path / "facts.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    out = StringIO()
    call_command("decide", str(file), *options, stdout=out)
    return json.loads(out.getvalue())


def refused(tmp_path: Any, document: Any, *options: Any) -> Any:
    with pytest.raises(CommandError) as error:
        run(tmp_path, document, *options)
    assert error.value.returncode == 2
    return str(error.value)


def test_golden_cases_are_decided_as_they_are(tmp_path: Any) -> None:
    answer = run(tmp_path, CASES)
    assert (answer["policy"], answer["snapshot"], answer["as_of"]) == (
        load_policy().sha,
        "reference-2026-01",
        "2026-01-31",
    )
    assert [workload["name"] for workload in answer["workloads"]] == [entry["title"] for entry in CASES]
    for workload, entry in zip(answer["workloads"], CASES, strict=True):
        expected = [part["expect"] for part in entry["segments"]]
        found = [
            {name: segment[name] for name in ("status", "now", "target")} for segment in workload["segments"]
        ]
        assert [
            each | {"allowed_by_must_rows": segment["allowed"]}
            for each, segment in zip(found, workload["segments"], strict=True)
        ] == expected


def test_a_segment_is_answered_with_its_reasons(tmp_path: Any) -> None:
    segment = run(tmp_path, [case(6)])["workloads"][0]["segments"][0]
    assert {"name", "status", "now", "target", "allowed", "excluded", "gates", "relaxations", "costs"} <= set(
        segment
    )
    assert segment["excluded"]["2e"] == ["DAT-245"]
    assert segment["costs"]["5a"] == 35151.03
    assert segment["relaxations"][0]["opens"] == "2e"


def test_the_day_of_the_decision_can_be_given(tmp_path: Any) -> None:
    assert run(tmp_path, [case(2)], "--as-of", "2026-05-01")["as_of"] == "2026-05-01"


def test_a_wrong_fact_is_named(tmp_path: Any) -> None:
    entry = case(2)
    entry["segments"][0]["facts"]["tokens_mnth"] = 5
    assert refused(tmp_path, [entry]) == (
        "tokens_mnth: Workload Same bot six months on: 150 eval examples, 8B passes the floor, segment faq: "
        "'tokens_mnth' is not a fact of this policy; did you mean 'tokens_month'?"
    )


def test_an_unknown_snapshot_is_refused_with_the_names_known(tmp_path: Any) -> None:
    assert (
        refused(tmp_path, [case(2)], "--snapshot", "today")
        == "No snapshot 'today'. Known: reference-2026-01."
    )


def test_what_is_not_json_and_what_is_not_there_are_refused(tmp_path: Any) -> None:
    assert "is not JSON" in refused(tmp_path, "<html>")
    assert "is nested too deeply" in refused(tmp_path, "[" * 100_000)
    with pytest.raises(CommandError, match="cannot be read: No such file or directory"):
        call_command("decide", str(tmp_path / "missing.json"))


def test_a_byte_order_mark_is_no_error(tmp_path: Any) -> None:
    assert run(tmp_path, "\N{BOM}" + json.dumps([case(2)])) == run(tmp_path, [case(2)])


def test_another_policy_can_be_given_and_what_is_wrong_in_it_is_named(tmp_path: Any) -> None:
    folder = tmp_path / "policy"
    shutil.copytree(SHIPPED, folder)
    assert run(tmp_path, [case(2)], "--policy", str(folder)) == run(tmp_path, [case(2)])
    table = folder.rename(tmp_path / "edited") / "constraints.toml"
    table.write_text(table.read_text(encoding="utf-8").replace('"air_gap_required"', '"air_gap_requird"', 1))
    assert refused(tmp_path, [case(2)], "--policy", str(table.parent)) == (
        "constraints.toml, row DAT-161, column when: unknown input 'air_gap_requird'; did you mean 'air_gap_required'?"
    )


def test_a_policy_folder_that_is_none_is_refused(tmp_path: Any) -> None:
    missing = refused(tmp_path, [], "--policy", str(tmp_path / "none"))
    assert missing == "policy.toml, row -, column -: is missing from the policy folder"
    assert "cannot be read: Not a directory" in refused(
        tmp_path, [], "--policy", str(tmp_path / "facts.json")
    )


def test_a_day_that_is_none_is_refused(tmp_path: Any) -> None:
    with pytest.raises(CommandError, match="'2026-13-01' is not a date; write it like 2026-01-31"):
        run(tmp_path, [case(2)], "--as-of", "2026-13-01")
