"""Benchmarks of one's own: kept as pasted, withdrawn when wrong, never edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from planner import access
from planner.engine.capacity import CapacityError, RefusedError, estimate, read_benchmark, shipped
from planner.models import OwnBenchmark
from planner.selectors import capacity

if TYPE_CHECKING:
    from datetime import datetime

    from planner.engine.capacity import Row
    from workloads.models import User


@transaction.atomic
def add_benchmark(asked: Row, text: str, *, note: str, by: User, as_of: datetime) -> OwnBenchmark:
    """The run a pasted text tells of is kept for the configuration of `asked`; its lengths and its requests in flight
    are those of the text. ValidationError says what is wrong with the text or that the configuration cannot serve it.
    """
    if refusal := access.why_not_add_benchmark(by):
        raise PermissionDenied(refusal)
    try:
        run = read_benchmark(text)
        calibration = capacity.calibration(as_of)
        estimate(capacity.measured_row(asked, run), shipped(calibration), calibration)
    except RefusedError as error:
        raise ValidationError(
            {"text": f"By the tables this configuration cannot have served that. {error.message}"}
        ) from error
    except CapacityError as error:
        raise ValidationError({"text": error.message}) from error
    return OwnBenchmark.objects.create(
        model=asked.model,
        gpu=asked.gpu,
        gpus=asked.gpus,
        precision=asked.precision,
        engine=asked.engine,
        input_tokens=run.input_tokens,
        output_tokens=run.output_tokens,
        concurrency=run.concurrency,
        out_tok_s=run.out_tok_s,
        ttft_ms=run.ttft_ms,
        tpot_ms=run.tpot_ms,
        completed=run.completed,
        text=text,
        note=note.strip(),
        added_by=by,
        added_at=as_of,
    )


@transaction.atomic
def withdraw_benchmark(pk: int, *, by: User, as_of: datetime) -> OwnBenchmark:
    """The run no longer counts; it stays to be read."""
    found = OwnBenchmark.objects.select_for_update(of=("self",)).get(pk=pk)
    if refusal := access.why_not_withdraw_benchmark(by, found):
        raise PermissionDenied(refusal)
    if found.withdrawn_at is None:
        found.withdrawn_by, found.withdrawn_at = by, as_of
        found.save(update_fields=["withdrawn_by", "withdrawn_at"])
    return found
