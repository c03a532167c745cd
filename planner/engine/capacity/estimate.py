"""What a replica does under a load: tokens a second with a range, what they rest on, and what limits them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from planner.engine.capacity import specs
from planner.engine.capacity.closed_loop import closed_loop
from planner.engine.capacity.correction import own_error
from planner.engine.capacity.errors import CapacityError
from planner.engine.capacity.limits import Limit, limit
from planner.engine.capacity.load import closed, offline
from planner.engine.capacity.memory import Refusal
from planner.engine.capacity.replica import replica
from planner.engine.capacity.service import Service, service

if TYPE_CHECKING:
    from planner.engine.capacity.calibration import Calibration
    from planner.engine.capacity.closed_loop import Served
    from planner.engine.capacity.correction import Known
    from planner.engine.capacity.load import Load
    from planner.engine.capacity.replica import Replica
    from planner.engine.capacity.rows import Row

TENTH: Final = 1.2815515655446004  # standard deviations from the middle to P10 and P90


class Basis(StrEnum):
    """What an estimate rests on, the surest first."""

    OWN = "own benchmark"
    MEASURED = "measured rows of the same model, GPU and precision"
    SIMILAR = "measured rows of similar configurations"
    ROOFLINE = "the roofline alone"


@dataclass(frozen=True, slots=True)
class Estimate:
    """Output tokens a second of one replica with P10 and P90, the roofline behind it, and the rows that moved it.

    `pace` is how much faster (above 1) than the roofline the replica is expected to be. `tpot_s` and `request_s` are
    at that pace; the time to the first token is not validated. `guessed` says that no measured row stands behind
    this GPU.
    """

    out_tok_s: float
    low: float
    high: float
    basis: Basis
    pace: float
    tpot_s: float
    request_s: float
    roofline: Served
    limit: Limit
    neighbours: tuple[Row, ...]
    guessed: bool


class RefusedError(CapacityError):
    """The replica cannot serve this load; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__("Replica", refusal.sentence)
        self.refusal = refusal


def estimate(row: Row, known: Known, calibration: Calibration, own: Known | None = None) -> Estimate:
    """What to expect of a configuration under a closed or offline load. RefusedError where nothing fits or the GPU's
    rates are not known; CapacityError for a wrong name or number.
    """
    machine, load = _asked(row, calibration)
    _one_machine(row, known)
    served = closed_loop(machine, load, calibration)
    if served.fit.refusal:
        raise RefusedError(Refusal(served.fit.refusal))
    neighbours, verified = known.neighbours(row), specs.gpu(row.gpu).verified
    error = own_error(row, own) if own else None
    basis = _basis(error is not None, bool(neighbours), bool(known.rows) and verified)
    expected = error if error is not None else _expected(basis, row, known)
    pace = math.exp(-expected)
    value = served.out_tok_s * pace
    spread = math.exp(TENTH * _sd(basis, verified, calibration))
    return Estimate(
        out_tok_s=value,
        low=value / spread,
        high=value * spread,
        basis=basis,
        pace=pace,
        tpot_s=served.tpot_s / pace,
        request_s=served.request_s / pace,
        roofline=served,
        limit=limit(machine, load, served),
        neighbours=neighbours,
        guessed=not verified,
    )


def service_at_pace(row: Row, found: Estimate, target_s: float, calibration: Calibration) -> Service:
    """The service-level batch of a replica that is as much faster or slower than the roofline as was estimated."""
    machine, load = _asked(row, calibration)
    held = service(machine, load, target_s * found.pace, calibration)
    return Service(held.fit, held.batch, held.request_s / found.pace, held.requests_s * found.pace)


def _asked(row: Row, calibration: Calibration) -> tuple[Replica, Load]:
    if row.requests_s is not None:
        raise CapacityError("Arrivals", "Arrivals at a rate have no closed-loop estimate.")
    context = specs.model(row.model).context_tokens
    if row.input_tokens + row.output_tokens > context:
        raise CapacityError(
            "Length", f"{row.model} reads and writes at most {context:,.0f} tokens a request."
        )
    machine = replica(row.model, row.gpu, row.gpus, row.precision, calibration)
    if math.isinf(row.concurrency):
        return machine, offline(row.input_tokens, row.output_tokens)
    return machine, closed(row.input_tokens, row.output_tokens, row.concurrency)


def _one_machine(row: Row, known: Known) -> None:
    """CapacityError for more GPUs than a machine has, unless somebody measured so many together."""
    most = specs.gpu(row.gpu).per_node
    together = ((each.gpu, each.gpus) for each in known.rows)
    if row.gpus > most and (row.gpu, row.gpus) not in together:
        raise CapacityError("GPUs", f"A machine has {most} {row.gpu}: what several do together is not known.")


def _basis(own: bool, measured: bool, similar: bool) -> Basis:
    if own:
        return Basis.OWN
    if measured:
        return Basis.MEASURED
    return Basis.SIMILAR if similar else Basis.ROOFLINE


def _expected(basis: Basis, row: Row, known: Known) -> float:
    return 0.0 if basis is Basis.ROOFLINE else float(known.errors_expected([row])[0])


def _sd(basis: Basis, verified: bool, calibration: Calibration) -> float:
    """Only an own benchmark narrows the range of a GPU nobody else measured."""
    if basis is Basis.OWN:
        return calibration.sd_own
    if not verified:
        return calibration.sd_unverified
    return calibration.sd_corrected if basis is Basis.MEASURED else calibration.sd_roofline
