"""One page answers the architect: why not class 3, who said so, what would change it, what the cheapest way out is."""

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
HEALTH, BLOCKED = 3, 6


@pytest.fixture
def decided(ana: User, rita: User, team: Any) -> dict[int, Workload]:
    """Health data, approved, on a closed API; and a part that fits nowhere."""
    known, now = cases(), timezone.now()
    replace_facts(OrganisationProfile(pk=1), known[HEALTH].organisation, by=ana, as_of=now)
    found = {
        number: register_case(
            known[number], name=known[number].title[:60], team=team, by=ana, reviewer=rita, as_of=now
        )
        for number in (HEALTH, BLOCKED)
    }
    services.plan_here(as_of=now, snapshot=services.snapshot_named("reference-2026-01"))
    return found


def test_an_architect_finds_why_who_what_and_the_way_out_on_one_page(
    journey: Page, decided: dict[int, Workload], ana: User
) -> None:
    sign_in(journey, ana.email)
    path = f"/workloads/{decided[HEALTH].pk}/decision/"
    journey.goto(path)
    why = journey.locator("#why-3")
    why.locator("summary").first.press("Enter")  # by keyboard
    reason = why.locator(".whyof").first
    expect(reason).to_contain_text(
        "Health data needs an isolated tenant with a signed BAA, or own infrastructure."
    )
    expect(reason).to_contain_text("Data tags: Health data (PHI)")
    day = f"{timezone.now():%-d %b %Y}"
    expect(reason).to_contain_text(f"Ana, {day}; approved by Rita, {day}")
    expect(reason).to_contain_text("“Azure OpenAI with BAA, or self-hosted”, guide 002, line 349")
    expect(reason).to_contain_text("The reviewer may waive it.")
    expect(why).to_contain_text("Separate or de-identify what carries “Data tags: Health data (PHI)”")
    flips = journey.get_by_role("region", name="What would flip it")
    expect(flips.get_by_role("rowheader", name="Would force more")).to_be_visible()
    ways = journey.get_by_role("region", name="What would open the classes that are out")
    expect(ways).to_contain_text(
        "The cheapest way out: an exception to “Health data” (DAT-243) would open an open-weight API"
    )
    assert journey.url.endswith(path)
    journey.locator("details").evaluate_all("all => all.forEach(each => { each.open = true })")
    axe(journey)
    no_sideways_scroll(journey)


def test_a_rule_named_in_the_ladder_opens_where_it_is_explained(
    journey: Page, decided: dict[int, Workload], ana: User
) -> None:
    sign_in(journey, ana.email)
    journey.goto(f"/workloads/{decided[HEALTH].pk}/decision/")
    journey.locator(".ladder").get_by_role("link", name="DAT-243").first.click()
    expect(journey.locator("#rule-DAT-243")).to_be_visible()


def test_where_nothing_fits_the_ways_out_stand_first_also_on_a_phone(
    open_page: Callable[..., Page], decided: dict[int, Workload], ana: User
) -> None:
    page = open_page(viewport=NARROW, theme="dark")
    sign_in(page, ana.email)
    page.goto(f"/workloads/{decided[BLOCKED].pk}/decision/")
    out = page.get_by_role("region", name="Smallest changes that would make it fit")
    expect(out).to_contain_text("If the rule is statute, this way out disappears")
    expect(out).to_contain_text("Separate or de-identify what carries “Regulator demands own hosting: yes”")
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true })")
    axe(page)
    no_sideways_scroll(page)


def test_the_page_does_its_job_without_javascript(
    open_page: Callable[..., Page], decided: dict[int, Workload], ana: User
) -> None:
    page = open_page(javascript=False)
    sign_in(page, ana.email)
    page.goto(f"/workloads/{decided[HEALTH].pk}/decision/")
    page.locator("#why-3 > summary").click()
    expect(page.locator("#why-3")).to_contain_text("approved by Rita")
