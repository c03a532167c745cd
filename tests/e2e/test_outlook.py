"""A leader reads what the portfolio costs, over three years and in scenarios, on any screen and without a script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from planner import services
from tests.e2e.conftest import NARROW, axe, no_sideways_scroll, sign_in
from tests.factories import SegmentFactory, WorkloadFactory
from tests.planner.test_outlook import running
from tests.planner.test_plans import AS_OF, finished

if TYPE_CHECKING:
    from collections.abc import Callable

    from workloads.models import User, Workload

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
PAGES = (
    "/economics/",
    "/economics/?of=pooled",
    "/economics/scenarios/",
    "/economics/scenarios/us-lost/",
    "/economics/pools/1/",
)


def portfolio() -> dict[str, Workload]:
    """A bot on a closed API, one that has to stay in-house, and one of which nobody knows the volume."""
    staffed: dict[str, Any] = {
        "ml_engineers": 2,
        "mlops_engineers": 2,
        "data_engineers": 1,
        "gpu_stack_people": 3,
        "gpu_prod_experience": True,
        "oncall_24x7": True,
        "willing_to_hire": True,
    }
    kept = WorkloadFactory(name="Kept inside", facts={"stage": "production", "current_class": "5a"})
    SegmentFactory(workload=kept, name="all", facts={"task_type": "faq"})
    return {
        "bot": running("Answers to staff"),
        "inside": running("Inside only", times=500, data_must_stay_in_infra=True, **staffed),
        "dark": kept,
    }


def test_a_leader_reads_cost_months_scenarios_and_what_to_have_ready(journey: Page, lena: User) -> None:
    portfolio()
    run = finished()
    sign_in(journey, lena.email)
    journey.get_by_role("link", name="Economics", exact=True).first.click()
    expect(journey.get_by_text("No outlook yet")).to_be_visible()
    axe(journey)
    services.outlook_here(run, as_of=AS_OF)
    journey.reload()
    expect(journey.get_by_role("heading", level=1)).to_contain_text("The portfolio costs $")
    for chart in ("months", "matters"):
        expect(journey.locator(f"#figure-{chart} .main-svg").first).to_be_visible()
    expect(journey.get_by_text("It hangs most on")).to_be_visible()
    expect(journey.get_by_role("link", name="Kept inside")).to_be_visible()
    journey.get_by_role("link", name="At target, machines shared").click()
    expect(journey.locator("[aria-current=true]")).to_have_text("At target, machines shared")
    journey.get_by_role("link", name="Providers under US law lost", exact=True).first.click()
    expect(journey.get_by_role("heading", level=1)).to_have_text("Providers under US law lost")
    expect(journey.get_by_text(re.compile("Nobody offers")).first).to_be_visible()
    journey.goto("/economics/")
    journey.locator("#h-pools ~ table a[href*=pools]").first.click()
    expect(journey.get_by_role("heading", name="Hour by hour")).to_be_visible()
    for chart in ("hours", "volume"):
        expect(journey.locator(f"#figure-{chart} .main-svg").first).to_be_visible()
    for path in PAGES:
        for size in ({"width": 1280, "height": 900}, NARROW):
            journey.set_viewport_size(size)
            journey.goto(path)
            axe(journey)
            no_sideways_scroll(journey)


def test_without_a_script_the_tables_hold_every_figure(open_page: Callable[..., Page], lena: User) -> None:
    portfolio()
    services.outlook_here(finished(), as_of=AS_OF)
    page = open_page(javascript=False, viewport=NARROW, theme="dark")
    sign_in(page, lena.email)
    page.goto("/economics/")
    expect(page.get_by_text("Same quality, cheapest model").first).to_be_visible()
    page.get_by_text("All figures that move it").click()
    expect(page.get_by_text(re.compile("^0 to 0.2")).first).to_be_visible()
    page.get_by_role("button", name="Compute now").click()
    expect(page.get_by_text("The outlook of the last plan is on its way.")).to_be_visible()
