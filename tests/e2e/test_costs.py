"""The architect takes a cost apart: every term, other figures, the break-even, and why class 3 wins or does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from planner import services
from planner.management.sample.cases import cases
from planner.management.sample.load import register_case
from tests.e2e.conftest import NARROW, axe, no_sideways_scroll, sign_in
from workloads.models import OrganisationProfile, User, Workload
from workloads.services.facts import replace_facts

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
BULK = 23  # twenty billion tokens a month, steady, staffed


@pytest.fixture
def bulk(ana: User, rita: User, team: Any) -> Workload:
    case, now = cases()[BULK], timezone.now()
    replace_facts(OrganisationProfile(pk=1), case.organisation, by=ana, as_of=now)
    found = register_case(case, name="Bulk extraction", team=team, by=ana, reviewer=rita, as_of=now)
    services.plan_here(as_of=now, snapshot=services.snapshot_named("reference-2026-01"))
    return found


def test_an_architect_takes_a_cost_apart_and_tries_other_figures(
    journey: Page, bulk: Workload, ana: User
) -> None:
    sign_in(journey, ana.email)
    journey.goto(f"/workloads/{bulk.pk}/decision/")
    journey.get_by_role("link", name="Full cost, break-even and what if").click()
    expect(journey.get_by_role("heading", level=1)).to_contain_text("In full, an open-weight API costs")
    axe(journey)
    journey.get_by_role("region", name="Full cost a month").get_by_role(
        "link", name="Your own stack on rented machines"
    ).click()
    terms = journey.get_by_role("region", name="What 5a consists of")
    for label in (
        "Hours that work",
        "Room for the peak",
        "Whole replicas",
        "Spare replicas",
        "People",
        "Together",
    ):
        expect(terms.get_by_role("rowheader", name=label)).to_be_visible()
    expect(journey.locator("#figure-terms")).to_have_attribute("data-drawn", "light")
    volumes = journey.get_by_role("table", name="Break-even of each placement on machines")
    before = volumes.get_by_role("row").filter(has_text="rented machines").inner_text()
    journey.get_by_label("People behind rented machines").fill("0")
    expect(journey.get_by_text("Some figures are asked for otherwise")).to_be_visible()
    journey.get_by_label("Peak over mean").fill("1.2")
    expect(terms.get_by_role("row").filter(has_text="Room for the peak")).to_contain_text(
        "1.2 times the mean"
    )
    after = volumes.get_by_role("row").filter(has_text="rented machines").inner_text()
    assert after != before
    expect(journey.locator(".lede-sub")).to_contain_text("An open-weight API")
    journey.get_by_label("Peak over mean").fill("0")
    expect(journey.locator("[data-error-summary]")).to_contain_text("Must lie between 1 and 1,000")
    axe(journey)


def test_on_a_narrow_dark_screen_and_without_javascript_every_number_is_there(
    open_page: Callable[..., Page], bulk: Workload, ana: User
) -> None:
    page = open_page(viewport=NARROW, theme="dark")
    sign_in(page, ana.email)
    page.goto(f"/workloads/{bulk.pk}/economics/?class=5b")
    no_sideways_scroll(page)
    axe(page)
    plain = open_page(javascript=False)
    sign_in(plain, ana.email)
    plain.goto(f"/workloads/{bulk.pk}/economics/?class=5a")
    plain.get_by_label("Peak over mean").fill("6")
    plain.get_by_role("button", name="Compute").click()
    expect(plain.get_by_role("region", name="What 5a consists of")).to_contain_text(
        "the peak is 6 times the mean"
    )
