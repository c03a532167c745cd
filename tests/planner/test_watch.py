"""Triggers by what they ask for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from planner.models import Decision, TriggerAnswer, TriggerReading
from planner.selectors import frame, headlines
from planner.selectors.standing import standings
from planner.selectors.watch import points_of, watch
from tests.factories import SegmentFactory, WorkloadFactory
from tests.planner.records import AS_OF, decided, plan, segment, trigger
from workloads.models import Workload

pytestmark = pytest.mark.django_db
BOARD_QUERIES = 15


@pytest.fixture
def watched() -> None:
    decided(
        WorkloadFactory(name="Invoices"),
        segment(
            triggers=[
                trigger(
                    "A",
                    state="fired",
                    confirmed=True,
                    confirmed_words="Confirmed: cost of class 3 $86.",
                    distance_pct=-40.0,
                ),
                trigger(
                    "B",
                    state="fired",
                    confirmed=False,
                    confirmed_words="Not confirmed: cost of class 4 $4,745.",
                    distance_pct=-300.0,
                ),
                trigger("C", state="fired", confirmed=None, distance_pct=0.0),
                trigger("D", state="near", distance_pct=12.0),
                trigger("E", distance_pct=97.9),
                trigger("F", state="not_evaluated", distance_pct=None),
            ]
        ),
    )


def board() -> object:
    return watch(standings(Workload.objects.all()), as_of=AS_OF)


def test_each_trigger_is_in_the_group_that_says_what_to_do(watched: None) -> None:
    groups = {group.name: [each.trigger["id"] for each in group.triggers] for group in board().groups}
    assert groups == {
        "confirmed": ["A"], "unconfirmed": ["B"], "fired": ["C"], "near": ["D"], "armed": ["E"], "not_evaluated": ["F"],
    }  # fmt: skip


def test_the_level_that_fires_stands_at_four_fifths_of_the_bar(watched: None) -> None:
    fills = {each.trigger["id"]: each.trigger["fill"] for each in board().triggers}
    assert fills == {"A": 100.0, "B": 100.0, "C": 80.0, "D": 70.4, "E": 1.7, "F": None}


def test_the_headline_counts_only_what_needs_an_answer(watched: None) -> None:
    assert headlines.watch_headline(board()) == (
        "1 trigger needs an answer. 1 more fired that the economics do not confirm. 1 is near."
    )


def test_the_navigation_counts_confirmed_triggers_of_visible_workloads(
    watched: None, lena: object, ana: object
) -> None:
    assert frame.nav_counts(lena)["triggers"] == 1
    assert frame.nav_counts(ana)["triggers"] == 0


def test_the_board_shows_published_and_computed_side_by_side(watched: None, lena: object) -> None:
    client = Client()
    client.force_login(lena)
    page = client.get(reverse("planner:triggers")).content.decode()
    unconfirmed = page[page.index('id="t-unconfirmed"') : page.index('id="t-fired"')]
    assert "guide 002, line 349" in unconfirmed
    assert "Not confirmed: cost of class 4 $4,745." in unconfirmed


def test_quiet_triggers_are_shown_when_asked_for(watched: None, lena: object) -> None:
    client = Client()
    client.force_login(lena)
    assert 'id="t-armed"' not in client.get(reverse("planner:triggers")).content.decode()
    page = client.get(reverse("planner:triggers"), {"state": "armed"}).content.decode()
    assert 'id="t-armed"' in page
    assert 'id="t-near"' not in page


@pytest.fixture
def bot(team: object) -> Workload:
    """Ana's bot with one confirmed, one near and one armed trigger, fired on the first day of January."""
    found = WorkloadFactory(name="Bot", team=team)
    SegmentFactory(workload=found, name="all")
    since = {"since": "2026-01-01"}
    decided(
        found,
        segment(
            triggers=[
                trigger("A", state="fired", confirmed=True, crossed=True, distance_pct=-40.0, **since),
                trigger(
                    "D", state="near", crossed=False, distance_pct=12.0, hop_words="To class 3.", **since
                ),
                trigger("E", crossed=False, **since),
            ]
        ),
    )
    read(found)
    return found


