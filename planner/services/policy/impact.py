"""What a draft would move: the whole portfolio decided under the base and under the draft, as a job."""

from __future__ import annotations

import logging
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from planner import access, jobs
from planner.engine import PolicyError
from planner.engine.policy import build_policy
from planner.jobs import SupersededError
from planner.models import ImpactOpened, ImpactRow, PolicyImpact
from planner.selectors import basis, policies
from planner.selectors.policy_words import impact_outcome
from planner.services.policy.comparing import Compared, Tally, compare, cost
from pricing import services as pricing_services
from workloads.models import Workload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from planner.engine import Policy, PriceSnapshot
    from planner.models import PolicyDraft
    from workloads.models import User

BATCH = 20
log = logging.getLogger(__name__)


def ask_impact(
    draft: PolicyDraft, *, by: User, as_of: datetime, send: Callable[[int], object]
) -> PolicyImpact:
    """The portfolio is being compared for exactly this revision; asking while it runs returns the same run."""
    if not access.rights(by)["draft_policy"]:
        raise PermissionDenied("Only an architect, a reviewer or an operator may ask what a draft moves.")
    earlier = PolicyImpact.objects.filter(draft=draft, revision=draft.revision)
    latest = earlier.first()
    if latest and latest.is_open:
        return latest
    key = f"impact:{draft.pk}:{draft.revision}:{earlier.count() + 1}"
    fields = {"draft": draft, "revision": draft.revision, "as_of": as_of, "asked_by": by}
    return jobs.ask(PolicyImpact, key, send, **fields)[0]


@transaction.atomic
def open_moved(impact: PolicyImpact, *, by: User, as_of: datetime) -> None:
    """It is known that this person opened the list of moved workloads; without it nobody signs."""
    if impact.state != jobs.RunState.DONE:
        raise ValidationError({"impact": "The list is not complete yet."})
    ImpactOpened.objects.get_or_create(impact=impact, person=by, defaults={"opened_at": as_of})


def run_impact(impact_id: int) -> None:
    """Every workload in use was decided under both policies; what differs has a row, the rest is counted."""
    impact = PolicyImpact.claim(impact_id)
    if impact is None:
        return
    with impact.beating():
        try:
            begin(impact)
            old, new = basis.policy_of(impact.draft.base_id), build_policy(impact.draft.document)
            while compare_next(impact, old, new):
                pass
            impact.finish(impact_outcome(impact.counts))
        except SupersededError:
            log.info("impact %s was taken over by another worker", impact_id)
        except DatabaseError:
            raise  # the row stays as it is: the sweep sends it again
        except PolicyError as error:
            impact.fail(f"The policy could not be read, so nothing was compared: {error}")
        except Exception:
            log.exception("impact %s stopped", impact_id)
            impact.fail("The comparison stopped on an error of the program; the log has the details.")


def impact_here(draft: PolicyDraft, *, by: User, as_of: datetime) -> PolicyImpact:
    """The impact was computed in this process."""
    impact = ask_impact(draft, by=by, as_of=as_of, send=lambda _: None)
    run_impact(impact.pk)
    impact.refresh_from_db()
    return impact


@transaction.atomic
def begin(impact: PolicyImpact) -> None:
    """The run has its prices and its day; one of another revision is not worked on any more."""
    if impact.draft.revision != impact.revision:
        raise PolicyError(
            "draft", str(impact.draft.pk), "revision", "has changed since the impact was asked for"
        )
    if impact.snapshot_id is not None:
        return
    impact.fence(
        snapshot=pricing_services.freeze_snapshot(as_of=impact.as_of),
        progress_total=Workload.objects.filter(archived_at=None).count(),
        counts=Tally(day=policies.first_day(impact.draft, impact.as_of.date()).isoformat()).as_data,
    )


def compare_next(impact: PolicyImpact, old: Policy, new: Policy) -> bool:
    """The next batch is compared and kept with its cursor, or not at all; False when none was left."""
    ids = _ids_after(impact.cursor.get("after", 0))
    if not ids:
        return False
    tally, prices = Tally.of(impact.counts), basis.prices_of(impact.snapshot_id or 0)
    day = date.fromisoformat(tally.day)
    found = list(compare(old, new, ids, prices=prices, as_of=impact.as_of, day=day))
    for each in found:
        tally.add(each)
    with transaction.atomic():
        ImpactRow.objects.bulk_create([_row(impact, each) for each in found if each.differs])
        impact.fence(
            cursor={"after": ids[-1]}, progress_done=impact.progress_done + len(ids), counts=tally.as_data
        )
    return True


def compare_all(
    old: Policy, new: Policy, *, prices: PriceSnapshot, as_of: datetime, day: date
) -> Iterator[Compared]:
    """The whole portfolio under both policies, a batch at a time; nothing is written."""
    ids = _ids_after(0)
    while ids:
        yield from compare(old, new, ids, prices=prices, as_of=as_of, day=day)
        ids = _ids_after(ids[-1])


def _ids_after(pk: int) -> list[int]:
    rest = Workload.objects.filter(archived_at=None, pk__gt=pk).order_by("pk")
    return list(rest.values_list("pk", flat=True)[:BATCH])


def _row(impact: PolicyImpact, each: Compared) -> ImpactRow:
    return ImpactRow(
        impact=impact,
        workload=each.workload,
        moves=each.moves,
        cost_before=cost(each.before),
        cost_after=cost(each.after),
        newly_infeasible=each.newly_infeasible,
        triggers_new=each.triggers_new,
        error=each.error,
    )
