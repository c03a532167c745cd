"""The reconciliation page: its lines, who sees them, the file, and what moves saved against what was expected."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.template import engines
from django.test import Client
from django.urls import reverse

from planner.models import Reckoning
from planner.selectors.reconciliation import months, moves, page, table
from planner.selectors.reconciliation.months import Seen
from pricing.models import Offer
from tests.factories import TeamFactory, UserFactory, WorkloadFactory
from tests.planner.counted import MILLION, NOW, bucket, prices, reckoned
from tests.planner.records import decided, plan, segment
from workloads.models import FactRecord, Workload

pytestmark = pytest.mark.django_db
ADDRESS = "/economics/reconciliation/"
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


def seen_by(user: object) -> Client:
    client = Client()
    client.force_login(user)
    return client


def everything() -> Seen:
    return Seen(Workload.objects.all(), nobodys=True)


@pytest.fixture
def counted(team: Any) -> list[Workload]:
    """Assistant agrees, Batcher does not, Hosted is not reported, Strange has no price; some traffic is nobody's."""
    prices()
    named: list[Workload] = [
        WorkloadFactory.create(name=name, team=team) for name in ("Assistant", "Batcher", "Hosted", "Strange")
    ]
    assistant, batcher, hosted, strange = named
    bucket(assistant)
    bucket(batcher, cost_reported=Decimal(3))
    bucket(hosted, cost_reported=None)
    bucket(strange, model="unheard-of", cost_reported=Decimal(9))
    bucket()
    bucket(assistant, day=date(2026, 11, 3))
    reckoned()
    return named


def test_a_line_says_reported_computed_the_difference_and_why(counted: list[Workload]) -> None:
    found = months.lines(everything(), OCTOBER, NOVEMBER)
    assert [
        (line.name, line.month.reported_usd, line.month.computed_usd, line.month.difference_usd)
        for line in found
    ] == [
        ("Batcher", 3, 4, -1),
        ("Assistant", 4, 4, 0),
        ("Hosted", None, 4, None),
        ("Strange", 9, None, None),
        ("No workload", 4, 4, 0),
    ]
    said = {line.name: [cause.sentence for cause in line.causes] or [line.verdict] for line in found}
    assert said == {
        "Batcher": ["Not explained: llama at groq."],
        "Assistant": ["They agree."],
        "Hosted": [
            (
                "Gateway gives no cost for llama at groq: not priced there, as a model one hosts oneself; 0 for tokens "
                "that were used is no cost either."
            )
        ],
        "Strange": [
            (
                "No price for unheard-of at groq: The price book does not know unheard-of at groq. To supply: your own "
                "price for it, which an operator adds."
            )
        ],
        "No workload": ["They agree."],
    }


def test_the_newest_month_comes_first_and_says_how_far_it_was_counted(counted: list[Workload]) -> None:
    found = months.lines(everything())
    assert (found[0].first, found[0].until) == (NOVEMBER, date(2026, 11, 3))
    assert {line.until for line in found[1:]} == {None}
    assert months.months_with_data(everything()) == [NOVEMBER, OCTOBER]


def test_all_lines_add_up(counted: list[Workload]) -> None:
    found = page.reconciliation(everything(), OCTOBER, NOW)
    assert (found.total.reported_usd, found.total.computed_usd) == (Decimal(20), Decimal(16))
    assert found.total.priced_share == 0.8
    assert [found.total.unpriced_usd, found.total.unreported_usd] == [Decimal(9), Decimal(4)]
    rows = [line.month.difference_usd for line in found.lines]
    assert found.total.difference_usd == sum(each for each in rows if each is not None) == -1
    assert found.left_out == [
        "$9 is reported where no price is known: not compared.",
        "$4 is computed where no cost is reported: not compared.",
    ]
    assert found.headline == (
        "The reported cost is what the prices say in 2 of 3 lines; two more cannot be compared."
    )


def test_the_page_shows_unknown_as_a_word(counted: list[Workload], lena: object) -> None:
    body = seen_by(lena).get(ADDRESS, {"month": "2026-10"}).content.decode()
    assert "unknown" in body
    assert "Traffic nobody registered" in body
    assert "Not explained: llama at groq." in body
    assert "Nothing has moved from one class to another yet." in body


