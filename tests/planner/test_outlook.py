"""The outlook of a plan: computed as a job, kept as it was, and shown to each person as far as they may see."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from planner import services
from planner.engine.costing.asked import AS_IT_IS
from planner.jobs import LOST_AFTER, RunState
from planner.models import Outlook, OutlookRow, PlanRun
from planner.selectors import outlooks
from planner.selectors.economics import Economics, economics
from planner.selectors.words import usd
from planner.services import ticking
from planner.services.outlooks import SEED, ask_when_planned
from pricing.feeds.reference import reference_snapshot
from pricing.models import Provider
from pricing.selectors.jurisdictions import jurisdictions
from tests.factories import SegmentFactory, TeamFactory, WorkloadFactory
from tests.planner.records import plan, senders
from tests.planner.test_plans import AS_OF, finished
from tests.workloads.test_usage_observed import fill
from workloads.models import Workload
from workloads.selectors.usage.by_hour import day_profiles

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true"}


def seen_by(user: object) -> Client:
    client = Client()
    client.force_login(user)
    return client


def running(name: str, team: Any = None, days: int = 30, times: int = 1, **facts: Any) -> Workload:
    """A FAQ bot on a closed API with a month of measured traffic, unless DAYS says otherwise, and TIMES as much."""
    told = {"stage": "production", "current_class": "2", "needs_programmatic_access": True, **facts}
    found = WorkloadFactory(name=name, facts=told, **({"team": team} if team else {}))
    SegmentFactory(workload=found, name="all", facts={"task_type": "faq"})
    if days:
        amounts = {"input_tokens": 300_000, "output_tokens": 60_000, "requests": 200}
        fill(found, days, end=AS_OF, **{name: amount * times for name, amount in amounts.items()})
    return found


def looked_ahead() -> Outlook:
    run = finished()
    outlook = services.outlook_here(run, as_of=AS_OF)
    assert outlook.state == RunState.DONE, outlook.message
    return outlook


def page(user: object, name: str = "planner:outlook", *arguments: Any, **asked: str) -> str:
    return seen_by(user).get(reverse(name, args=arguments), asked).content.decode()


# The job
def test_an_outlook_holds_today_target_and_pooled_with_ranges_over_the_months() -> None:
    running("Bot")
    outlook = looked_ahead()
    found = outlook.document["outlook"]
    assert set(found["now"]) == {"today", "target", "pooled"}
    assert found["now"]["today"]["usd"] == pytest.approx(365 + 200_000 * 0.1 / 12, abs=0.01)
    assert [course["key"] for course in found["courses"]] == [
        "hold_quality",
        "same_model",
        "ride_the_frontier",
    ]
    for course in found["courses"]:
        band = course["bands"]["target"]
        assert all(
            low <= middle <= high
            for low, middle, high in zip(band["p10"], band["p50"], band["p90"], strict=True)
        )
    assert (outlook.seed, found["seed"]) == (SEED, SEED)  # the same chances for every plan
    assert outlook.message == "1 workload compared."


def test_it_says_what_it_rests_on() -> None:
    running("Bot")
    outlook = looked_ahead()
    stamped = outlook.document
    assert (stamped["plan"], stamped["policy"]) == (outlook.plan_id, outlook.plan.policy_id)
    assert stamped["snapshot_sha"] == outlook.plan.snapshot.sha
    assert len(stamped["scenarios_sha"]) == 64


def test_the_same_plan_gives_the_same_outlook() -> None:
    running("Bot")
    run = finished()
    one, other = (services.outlook_here(run, as_of=AS_OF) for _ in range(2))
    assert one.pk != other.pk
    assert one.document == other.document


def test_a_workload_without_volume_or_bill_is_left_out_with_what_to_supply() -> None:
    bot, dark, new = running("Bot"), running("Dark", days=0), running("New", days=0, tokens_month=1e6)
    outlook = looked_ahead()
    rows = {row.workload_id: row.data for row in outlook.rows.all()}
    assert rows[bot.pk]["left_out"] == ""
    assert rows[dark.pk]["left_out"].startswith("The monthly volume is not known")
    assert (
        rows[new.pk]["left_out"]
        == "Its bill today is not measured: load a week of usage or more, with a cost in USD for all of it."
    )
    assert outlook.message == "1 workload compared, 2 left out."


def test_a_workload_no_plan_could_decide_is_named_with_the_reason() -> None:
    running("Bot")
    broken = running("Broken", days=0, tokens_month=-5)
    outlook = looked_ahead()
    assert outlook.rows.get(workload=broken).data["left_out"].startswith("No decision: ")


def test_a_plan_without_anything_measured_has_an_outlook_without_figures() -> None:
    running("Dark", days=0)
    outlook = looked_ahead()
    assert outlook.document["outlook"]["now"] == {}


def test_a_plan_whose_policy_is_not_kept_fails_in_words() -> None:
    outlook = services.outlook_here(plan(policy=None), as_of=AS_OF)
    assert (outlook.state, outlook.message) == (
        RunState.FAILED,
        "Nothing was computed: The plan is not kept with its policy and prices: start another plan.",
    )


def test_a_lost_worker_leaves_nothing_behind_and_another_one_finishes() -> None:
    running("Bot")
    outlook = services.ask_outlook(finished(), as_of=AS_OF, send=lambda _: None)
    Outlook.claim(outlook.pk)
    services.run_outlook(outlook.pk)  # somebody else has it
    assert OutlookRow.objects.count() == 0
    Outlook.objects.filter(pk=outlook.pk).update(heartbeat_at=timezone.now() - 2 * LOST_AFTER)
    services.run_outlook(outlook.pk)
    outlook.refresh_from_db()
    assert (outlook.state, outlook.attempt, outlook.rows.count()) == (RunState.DONE, 2, 1)


def test_a_finished_outlook_cannot_be_changed_or_deleted() -> None:
    running("Bot")
    outlook = looked_ahead()
    with pytest.raises(ProgrammingError), transaction.atomic():
        Outlook.objects.filter(pk=outlook.pk).update(document={})
    with pytest.raises(ProgrammingError), transaction.atomic():
        OutlookRow.objects.filter(outlook=outlook).update(data={})
    with pytest.raises(ProgrammingError), transaction.atomic():
        Outlook.objects.filter(pk=outlook.pk)._raw_delete("default")


def test_the_scheduler_asks_once_for_the_newest_finished_plan() -> None:
    plan()
    newest = plan()
    plan(state=RunState.RUNNING)
    sent: list[int] = []
    for _ in range(2):
        ticking.tick(timezone.now(), senders(outlook=sent.append))
    (asked,) = Outlook.objects.all()
    assert asked.plan == newest
    assert ask_when_planned(AS_OF, sent.append) is None


def test_asking_while_one_is_on_its_way_is_the_same_outlook() -> None:
    run = plan()
    one, other = (services.ask_outlook(run, as_of=AS_OF, send=lambda _: None) for _ in range(2))
    assert one == other


# Inputs
def test_the_day_of_a_workload_is_24_factors_of_mean_one() -> None:
    bot, quiet = running("Bot", days=0), running("Quiet", days=0)
    fill(bot, 14, end=AS_OF, input_tokens=100, output_tokens=0)
    fill(quiet, 3, end=AS_OF)
    found = day_profiles([bot.pk, quiet.pk], AS_OF)
    assert found == {bot.pk: [1.0] * 24}


def test_a_jurisdiction_is_the_price_books_word_before_the_shipped_one() -> None:
    Provider.objects.create(slug="groq", name="Groq", jurisdiction="SA")
    found = jurisdictions(reference_snapshot())
    assert (found["groq"], found["scaleway"]) == ("SA", "FR")
    assert "custom-build" not in found


def test_a_part_costs_in_the_outlook_what_its_own_page_says_of_its_measured_day() -> None:
    busy = inside("Inside", spiky=True)
    outlook = looked_ahead()
    (part,) = outlook.rows.get(workload=busy).data["parts"]
    page = economics(busy, "1", part["target"], AS_IT_IS, AS_OF)
    assert isinstance(page, Economics)
    assert page.cost.terms["stopped"] < 0
    assert part["usd"] == pytest.approx((page.cost.usd_month or 0) - page.cost.terms["people"], abs=0.01)
    assert outlook.document["outlook"]["now"]["target"]["usd"] == pytest.approx(page.cost.usd_month, abs=0.01)


def test_people_who_have_to_be_hired_cost_the_same_for_the_whole_and_for_a_team() -> None:
    inside("Inside", ml_engineers=1, mlops_engineers=1, data_engineers=0)
    outlook = looked_ahead()
    own, whole = outlooks.seen(Workload.objects.all()), outlook.document["outlook"]["now"]
    (part,) = own.compared[0].data["parts"]
    team = outlook.document["hired"][part["target"]]
    assert (part["hire"], team) == (True, pytest.approx(400_000 / 12, abs=0.01))
    assert whole["target"]["usd"] == pytest.approx(part["usd"] + team, abs=0.01)
    summed = replace(own, whole=False).now
    for case in ("today", "target"):
        assert summed[case]["usd"] == pytest.approx(whole[case]["usd"], abs=0.01)
    assert own.bridge[-1]["usd"] == pytest.approx(whole["target"]["usd"], abs=0.01)


def test_a_bill_of_which_nobody_says_what_it_is_for_is_named_with_what_is_assumed(lena: object) -> None:
    running("Bot")
    running("Unsaid", current_class="none")
    outlook = looked_ahead()
    shown = page(lena)
    assert "Taken for granted" in shown
    assert "is taken to be paid by the token on a closed API. State its class today." in shown
    assert [row.workload.name for row, _ in outlooks.seen(Workload.objects.all()).assumed] == ["Unsaid"]
    courses = outlook.document["outlook"]["courses"]
    same_model = next(each for each in courses if each["key"] == "same_model")["bands"]["today"]["p50"]
    assert same_model[12] > same_model[0]


# The pages
def test_a_leader_reads_today_target_and_pooled_and_what_it_hangs_on(lena: object) -> None:
    running("Bot")
    running("Dark", days=0)
    looked_ahead()
    shown = page(lena)
    assert "The portfolio costs $" in shown
    assert "Over 36 months that is $" in shown
    assert "It hangs most on " in shown
    for label in ("Same quality, cheapest model", "Same model", "Always the newest model"):
        assert label in shown
    assert "The monthly volume is not known" in shown
    assert 'id="months-data"' in shown
    assert 'id="matters-data"' in shown


def test_the_case_that_is_drawn_is_in_the_address(lena: object) -> None:
    running("Bot")
    looked_ahead()
    answer = seen_by(lena).get(reverse("planner:outlook"), {"of": "pooled"})
    assert answer.context["case"] == "pooled"
    band = answer.context["seen"].ahead["courses"][0]["bands"]["pooled"]["p50"]
    drawn = answer.context["months_figure"]["data"][2]["y"]
    assert drawn == pytest.approx(band, rel=1e-3)
    assert seen_by(lena).get(reverse("planner:outlook"), {"of": "?"}).context["case"] == "target"


def test_a_team_sees_the_sums_of_its_own_workloads_and_no_total_of_the_organisation(
    ana: object, team: object, lena: object
) -> None:
    running("Ours", team)
    running("Theirs", TeamFactory())
    looked_ahead()
    own = outlooks.seen(Workload.objects.filter(team=team))
    everything = outlooks.seen(Workload.objects.all())
    assert (own.whole, everything.whole) == (False, True)
    assert own.now["today"]["usd"] == pytest.approx(365 + 200_000 * 0.1 / 12, abs=0.01)
    assert everything.now["today"]["usd"] == pytest.approx(2 * 365 + 200_000 * 0.1 / 12, abs=0.01)
    shown = page(ana)
    assert "You see the workloads of your teams" in shown
    assert "Over 36 months" not in shown
    assert "Theirs" not in shown
    for name, arguments in (("planner:scenarios", ()), ("planner:scenario", ("prices-up",))):
        assert "Theirs" not in page(ana, name, *arguments)
    assert "Theirs" in page(lena, "planner:scenario", "prices-up")


def test_the_portfolio_page_says_the_same_as_the_outlook(lena: object) -> None:
    running("Bot")
    outlook = looked_ahead()
    now = outlook.document["outlook"]["now"]
    shown = page(lena, "planner:portfolio")
    for case in ("today", "target"):
        assert usd(now[case]["usd"]) in shown
    assert "In full, people, peaks and spare machines included, that is $" in shown
    plan()
    assert "In full, people, peaks" not in page(lena, "planner:portfolio")  # of the plan before


def test_the_scenarios_stand_side_by_side_and_lead_to_as_many_parts(lena: object) -> None:
    running("Bot")
    looked_ahead()
    client = seen_by(lena)
    answer = client.get(reverse("planner:scenarios"))
    happenings = answer.context["seen"].happenings
    assert [each.entry["id"] for each in happenings] == [
        "prices-up", "model-retired", "us-lost", "volume-x3", "staff-lost", "gpus-down",
    ]  # fmt: skip
    for each in happenings:
        listed = client.get(reverse("planner:scenario", args=[each.entry["id"]])).context["found"]
        assert len(listed.changes) == len(each.changes)
        assert len(listed.flips) == each.entry["flips"]
        assert len(listed.stops) == each.entry["stops"]
    dearer = happenings[0]
    assert dearer.usd_month == pytest.approx(dearer.changes[0].change["usd_month"], abs=0.01)
    assert client.get(reverse("planner:scenario", args=["nothing"])).status_code == 404


def test_without_a_plan_the_page_says_what_to_do(lena: object) -> None:
    assert "No plan yet" in page(lena)
    assert "No plan yet" in page(lena, "planner:scenarios")


def test_before_the_first_outlook_the_page_says_that_it_comes(lena: object) -> None:
    run = plan()
    assert "No outlook yet" in page(lena)
    services.ask_outlook(run, as_of=AS_OF, send=lambda _: None)
    shown = page(lena)
    assert "The first outlook is being computed." in shown
    assert "hx-trigger" in shown


@pytest.mark.parametrize(
    ("state", "status"), [("queued", 200), ("running", 200), ("done", 286), ("failed", 286)]
)
def test_the_poll_stops_when_the_outlook_is_finished(state: str, status: int, lena: object) -> None:
    Outlook.objects.create(key="k", plan=plan(), as_of=AS_OF, seed=1, state=state, message="In words.")
    answer = seen_by(lena).get(reverse("planner:outlook"), headers=FRAGMENT)
    assert (answer.status_code, "<html" in answer.content.decode()) == (status, False)
    assert "HX-Request" in answer["Vary"]


def test_a_failed_outlook_says_why_and_leaves_the_one_before_it(lena: object) -> None:
    running("Bot")
    outlook = looked_ahead()
    Outlook.objects.create(
        key="next", plan=outlook.plan, as_of=AS_OF, seed=1, state=RunState.FAILED, message="It broke."
    )
    shown = page(lena)
    assert "The last outlook could not be computed" in shown
    assert "It broke." in shown
    assert "The portfolio costs $" in shown


def test_figures_of_an_older_plan_say_so(lena: object) -> None:
    running("Bot")
    looked_ahead()
    finished(AS_OF + timedelta(days=1))
    assert "A newer plan has finished" in page(lena)


def test_the_button_asks_for_the_outlook_of_the_last_plan_and_rights_are_held(
    lena: object, adam: object
) -> None:
    address = reverse("planner:outlook_now")
    assert seen_by(adam).post(address).status_code == 403
    assert seen_by(lena).post(address).status_code == 302
    assert not Outlook.objects.exists()
    run = plan()
    seen_by(lena).post(address)
    assert Outlook.objects.get().plan == PlanRun.objects.get(pk=run.pk)


@pytest.mark.parametrize("number", [1, 3])
def test_the_pages_ask_the_database_as_often_for_three_workloads_as_for_one(
    number: int, lena: object, django_assert_num_queries: Any
) -> None:
    for place in range(number):
        running(f"Bot {place}", TeamFactory())
    looked_ahead()
    client = seen_by(lena)
    for name, arguments, queries in (
        ("planner:outlook", (), 14),
        ("planner:scenarios", (), 14),
        ("planner:scenario", ("prices-up",), 14),
    ):
        address = reverse(name, args=arguments)
        client.get(address)
        with django_assert_num_queries(queries):
            client.get(address)


def test_the_inputs_are_read_as_often_for_three_workloads_as_for_one(
    django_assert_max_num_queries: Any,
) -> None:
    from planner.selectors.outlook_inputs import inputs_of  # noqa: PLC0415  counted here alone

    for place in range(3):
        running(f"Bot {place}")
    run = finished()
    with django_assert_max_num_queries(9):
        inputs_of(run)


# A pool's page
def inside(name: str, *, spiky: bool = False, **facts: Any) -> Workload:
    """A busy FAQ bot that has to run in the organisation's own infrastructure, with the people for it; most of it in
    one hour of the day where it is spiky.
    """
    staffed = {
        "ml_engineers": 2,
        "mlops_engineers": 2,
        "data_engineers": 1,
        "gpu_stack_people": 3,
        "gpu_prod_experience": True,
        "oncall_24x7": True,
        "willing_to_hire": True,
    }
    found = running(name, times=500, data_must_stay_in_infra=True, **(staffed | facts))
    if spiky:
        amounts = {"input_tokens": 10_000_000_000, "output_tokens": 2_000_000_000, "requests": 7_000_000}
        found.buckets.filter(bucket_start__hour=10).update(**amounts)
    return found


def test_a_leader_reads_a_pool_hour_by_hour_with_what_its_members_pay_without_it(lena: object) -> None:
    inside("Inside one")
    inside("Inside two")
    looked_ahead()
    assert reverse("planner:pool", args=[1]) in page(lena)
    answer = seen_by(lena).get(reverse("planner:pool", args=[1]))
    shown = answer.content.decode()
    assert "Shared by two parts: " in shown
    assert "they would pay $" in shown
    assert "Inside one" in shown
    assert "Inside two" in shown
    found = answer.context["pool"]
    assert max(row["all"] for row in found.hours) <= found.serving
    assert found.target_usd > found.entry["usd_month"]
    assert [each["name"] for each in answer.context["hours_figure"]["data"]] == ["Inside one", "Inside two"]
    assert 'id="volume-data"' in shown


def test_a_pool_that_is_not_there_is_not_found(lena: object) -> None:
    inside("Inside one")
    looked_ahead()
    for number in (0, 2, 999):
        assert seen_by(lena).get(reverse("planner:pool", args=[number])).status_code == HTTPStatus.NOT_FOUND


def test_a_team_that_does_not_see_every_member_sees_no_pool(ana: object, lena: object) -> None:
    inside("Inside one")
    inside("Theirs")
    looked_ahead()
    other = seen_by(ana).get(reverse("planner:pool", args=[1]))
    assert other.status_code == HTTPStatus.NOT_FOUND


def test_a_pool_recorded_before_its_hours_were_kept_is_listed_without_a_page(lena: object) -> None:
    inside("Inside one")
    outlook = looked_ahead()
    document = outlook.document
    (pool,) = document["outlook"]["pools"]
    del pool["members"]
    again = Outlook.objects.create(
        plan=outlook.plan, as_of=AS_OF, seed=1, key="old", state=RunState.DONE, document=document
    )
    OutlookRow.objects.bulk_create(
        OutlookRow(outlook=again, workload=row.workload, data=row.data) for row in outlook.rows.all()
    )
    shown = page(lena)
    assert pool["name"] in shown
    assert reverse("planner:pool", args=[1]) not in shown
    assert seen_by(lena).get(reverse("planner:pool", args=[1])).status_code == HTTPStatus.NOT_FOUND
