"""Replay: a record computed again from nothing but what stands in it, its policy and its prices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from planner.engine.canonical import Difference, digest, first_difference
from planner.engine.decide import decide_workload
from planner.engine.facts import FactError
from planner.engine.given import workload_of
from planner.engine.record import ENGINE, record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.engine.facts import PriceSnapshot, WorkloadInput
    from planner.engine.policy import Policy


class ReplayError(Exception):
    """A record that cannot be computed again; says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """A record computed again: the digest of what is kept and of what came out, and the first place that differs."""

    kept: str
    again: str
    difference: Difference | None

    @property
    def is_equal(self) -> bool:
        return self.kept == self.again


def check_replayable(kept: Mapping[str, Any]) -> None:
    """Raises ReplayError for a record of another engine, or one that does not hold what it was made from."""
    engine = kept.get("engine", "?")
    if "inputs" not in kept:
        raise ReplayError(
            f"It was made by engine {engine}, whose records do not hold the facts they were made from."
        )
    if engine != ENGINE:
        raise ReplayError(f"It was made by engine {engine}; this is engine {ENGINE}.")


def inputs_of(kept: Mapping[str, Any]) -> WorkloadInput:
    """The workload a record was made from."""
    check_replayable(kept)
    try:
        return workload_of(kept["inputs"])
    except ValueError as error:
        raise ReplayError(f"Its inputs cannot be read: {error}.") from error


def replay(kept: Mapping[str, Any], policy: Policy, prices: PriceSnapshot) -> Replayed:
    """The same workload decided again on the record's own day, compared with the record byte by byte."""
    workload, day = inputs_of(kept), date.fromisoformat(kept["as_of"])
    try:
        again = record(decide_workload(policy, workload, prices, day))
    except FactError as error:
        raise ReplayError(f"Its policy takes its facts no more: {error.message}") from error
    of_kept, of_again = digest(kept), digest(again)
    return Replayed(of_kept, of_again, None if of_kept == of_again else first_difference(kept, again))