def test_every_percentage_names_what_it_is_of(counted: list[Workload], lena: object) -> None:
    body = seen_by(lena).get(ADDRESS, {"month": "2026-10"}).content.decode()
    for words in (
        "9.1 % of the $11.00 reported that can be compared",
        "$9 is reported where no price is known: not compared.",
        "33 % of reported",
        "of the tokens counted",
    ):
        assert words in body
    assert f'<a href="{reverse("planner:outlook")}">Economics</a> / ' in body


def test_an_operator_adds_the_price_that_is_missing_and_the_line_has_it(
    counted: list[Workload], omar: Any, lena: object
) -> None:
    client = seen_by(omar)
    body = client.get(ADDRESS, {"month": "2026-10"}).content.decode()
    address = reverse("pricing:add_price") + "?provider=groq&amp;model=unheard-of&amp;from=2026-10-05"
    assert address in body
    assert address not in seen_by(lena).get(ADDRESS, {"month": "2026-10"}).content.decode()
    typed = {
        "input": "3",
        "output": "3",
        "currency": "USD",
        "source": "Contract.",
        "reason": "None lists it.",
    }
    asked = {"provider": "groq", "model": "unheard-of", "valid_from": "2026-10-05"}
    assert client.post(reverse("pricing:add_price"), typed | asked).status_code == 302
    reckoned()
    (strange,) = (line for line in months.lines(everything(), OCTOBER, NOVEMBER) if line.name == "Strange")
    assert [strange.month.computed_usd, strange.month.difference_usd] == [Decimal(9), Decimal(0)]


def test_batches_of_a_model_without_a_price_for_them_ask_for_no_price_of_ones_own(team: Any) -> None:
    prices()
    bucket(WorkloadFactory.create(team=team), dimensions={"metadata.batch": "true"})
    reckoned()
    (line,) = months.lines(everything(), OCTOBER, NOVEMBER)
    assert line.causes[0].to_price == []
    assert "No price for batches is known." in line.causes[0].sentence
    assert "To supply" not in line.causes[0].sentence


def test_a_price_without_cached_tokens_is_named_by_day_and_feed_and_leads_to_its_offer(
    team: Any, lena: object
) -> None:
    prices()
    bucket(WorkloadFactory.create(team=team), cached_input_tokens=MILLION, cost_reported=Decimal("3.5"))
    reckoned()
    (line,) = months.lines(everything(), OCTOBER, NOVEMBER)
    assert line.causes[0].sentence.startswith(
        "llama at groq: the price of 5 Oct 2026 (LiteLLM price file) says nothing of cached tokens"
    )
    offer = reverse("pricing:offer", args=[Offer.objects.get().pk])
    assert f'href="{offer}"' in seen_by(lena).get(ADDRESS, {"month": "2026-10"}).content.decode()


def test_the_newest_month_shows_unless_another_is_chosen(counted: list[Workload], lena: object) -> None:
    client = seen_by(lena)

    def names(**chosen: str) -> list[str]:
        return [line.name for line in client.get(ADDRESS, chosen).context["found"].lines]

    assert names() == ["Assistant"]
    assert names(month="2031-01") == ["Assistant"]
    assert len(names(month="2026-10")) == 5
    assert len(names(month="all")) == 6


def test_a_team_sees_its_own_and_nobodys_traffic_only_who_sees_usage(
    counted: list[Workload], ana: object, cleo: object
) -> None:
    mine = seen_by(ana).get(ADDRESS, {"month": "all"})
    assert {line.name for line in mine.context["found"].lines} == {
        "Assistant",
        "Batcher",
        "Hosted",
        "Strange",
    }
    theirs = seen_by(cleo).get(ADDRESS, {"month": "all"})
    assert theirs.context["found"].lines == []
    assert "Assistant" not in theirs.content.decode()
    assert "Assistant" not in seen_by(cleo).get(reverse("planner:reconciliation_file")).content.decode()


