"""`manage.py bench throughput` on few groups: every figure has a line, splits are repeatable and never overlap."""

from __future__ import annotations

import math
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command

from planner.engine.capacity import measured
from planner.management.bench.configurations import drawn
from planner.management.bench.splits import folds, half_of_rows, measured_again


def test_every_figure_is_printed_beside_what_it_has_to_reach() -> None:
    out = StringIO()
    call_command("bench", "throughput", "--configurations", "50", "--times", "1", "--folds", "3", stdout=out)
    printed = out.getvalue()
    for figure in (
        "roofline, rows it was fitted on                                   1,617   0.143   0.447",
        "roofline refitted, on configurations left out",
        "random half by the other half",
        "with neighbours",
        "with cache enough to be offered",
        "the same point, measured again",
        "eta_compute_fp4",
        "one roofline call",
        "50 configurations at once",
        "service-level batch",
        "correction of one",
        "50 of 50 answers equal",
    ):
        assert figure in printed, figure


def test_configurations_left_out_are_not_learnt_from() -> None:
    rows = list(measured())
    scored = []
    for learnt, asked in folds(rows, 5):
        assert not {row.configuration for row in learnt} & {row.configuration for row in asked}
        assert len(learnt) + len(asked) == len(rows)
        scored += asked
    assert sorted(row.row_id for row in scored) == sorted(row.row_id for row in rows)


def test_two_measurements_of_one_point_are_compared_and_of_two_points_never() -> None:
    row, out_tok_s = next((each, each.out_tok_s) for each in measured() if each.out_tok_s)
    again = replace(row, row_id="again", out_tok_s=out_tok_s * 2, input_tokens=row.input_tokens * 0.9)
    elsewhere = replace(row, row_id="elsewhere", concurrency=row.concurrency * 2)
    longer = replace(row, row_id="longer", output_tokens=row.output_tokens * 2)
    assert abs(measured_again([row, again, elsewhere, longer])) == pytest.approx([math.log(2)])


def test_the_same_half_is_drawn_every_time() -> None:
    rows = list(measured())
    learnt, asked = half_of_rows(rows)
    assert half_of_rows(rows) == (learnt, asked)
    assert sorted(row.row_id for row in [*learnt, *asked]) == sorted(row.row_id for row in rows)


def test_the_same_seed_draws_the_same_configurations() -> None:
    assert drawn(20, 3).models == drawn(20, 3).models
    assert drawn(20, 3).models != drawn(20, 4).models
