"""A change of the policy in a browser, from the first edit to the way back; every page keeps the house's promises."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from planner import services
from planner.management.sample.cases import cases
from planner.management.sample.load import register_case
from planner.models import ImpactOpened, PlanRun, PolicyDraft
from planner.selectors import current_decision, policies
from tests import factories
from tests.e2e.conftest import NARROW, axe, no_sideways_scroll, sign_in
from workloads.models import OrganisationProfile, User, Workload
from workloads.services.facts import replace_facts

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
AS_OF = datetime(2026, 1, 31, 12, tzinfo=UTC)
FIGURE = "long_context_tokens"


@pytest.fixture
def rosa(db: None) -> User:
    """A reviewer of the whole organisation: who signs a policy."""
    return factories.person("rosa", "reviewer", None)


@pytest.fixture
def portfolio(ana: User, rita: User, team: Any) -> dict[int, Workload]:
    """Three golden cases, planned at the reference prices."""
    known = cases()
    replace_facts(OrganisationProfile(pk=1), known[2].organisation, by=ana, as_of=AS_OF)
    found = {
        number: register_case(
            known[number], name=known[number].title[:60], team=team, by=ana, reviewer=rita, as_of=AS_OF
        )
        for number in (2, 10, 12)
    }
    services.plan_here(as_of=timezone.now(), snapshot=services.snapshot_named("reference-2026-01"))
    return found


def looked_at(page: Page) -> None:
    """The page as it stands is accessible in both themes and fits the window."""
    axe(page)
    no_sideways_scroll(page)


def edit(page: Page) -> None:
    """A draft begun, one figure more in it, its reason and its date kept."""
    page.goto("/policy/")
    looked_at(page)
    page.get_by_role("button", name="Change it").click()
    page.get_by_label("Search the policy").fill(FIGURE)
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name=re.compile("^Parameters")).click()
    looked_at(page)
    page.get_by_role("link", name=f"Change {FIGURE}").click()
    today = timezone.now().date().isoformat()
    page.get_by_role("textbox", name="Holds from").fill(today)
    page.get_by_role("textbox", name="Value").fill("lots")
    page.get_by_role("textbox", name="Document").fill("our decision")
    page.get_by_role("textbox", name="Line").fill("1")
    page.get_by_role("textbox", name="What it says there").fill("Contexts over 500 tokens count as long.")
    page.get_by_role("button", name="Add the value").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page.get_by_role("textbox", name="Value")).to_have_value("lots")
    looked_at(page)
    page.get_by_role("textbox", name="Value").fill("500")
    page.get_by_role("button", name="Add the value").click()
    expect(page.get_by_role("table", name="Values, oldest first")).to_contain_text("500")
    looked_at(page)
    page.get_by_role("link", name="Back to the draft").click()
    page.get_by_role("textbox", name="Title").fill("Long contexts begin earlier")
    page.get_by_role("textbox", name="Your reason").fill("Our own measurement.")
    page.get_by_role("textbox", name="Holds from").fill(today)
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Long contexts begin earlier")


def measure_and_submit(page: Page) -> None:
    expect(page.get_by_role("button", name="Submit for approval")).to_be_disabled()
    page.get_by_role("button", name="Compute the impact").click()
    expect(page.get_by_role("link", name="Open the list of moved workloads")).to_be_visible()
    looked_at(page)
    page.get_by_role("link", name="Open the list of moved workloads").click()
    looked_at(page)
    page.get_by_role("link", name="Back to the draft").click()
    page.get_by_role("button", name="Submit for approval").click()
    expect(page.get_by_text("Waiting for approval").first).to_be_visible()


def approve(page: Page, draft: PolicyDraft) -> None:
    page.goto(f"/policy/drafts/{draft.pk}/")
    expect(page.get_by_role("button", name="Approve")).to_be_disabled()
    page.get_by_role("link", name="Open the list of moved workloads").click()
    page.get_by_role("link", name="Back to the draft").click()
    page.get_by_role("textbox", name="Your note").fill("Read and agreed.")
    looked_at(page)
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Became active").first).to_be_visible()


def test_a_threshold_is_changed_by_two_people_takes_effect_and_is_rolled_back(
    open_page: Callable[..., Page], portfolio: dict[int, Workload], omar: User, rosa: User
) -> None:
    shipped = policies.active().sha
    operator, reviewer = open_page(), open_page()
    sign_in(operator, omar.email)
    edit(operator)
    measure_and_submit(operator)
    draft = PolicyDraft.objects.get()
    moved = policies.impact_of(draft).rows.count()
    assert moved >= 1
    expect(operator.get_by_role("button", name="Approve")).to_be_disabled()
    sign_in(reviewer, rosa.email)
    approve(reviewer, draft)
    assert ImpactOpened.objects.filter(person=rosa).exists()
    assert policies.active().sha == draft.sha != shipped
    assert PlanRun.objects.order_by("-pk")[0].policy_id == draft.sha
    assert current_decision(portfolio[2]).record.record["policy"] == draft.sha
    operator.goto("/policy/versions/")
    looked_at(operator)
    operator.get_by_role("button", name=re.compile("Go back to it")).click()
    operator.get_by_role("textbox", name="Your reason").fill("It moved too much.")
    operator.get_by_role("textbox", name="Holds from").fill(timezone.now().date().isoformat())
    operator.get_by_role("button", name="Keep").click()
    measure_and_submit(operator)
    approve(reviewer, PolicyDraft.objects.order_by("-pk")[0])
    assert current_decision(portfolio[2]).record.record["segments"][0]["target"] == "3"
    operator.goto("/policy/")
    expect(operator.get_by_text("made active by Rosa")).to_be_visible()


def test_a_draft_is_edited_without_javascript(
    open_page: Callable[..., Page], portfolio: dict[int, Workload], omar: User
) -> None:
    page = open_page(javascript=False)
    sign_in(page, omar.email)
    page.goto("/policy/drafts/")
    page.get_by_role("button", name="Start a draft").click()
    page.get_by_role("link", name="Change DAT-424").click()
    page.get_by_role("textbox", name="When").fill("'customer_dat' in data_tags")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("did you mean 'customer_data'?").first).to_be_visible()
    expect(page.get_by_role("textbox", name="When")).to_have_value("'customer_dat' in data_tags")
    page.get_by_role("textbox", name="When").fill("'customer_data' in data_tags")
    page.get_by_role("textbox", name="Says", exact=True).fill("Customer data stays under contract.")
    page.get_by_role("button", name="Keep").click()
    page.get_by_role("link", name="Back to the draft").click()
    expect(page.locator("ins")).to_have_text("Customer data stays under contract.")
    page.get_by_role("button", name=re.compile("^Undo DAT-424")).click()
    expect(page.get_by_text("The draft changes nothing yet.")).to_be_visible()


@pytest.mark.parametrize("viewport", [None, NARROW], ids=["1280", "390"])
def test_every_page_of_the_policy_can_be_read(
    open_page: Callable[..., Page], portfolio: dict[int, Workload], omar: User, viewport: Any
) -> None:
    page = open_page(viewport=viewport)
    sign_in(page, omar.email)
    page.goto("/policy/drafts/")
    page.get_by_role("button", name="Start a draft").click()
    draft = PolicyDraft.objects.get()
    for path in (
        "/policy/?table=parameters",
        "/policy/?table=inputs",
        "/policy/?table=tiers",
        "/policy/?table=steps&q=gateway",
        "/policy/drafts/",
        f"/policy/drafts/{draft.pk}/",
        f"/policy/drafts/{draft.pk}/rows/",
        f"/policy/drafts/{draft.pk}/rows/constraints/DAT-424/",
        f"/policy/drafts/{draft.pk}/rows/parameters/{FIGURE}/",
        f"/policy/drafts/{draft.pk}/rows/tiers/simple/",
        f"/policy/drafts/{draft.pk}/add/constraints/",
        "/policy/exceptions/",
        "/policy/versions/",
        f"/workloads/{portfolio[10].pk}/exceptions/DAT-424/",
    ):
        answer = page.goto(path)
        assert (path, answer and answer.status) == (path, 200)
        looked_at(page)


def test_an_exception_is_asked_for_beside_the_rule_and_granted_by_another(
    open_page: Callable[..., Page], portfolio: dict[int, Workload], ana: User, rosa: User
) -> None:
    architect, reviewer = open_page(), open_page()
    sign_in(architect, ana.email)
    architect.goto(f"/workloads/{portfolio[10].pk}/decision/")
    architect.locator("#why-3 > summary").click()
    axe(architect)
    architect.get_by_role("link", name="Ask for an exception to DAT-424").first.click()
    architect.get_by_role("textbox", name="Your reason").fill("Redacted before it is sent.")
    architect.get_by_role("textbox", name="Until").fill(f"{timezone.now().year + 1}-01-31")
    architect.get_by_role("button", name="Ask", exact=True).click()
    expect(architect.get_by_text("Redacted before it is sent.")).to_be_visible()
    looked_at(architect)
    sign_in(reviewer, rosa.email)
    reviewer.goto("/policy/exceptions/")
    reviewer.get_by_text("Decide").click()
    looked_at(reviewer)
    reviewer.get_by_role("button", name="Grant").click()
    expect(reviewer.get_by_text("Granted").first).to_be_visible()
