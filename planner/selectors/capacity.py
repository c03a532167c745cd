"""What a replica serves, as the capacity page shows it: the estimate, its rows, and what a pasted benchmark changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from planner.engine.capacity import (
    Calibration,
    CapacityError,
    Known,
    Row,
    estimate,
    read_benchmark,
    service_at_pace,
    shipped,
)
from planner.engine.capacity.rows import Kind
from planner.engine.explain import capacity as words
from planner.engine.policy import Assumptions
from planner.models import OwnBenchmark
from planner.selectors import basis

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from planner.engine.capacity import BenchmarkOutput, Estimate

ASKED_ID = "asked"


@dataclass(frozen=True)
class Answer:
    """An estimate in figures and words; `refusal` where there is none."""

    row: Row
    found: Estimate | None = None
    headline: str = ""
    remarks: tuple[str, ...] = ()
    under_target: str = ""
    refusal: str = ""

    @property
    def tpot_ms(self) -> float | None:
        return self.found.tpot_s * 1000 if self.found else None


@dataclass(frozen=True)
class Preview:
    """What a pasted run says, and how far it moves the estimate at its own load and at the one asked for."""

    run: BenchmarkOutput
    at_its_load: str
    asked: str


def calibration(as_of: datetime) -> Calibration:
    """The constants of the policy in force."""
    return Calibration.of(Assumptions.of(basis.policy(), as_of.date()))


def target_ms(as_of: datetime) -> float:
    """Milliseconds a token may take where nobody says otherwise."""
    return Assumptions.of(basis.policy(), as_of.date())["itl_target_ms"]


def answer(row: Row, target: float, as_of: datetime) -> Answer:
    """What to expect, own benchmarks first. Two queries, whatever was measured."""
    constants = calibration(as_of)
    try:
        found = estimate(row, shipped(constants), constants, own(constants))
        service = service_at_pace(row, found, target / 1000, constants)
    except CapacityError as error:
        return Answer(row, refusal=error.message)
    return Answer(
        row,
        found,
        words.headline(found),
        tuple(words.remarks(row, found)),
        words.under_target(service, target),
    )


def preview(asked: Row, text: str, as_of: datetime) -> Preview:
    """What keeping this text would change. CapacityError names what cannot be read or served."""
    run, constants = read_benchmark(text), calibration(as_of)
    point = measured_row(asked, run)
    known, held = shipped(constants), own(constants)
    more = Known.of([*held.rows, point], constants)
    at_its_load = words.moved(
        estimate(point, known, constants, held).out_tok_s, estimate(point, known, constants, more).out_tok_s
    )
    there = words.moved(
        estimate(asked, known, constants, held).out_tok_s, estimate(asked, known, constants, more).out_tok_s
    )
    return Preview(run, at_its_load, there)


def measured_row(asked: Row, run: BenchmarkOutput) -> Row:
    """The configuration asked for, under the load that was measured."""
    return replace(
        asked,
        row_id="pasted",
        kind=Kind.CLOSED,
        input_tokens=run.input_tokens,
        output_tokens=run.output_tokens,
        concurrency=run.concurrency,
        out_tok_s=run.out_tok_s,
    )


def own(constants: Calibration) -> Known:
    """What one's own benchmarks say under these constants."""
    return Known.of(own_rows(), constants)


def own_rows() -> tuple[Row, ...]:
    """Every benchmark of one's own that still counts."""
    kept = OwnBenchmark.objects.filter(withdrawn_at=None).defer("text").order_by("pk")
    return tuple(_as_row(each) for each in kept)


def benchmarks(row: Row | None) -> QuerySet[OwnBenchmark]:
    """Those of a configuration, withdrawn ones too, the newest first; all of them without one."""
    kept = OwnBenchmark.objects.select_related("added_by", "withdrawn_by").defer("text")
    if row is None:
        return kept
    return kept.filter(model=row.model, gpu=row.gpu, gpus=row.gpus, precision=row.precision)


def _as_row(kept: OwnBenchmark) -> Row:
    return Row(
        row_id=f"own-{kept.pk}",
        model=kept.model,
        gpu=kept.gpu,
        precision=kept.precision,
        gpus=kept.gpus,
        kind=Kind.CLOSED,
        input_tokens=kept.input_tokens,
        output_tokens=kept.output_tokens,
        concurrency=kept.concurrency,
        out_tok_s=kept.out_tok_s,
        engine=kept.engine,
        measured_on=kept.added_at.date().isoformat(),
    )
