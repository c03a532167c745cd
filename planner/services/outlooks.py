"""The outlook of a plan, computed as a job: everything is kept at once, or nothing."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from django.db import DatabaseError, transaction
from django.db.models import Max

from planner import jobs
from planner.engine import PolicyError
from planner.engine.costing.people import OWN_MACHINES, STAFFING, people_usd
from planner.engine.explain.outlook import outlook_entry, part_entry
from planner.engine.explain.scenarios import change_entry, comparison_entry, differs
from planner.engine.outlook.portfolio import Portfolio
from planner.engine.policy import UnknownAssumptionError
from planner.engine.scenarios import answers, compared, shipped, shipped_sha
from planner.jobs import RunState, SupersededError
from planner.models import Outlook, OutlookRow, PlanRun
from planner.selectors.outlook_inputs import NotKeptError, inputs_of
from planner.selectors.words import count_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from planner.engine.scenarios import Answers
    from planner.selectors.outlook_inputs import Inputs
    from workloads.models import User

    Rows = dict[int, dict[str, Any]]

SEED: Final = 20_260_101  # the same chances for every plan, so that what moves between two plans is not luck
SHAPE: Final = 1  # of the document: a page that cannot read one says so
log = logging.getLogger(__name__)


def ask_outlook(
    plan: PlanRun, *, as_of: datetime, asked_by: User | None = None, send: Callable[[int], object]
) -> Outlook:
    """The outlook of a plan is computed; asking again before that has ended is the same outlook."""
    ended = plan.outlooks.filter(state__in=(RunState.DONE, RunState.FAILED)).aggregate(last=Max("pk"))["last"]
    fields = {"plan": plan, "as_of": as_of, "asked_by": asked_by, "seed": SEED}
    return jobs.ask(Outlook, f"outlook:{plan.pk}:after-{ended or 0}", send, **fields)[0]


def ask_when_planned(as_of: datetime, send: Callable[[int], object]) -> Outlook | None:
    """The newest finished plan has an outlook, or one on its way; plans that were followed by another need none."""
    last = PlanRun.objects.filter(state=RunState.DONE).order_by("-pk").first()
    if last is None or last.outlooks.exists():
        return None
    return ask_outlook(last, as_of=as_of, send=send)


def outlook_here(plan: PlanRun, *, as_of: datetime) -> Outlook:
    """The outlook was computed in this process."""
    outlook = ask_outlook(plan, as_of=as_of, send=lambda _: None)
    run_outlook(outlook.pk)
    outlook.refresh_from_db()
    return outlook


def run_outlook(outlook_id: int) -> None:
    """The outlook is kept with a row for every workload of its plan, or says why it could not be computed."""
    outlook = Outlook.claim(outlook_id)
    if outlook is None:
        return
    with outlook.beating():
        try:
            _keep(outlook, *_computed(outlook))
        except SupersededError:
            log.info("outlook %s was taken over by another worker", outlook_id)
        except DatabaseError:
            raise  # the row stays as it is: the sweep sends it again
        except (PolicyError, NotKeptError, UnknownAssumptionError) as error:
            outlook.fail(f"Nothing was computed: {error}")
        except Exception:
            log.exception("outlook %s stopped", outlook_id)
            outlook.fail("The outlook stopped on an error of the program; the log has the details.")


def _computed(outlook: Outlook) -> tuple[dict[str, Any], Rows]:
    """The document and the rows, each scenario a step of progress."""
    scenarios = shipped()
    outlook.fence(progress_total=len(scenarios) + 1, progress_done=0)
    found = inputs_of(outlook.plan)
    today = answers(found.world)
    portfolio = Portfolio.of(found.world, today, found.measured)
    rows = _rows(found, portfolio, today)
    document = _stamp(outlook, found) | {"outlook": outlook_entry(portfolio, outlook.seed)}
    outlook.fence(progress_done=1)
    document["scenarios"] = []
    for done, scenario in enumerate(scenarios, start=2):
        comparison = compared(scenario, found.world, today)
        document["scenarios"].append(comparison_entry(comparison))
        for change in comparison.changes:
            if differs(change):
                row = rows[found.ids[change.part.workload]]
                row["scenarios"].setdefault(scenario.id, []).append(change_entry(change))
        outlook.fence(progress_done=done)
    return document, rows


def _stamp(outlook: Outlook, found: Inputs) -> dict[str, Any]:
    """What the outlook rests on."""
    plan, a = outlook.plan, found.world.assumed
    return {
        "shape": SHAPE,
        "plan": plan.pk,
        "as_of": plan.as_of.isoformat(),
        "policy": plan.policy_id,
        "snapshot": found.world.prices.name,
        "snapshot_sha": found.world.prices.sha,
        "scenarios_sha": shipped_sha(),
        "own_benchmarks": len(found.world.own),
        "ids": list(found.ids),
        "people": {variant: round(float(people_usd(variant, a)), 2) for variant in STAFFING},
        "hired": {
            variant: round(float(people_usd(variant, a, hire=True)), 2) for variant in sorted(OWN_MACHINES)
        },
    }


def _rows(found: Inputs, portfolio: Portfolio, today: Answers) -> Rows:
    """A row for each workload: its bill, its parts at target, or why it is not compared and what to supply."""
    pools = {each.part: pool.name for pool in portfolio.shared.pools for each in pool.parts}
    rows: Rows = {
        pk: {
            "measured": found.measured.get(place),
            "left_out": portfolio.left_out.get(place, ""),
            "parts": [],
            "scenarios": {},
        }
        for place, pk in enumerate(found.ids)
    }
    for each in portfolio.parts:
        row = rows[found.ids[each.part.workload]]
        row["parts"].append(part_entry(each, pools.get(each.part, ""), found.world.assumed))
    for pk, why in found.undecided.items():
        rows[pk] = {"measured": None, "left_out": why, "parts": [], "scenarios": {}}
    return rows


@transaction.atomic
def _keep(outlook: Outlook, document: dict[str, Any], rows: Rows) -> None:
    OutlookRow.objects.bulk_create(
        [OutlookRow(outlook=outlook, workload_id=pk, data=data) for pk, data in rows.items()]
    )
    left_out = sum(bool(each["left_out"]) for each in rows.values())
    outlook.fence(document=document, counts={"workloads": len(rows), "left_out": left_out})
    told = f", {left_out} left out" if left_out else ""
    outlook.finish(f"{count_of(len(rows) - left_out, 'workload')} compared{told}.")
