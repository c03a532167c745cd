"""What reaches the engine: waivers on every road, and only facts that the policy knows."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from planner import services
from planner.engine import Fact, FactError, SegmentInput, WorkloadInput, decide_workload, load_policy
from planner.models import Waiver
from planner.selectors import current_decision, effect, inputs
from planner.services import waivers
from pricing import services as pricing_services
from pricing.feeds.reference import reference_snapshot
from tests import factories
from tests.planner.policy.cast import NOW, TODAY, send
from tests.workloads.test_usage_observed import fill
from workloads.models import Workload
from workloads.selectors.usage import observed_facts

if TYPE_CHECKING:
    from workloads.models import Team, User

pytestmark = pytest.mark.django_db
ROW = "CLS-102"


@pytest.fixture
def bot(team: Team, ana: User, arno: User) -> Workload:
    """A workload of programs, let off the rule that keeps programs from the chat product."""
    facts = {
        "stage": "production",
        "tokens_month": 50_000_000,
        "current_class": "2",
        "needs_programmatic_access": True,
    }
    workload = factories.WorkloadFactory(name="Bot", team=team, owner=ana, facts=facts)
    factories.SegmentFactory(workload=workload, name="all", facts={"task_type": "faq"})
    row = next(each for each in load_policy().rows("constraints") if each.id == ROW)
    grantor = factories.person("grantor", row.owner, None)
    asked = waivers.ask(workload, ROW, reason="A pilot.", until=TODAY + timedelta(days=9), by=ana, as_of=NOW)
    waivers.grant(asked.pk, by=grantor, note="", as_of=NOW, send=send)
    return workload


def fired(record: dict[str, Any]) -> tuple[list[str], list[str]]:
    (segment,) = record["segments"]
    return [row for row in segment["rows"] if row == ROW], [each["row"]["id"] for each in segment["waived"]]


def test_a_plan_decides_with_the_waiver_and_its_record_says_so(bot: Workload) -> None:
    snapshot = pricing_services.reference_snapshot_row()
    run = services.ask_plan(reason="test", as_of=NOW, snapshot=snapshot, send=send)
    services.run_plan(run.pk)
    assert fired(current_decision(bot).record.record) == ([], [ROW])


def test_the_live_preview_of_a_workload_reads_its_waivers(bot: Workload) -> None:
    given = WorkloadInput(
        "Bot", {}, {"needs_programmatic_access": Fact(True)}, (SegmentInput("all", 100, "proposed", {}),)
    )
    assert fired(effect.effect(given, NOW, bot).record) == ([], [ROW])
    assert fired(effect.effect(given, NOW).record) == ([ROW], [])


def test_the_live_preview_of_a_workload_reads_what_was_measured_of_it(bot: Workload) -> None:
    part = bot.segments.get()
    given = WorkloadInput(
        "Bot",
        {},
        {"tokens_month": Fact(1)},
        (SegmentInput("all", 100, "proposed", {}), SegmentInput("new", 0, "proposed", {})),
    )
    fill(bot, 30, end=NOW)
    read = inputs.with_measured(bot, given, NOW)
    assert read.facts["tokens_month"].source == "observed"
    assert read.segments[0].facts == observed_facts([bot], NOW).of(bot.pk, part.pk)
    assert read.segments[1].facts == {}
    assert inputs.with_measured(None, given, NOW) == given


def test_waivers_cost_one_query_however_many_workloads(bot: Workload, django_assert_num_queries: Any) -> None:
    for count in (1, 3):
        while Workload.objects.count() < count:
            factories.SegmentFactory()
        rows = list(Workload.objects.all())
        with django_assert_num_queries(1):
            found = inputs.standing_waivers(rows, TODAY)
        assert len(found) == Waiver.objects.count() == 1


def test_a_fact_another_policy_asks_for_is_left_out_and_stops_no_decision() -> None:
    policy = load_policy()
    older = dataclasses.replace(
        policy, inputs={name: each for name, each in policy.inputs.items() if name != "seats"}
    )
    said = WorkloadInput(
        "Bot", {}, {"seats": Fact(3), "tokens_month": Fact(7)}, (SegmentInput("all", 100, "proposed", {}),)
    )
    with pytest.raises(FactError, match="seats"):
        decide_workload(older, said, reference_snapshot(), TODAY)
    assert set(inputs.as_read_by(older, said).facts) == {"tokens_month"}


def test_the_live_preview_names_what_the_policy_in_force_does_not_read() -> None:
    part = SegmentInput("all", 100, "proposed", {"reasoning_multiplier": Fact(5)})
    given = WorkloadInput("Bot", {}, {"no_such_fact": Fact(1), "tokens_month": Fact(1)}, (part,))
    assert effect.effect(given, NOW).unread == ("no_such_fact",)