def test_who_has_no_role_finds_no_page(counted: list[Workload]) -> None:
    stranger = seen_by(UserFactory())
    assert stranger.get(ADDRESS).status_code == 404
    assert stranger.get(reverse("planner:reconciliation_file")).status_code == 404


def test_one_team_may_be_chosen_but_no_team_one_does_not_see(
    counted: list[Workload], lena: Any, ana: Any
) -> None:
    other = TeamFactory()
    bucket(WorkloadFactory(name="Elsewhere", team=other))
    reckoned()
    chosen = {"month": "all", "team": str(other.pk)}
    assert [line.name for line in seen_by(lena).get(ADDRESS, chosen).context["found"].lines] == ["Elsewhere"]
    assert "Elsewhere" not in seen_by(ana).get(ADDRESS, chosen).content.decode()


def test_archived_workloads_stay_part_of_their_month(counted: list[Workload], lena: object) -> None:
    Workload.objects.filter(name="Batcher").update(archived_at=NOW)
    body = seen_by(lena).get(ADDRESS, {"month": "2026-10"}).content.decode()
    assert "Batcher" in body
    assert "archived" in body


def test_before_anything_was_counted_the_page_says_so(lena: object) -> None:
    body = seen_by(lena).get(ADDRESS).content.decode()
    assert "No usage has been counted yet." in body
    assert "Nothing to compare yet" in body
    assert "Download" not in body


def test_htmx_gets_the_lines_alone(counted: list[Workload], lena: object) -> None:
    body = seen_by(lena).get(ADDRESS, headers={"HX-Request": "true"}).content.decode()
    assert body.lstrip().startswith('<div id="lines">')


def test_the_file_has_a_row_for_each_line_with_numbers_as_numbers(
    counted: list[Workload], lena: object
) -> None:
    answer = seen_by(lena).get(reverse("planner:reconciliation_file"), {"month": "2026-10"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="reconciliation-2026-10.csv"'
    read = list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))
    assert [row["workload"] for row in read][:2] == ["Batcher", "Assistant"]
    first, hosted = read[0], read[2]
    assert (first["month"], first["tokens"], first["tokens_priced_share"]) == (
        "2026-10",
        str(3 * MILLION),
        "1.0000",
    )
    assert (first["reported_usd"], first["computed_usd"], first["difference_usd"]) == (
        "3.00",
        "4.00",
        "-1.00",
    )
    assert (first["compared_reported_usd"], read[3]["reported_without_price_usd"]) == ("3.00", "9.00")
    assert hosted["computed_without_report_usd"] == "4.00"
    assert read[3]["causes"].endswith("(9.00 USD reported, not compared)")
    assert (first["difference_share_of_compared_reported"], first["causes"]) == (
        "-0.3333",
        "Not explained: llama at groq. (-1.00 USD)",
    )
    assert (hosted["reported_usd"], hosted["difference_usd"]) == ("", "")


@pytest.mark.parametrize("start", table.STARTS_A_FORMULA)
def test_no_text_of_the_file_runs_as_a_formula(start: str) -> None:
    assert table.text(f"{start}cmd") == f"'{start}cmd"
    assert table.text(f"a{start}") == f"a{start}"


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_costs_as_many_queries_for_one_workload_as_for_three(
    many: int, lena: object, django_assert_num_queries: Any
) -> None:
    prices()
    for number in range(many):
        workload = WorkloadFactory()
        bucket(workload, cost_reported=Decimal(number + 5))
        said(workload, {1: "2", 20: "3"})
        decided(workload, segment("2", "3r"), run=plan(as_of=datetime(2026, 9, 15, tzinfo=UTC)))
    reckoned()
    client = seen_by(lena)
    client.get(ADDRESS)
    with django_assert_num_queries(29):
        assert client.get(ADDRESS).status_code == 200


def test_an_operator_has_all_computed_again_and_stays_on_record(
    counted: list[Workload], omar: Any, django_capture_on_commit_callbacks: Any
) -> None:
    client = seen_by(omar)
    assert "Compute all again" in client.get(ADDRESS).content.decode()
    with django_capture_on_commit_callbacks():
        answer = client.post(reverse("planner:reckon_again"))
    assert answer.url == ADDRESS
    run = Reckoning.objects.first()
    assert run is not None
    assert (run.again, run.asked_by, run.reason) == (True, omar, "asked for by Omar")


