"""`manage.py throughput FILE.csv`: predicted output tokens a second for rows with the columns of throughput.csv.

Columns needed: row_id, model, gpu, precision, n_gpu, input_tokens, output_tokens; then kind with concurrency
(closed-loop, burst), with qps (open-loop) or with neither (offline). Measured columns may be missing and are not
read. Standard output is `row_id,out_tok_s` as CSV, one line for each line of the file, in its order.

The roofline is corrected by the measured rows that ship. A row never counts for itself: one whose row_id is among
them is predicted as if it had not been measured. `--known FILE` corrects by the rows of that file alone, for honest
splits; `--roofline` corrects by none. Rows with arrivals get what is served: what arrives, at most what fits.

A row that cannot be answered keeps its line with an empty prediction, and one sentence on standard error names row
and column. Ends with 0 if any row was answered, 1 if none was, 2 if the file is no such table.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localdate

from planner.engine import PolicyError, load_policy
from planner.engine.capacity import Calibration, Known, shipped
from planner.engine.capacity.memory import Refusal
from planner.engine.capacity.rows import arriving, served
from planner.engine.policy import Assumptions, UnknownAssumptionError
from planner.management.configurations import TableError, known, read
from planner.management.day import day

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence

    from planner.engine.capacity import Row
    from planner.management.configurations import Read

WRONG_INPUT = 2
NO_ANSWER = 1
TO_CHANGE = {Refusal.WEIGHTS: "n_gpu", Refusal.SEQUENCE: "n_gpu", Refusal.RATE: "gpu"}


class Command(BaseCommand):
    help = "Predicts output tokens a second for the configurations of a CSV file with the columns of throughput.csv."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help='configurations as CSV; "-" reads standard input')
        parser.add_argument("--roofline", action="store_true", help="without correction by measured rows")
        parser.add_argument("--known", metavar="FILE", help="correct by the measured rows of this file alone")
        parser.add_argument(
            "--as-of", type=day, metavar="DATE", help="day of the policy's figures; default: today"
        )
        parser.add_argument("--policy", type=Path, metavar="DIR", help="default: the policy that ships")

    def handle(self, *args: object, **options: Any) -> None:
        try:
            policy = load_policy(options["policy"])
            calibration = Calibration.of(Assumptions.of(policy, options["as_of"] or localdate()))
            lines = read(options["file"])
            if options["roofline"]:
                others = Known.of((), calibration)
            elif options["known"]:
                others = Known.of(known(read(options["known"])), calibration)
            else:
                others = shipped(calibration)
        except (TableError, PolicyError, UnknownAssumptionError) as error:
            raise CommandError(str(error), returncode=WRONG_INPUT) from error
        if not self._answered(lines, others):
            raise CommandError("No row could be answered.", returncode=NO_ANSWER)

    def _answered(self, lines: Sequence[Read], others: Known) -> int:
        """Writes every line's answer, or why it has none; how many have one."""
        rows = known(lines)
        found = iter(zip(*_predicted(rows, others), strict=True))
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(("row_id", "out_tok_s"))
        answers = 0
        for line in lines:
            value, refusal = next(found) if line.row else (np.nan, Refusal.NONE)
            answered = bool(np.isfinite(value))
            answers += answered
            writer.writerow((line.row_id, f"{value:.6g}" if answered else ""))
            if not answered:
                self.stderr.write(_why_not(line, Refusal(refusal)))
        return answers


def _why_not(line: Read, refusal: Refusal) -> str:
    if line.row is None:
        return f"Row {line.row_id}, column {line.column}: {line.message}"
    return f"Row {line.row_id}, column {TO_CHANGE[refusal]}: {refusal.sentence}"


def _predicted(rows: Sequence[Row], others: Known) -> tuple[Any, Any]:
    """Output tokens a second and the refusal, one each for every row."""
    if not rows:
        return np.zeros(0), np.zeros(0, dtype=int)
    found = served(rows, others.calibration)
    corrected = found.out_tok_s * np.exp(-others.errors_expected(rows))
    return arriving(rows, corrected), found.fit.refusal
