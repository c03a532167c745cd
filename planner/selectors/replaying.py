"""Kept decisions computed again, each from its own facts and the policy and prices that were kept with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from planner.engine import PolicyError
from planner.engine.explain import replays
from planner.engine.replay import ReplayError, check_replayable, replay
from planner.jobs import RunState
from planner.models import Decision, DecisionRecord, PolicyVersion
from planner.selectors import basis
from pricing.models import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from django.db.models import QuerySet

    from planner.engine import Policy, PriceSnapshot
    from workloads.models import Workload

IN_MEMORY = 8


class Outcome(StrEnum):
    EQUAL = "equal"
    DIFFERS = "differs"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True)
class Verdict:
    """What a replay of one record found, in words."""

    record: DecisionRecord
    outcome: Outcome
    words: str

    @property
    def is_equal(self) -> bool:
        return self.outcome == Outcome.EQUAL


class Archive:
    """Policies and prices as they were kept; the last few used stay in memory."""

    def __init__(self) -> None:
        self.prices = lru_cache(maxsize=IN_MEMORY)(prices_kept)

    def basis_of(self, record: Mapping[str, Any]) -> tuple[Policy, PriceSnapshot]:
        """The policy and the prices a record was made with; raises ReplayError when one is not there any more."""
        check_replayable(record)
        policy = policy_kept(record["policy"], record["policy_version"])
        return policy, self.prices(record["snapshot_sha"], record["snapshot"])

    def verdict(self, kept: DecisionRecord) -> Verdict:
        """Whether the record, computed again, has the same bytes; else where it differs or why it cannot be told."""
        try:
            found = replay(kept.record, *self.basis_of(kept.record))
        except ReplayError as error:
            return Verdict(kept, Outcome.IMPOSSIBLE, str(error))
        if found.kept != kept.digest:
            return Verdict(kept, Outcome.DIFFERS, replays.altered_sentence(kept.digest, found.kept))
        if found.difference:
            return Verdict(kept, Outcome.DIFFERS, replays.difference_sentence(found.difference))
        return Verdict(kept, Outcome.EQUAL, replays.equal_sentence(found.again))


def verdicts(records: Iterable[DecisionRecord]) -> Iterator[Verdict]:
    """One verdict a record, as they come."""
    archive = Archive()
    return (archive.verdict(record) for record in records)


def policy_kept(sha: str, version: str) -> Policy:
    try:
        return basis.policy_of(sha)
    except PolicyVersion.DoesNotExist:
        raise ReplayError(replays.no_policy_sentence(sha, version)) from None
    except PolicyError as error:
        raise ReplayError(replays.unreadable_policy_sentence(sha, str(error))) from error


def prices_kept(sha: str, name: str) -> PriceSnapshot:
    pk = Snapshot.objects.filter(sha=sha).values_list("pk", flat=True).first()
    if pk is None:
        raise ReplayError(replays.no_prices_sentence(name, sha))
    prices = basis.prices_of(pk)
    if prices.sha != sha:
        raise ReplayError(replays.altered_prices_sentence(name, sha, prices.sha))
    return prices


def everything() -> QuerySet[DecisionRecord]:
    """All records, in the order they were first made: neighbours share policy and prices."""
    return DecisionRecord.objects.order_by("created_at", "pk")


def of(decisions: QuerySet[Decision]) -> QuerySet[DecisionRecord]:
    """The records of these decisions, those that an approval would lead to among them."""
    unordered = decisions.order_by()
    return everything().filter(
        Q(pk__in=unordered.values("record")) | Q(pk__in=unordered.values("if_approved"))
    )


def beginning_with(prefix: str) -> QuerySet[DecisionRecord]:
    return everything().filter(digest__startswith=prefix.lower())


def held_on(day: date, workloads: QuerySet[Workload]) -> QuerySet[Decision]:
    """For each workload the decision that held at the end of a day."""
    finished = Decision.objects.filter(
        workload__in=workloads, run__state=RunState.DONE, run__as_of__date__lte=day
    )
    newest = finished.order_by("workload_id", "-run_id").distinct("workload_id").values("pk")
    return Decision.objects.filter(pk__in=newest)