def read(found: Workload, **over: object) -> None:
    """The readings that a run keeps with such a decision."""
    decision = Decision.objects.get(workload=found)
    for each in decision.record.record["segments"][0]["triggers"]:
        fields = {"state": each["state"], "since": each["since"], "value": each["value"], "as_of": AS_OF}
        TriggerReading.objects.create(
            segment=found.segments.get(),
            trigger=each["id"],
            run=decision.run,
            crossed=each["crossed"],
            confirmed=each["confirmed"],
            **(fields | over),
        )


def answered(client: Client, found: Workload, pk: str = "A", **said: object) -> Any:
    return client.post(reverse("planner:trigger_answer", args=[found.segments.get().pk, pk]), said)


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def groups(found: Workload) -> dict[str, list[str]]:
    seen = watch(standings([found]), as_of=timezone.now())
    return {group.name: [each.trigger["id"] for each in group.triggers] for group in seen.groups}


def test_a_snoozed_trigger_leaves_the_board_and_the_count_with_its_reason(bot: Workload, ana: Any) -> None:
    client = signed_in(ana)
    assert frame.nav_counts(ana)["triggers"] == 1
    response = answered(client, bot, kind="snoozed", until="2099-03-01", reason="Contract ends in March.")
    assert response.url == reverse("planner:triggers")
    assert groups(bot) == {"near": ["D"], "armed": ["E"], "snoozed": ["A"]}
    assert frame.nav_counts(ana)["triggers"] == 0
    page = client.get(reverse("planner:triggers"), {"state": "snoozed"}).content.decode()
    assert "Snoozed until 1 Mar 2099" in page
    assert "Contract ends in March." in page


def test_an_acknowledged_trigger_stays_and_asks_no_more(bot: Workload, ana: Any, lena: Any) -> None:
    answered(signed_in(ana), bot, kind="acknowledged")
    assert groups(bot)["confirmed"] == ["A"]
    assert headlines.watch_headline(watch(standings([bot]), as_of=AS_OF)).startswith(
        "No trigger needs an answer."
    )
    assert (frame.nav_counts(ana)["triggers"], frame.nav_counts(lena)["triggers"]) == (0, 0)


def test_an_answer_ends_with_the_firing_it_was_about(bot: Workload, ana: Any) -> None:
    answered(signed_in(ana), bot, kind="resolved", reason="Done.")
    assert frame.nav_counts(ana)["triggers"] == 0
    run = plan()
    TriggerReading.objects.create(
        segment=bot.segments.get(), trigger="A", run=run, as_of=AS_OF + timedelta(days=9), state="fired",
        since=date(2026, 1, 31), crossed=True, confirmed=True,
    )  # fmt: skip
    assert frame.nav_counts(ana)["triggers"] == 1


def test_taking_it_back_asks_again(bot: Workload, ana: Any) -> None:
    client = signed_in(ana)
    answered(client, bot, kind="resolved", reason="Done.")
    client.post(reverse("planner:trigger_take_back", args=[bot.segments.get().pk, "A"]))
    assert groups(bot)["confirmed"] == ["A"]


def test_what_is_missing_is_said_with_everything_typed(bot: Workload, ana: Any) -> None:
    response = answered(signed_in(ana), bot, kind="snoozed", until="2099-03-01", reason=" ")
    page = response.content.decode()
    assert response.status_code == 422
    assert "Say why: others read it instead of the trigger." in page
    assert 'value="2099-03-01"' in page
    assert TriggerAnswer.objects.count() == 0


def test_a_date_nobody_can_read_is_refused_by_its_field(bot: Workload, ana: Any) -> None:
    response = answered(signed_in(ana), bot, kind="snoozed", until="soon", reason="Later.")
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["until"])


def test_an_armed_trigger_takes_no_answer(bot: Workload, ana: Any) -> None:
    response = answered(signed_in(ana), bot, "E", kind="acknowledged")
    assert (response.status_code, TriggerAnswer.objects.count()) == (422, 0)
    assert "there is nothing to answer" in response.content.decode()


