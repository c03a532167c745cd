"""What an outlook is computed from: the facts, policy and prices of a plan, the bills measured, and the shape of a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.engine.given import workload_of
from planner.engine.policy import Assumptions
from planner.engine.scenarios import World
from planner.selectors import basis, capacity
from pricing.selectors.jurisdictions import jurisdictions
from workloads.models import Workload
from workloads.selectors import usage
from workloads.selectors.usage.by_hour import day_profiles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.models import PlanRun


NO_FACTS = "Its record holds no facts: start another plan."


class NotKeptError(Exception):
    """A plan whose policy or prices are not kept: nothing can be computed from it."""

    def __str__(self) -> str:
        return "The plan is not kept with its policy and prices: start another plan."


@dataclass(frozen=True)
class Inputs:
    """The world of a plan; `ids` are the workloads in its order. Bills are by place."""

    ids: tuple[int, ...]
    world: World
    measured: Mapping[int, float]
    undecided: Mapping[int, str]


def inputs_of(plan: PlanRun) -> Inputs:
    """Exactly what the plan decided on, as its records say; raises NotKeptError."""
    if plan.policy_id is None or plan.snapshot_id is None:
        raise NotKeptError
    policy, prices, day = (
        basis.policy_of(plan.policy_id),
        basis.prices_of(plan.snapshot_id),
        plan.as_of.date(),
    )
    rows = dict(plan.decisions.order_by("workload_id").values_list("workload_id", "record__record__inputs"))
    known = {pk: workload_of(block) for pk, block in rows.items() if block}
    ids = tuple(known)
    spend, days = usage.spend_by_workload(plan.as_of), day_profiles(ids, plan.as_of)
    world = World(
        policy=policy,
        workloads=tuple(known.values()),
        prices=prices,
        assumed=Assumptions.of(policy, day),
        as_of=day,
        jurisdictions=jurisdictions(prices),
        own=capacity.own_rows(),
        profiles={place: tuple(days[pk]) for place, pk in enumerate(ids) if pk in days},
    )
    return Inputs(
        ids=ids,
        world=world,
        measured={place: float(spend[pk]) for place, pk in enumerate(ids) if pk in spend},
        undecided=_undecided(plan) | {pk: NO_FACTS for pk, block in rows.items() if not block},
    )


def _undecided(plan: PlanRun) -> dict[int, str]:
    """Why the plan could not decide a workload that is still there."""
    said = {error["workload"]: f"No decision: {error['message']}" for error in plan.errors}
    return {pk: said[pk] for pk in Workload.objects.filter(pk__in=said).values_list("pk", flat=True)}
