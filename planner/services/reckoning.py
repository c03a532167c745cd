"""Putting prices on counted usage, as a job: what is new or has changed is priced, what was priced stays.

An amount once computed is followed by another only where its traffic changed, where it was unknown or stood in for
a price nobody knew, or where an operator asked for all of it again; the row before is kept.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.db import DatabaseError, connection, transaction
from django.db.models import Max
from django.db.models.functions import Greatest

from planner import jobs
from planner.engine.policy import Assumptions
from planner.jobs import SupersededError
from planner.models import ReckonedDay, Reckoning
from planner.selectors import basis
from planner.selectors.reconciliation.pricing_days import Computed, computed
from planner.selectors.reconciliation.traffic import Key, Sums, counted
from planner.selectors.words import count_of
from workloads.models import UsageBucket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from uuid import UUID

    from workloads.models import User

    Send = Callable[[int], object]

ROWS: Final = 1000  # written at a time
LOCK: Final = 0x5EC0_4ED5  # one reckoning writes at a time
NOT_COUNTED: Final = ("price_source", "why")  # words about an amount that stays are no new amount
log = logging.getLogger(__name__)


def ask_reckoning(
    *, reason: str, as_of: datetime, send: Send, asked_by: User | None = None, again: bool = False
) -> Reckoning:
    """Everything counted by AS_OF will be priced; asking before that has begun is the same run, AGAIN if anybody asks so."""
    while True:
        begun = Reckoning.objects.filter(attempt__gt=0).aggregate(last=Max("pk"))["last"] or 0
        fields = {"reason": reason, "as_of": as_of, "asked_by": asked_by, "again": again}
        run, created = jobs.ask(Reckoning, f"reckoning:after-{begun}", send, **fields)
        if created or _join(run, fields):
            return run


@transaction.atomic
def _join(run: Reckoning, fields: dict[str, Any]) -> bool:
    """Whether the run still waited, now also for this reason; False when it has begun meanwhile."""
    waiting = Reckoning.objects.select_for_update().filter(pk=run.pk, attempt=0).first()
    if waiting is None:
        return False
    reason = str(fields["reason"])
    Reckoning.objects.filter(pk=run.pk).update(
        reason=waiting.reason if reason in waiting.reason else f"{waiting.reason}, {reason}"[:200],
        as_of=Greatest("as_of", fields["as_of"]),
        again=waiting.again or fields["again"],
        asked_by=fields["asked_by"] or waiting.asked_by,
    )
    run.refresh_from_db()
    return True


def ask_when_never(as_of: datetime, send: Send) -> Reckoning | None:
    """Usage that was counted before anybody reckoned is reckoned."""
    if Reckoning.objects.exists() or not UsageBucket.objects.exists():
        return None
    return ask_reckoning(reason="usage counted before", as_of=as_of, send=send)


def reckon_here(*, as_of: datetime, reason: str = "asked by command", again: bool = False) -> Reckoning:
    """Everything counted was priced in this process; still open when a worker had taken it first."""
    run = ask_reckoning(reason=reason, as_of=as_of, again=again, send=lambda _: None)
    run_reckoning(run.pk)
    run.refresh_from_db()
    return run


def run_reckoning(run_id: int) -> None:
    """Every kind of traffic on every day has its computed cost or the reason why none is known; all of it or nothing."""
    run = Reckoning.claim(run_id)
    if run is None:
        return
    with run.beating():
        try:
            _reckon(run)
        except SupersededError:
            log.info("reckoning %s was taken over by another worker", run_id)
        except DatabaseError:
            raise  # the row stays as it is: the sweep sends it again
        except Exception:
            log.exception("reckoning %s stopped", run_id)
            run.fail(
                "It stopped on an error of the program; the log has the details. What was computed holds."
            )


@transaction.atomic
def _reckon(run: Reckoning) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
    found = _compared(counted(), _standing(), again=run.again)
    figures = Assumptions.of(basis.policy(), run.as_of.date())
    same_share = Decimal(str(figures["reconcile_same_share"]))
    rows = found.new + found.changed + found.tried_again
    kept = [
        (key, sums, answer)
        for (key, sums), answer in zip(rows, computed(rows, same_share), strict=True)
        if key.uuid not in found.standing or found.standing[key.uuid].differs(sums, answer)
    ]
    stood = (found.standing.get(key.uuid) for key, _, _ in kept)
    replaced = {each.pk for each in stood if each} | found.gone
    for some in _some(sorted(replaced)):
        ReckonedDay.objects.filter(pk__in=some).update(superseded_at=run.as_of)
    ReckonedDay.objects.bulk_create([_row(run, *each) for each in kept], batch_size=ROWS)
    priced = len(kept) - len(found.new) - len(found.changed)
    run.fence(counts={"new": len(found.new), "changed": len(found.changed), "priced": priced})
    run.finish(
        f"{count_of(len(found.new), 'new line')}, {len(found.changed) + len(found.gone)} changed, {priced} priced otherwise."
    )


@dataclass(frozen=True, slots=True)
class _Standing:
    """What is kept of a kind of traffic on a day."""

    pk: int
    sums: Sums
    kept: dict[str, Any]

    @property
    def is_open(self) -> bool:
        """Whether another try may lead to more: a price or a rate was missing, or stood in."""
        return (
            self.kept["computed_usd"] is None
            or self.kept["stand_in"]
            or (self.kept["reported_usd"] is None and self.sums.reported is not None)
        )

    def differs(self, sums: Sums, answer: Computed) -> bool:
        return sums != self.sums or any(self.kept[name] != value for name, value in _amounts(answer).items())


@dataclass(slots=True)
class _Compared:
    """What was counted against what is kept."""

    standing: dict[UUID, _Standing]
    new: list[tuple[Key, Sums]] = field(default_factory=list)
    changed: list[tuple[Key, Sums]] = field(default_factory=list)
    tried_again: list[tuple[Key, Sums]] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)


def _compared(traffic: dict[Key, Sums], standing: dict[UUID, _Standing], *, again: bool) -> _Compared:
    found = _Compared(standing, gone={each.pk for each in standing.values()})
    for key, sums in traffic.items():
        kept = standing.get(key.uuid)
        if kept is not None:
            found.gone.discard(kept.pk)
        if kept is None:
            found.new.append((key, sums))
        elif kept.sums != sums:
            found.changed.append((key, sums))
        elif again or kept.is_open:
            found.tried_again.append((key, sums))
    return found


def _amounts(answer: Computed) -> dict[str, Any]:
    """What makes an answer another one: amounts, prices and the cause."""
    return {
        name: list(value) if name == "quotes" else value
        for name, value in asdict(answer).items()
        if name not in NOT_COUNTED
    }


AMOUNTS: Final = ("reported_usd", "computed_usd", "stand_in", "quotes", "cause", "detail")


def _standing() -> dict[UUID, _Standing]:
    """Every row that counts: one query."""
    rows = ReckonedDay.objects.filter(superseded_at=None).values_list("key", "pk", *Sums._fields, *AMOUNTS)
    ends = 2 + len(Sums._fields)
    return {
        row[0]: _Standing(row[1], Sums(*row[2:ends]), dict(zip(AMOUNTS, row[ends:], strict=True)))
        for row in rows.iterator(chunk_size=10_000)
    }


def _row(run: Reckoning, key: Key, sums: Sums, answer: Computed) -> ReckonedDay:
    given = key._asdict() | sums._asdict() | asdict(answer)
    return ReckonedDay(
        run=run, key=key.uuid, computed_at=run.as_of, **given | {"quotes": list(answer.quotes)}
    )


def _some(pks: list[int]) -> Iterable[list[int]]:
    return (pks[start : start + ROWS] for start in range(0, len(pks), ROWS))
