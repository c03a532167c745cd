"""Counts, lists and sentences of the portfolio; the page behind rights."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from planner.selectors import headlines, needed
from planner.selectors.portfolio import portfolio
from planner.selectors.spending import Spending
from tests.factories import TeamFactory, WorkloadFactory
from tests.planner.records import decided, record, relaxation, row, segment, step
from tests.workloads.test_usage_observed import fill
from workloads.models import Workload

pytestmark = pytest.mark.django_db


def seen_by(user: object) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def mixed() -> list[Workload]:
    """One of each posture, one exposed, one provisional, one in two parts."""
    named: list[Workload] = [
        WorkloadFactory.create(name=name)
        for name in ("Stays", "Goes up", "Comes down", "Starts", "Blocked", "Two parts")
    ]
    stays, up, down, starts, blocked, parts = named
    exposed = {"excluded": {"2p": ["DAT-1"], "2e": ["DAT-1"]}, "rows": {"DAT-1": row("DAT-1")}}
    decided(stays, segment("3", "3r"))
    decided(up, segment("2", "3r", **exposed))
    decided(down, segment("4", "3", status="provisional"))
    decided(starts, segment("none", "2e"))
    decided(blocked, segment("2", None))
    decided(parts, segment("2", "2e", name="a", share=60), segment("2", "5a", name="b", share=40))
    return named


def test_the_postures_add_up_to_the_portfolio(mixed: list[Workload]) -> None:
    found = portfolio(Workload.objects.all())
    counts = {tile.show: tile.count for tile in found.tiles}
    assert counts == {"stay": 1, "up": 2, "down": 1, "start": 1, "blocked": 1, "exposed": 1, "provisional": 1}


def test_every_tile_links_to_a_list_of_as_many_workloads(mixed: list[Workload], lena: object) -> None:
    client = seen_by(lena)
    for tile in portfolio(Workload.objects.all()).tiles:
        page = client.get(reverse("planner:portfolio"), {"show": tile.show})
        assert len(page.context["listed"]) == tile.count
        assert f"{tile.label}: {tile.count}" in page.content.decode()


def test_every_cell_of_the_flow_links_to_a_list_of_as_many_workloads(
    mixed: list[Workload], lena: object
) -> None:
    client = seen_by(lena)
    cells = [cell for line in portfolio(Workload.objects.all()).flow for cell in line.cells if cell.count]
    for cell in cells:
        page = client.get(reverse("planner:portfolio"), {"today": cell.today, "target": cell.target})
        assert len(page.context["listed"]) == cell.count
    assert {(cell.today, cell.target): cell.tone for cell in cells} == {
        ("none", "2"): "up", ("2", "2"): "stay", ("2", "3"): "up", ("2", "5a"): "up", ("3", "3"): "stay", ("4", "3"): "down",
    }  # fmt: skip


def test_the_headline_says_where_things_stand(mixed: list[Workload]) -> None:
    assert headlines.portfolio_headline(portfolio(Workload.objects.all())) == (
        "1 of 6 workloads is where it belongs; 3 should move, 1 has a place to start and 1 may run nowhere today."
    )


def test_only_the_newest_finished_decision_counts() -> None:
    workload = WorkloadFactory()
    decided(workload, segment("2", "3r"))
    decided(workload, segment("2", "5a"))
    found = portfolio(Workload.objects.all())
    assert [standing.targets for standing in found.standings] == [("5a",)]


def test_spend_is_compared_only_where_both_sides_are_known() -> None:
    measured, unmeasured, unpriced = WorkloadFactory(), WorkloadFactory(), WorkloadFactory()
    decided(measured, segment("2", "3r"), cost=210.5)
    decided(unmeasured, segment("2", "3r"), cost=90)
    decided(unpriced, segment("2", "3r"), cost=None)
    bills = {measured.pk: Decimal(1000), unpriced.pk: Decimal(5)}
    spend = Spending(bills, portfolio(Workload.objects.all()).standings)
    assert (spend.today, spend.target, spend.saved) == (Decimal(1000), Decimal("210.5"), Decimal("789.5"))
    assert [(each.today, each.target, each.usd_month) for each in spend.changes] == [
        ("2", "3", Decimal("-789.50"))
    ]
    assert {each.workload for each in spend.unknown} == {unmeasured, unpriced}
    assert (spend.unmeasured, spend.unpriced) == (1, 1)


def test_the_page_says_how_many_are_not_compared_and_what_to_supply(lena: object) -> None:
    few_days, measured = WorkloadFactory(), WorkloadFactory()
    for workload, days in ((few_days, 6), (measured, 10)):
        decided(workload, segment("2", "3r"), cost=90)
        fill(workload, days, end=timezone.now().replace(minute=0, second=0, microsecond=0))
    page = seen_by(lena).get(reverse("planner:portfolio")).content.decode()
    assert (
        "Not compared: 1 workload. 1 without a measured bill: load a week of usage or more, with a cost in USD for all "
        "of its traffic.</p>"
    ) in page
    assert (
        "spend goes from $365 to about $90 a month at the planning price, for the 1 of 2 workloads with a measured bill and a price at target"
    ) in page


def test_without_a_bill_no_spend_is_said() -> None:
    decided(WorkloadFactory(), segment("3", "3r"), cost=90)
    found = portfolio(Workload.objects.all())
    assert headlines.portfolio_lede(found, Spending({}, found.standings), None).startswith(
        "What moving saves is not known yet: no workload has both a measured bill and a price at target."
    )


def test_the_lede_names_spend_date_and_exposure(mixed: list[Workload]) -> None:
    found = portfolio(Workload.objects.all())
    spend = Spending({mixed[1].pk: Decimal(41_200)}, found.standings)
    assert headlines.portfolio_lede(found, spend, date(2027, 6, 1)) == (
        "With every workload at its target, spend goes from $41k to about $210 a month at the planning price by June 2027, "
        "for the 1 of 6 workloads with a measured bill and a price at target. "
        "1 workload runs today where the data may not go."
    )


def test_the_same_way_out_is_one_decision_for_all_who_wait() -> None:
    for name in ("Deal desk", "Trading notes"):
        decided(WorkloadFactory(name=name), segment("2", None))
    decided(
        WorkloadFactory(name="Ward notes"),
        segment("2", None, relaxations=[relaxation(statutory=True, sentence="Sign the loss.")]),
    )
    found = needed.ways_out(portfolio(Workload.objects.all()).standings)
    assert [(each.title, [str(one.workload) for one in each.waiting], each.cost) for each in found] == [
        (
            "Grant an exception to DAT-245 with an end date.",
            ["Deal desk", "Trading notes"],
            "costs $120 a month",
        ),
        ("Sign the loss.", ["Ward notes"], "costs $120 a month"),
    ]
    assert (
        found[1].why == "Without it Ward notes has nowhere to run. A statute stands behind one of the rules."
    )


def test_shared_steps_of_leadership_are_ranked_by_who_waits() -> None:
    hire = step("HIRE", "2026-03-01", "2026-08-01", shared=True, owner="leader", label="Hire the team")
    money = step("CASE", "2026-02-01", "2026-03-01", shared=True, owner="leader", label="Approve the case")
    for steps in ([hire], [hire, money], [step("MINE", "2026-02-01", "2026-02-14")]):
        decided(WorkloadFactory(), segment("2", "5a", steps=steps))
    found = needed.shared_decisions(portfolio(Workload.objects.all()).standings)
    assert [(each.title, len(each.waiting)) for each in found] == [
        ("Hire the team", 2),
        ("Approve the case", 1),
    ]


def test_waiting_reviews_say_what_waiting_costs() -> None:
    workload = WorkloadFactory()
    decided(
        workload, segment("2", "4"), cost=4745, approved=record(segment("2", "3"), name="later", cost=210)
    )
    (review,) = needed.reviews(portfolio(Workload.objects.all()).standings)
    assert (review.title, review.cost) == ("Review 1 waiting classification", "holds up $4,535 a month")


def test_a_leader_sees_all_teams_and_an_architect_only_their_own(
    mixed: list[Workload], lena: object, ana: object, team: object
) -> None:
    decided(WorkloadFactory(name="Ours", team=team), segment("2", "3r"))
    assert len(seen_by(lena).get(reverse("planner:portfolio")).context["overview"].portfolio.standings) == 7
    page = seen_by(ana).get(reverse("planner:portfolio"))
    assert [str(each.workload) for each in page.context["overview"].portfolio.standings] == ["Ours"]
    assert "Goes up" not in page.content.decode()


def test_the_page_says_what_no_plan_has_reached(lena: object) -> None:
    WorkloadFactory(name="Brand new")
    page = seen_by(lena).get(reverse("planner:portfolio")).content.decode()
    assert "Nothing is decided yet." in page
    assert "Brand new" in page


@pytest.mark.parametrize("name", ["planner:portfolio", "planner:roadmap", "planner:triggers"])
@pytest.mark.parametrize("workloads", [1, 3])
def test_the_page_asks_the_database_as_often_for_three_workloads_as_for_one(
    name: str, workloads: int, lena: object, django_assert_num_queries: object
) -> None:
    run = None
    for _ in range(workloads):
        decision = decided(
            WorkloadFactory(team=TeamFactory()),
            segment("2", "3r", steps=[step("A", "2026-02-01", "2026-03-01")]),
            run=run,
        )
        run = decision.run
    client = seen_by(lena)
    client.get(reverse(name))
    with django_assert_num_queries(
        {"planner:portfolio": 20, "planner:roadmap": 16, "planner:triggers": 13}[name]
    ):  # type: ignore[operator]
        client.get(reverse(name))