def test_a_trigger_has_a_page_with_its_history(bot: Workload, ana: Any, rita: Any) -> None:
    address = reverse("planner:trigger", args=[bot.segments.get().pk, "D"])
    page = signed_in(ana).get(address).content.decode()
    assert "guide 002, line 349" in page
    assert "To class 3." in page
    assert "Save the answer" in page
    assert "22 Jan 2026" in page
    watching = signed_in(rita).get(address).content.decode()
    assert "Save the answer" not in watching
    assert "An architect of Atlas or a leader answers it." in watching


def test_strangers_and_watchers_may_not_answer(bot: Workload, cleo: Any, rita: Any, omar: Any) -> None:
    said = {"kind": "acknowledged"}
    assert answered(signed_in(cleo), bot, **said).status_code == 404
    assert [answered(signed_in(each), bot, **said).status_code for each in (rita, omar)] == [403, 403]
    address = reverse("planner:trigger", args=[bot.segments.get().pk, "A"])
    assert signed_in(cleo).get(address).status_code == 404
    back = reverse("planner:trigger_take_back", args=[bot.segments.get().pk, "A"])
    assert signed_in(rita).post(back).status_code == 403
    assert TriggerAnswer.objects.count() == 0


def test_a_trigger_that_is_not_watched_has_no_page(bot: Workload, ana: Any) -> None:
    assert (
        signed_in(ana).get(reverse("planner:trigger", args=[bot.segments.get().pk, "ZZZ"])).status_code == 404
    )


def test_the_line_needs_three_points_one_a_week(bot: Workload) -> None:
    assert points_of([1.0, 2.0]) == ""
    assert points_of([10.0, 20.0, 15.0]) == "0.0,19.0 55.0,1.0 110.0,10.0"
    assert points_of([5.0, 5.0, 5.0]) == "0.0,19.0 55.0,19.0 110.0,19.0"
    pk = bot.segments.get().pk
    for weeks, value in ((1, 100.0), (2, 90.0), (20, 1.0)):
        TriggerReading.objects.create(
            segment_id=pk, trigger="D", run=plan(), as_of=AS_OF - timedelta(weeks=weeks), state="armed",
            since=date(2025, 1, 1), crossed=False, value=value,
        )  # fmt: skip
    seen = watch(standings([bot]), as_of=AS_OF)
    near = next(group for group in seen.groups if group.name == "near")
    assert near.shown[0].points == points_of([90.0, 100.0, 210.0])


@pytest.mark.parametrize("workloads", [1, 3])
def test_the_board_asks_as_often_for_three_workloads(
    workloads: int, ana: Any, team: Any, django_assert_num_queries: Any
) -> None:
    for number in range(workloads):
        found = WorkloadFactory(name=f"Bot {number}", team=team)
        SegmentFactory(workload=found, name="all")
        near = trigger("D", state="near", since="2026-01-01", crossed=False, distance_pct=12.0)
        decided(found, segment(triggers=[near]))
        read(found)
    client = signed_in(ana)
    client.get(reverse("planner:triggers"))
    with django_assert_num_queries(BOARD_QUERIES):
        page = client.get(reverse("planner:triggers"))
    assert page.content.decode().count(">D · ") == workloads


def test_a_long_group_comes_in_pages(ana: Any, team: Any) -> None:
    found = WorkloadFactory(name="Bot", team=team)
    SegmentFactory(workload=found, name="all")
    decided(found, segment(triggers=[trigger(f"T-{number:03}", state="near") for number in range(60)]))
    client, address = signed_in(ana), reverse("planner:triggers")
    first = client.get(address).content.decode()
    assert (first.count(">T-"), "40 more" in first) == (20, True)
    assert client.get(address, {"state": "near"}).content.decode().count(">T-") == 50
    assert client.get(address, {"state": "near", "page": 2}).content.decode().count(">T-") == 10