def test_nobody_else_may_have_it_computed_again(counted: list[Workload], lena: object) -> None:
    client = seen_by(lena)
    assert "Compute all again" not in client.get(ADDRESS).content.decode()
    assert client.post(reverse("planner:reckon_again")).status_code == 403
    assert Reckoning.objects.count() == 1


def said(workload: Workload, classes: dict[int, str | None], month: int = 10) -> None:
    """What serves the workload, by day of October."""
    FactRecord.objects.bulk_create(
        FactRecord(
            scope="workload",
            workload=workload,
            name="current_class",
            value=value,
            source="declared",
            said_at=datetime(2026, month, day, 12, tzinfo=UTC),
        )
        for day, value in classes.items()
    )


def moved(workload: Workload, classes: dict[int, str | None]) -> list[tuple[int, str, str]]:
    said(workload, classes)
    found = moves.moved(Workload.objects.filter(pk=workload.pk))
    return [(each.window.moved_on.day, each.was, each.became) for each in found]


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        ({1: "2"}, []),
        ({1: "none", 5: "2"}, []),
        ({1: "2", 5: "3"}, [(5, "2", "3")]),
        ({1: "2", 5: None, 9: "3"}, [(9, "2", "3")]),
        ({1: "2", 5: "none", 9: "2"}, []),
        ({1: "2", 5: "3", 9: "4"}, [(5, "2", "3"), (9, "3", "4")]),
    ],
)
def test_a_move_is_a_change_from_one_class_to_another(
    classes: dict[int, str | None], expected: list[tuple[int, str, str]]
) -> None:
    assert moved(WorkloadFactory(), classes) == expected


def test_a_slip_corrected_on_the_same_day_is_no_move() -> None:
    workload = WorkloadFactory()
    said(workload, {1: "2"})
    said(workload, {5: "4"})
    FactRecord.objects.create(
        scope="workload",
        workload=workload,
        name="current_class",
        value="2",
        source="declared",
        said_at=datetime(2026, 10, 5, 13, tzinfo=UTC),
    )
    assert moves.moved(Workload.objects.all()) == []


