"""`manage.py throughput`: one line out for each line in, what cannot be answered on the other stream, honest splits."""

from __future__ import annotations

import csv
import io
import math
import sys
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from planner.engine.capacity import Known, as_row, measured
from planner.engine.capacity.rows import roofline
from planner.engine.capacity.specs import DATA
from tests.engine.replicas import CALIBRATION, row

HEADER = "row_id,model,gpu,precision,n_gpu,input_tokens,output_tokens,kind,concurrency,qps"
KNOWN = "known,llama-3.1-70b,h100,fp8,2,1000,1000,closed-loop,64,"
MEASURED = ("out_tok_s", "basis", "ttft_ms", "tpot_ms")


def run(*arguments: Any) -> tuple[dict[str, str], str]:
    out, err = StringIO(), StringIO()
    call_command("throughput", *arguments, stdout=out, stderr=err)
    lines = list(csv.reader(StringIO(out.getvalue())))
    assert lines[0] == ["row_id", "out_tok_s"]
    return dict(lines[1:]), err.getvalue()


def table(path: Path, *lines: str, header: str = HEADER) -> str:
    path.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    return str(path)


def refused(code: int, *arguments: Any) -> str:
    with pytest.raises(CommandError) as error:
        run(*arguments)
    assert error.value.returncode == code
    return str(error.value)


def test_rows_without_measurements_are_all_answered(tmp_path: Path) -> None:
    with (DATA / "throughput.csv").open(encoding="utf-8", newline="") as lines:
        cells = list(csv.DictReader(lines))
    blind = [column for column in cells[0] if column not in MEASURED]
    with (tmp_path / "blind.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, blind, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(cells)
    found, said = run(tmp_path / "blind.csv")
    assert (list(found), said) == ([row["row_id"] for row in cells], "")
    assert all(float(value) > 0 for value in found.values())


def test_the_roofline_alone_is_not_corrected(tmp_path: Path) -> None:
    file = table(tmp_path / "asked.csv", KNOWN)
    plain, _ = run(file, "--roofline")
    corrected, _ = run(file)
    assert plain == {"known": "2088.58"}
    assert corrected != plain


def test_only_the_rows_of_another_file_may_correct(tmp_path: Path) -> None:
    """One row measured at half of what the roofline says, on another GPU count: it alone moves the answer."""
    header = f"{HEADER},out_tok_s"
    known = table(tmp_path / "known.csv", f"half,{KNOWN.partition(',')[2]},1044.29", header=header)
    file = table(tmp_path / "asked.csv", KNOWN)
    found, plain = (float(run(file, *how)[0]["known"]) for how in (("--known", known), ("--roofline",)))
    said = Known.of(
        [as_row(cells) for cells in csv.DictReader(StringIO(Path(known).read_text("utf-8")))], CALIBRATION
    )
    assert plain / 2 < found < plain
    assert found == pytest.approx(plain * math.exp(-said.errors_expected([row(gpu="h100")])[0]), rel=1e-5)


def test_a_measured_row_is_predicted_as_if_it_had_not_been(tmp_path: Path) -> None:
    row = next(each for each in measured() if each.row_id == "T2230")
    cells = "T2230,Llama-3.1-70B,h100_sxm,fp8,2,921.6,921.6,closed-loop,64,"
    found, _ = run(table(tmp_path / "asked.csv", cells))
    without = Known.of([each for each in measured() if each.row_id != "T2230"], CALIBRATION)
    untold = without.corrected([replace(row, engine="")])[0]
    assert float(found["T2230"]) == pytest.approx(untold, rel=1e-5)


def test_arrivals_are_served_as_far_as_they_fit(tmp_path: Path) -> None:
    arrivals = [f"r{rate},llama-3.1-8b,h100,bf16,1,467,256,open-loop,,{rate}" for rate in (2, 1000)]
    found, _ = run(table(tmp_path / "asked.csv", *arrivals))
    assert found["r2"] == "512"
    assert 5_000 < float(found["r1000"]) < 20_000


def test_what_cannot_be_answered_keeps_its_line_and_is_explained(tmp_path: Path) -> None:
    file = table(
        tmp_path / "asked.csv",
        KNOWN,
        "b,llama-9,h100,bf16,1,1000,1000,,,",
        "c,llama-3.1-70b,h100,bf16,1,1000,1000,offline,,",
        ",llama-3.1-70b,h100,bf16,1,1000,1000,offline,,",
        "e,llama-3.1-8b,vgpu_14gb,fp8,1,100,100,offline,,",
    )
    found, said = run(file)
    assert [name for name, value in found.items() if not value] == ["b", "c", "line 4", "e"]
    assert "Row b, column model: Model 'llama-9' is not known. Did you mean" in said
    assert "Row c, column n_gpu: The weights do not fit" in said
    assert "Row line 4, column row_id: row_id is empty." in said
    assert "Row e, column gpu: How fast this GPU is" in said
    assert len(said.strip().splitlines()) == 4


def test_nothing_answered_ends_otherwise_than_something(tmp_path: Path) -> None:
    file = table(tmp_path / "asked.csv", "b,llama-9,h100,bf16,1,1000,1000,,,")
    assert refused(1, file) == "No row could be answered."


def test_standard_input_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"\ufeff{HEADER}\n{KNOWN}\n".encode())))
    assert run("-", "--roofline")[0] == {"known": "2088.58"}


def test_a_file_that_is_no_such_table_is_refused_in_one_sentence(tmp_path: Path) -> None:
    assert "cannot be read: No such file" in refused(2, tmp_path / "nothing.csv")
    assert "has no column gpu, n_gpu; needed:" in refused(
        2, table(tmp_path / "a.csv", "x", header="row_id,model,precision,input_tokens,output_tokens")
    )
    assert "has a header and no rows" in refused(2, table(tmp_path / "b.csv"))
    (tmp_path / "c.csv").write_bytes(b"\xff\xfe\x00")
    assert "is not text in UTF-8" in refused(2, tmp_path / "c.csv")
    (tmp_path / "d.csv").write_text(f'{HEADER}\n"open', encoding="utf-8")
    assert "is not CSV" in refused(2, tmp_path / "d.csv")
    file = table(tmp_path / "e.csv", KNOWN)
    assert "cannot be read" in refused(2, file, "--known", str(tmp_path / "nothing.csv"))


def test_another_policy_and_day_may_be_asked_for(tmp_path: Path) -> None:
    file = table(tmp_path / "asked.csv", KNOWN)
    assert run(file, "--roofline", "--as-of", "2026-01-31")[0] == {"known": "2088.58"}
    assert "policy" in refused(2, file, "--policy", str(tmp_path)).lower()


def test_the_roofline_of_the_command_is_that_of_the_engine(tmp_path: Path) -> None:
    file = table(tmp_path / "asked.csv", "T2230,Llama-3.1-70B,h100_sxm,fp8,2,921.6,921.6,closed-loop,64,")
    row = next(each for each in measured() if each.row_id == "T2230")
    assert float(run(file, "--roofline")[0]["T2230"]) == pytest.approx(
        roofline([row], CALIBRATION)[0], rel=1e-5
    )