def fill(workload: Workload, months_usd: dict[int, Any], *, tokens: int = MILLION) -> None:
    """A bucket on the first and the last day of each month of 2026, with half of its cost each."""
    for month, usd in months_usd.items():
        first = date(2026, month, 1)
        last = (date(2026, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        for day in (first, last):
            bucket(
                workload,
                day,
                input_tokens=tokens,
                output_tokens=0,
                cost_reported=None if usd is None else Decimal(usd) / 2,
            )


def costs(**usd: float | None) -> dict[str, float | None]:
    return {"2p": 900, "2e": 1000, "3": 300, "3r": 400} | usd


TOKENS = {"name": "tokens_month", "value": 2 * MILLION}


@pytest.fixture
def mover(team: Any) -> Workload:
    """Went from class 2 to class 3 on 15 August; $100 a month before, $30 after, two million tokens each."""
    workload: Workload = WorkloadFactory.create(name="Mover", team=team)
    said(workload, {1: "2"}, month=1)
    said(workload, {15: "3"}, month=8)
    fill(workload, {6: 100, 7: 100, 8: 5000, 9: 30, 10: 30})
    reckoned()
    return workload


def before(workload: Workload, **over: Any) -> None:
    """A decision of June that expected $600 a month of the move."""
    part = segment("2", "3r", costs=costs(), feasible=["2e", "3r"], **over)
    part["facts"].append(TOKENS)
    decided(workload, part, run=plan(as_of=datetime(2026, 6, 1, tzinfo=UTC)))


def line(workload: Workload, as_of: datetime = NOW) -> moves.MoveLine:
    (found,) = moves.move_lines(Workload.objects.filter(pk=workload.pk), as_of)
    return found


def test_the_expected_saving_is_held_against_the_realised_one(mover: Workload) -> None:
    before(mover)
    found = line(mover)
    assert found.expected_words == "The decision of 1 Jun 2026 expected that it saves $600 a month."
    assert found.realised_words == (
        "Over two whole months after the move it saves $70 a month: $70 saved by the price, nothing by the volume."
    )
    assert found.basis == "as reported"
    assert (
        found.against_words == "At the volume measured since, $600 was to be expected of the price; $70 came."
    )


def test_less_traffic_is_told_apart_from_a_better_price(mover: Workload) -> None:
    fill(mover, {6: 0, 7: 0}, tokens=MILLION)
    reckoned()
    found = line(mover).realised
    assert found is not None
    assert (found.before.mtok_month, found.after.mtok_month) == (4, 2)
    assert (found.effects.saved, found.effects.price, found.effects.volume) == (70, 20, 50)


def test_where_not_all_is_reported_the_computed_bill_counts(mover: Workload) -> None:
    prices(datetime(2026, 5, 1, tzinfo=UTC))
    bucket(mover, date(2026, 9, 20), input_tokens=0, output_tokens=0, cost_reported=None)
    reckoned(again=True)
    assert line(mover).basis == "as computed"
    bucket(
        mover,
        date(2026, 7, 20),
        model="unheard-of",
        input_tokens=0,
        output_tokens=0,
        cost_reported=Decimal(0),
    )
    reckoned()
    assert line(mover).basis == "partly as reported, partly as computed"


def test_a_bill_nobody_knows_is_not_a_saving(mover: Workload) -> None:
    bucket(mover, date(2026, 9, 20), cost_reported=None, model="unheard-of")
    reckoned()
    assert line(mover).realised is None
    assert "Supply the missing price, or the bill." in line(mover).realised_words


def test_months_that_are_not_over_do_not_count(mover: Workload) -> None:
    early = datetime(2026, 9, 30, 12, tzinfo=UTC)
    assert line(mover, early).realised_words == (
        "Can be told from 1 Oct 2026 on, when the first whole month after the move has ended."
    )
    assert line(mover, early + timedelta(days=1)).realised is not None


def test_a_decision_on_the_day_of_the_move_or_later_expected_nothing(mover: Workload) -> None:
    part = segment("3", "3r", costs=costs())
    decided(mover, part, run=plan(as_of=datetime(2026, 8, 15, 6, tzinfo=UTC)))
    assert line(mover).expected_words == (
        "No decision was made before the move, so nothing was expected of it."
    )


def test_a_cost_unknown_then_is_unknown_now(mover: Workload) -> None:
    part = segment("2", "3r", costs=costs() | {"2p": None, "2e": None})
    decided(mover, part, run=plan(as_of=datetime(2026, 6, 1, tzinfo=UTC)))
    assert line(mover).expected.usd_month is None
    assert "the cost of class 2 (Closed API) was unknown then." in line(mover).expected_words


def test_nobody_knows_how_much_was_reckoned_with(mover: Workload) -> None:
    decided(mover, segment("2", "3r", costs=costs()), run=plan(as_of=datetime(2026, 6, 1, tzinfo=UTC)))
    assert (line(mover).expected_at_volume, line(mover).against_words) == (None, "")


def test_the_page_shows_the_move(mover: Workload, lena: object, cleo: object) -> None:
    before(mover)
    with time_machine.travel(NOW, tick=False):
        body = seen_by(lena).get(ADDRESS).content.decode()
        assert "expected that it saves $600 a month" in body
        assert "15 Aug 2026" in body
        assert "Mover" not in seen_by(cleo).get(ADDRESS).content.decode()


def part_of_page(workload: Workload) -> str:
    source = '{% include "planner/economics/_reported.html" %}'
    reported = page.of_workload(workload, NOW)
    return str(engines["django"].from_string(source).render({"reported": reported}))


def test_the_page_of_a_workload_shows_its_last_months(mover: Workload, counted: list[Workload]) -> None:
    body = part_of_page(mover)
    assert "October 2026" in body
    assert "September 2026" in body
    assert "August 2026" not in body
    assert "Over two whole months after the move" in body
    assert "Assistant" not in body


def test_a_workload_without_usage_says_so() -> None:
    assert "No usage of this workload has been counted" in part_of_page(WorkloadFactory.create())
